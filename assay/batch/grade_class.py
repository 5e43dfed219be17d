"""A class graded from start to end: what `assay batch` does, as a stream of events."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assay import run as runs
from assay.allowed import Allowed, expect_sensible
from assay.batch import cluster, pool
from assay.batch.events import Began, Ended, Event, Graded, Isolated, Listed, Written
from assay.batch.jobs import Known, jobs_for, put_absent
from assay.batch.packages import read_packages
from assay.download import Download, Person, System, absent, look, read_roster, strangers
from assay.errors import CannotGrade
from assay.homework import Homework
from assay.isolation.levels import Level
from assay.publish.counting import Counted
from assay.publish.grades import write_grades
from assay.record import Reading, Record
from assay.run import Run
from assay.sandbox import stem
from assay.sandbox.host import Sandbox

if TYPE_CHECKING:
    from assay.publish.done import Pages

UNCONFINED = (
    "on this machine student code can reach files and the network. `assay doctor` says why, and "
    "what would change it; on a machine that you can spare, add --allow-unconfined."
)


@dataclass(frozen=True)
class Request:
    """How a class is to be graded; None is for what is detected or drawn."""

    submissions: Path
    out: Path
    homework: Homework
    jobs: int | None = None
    scheduler: str = ""
    allow_unconfined: bool = False
    system: System | None = None
    roster: Path | None = None
    seed: int | None = None
    pages: bool = True
    seconds_per_call: float | None = None
    seconds_per_problem: float | None = None
    packages: Path | None = None


def grade_class(request: Request) -> Iterator[Event]:
    """Grade all that is not graded yet into the results folder.

    Raises:
        AssayError: nothing was begun, or it was stopped; what is recorded is kept.
    """
    out, record = request.out, Record(request.out)
    if out.resolve().is_relative_to(request.submissions.resolve()):
        raise CannotGrade(
            f"--out {out} lies in the folder of submissions: name a folder outside it"
        )
    # What is wrong with the class is said before a sandbox is started.
    allowed = limits_of(request)
    people = read_roster(request.roster) if request.roster else []
    download = look(request.submissions, request.system, request.homework)
    with _libraries(request) as source:
        yield from _begun(request, record, download, people, source, allowed)


def _begun(
    request: Request,
    record: Record,
    download: Download,
    people: list[Person],
    source: stem.Stem | None,
    allowed: Allowed,
) -> Iterator[Event]:
    out, level = request.out, level_here(request.homework)
    yield Isolated(level)
    if level == "process" and not request.allow_unconfined:
        raise CannotGrade(UNCONFINED)
    seed = secrets.randbits(62) if request.seed is None else request.seed
    fresh = runs.run_here(seed, level, request.homework, allowed)
    try:
        with record.held():
            run = record.begin(fresh, seed_given=request.seed is not None)
            yield from _graded(request, record, run, download, people, source)
            processes = request.jobs or cores()
            yield Written(published(record, with_pages=request.pages, processes=processes))
    except OSError as fault:
        raise CannotGrade(
            f"{fault.filename or out}: {fault.strerror}. What was graded is kept; mend that, for "
            "example make room on the disk, and run the same command to resume."
        ) from None
    except GeneratorExit:  # nobody reads the output any more, as in `assay batch … | head`
        _write(record)
        raise
    except KeyboardInterrupt:
        _write(record)
        raise CannotGrade(
            f"stopped; the results so far are in {out}. Run the same command to resume."
        ) from None


def _write(record: Record) -> None:
    """Write `grades.csv` by the rubric and the decisions that lie beside the results."""
    counted = Counted.by(record)
    write_grades(record, map(counted.row, counted))


def published(record: Record, *, with_pages: bool, processes: int) -> Pages:
    """Write `grades.csv`, and the pages if they are wanted."""
    from assay.publish.pages import none, write_all

    now = datetime.now().astimezone().isoformat(timespec="seconds")
    record.put_listing(msgspec.structs.replace(record.listing(), ended=now))
    counted = Counted.by(record)
    done = write_all(counted, processes) if with_pages else none(counted)
    write_grades(record, done.overview.rows)
    return done._replace(remarks=(*done.remarks, *counted.remarks()))


def limits_of(request: Request) -> Allowed:
    """The limits that a request asks for.

    Raises:
        InvalidInput: they make no sense.
    """
    packages = read_packages(request.packages) if request.packages else None
    allowed = Allowed(request.seconds_per_call, request.seconds_per_problem, packages)
    expect_sensible(allowed)
    return allowed


def level_here(homework: Homework) -> Level:
    """The isolation that student code gets on this machine.

    Raises:
        Broken: no process can be started for it.
    """
    with Sandbox(homework=homework) as sandbox:
        return sandbox.level


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _graded(
    request: Request,
    record: Record,
    run: Run,
    download: Download,
    people: list[Person],
    source: stem.Stem | None,
) -> Iterator[Event]:
    jobs = jobs_for(download.entries, run)
    missing = absent(people, download.entries, download.unread)
    known = Known.of(record, run)
    now = {job.name for job in jobs} | {*put_absent(missing, jobs, known, run)}
    kept = tuple(name for name in record.submissions() if name not in now)
    reading = Reading(str(request.submissions.resolve()), request.system or "")
    record.put_listing(record.listing().read_again(reading, now, kept))
    unknown = strangers(people, download.entries) if people else []
    yield Listed(download, tuple(person.title for person in missing), kept, tuple(unknown))
    yield Began(len(jobs))
    with _workers(request, len(jobs), source) as (make_executor, ahead):
        counted = Counted.by(record)
        for result in pool.grade_all(jobs, known, make_executor, ahead):
            yield Graded(counted.scored(result))
    yield Ended(known.reused, known.copied, len(jobs))


@contextmanager
def _libraries(request: Request) -> Iterator[stem.Stem | None]:
    """The process that imports the libraries for all workers; None where each does so itself."""
    if request.scheduler or not stem.offered():
        yield None
        return
    source = stem.Stem()
    try:
        yield source
    finally:
        source.close()


@contextmanager
def _workers(
    request: Request, most: int, source: stem.Stem | None
) -> Iterator[tuple[Callable[[], Executor], int]]:
    """What makes an executor, and how many submissions are to be in progress at a time."""
    if request.scheduler:
        with cluster.scheduler(request.scheduler) as make_executor:
            yield make_executor, cluster.AHEAD
        return
    processes = min(request.jobs or cores(), most)
    yield partial(pool.local_processes, processes, source), processes * pool.AHEAD

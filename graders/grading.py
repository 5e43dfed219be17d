"""A class graded from end to end: what `assay batch` does."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from graders import batch, cluster, kit, screen
from graders.intake import System, Unreadable, absent, look, read_roster
from graders.jobs import Known, jobs_for, put_absent
from graders.outcome import Broken
from graders.record import Conflict, Record, Run
from graders.report import terminal
from graders.sandbox.confine import Level, promise
from graders.sandbox.host import Sandbox

if TYPE_CHECKING:
    from rich.console import Console

    from graders.report.overview import Overview

UNCONFINED = (
    "student code is not kept from files and network here. `assay doctor` says why, and what would "
    "change it; on a machine that you can spare, add --allow-unconfined."
)


class CannotGrade(Exception):
    """The class cannot be graded, or not to its end; says what to do."""


@dataclass(frozen=True)
class Wishes:
    """How a class is to be graded; None is for what is found out or drawn."""

    submissions: Path
    out: Path
    jobs: int | None = None
    scheduler: str = ""
    allow_unconfined: bool = False
    system: System | None = None
    roster: Path | None = None
    seed: int | None = None
    flow: str = ""


def grade_class(console: Console, wishes: Wishes) -> Overview:
    """Grade all that is not graded yet into the record, and show how far it is.

    Raises:
        CannotGrade: nothing was begun, or it was stopped; what is recorded is kept.
    """
    out, record = wishes.out, Record(wishes.out)
    if out.resolve().is_relative_to(wishes.submissions.resolve()):
        raise CannotGrade(
            f"--out {out} lies in the folder of submissions: name a folder outside it"
        )
    fresh = _run(console, wishes)
    try:
        with record.held():
            run = record.begin(fresh, seed_given=wishes.seed is not None)
            found = _graded(console, wishes, record, run)
            record.tabulate()
            return found
    except (Unreadable, Conflict, cluster.Unreachable) as fault:
        raise CannotGrade(str(fault)) from None
    except OSError as fault:
        raise CannotGrade(
            f"{fault.filename or out}: {fault.strerror}. What was graded is kept; mend that, for "
            "example make room on the disk, and run the same command to go on."
        ) from None
    except KeyboardInterrupt:
        record.tabulate()
        raise CannotGrade(
            f"stopped; the results so far are in {out}. Run the same command to go on."
        ) from None


def _run(console: Console, wishes: Wishes) -> Run:
    """The run that would begin here."""
    level = level_here()
    console.print(terminal.isolation(level, promise(level)))
    if level == "process" and not wishes.allow_unconfined:
        raise CannotGrade(UNCONFINED)
    seed = secrets.randbits(62) if wishes.seed is None else wishes.seed
    return kit.run(seed, level, wishes.flow)


def level_here() -> Level:
    """The isolation that this machine's children get.

    Raises:
        CannotGrade: no child can be had.
    """
    try:
        with Sandbox() as sandbox:
            return sandbox.level
    except Broken as fault:
        raise CannotGrade(str(fault)) from None


def _graded(console: Console, wishes: Wishes, record: Record, run: Run) -> Overview:
    people = read_roster(wishes.roster) if wishes.roster else []
    download = look(wishes.submissions, wishes.system)
    todo = jobs_for(download.entries, run)
    missing = absent(people, download.entries)
    screen.tell_download(console, download, [person.title for person in missing])
    known = Known.of(record, run)
    now = {job.name for job in todo} | {*put_absent(missing, todo, known, run)}
    screen.tell_left(console, [name for name in record.submissions() if name not in now])
    with _workers(wishes, len(todo)) as (make_executor, ahead):
        found = screen.follow(
            console, batch.grade_all(todo, known, make_executor, ahead), len(todo)
        )
    screen.tell_kept(console, known.kept, len(todo))
    return found


@contextmanager
def _workers(wishes: Wishes, most: int) -> Iterator[tuple[Callable[[], Executor], int]]:
    """What makes an executor, and how many submissions are to be under way at a time."""
    if wishes.scheduler:
        with cluster.scheduler(wishes.scheduler) as make_executor:
            yield make_executor, cluster.AHEAD
        return
    jobs = min(wishes.jobs or screen.cores(), most)
    yield partial(batch.local_processes, jobs), jobs * batch.AHEAD

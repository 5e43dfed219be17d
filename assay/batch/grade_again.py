"""One student of a class graded again, from where the class was read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from assay import run as runs
from assay.batch import pool
from assay.batch.grade_class import cores, level_here, published
from assay.batch.jobs import Job, Known, jobs_for
from assay.download import System, look
from assay.errors import InvalidInput
from assay.outcome import Result
from assay.publish.counting import Counted
from assay.publish.pages import CLASS
from assay.record import Reading, Record
from assay.run import Run, homework_of


class Again(NamedTuple):
    """The result before, if there was one, and now, as the rubric and the decisions score them."""

    before: Result | None
    now: Result


def grade_again(record: Record, name: str) -> Again:
    """Grade one submission again by the run's own inputs, and write the table and the pages again.

    Raises:
        InvalidInput: nobody knows where the submission was read, or it is no longer there.
        Conflict: this machine or this kit would judge by something else than the run did.
    """
    run, reading = _run(record), reading_of(record, name)
    homework = homework_of(run)
    system: System | None = reading.system or None  # type: ignore[assignment]
    download = look(Path(reading.submissions), system, homework)
    fresh = runs.run_here(run.seed, level_here(homework), homework, run.allowed)
    before = Counted.by(record).result(name)
    with record.held():
        run = record.begin(fresh, seed_given=True)
        job = next((job for job in jobs_for(download.entries, run) if job.name == name), None)
        if job is None:
            raise InvalidInput(f"{name} is no longer in {reading.submissions}")
        now = next(_judged(job, record))
        published(record, with_pages=(record.out / CLASS).exists(), processes=cores())
    return Again(before, Counted.by(record).scored(now))


def reading_of(record: Record, name: str) -> Reading:
    """Where a submission was read.

    Raises:
        InvalidInput: the record does not say; it says what to run.
    """
    listing = record.listing()
    if name not in listing.read_in:
        raise InvalidInput(
            f"{record.out} does not say where {name} was read: run `assay batch SUBMISSIONS --out "
            f"{record.out}` once, which grades nothing twice"
        )
    return listing.readings[listing.read_in[name]]


def _run(record: Record) -> Run:
    run = record.run()
    if run is None:
        raise InvalidInput(f"{record.out} holds no run: run `assay batch` first")
    return run


def _judged(job: Job, record: Record) -> Iterator[Result]:
    # Known has nothing: the submission is judged whatever the record holds.
    return pool.grade_all([job], Known(record), partial(pool.local_processes, 1), 1)

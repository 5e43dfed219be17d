"""Many submissions on any executor: each ends as one result, whatever becomes of its neighbours."""

from __future__ import annotations

import atexit
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

import graders
from graders.grade import Grader, unjudged, unreadable
from graders.intake import (
    Entry,
    Part,
    Person,
    Submission,
    Unreadable,
    look,
    read,
    read_parts,
    told_apart,
)
from graders.intake.naming import safe_id
from graders.outcome import ABSENT, Result
from graders.record import Record, Run
from graders.sandbox import kernel
from graders.sandbox.confine import Level
from graders.sandbox.host import Sandbox

AHEAD = 3  # submissions in flight per worker: none idles, and memory stays flat


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    `isolation` is the level that the run has: a worker that cannot have it grades nothing.
    `known` is the SHA-256 that a recorded result was graded from: the same is not graded again.
    `parts` tells what of a class's download at `path` was handed in; None: all that is there.
    """

    name: str
    path: str
    seed: int
    flow: str
    isolation: Level
    known: str = ""
    parts: tuple[Part, ...] | None = None
    students: tuple[dict[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def read(self) -> Submission:
        """The submission.

        Raises:
            Unreadable: nothing at all can be read.
        """
        path = Path(self.path)
        return read(path) if self.parts is None else read_parts(path, self.parts, self.name)

    def named(self, result: Result) -> Result:
        """Its result, with whose it is and what was told when it was listed."""
        return msgspec.structs.replace(
            result, submission=self.name, students=self.students, notes=self.notes + result.notes
        )


def local_processes(jobs: int) -> Executor:
    """An executor of fresh processes that end with this one."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, initializer=kernel.die_with_parent)


def plan(submissions: Path, record: Record, run: Run) -> list[Job]:
    """A job for each hand-in of a class's folder or download, whatever system it comes from.

    Raises:
        Unreadable: it holds no submission.
    """
    return jobs_for(look(submissions).entries, record, run)


def jobs_for(entries: Iterable[Entry], record: Record, run: Run) -> list[Job]:
    """A job for each hand-in; one whose recorded result may still hold says from what."""
    return [_job(entry, record.result(entry.name), run) for entry in entries]


def put_absent(people: list[Person], jobs: list[Job], record: Record, run: Run) -> None:
    """Record those who handed in nothing, in place of who had not when the class was graded last.

    Theirs are results without a score, under ids that no hand-in has.
    """
    record.remove(ABSENT)
    used = [job.name for job in jobs] + [result.submission for result in record.results()]
    ids = ["_".join(filter(None, (p.name, p.id or p.login or p.email))) for p in people]
    names = told_apart(([safe_id(name)] for name in ids), used)
    for name, person in zip(names, people, strict=True):
        told = {"name": person.name, "id": person.id, "email": person.email, "login": person.login}
        who = {key: value for key, value in told.items() if value}
        result = unjudged(name, ABSENT, isolation=run.isolation, seed=run.seed)
        record.put(msgspec.structs.replace(result, students=(who,)))


def _job(entry: Entry, before: Result | None, run: Run) -> Job:
    late = {"late": "yes"} if entry.late else {}
    students = tuple(who | late for who in entry.students)
    notes = (*(["handed in late"] if late else []), *entry.notes)
    same = before and before.status == "graded" and before.kit == graders.__version__
    same = same and before and before.seed == run.seed and before.students == students
    known = before.sha256 if before and same else ""
    return Job(
        entry.name, entry.path, run.seed, run.flow, run.isolation, known, entry.parts, students,
        notes,
    )  # fmt: skip


def grade_all(
    jobs: list[Job], record: Record, make_executor: Callable[[], Executor], workers: int
) -> Iterator[Result]:
    """Grade every job and record it; yields each result as it is there, in no order.

    A worker that dies takes no submission with it: what was in flight is graded again one at a
    time, as is what failed by a fault of the kit; what a worker dies or fails on while it is alone
    is told as not judged.
    """
    waiting, lost = deque(jobs), deque[Job]()
    while waiting or lost:
        alone = bool(lost)
        with make_executor() as executor:
            flight = Flight(executor, record, 1 if alone else workers * AHEAD, again=not alone)
            yield from flight.over(lost if alone else waiting)
        if not alone:
            lost.extend(flight.crashed + flight.failed)
            continue
        for job in flight.crashed:
            yield _told(job, "not judged: the grading process died on it twice", record)


class Flight:
    """Jobs on one executor, for as long as it lives.

    Attributes:
        crashed: the jobs that were in flight when the executor broke.
        failed: the jobs that a fault of the kit ended, for example for want of memory, and that
            are to be tried again.
    """

    def __init__(self, executor: Executor, record: Record, ahead: int, *, again: bool) -> None:
        self.executor, self.record, self.ahead, self.again = executor, record, ahead, again
        self.flying: dict[Future[bytes], Job] = {}
        self.crashed: list[Job] = []
        self.failed: list[Job] = []

    def over(self, waiting: deque[Job]) -> Iterator[Result]:
        """Take jobs from the queue until it is empty or the executor broke; yield their results."""
        while (waiting or self.flying) and not self.crashed:
            self._launch(waiting)
            done, _ = wait(self.flying, return_when=FIRST_COMPLETED)
            for future in done:
                job = self.flying.pop(future)
                fault = future.exception()
                if isinstance(fault, BrokenExecutor):
                    self.crashed.append(job)
                elif fault is not None and self.again:
                    self.failed.append(job)
                else:
                    yield _settled(job, future, self.record)
        self.crashed += self.flying.values()

    def _launch(self, waiting: deque[Job]) -> None:
        while waiting and len(self.flying) < self.ahead:
            try:
                self.flying[self.executor.submit(grade_one, waiting[0])] = waiting[0]
            except BrokenExecutor:
                self.crashed.append(waiting.popleft())
                return
            waiting.popleft()


def grade_one(job: Job) -> bytes:
    """In a worker: the result of one job as JSON; empty where the recorded one still holds."""
    grader = _warm_grader(job.seed, job.flow, job.isolation)
    try:
        submission = job.read()
    except Unreadable as fault:
        told = unreadable(job.name, Path(job.path), fault, grader)
        return msgspec.json.encode(job.named(told))
    if submission.sha256 == job.known:
        return b""
    return msgspec.json.encode(job.named(grader.judge(submission)))


def _settled(job: Job, future: Future[bytes], record: Record) -> Result:
    fault = future.exception()
    if fault is not None:
        return _told(
            job, f"not judged: a fault of the kit: {type(fault).__name__}: {fault}", record
        )
    body = future.result()
    if not body:
        before = record.result(job.name)
        if before is not None:
            return before
        return _told(job, "not judged: its recorded result is gone; grade again", record)
    try:
        result = msgspec.json.decode(body, type=Result)
    except msgspec.MsgspecError as fault:
        return _told(
            job, f"not judged: a fault of the kit: its result is unreadable: {fault}", record
        )
    record.put(result)
    return result


def _told(job: Job, status: str, record: Record) -> Result:
    result = job.named(unjudged(job.name, status, isolation=job.isolation, seed=job.seed))
    record.put(result)
    return result


@cache
def _warm_grader(seed: int, flow: str, level: Level) -> Grader:
    sandbox = Sandbox(level=level, flow=flow, long_run=True)
    grader = Grader(seed=seed, flow=flow, sandbox=sandbox)
    atexit.register(grader.sandbox.close)
    return grader

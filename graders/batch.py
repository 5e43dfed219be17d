"""Many submissions on any executor: each ends as one result, whatever becomes of its neighbours."""

from __future__ import annotations

import atexit
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
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
from graders.intake import Unreadable, entries, identifier, read
from graders.outcome import Result
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
    """

    name: str
    path: str
    seed: int
    flow: str
    isolation: Level
    known: str = ""


def local_processes(jobs: int) -> Executor:
    """An executor of fresh processes that end with this one."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, initializer=kernel.die_with_parent)


def plan(folder: Path, record: Record, run: Run) -> list[Job]:
    """A job for each submission of a folder, under ids that are all different.

    Raises:
        Unreadable: the folder holds no submission.
    """
    jobs = []
    for name, path in identified(entries(folder)):
        before = record.result(name)
        same = before and before.status == "graded" and before.kit == graders.__version__
        known = before.sha256 if before and same and before.seed == run.seed else ""
        jobs.append(Job(name, str(path), run.seed, run.flow, run.isolation, known))
    return jobs


def unread(folder: Path, read: set[Path]) -> list[str]:
    """The names in a folder that are no submission by their kind; hidden ones are not told."""
    return sorted(
        path.name for path in folder.iterdir() if path not in read and not path.name.startswith(".")
    )


def identified(paths: list[Path]) -> list[tuple[str, Path]]:
    """Each path with its id; ids that would collide, also in case, are told apart."""
    taken: set[str] = set()
    named = []
    for path in paths:
        base = identifier(path)
        options = [base, f"{base}-{path.suffix.lstrip('.') or 'folder'}"]
        options += [f"{base}-{k}" for k in range(2, len(paths) + 2)]
        name = next(option for option in options if option.casefold() not in taken)
        taken.add(name.casefold())
        named.append((name, path))
    return named


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
        submission = read(Path(job.path))
    except Unreadable as fault:
        return msgspec.json.encode(unreadable(job.name, Path(job.path), fault, grader))
    if submission.sha256 == job.known:
        return b""
    result = grader.judge(submission)
    return msgspec.json.encode(msgspec.structs.replace(result, submission=job.name))


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
    result = unjudged(job.name, status, isolation=job.isolation, seed=job.seed)
    record.put(result)
    return result


@cache
def _warm_grader(seed: int, flow: str, level: Level) -> Grader:
    sandbox = Sandbox(level=level, flow=flow, long_run=True)
    grader = Grader(seed=seed, flow=flow, sandbox=sandbox)
    atexit.register(grader.sandbox.close)
    return grader

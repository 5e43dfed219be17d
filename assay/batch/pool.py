"""Many submissions on any executor: each gets one result, whatever happens to the others."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
)
from queue import SimpleQueue
from typing import Any

import msgspec

from assay.batch.forked import Workers
from assay.batch.jobs import Job, Known
from assay.batch.worker import address, grade_one
from assay.isolation import kernel
from assay.outcome import Result
from assay.record import Record
from assay.sandbox import stem

AHEAD = 3  # submissions in flight per worker: none idles, and memory stays flat


def local_processes(jobs: int, source: stem.Stem | None = None) -> Executor:
    """Worker processes on this machine: forked from the stem, or else each a fresh process."""
    if source is not None and source.is_usable:
        return Workers(source, jobs)
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, initializer=kernel.die_with_parent)


def grade_all(
    jobs: list[Job], known: Known, make_executor: Callable[[], Executor], ahead: int
) -> Iterator[Result]:
    """Grade every job and record it; yields each result as soon as it is there, in any order.

    A worker that dies loses no submission: those in progress are graded again one at a time, and so
    are those that ended by a fault of the kit. A submission on which a worker dies or fails even
    then is recorded as not judged.

    Args:
        jobs: what to grade, under names that are all different.
        known: what was graded before; results go into its record.
        make_executor: makes the workers, and new ones after they broke.
        ahead: how many jobs are in progress at a time.
    """
    waiting, lost = deque(jobs), deque[Job]()
    while waiting or lost:
        alone = bool(lost)
        with make_executor() as executor:
            flight = Flight(executor, known, 1 if alone else ahead, again=not alone)
            try:
                yield from flight.over(lost if alone else waiting)
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise
        if not alone:
            lost.extend(flight.crashed + flight.failed)
            continue
        for job in flight.crashed:
            died = job.unjudged("not judged: the grading process died on it twice")
            yield recorded(died, known.record)


class Flight:
    """Jobs on one executor, for as long as it lives.

    The SHA-256 of each job's files comes first, and the job is judged where no result has it; a
    second job with the same files waits for the first one.

    Attributes:
        crashed: the jobs that were in flight when the executor broke.
        failed: the jobs that a fault of the kit ended, for example for want of memory, and that
            will be tried again.
    """

    def __init__(self, executor: Executor, known: Known, ahead: int, *, again: bool) -> None:
        self.executor, self.known, self.ahead, self.again = executor, known, ahead, again
        self.done: SimpleQueue[Future[Any]] = SimpleQueue()
        self.asked: dict[Future[str], Job] = {}
        self.judged: dict[Future[bytes], tuple[Job, str]] = {}
        self.twins: dict[str, list[Job]] = {}  # SHA-256 being judged -> others that have it
        self.crashed: list[Job] = []
        self.failed: list[Job] = []

    def over(self, waiting: deque[Job]) -> Iterator[Result]:
        """Take jobs from the queue until it is empty or the executor broke; yield their results."""
        while not self.crashed and (waiting or self.asked or self.judged):
            while waiting and len(self.asked) + len(self.judged) < self.ahead and not self.crashed:
                self._ask(waiting.popleft())
            if self.asked or self.judged:
                yield from self._ended(self.done.get(), waiting)
        self.crashed += self.asked.values()
        self.crashed += [job for job, _ in self.judged.values()]
        self.crashed += [job for several in self.twins.values() for job in several]

    def _ask(self, job: Job) -> None:
        try:
            future = self.executor.submit(address, job)
        except BrokenExecutor:
            self.crashed.append(job)
            return
        self.asked[future] = job
        future.add_done_callback(self.done.put)

    def _ended(self, future: Future[Any], waiting: deque[Job]) -> Iterator[Result]:
        if future in self.asked:
            return self._addressed(future, self.asked.pop(future))
        return self._settled(future, *self.judged.pop(future), waiting)

    def _addressed(self, future: Future[str], job: Job) -> Iterator[Result]:
        fault = fault_of(future)
        if isinstance(fault, BrokenExecutor):
            self.crashed.append(job)
            return
        sha256 = "" if fault else future.result()
        before = self.known.result(job, sha256)
        if before is not None:
            self.known.add(before)
            self.known.count(sha256)
            yield recorded(before, self.known.record)
        elif sha256 in self.twins:
            self.twins[sha256].append(job)
        else:
            self._judge(job, sha256)

    def _judge(self, job: Job, sha256: str) -> None:
        try:
            future = self.executor.submit(grade_one, job)
        except BrokenExecutor:
            self.crashed.append(job)
            return
        if sha256:
            self.twins[sha256] = []
        self.judged[future] = (job, sha256)
        future.add_done_callback(self.done.put)

    def _settled(
        self, future: Future[bytes], job: Job, sha256: str, waiting: deque[Job]
    ) -> Iterator[Result]:
        waiting.extendleft(self.twins.pop(sha256, ()))
        fault = fault_of(future)
        if isinstance(fault, BrokenExecutor):
            self.crashed.append(job)
        elif fault is not None and self.again:
            self.failed.append(job)
        else:
            result = _result(job, future, fault)
            self.known.add(result)
            yield recorded(result, self.known.record)


def fault_of(future: Future[Any]) -> BaseException | None:
    """The exception that a job ended with; a job that was dropped with its workers is broken."""
    try:
        return future.exception()
    except CancelledError:
        return BrokenExecutor("the workers are gone")


def recorded(result: Result, record: Record) -> Result:
    """The result, after it was put into the record."""
    if record.result(result.submission) != result:
        record.put(result)
    return result


def _result(job: Job, future: Future[bytes], fault: BaseException | None) -> Result:
    try:
        if fault is None:
            return msgspec.json.decode(future.result(), type=Result)
    except msgspec.MsgspecError as damage:
        return job.unjudged(f"not judged: a fault of the kit: its result is unreadable: {damage}")
    return job.unjudged(f"not judged: a fault of the kit: {type(fault).__name__}: {fault}")

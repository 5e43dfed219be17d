"""In a worker process: one submission read, or judged by a grader that stays warm."""

from __future__ import annotations

import atexit
import socket
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from assay import run as runs
from assay.allowed import Allowed
from assay.batch.jobs import Job
from assay.batch.packages import kit_packages
from assay.errors import OtherKit, Unreadable
from assay.grading import limits
from assay.homework import Homework
from assay.likeness.fingerprint import fingerprint
from assay.run import Run
from assay.sandbox.host import Sandbox
from assay.submission import Submission

if TYPE_CHECKING:
    from assay.grading.grader import Grader

# A scheduler may run several jobs in threads of one process; its grader serves one at a time.
_alone = Lock()


def address(job: Job) -> str:
    """The SHA-256 of what was handed in; empty where nothing can be read."""
    try:
        return _read(job).sha256
    except Unreadable:
        return ""


def grade_one(job: Job) -> bytes:
    """The result of one job, as JSON.

    Raises:
        OtherKit: this worker would judge by something else than the run does.
    """
    with _alone:
        grader = _warm_grader(job.run)
        try:
            submission = _read(job)
        except Unreadable as fault:
            result = grader.unreadable(job.name, Path(job.path), fault)
            return msgspec.json.encode(job.named(result))
        result = job.named(grader.judge(submission))
        fingerprint = _fingerprint(submission, grader.homework)
        return msgspec.json.encode(msgspec.structs.replace(result, fingerprint=fingerprint))


def _read(job: Job) -> Submission:
    """What was handed in, read within the limits of judging it.

    Raises:
        Unreadable: nothing at all can be read, or not within the limits.
    """
    try:
        with limits.limited():
            return job.read()
    except (limits.Exhausted, MemoryError):
        raise Unreadable("it cannot be read within the limits of time and memory") from None


def _fingerprint(submission: Submission, homework: Homework) -> bytes:
    """For finding similar submissions; empty where a source is too much for it."""
    try:
        with limits.limited():
            return fingerprint(submission, homework)
    except (Exception, limits.Exhausted):  # noqa: BLE001 - no verdict is lost for a piece of information
        return b""


@cache
def _warm_grader(run: Run) -> Grader:
    from assay.grading.grader import Grader  # here: handing over jobs needs no torch

    homework = runs.homework_of(run)
    here = runs.run_here(run.seed, run.isolation, homework, run.allowed)
    difference = run.difference(here)
    if difference:
        raise OtherKit(
            f"the worker on {socket.gethostname()} has {difference.replace('this one', 'this run')}"
            ": install the same one there, and start the worker again"
        )
    sandbox = Sandbox(level=run.isolation, homework=homework, long_run=True)
    grader = Grader(seed=run.seed, sandbox=sandbox, allowed=_with_kit(run.allowed))
    atexit.register(grader.sandbox.close)
    return grader


def _with_kit(allowed: Allowed) -> Allowed:
    """The limits with what the kit itself needs among the packages."""
    if allowed.packages is None:
        return allowed
    packages = tuple(sorted({*allowed.packages, *kit_packages()}))
    return msgspec.structs.replace(allowed, packages=packages)

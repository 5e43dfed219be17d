"""In a worker process: one submission read, or judged by a grader that stays warm."""

from __future__ import annotations

import atexit
import socket
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from graders import kit
from graders.intake import Submission, Unreadable
from graders.intake.fingerprint import fingerprint
from graders.jobs import Job
from graders.record import Run
from graders.sandbox.host import Sandbox

if TYPE_CHECKING:
    from graders.grade import Grader

# A scheduler may run several jobs in threads of one process; its grader serves one at a time.
_alone = Lock()


class OtherKit(Exception):
    """This worker's kit is not the run's."""


def address(job: Job) -> str:
    """The SHA-256 of what was handed in; empty where nothing can be read."""
    try:
        return job.read().sha256
    except Unreadable:
        return ""


def grade_one(job: Job) -> bytes:
    """The result of one job, as JSON.

    Raises:
        OtherKit: this worker would judge by something else than the run does.
    """
    from graders.grade import unreadable

    with _alone:
        grader = _warm_grader(job.run)
        try:
            submission = job.read()
        except Unreadable as fault:
            told = unreadable(job.name, Path(job.path), fault, grader)
            return msgspec.json.encode(job.named(told))
        found = job.named(grader.judge(submission))
        kept = msgspec.structs.replace(found, fingerprint=_fingerprint(submission))
        return msgspec.json.encode(kept)


def _fingerprint(submission: Submission) -> bytes:
    """What tells hand-ins that are alike; empty where a source is beyond it."""
    try:
        return fingerprint(submission)
    except Exception:  # noqa: BLE001 - no verdict is lost for a piece of information
        return b""


@cache
def _warm_grader(run: Run) -> Grader:
    from graders.grade import Grader  # here, for whoever only hands over jobs needs no torch

    for what, wanted, here in (
        ("kit", run.kit_sha256, kit.digest()),
        ("flow", run.flow_sha256, kit.digest_of(run.flow)),
    ):
        if wanted != here:
            raise OtherKit(
                f"the worker on {socket.gethostname()} has another {what} than this run: "
                "install the same one there, and start the worker again"
            )
    sandbox = Sandbox(level=run.isolation, flow=run.flow, long_run=True)
    grader = Grader(seed=run.seed, flow=run.flow, sandbox=sandbox)
    atexit.register(grader.sandbox.close)
    return grader

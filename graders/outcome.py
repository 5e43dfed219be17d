"""What a grading run leaves behind: outcomes, results, and the verdicts that end a check."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import ClassVar, Literal

import msgspec

import graders

Kind = Literal[
    "passed",  # the law held on every input
    "wrong",  # the law failed
    "raised",  # the student's code raised an exception
    "timed_out",  # no answer within the limit
    "died",  # the student's process ended by itself
    "refused",  # an answer that the kit does not take in
    "missing",  # no such file or function
    "blocked",  # a prerequisite did not pass
    "broken",  # a fault of the kit; never a silent zero
]


class Verdict(Exception):
    """Ends a check before it passed.

    Args:
        evidence: what was seen, for example "got 1, wanted 0 at index (0,)".
        hint: a next step that teaches and gives nothing away.
        inputs: the inputs to show, where the drawn ones would not tell; None shows the drawn ones.
    """

    kind: ClassVar[Kind] = "broken"

    def __init__(self, evidence: str, *, hint: str = "", inputs: str | None = None) -> None:
        super().__init__(evidence)
        self.evidence = evidence
        self.hint = hint
        self.inputs = inputs


class Wrong(Verdict):
    """The law does not hold."""

    kind = "wrong"


class Raised(Verdict):
    """The student's code raised."""

    kind = "raised"


class TimedOut(Verdict):
    """The student's code did not answer in time."""

    kind = "timed_out"


class Died(Verdict):
    """The student's process ended in the middle of a call."""

    kind = "died"


class Refused(Verdict):
    """The student's process sent what no check takes in."""

    kind = "refused"


class Missing(Verdict):
    """The file or the function is not there."""

    kind = "missing"


class Blocked(Verdict):
    """A check that this one builds on did not pass."""

    kind = "blocked"


class Broken(Verdict):
    """The kit itself failed."""

    kind = "broken"


# A fingerprint: its version, the number of its pieces, a digest of the code with all names alike,
# and the lowest 16 bits of 256 minima. Fingerprints of two versions do not compare.
FINGERPRINT = struct.Struct("<BH8s512s")
FINGERPRINT_VERSION = 1
ABSENT = "nothing handed in"  # the status of someone who is on the roster only


class Exhibit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the student's code made, for a report to show: an image, a path.

    `data` holds the values of an array of that shape, row by row, as little-endian float16.
    """

    name: str
    shape: tuple[int, ...]
    data: bytes


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one check.

    `problem` is None for checks that belong to no problem (the reported answers); `message` is
    empty where the check passed; `seconds` is wall-clock time; `exhibits` are for the report.
    """

    id: str
    problem: int | None
    part: str
    title: str
    outcome: Kind
    points: float
    max_points: float
    message: str = ""
    seconds: float = 0.0
    exhibits: tuple[Exhibit, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one submission, as `OUT/results/<submission>.json` holds it.

    `status` is "graded", or one sentence that says why not; then `score` is None and `checks` is
    empty, so that what could not be judged never reads as a zero. `notes` tells what intake passed
    over. `student_cpu` is the CPU time spent in the student's own processes [s]. `students` is who
    they are to the system that the hand-in was downloaded from: "name", "user", "login", "sid",
    "email", "participant", as far as it tells; and "late", where it says so. `fingerprint` tells
    which hand-ins are alike (`FINGERPRINT`); empty where none was taken.
    """

    submission: str
    score: float | None
    max_score: float
    isolation: str
    seed: int
    kit: str
    sha256: str
    seconds: float
    checks: tuple[Outcome, ...]
    status: str = "graded"
    notes: tuple[str, ...] = ()
    student_cpu: float = 0.0
    students: tuple[dict[str, str], ...] = ()
    fingerprint: bytes = b""


def section(outcome: Outcome) -> str:
    """The column that an outcome counts in: "problem2", or "answers" where it has no problem."""
    return outcome.id.partition(".")[0]


def status_of(outcomes: Iterable[Outcome]) -> str:
    """The status of a result with these outcomes: "graded", or where the kit failed."""
    broken = [o.id for o in outcomes if o.outcome == "broken"]
    return f"not judged: the kit failed in {', '.join(broken)}" if broken else "graded"


def unjudged(
    name: str, status: str, *, isolation: str, seed: int, max_score: float = 0.0, sha256: str = ""
) -> Result:
    """The result of a hand-in that was not judged: no score, and in a sentence why."""
    return Result(
        submission=name, score=None, max_score=max_score, isolation=isolation, seed=seed,
        kit=graders.__version__, sha256=sha256, seconds=0.0, checks=(), status=status,
    )  # fmt: skip

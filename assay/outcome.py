"""What grading leaves behind: the outcome of each check, and the result of a submission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

import assay
from assay.foreign import Foreign
from assay.verdict import Kind

ABSENT = "nothing handed in"  # the status of someone who is on the roster only


class Exhibit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the student's code made, for a report to show: an image, a path.

    `data` holds the values of an array of that shape, row by row, as little-endian float16. The
    rest is how a check says to show it, if no figure of the homework does; `scale` has the values
    that are black and white, or the limits (left, right, low, high) of the axes.
    """

    name: str
    shape: tuple[int, ...]
    data: bytes
    kind: Literal["", "image", "path", "curve"] = ""
    caption: str = ""
    axes: tuple[str, str] = ("", "")
    scale: tuple[float, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one check.

    `problem` is None for checks that belong to no problem; `message` is a `Message` as text, empty
    where the check passed; `seconds` is wall-clock time; `exhibits` are for the report.
    """

    id: str
    problem: int | None
    part: str
    title: str
    outcome: Kind
    points: float
    max_points: float
    message: Foreign = ""
    seconds: float = 0.0
    exhibits: tuple[Exhibit, ...] = ()


class WrittenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of written mathematics, and what was found.

    `source` is what the student wrote, `understood` the same as it was read, as text and as MathML;
    both are empty if it was not. `mark` is "holds", "false", "unread", "first" (it begins a chain)
    or "open" (nothing was said about it).
    """

    document: str
    line: int
    source: str
    understood: str = ""
    mathml: str = ""
    mark: str = "open"
    note: str = ""


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """The written solution of one part of a problem, line by line."""

    section: str
    part: str
    lines: tuple[WrittenLine, ...]
    notes: tuple[str, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one submission, as `OUT/results/<submission>.json` holds it.

    `status` is "graded", or one sentence that says why not; then `score` is None and `checks` is
    empty, so that an unjudged submission never reads as a zero. `notes` say what was skipped or
    chosen while reading. `student_cpu` is the CPU time of the student's own processes [s].
    `homework` is its title, and `homework_sha256` its files'.
    `students` says who they are to the system that the submission was downloaded from: "name",
    "user", "login", "sid", "email", "participant", as far as it is known; and "late", where the
    system says so. `fingerprint` is for finding similar submissions (`assay.likeness`); it may be
    empty. `written` holds the written mathematics that was judged.
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
    status: Foreign = "graded"
    notes: tuple[Foreign, ...] = ()
    student_cpu: float = 0.0
    students: tuple[dict[str, Foreign], ...] = ()
    fingerprint: bytes = b""
    homework: str = ""
    homework_sha256: str = ""
    written: tuple[Passage, ...] = ()


def section(outcome: Outcome) -> str:
    """The column that an outcome counts in: "problem2", or for example "answers"."""
    return outcome.id.partition(".")[0]


def status_of(outcomes: Iterable[Outcome]) -> str:
    """The status of a result with these outcomes: "graded", or where the kit failed.

    A check that is worth nothing changes no score, so the kit's failure there is only reported.
    """
    broken = [o.id for o in outcomes if o.outcome == "broken" and o.max_points > 0]
    return f"not judged: the kit failed in {', '.join(broken)}" if broken else "graded"


def unjudged(
    name: str,
    status: Foreign,
    *,
    isolation: str,
    seed: int,
    max_score: float = 0.0,
    sha256: str = "",
) -> Result:
    """The result of a submission that was not judged: no score, and the reason in a sentence."""
    return Result(
        submission=name,
        score=None,
        max_score=max_score,
        isolation=isolation,
        seed=seed,
        kit=assay.__version__,
        sha256=sha256,
        seconds=0.0,
        checks=(),
        status=status,
    )

"""What passed is looked at again: elsewhere, in another order, on inputs that nobody else has.

Every passed check of a problem is tried once more, the last one first, in a new process that looks
unlike the first (`assay.sandbox.disguise`), on an input drawn for this submission alone. A program
that is right only on what it has seen the checks ask, or only where it thinks it is graded, fails
there. That a correct program fails is as improbable as in any other example of the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from assay.allowed import PROBLEM_SECONDS
from assay.checks import Check
from assay.grading import replay
from assay.grading.session import Session, message
from assay.grading.together import Apart, together
from assay.outcome import Outcome
from assay.sandbox.student import Student
from assay.verdict import Raised, Refused, Verdict, Wrong

ELSEWHERE = (
    "it passed at first, but not in another process, on inputs that are drawn for this submission: "
)
SHARE = 0.25  # of the problem's time
INPUTS = 2  # for each check that draws any
COUNTED = (Wrong, Raised, Refused)  # a slow or crashed process may have had no luck


def look_again(
    session: Session,
    checks: Iterable[Check],
    outcomes: Iterable[Outcome],
    digest: str,
) -> list[Outcome]:
    """The outcomes of a problem's checks, of which those are worse that fail elsewhere.

    Args:
        session: in which they passed.
        checks: of the problem.
        outcomes: of each.
        digest: of the submission's files.
    """
    first, source = list(outcomes), session.student.source
    chosen = [
        check
        for check, outcome in zip(checks, first, strict=True)
        if outcome.outcome == "passed" and check.elsewhere and not session.written.earns(check.id)
    ]
    if source is None or not chosen or session.budget.exhausted:
        return first
    again = {check.id: check for check in chosen}
    found = _found(session, chosen[::-1], digest)
    return [_worse(each, again[each.id], found) if each.id in found else each for each in first]


def _found(
    session: Session, checks: list[Check], digest: str
) -> dict[str, tuple[Verdict, replay.Inputs]]:
    """The verdict on each check that fails, with its inputs."""
    source = session.student.source
    assert source is not None
    disguised = msgspec.structs.replace(source, disguised=True)
    first = session.student
    first.close()  # one process of a submission at a time: a small machine has no room for two
    seconds = SHARE * (first.allowed.seconds_per_problem or PROBLEM_SECONDS)
    allowed = msgspec.structs.replace(first.allowed, seconds_per_problem=seconds)
    student = Student(
        first.sandbox,
        disguised,
        "",
        session.seed,
        passed=first.passed,
        allowed=allowed,
        asked_for=first.asked_for,
    )
    other = Session(student, session.checks, session.inputs, session.seed, session.budget)
    name = f"{checks[0].module}|{session.seed}|{digest}"
    inputs = replay.fresh(checks, name, INPUTS)
    pairs = [(c, own) for c in checks for own in inputs[c.id]]
    tries = [partial(other.attempt, c, own, k) for k, (c, own) in enumerate(pairs)]
    with other:
        verdicts = _verdicts(student, tries)
    found: dict[str, tuple[Verdict, replay.Inputs]] = {}
    for (check, own), verdict in zip(pairs, verdicts, strict=True):
        if isinstance(verdict, COUNTED):
            found.setdefault(check.id, (verdict, own))
    return found


def _verdicts(
    student: Student, tries: Sequence[Callable[[], Verdict | None]]
) -> list[Verdict | None]:
    try:
        return together(student, tries)
    except Apart:
        return [attempt() for attempt in tries]


def _worse(
    outcome: Outcome, check: Check, found: dict[str, tuple[Verdict, replay.Inputs]]
) -> Outcome:
    verdict, inputs = found[check.id]
    said = message(verdict, inputs, check)
    return msgspec.structs.replace(
        outcome, outcome=verdict.kind, points=0.0, message=f"{ELSEWHERE}\n{said}"
    )

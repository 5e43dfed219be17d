"""How a mutant is judged fast: quick checks first, and none after the first that it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assay.checks import Check
from assay.commands.verify import Case
from assay.grading.grader import Grader
from assay.grading.session import Budget
from assay.outcome import Outcome, Result


def seconds_of(result: Result) -> dict[str, float]:
    """The time that each check took on a submission, by its id."""
    return {outcome.id: outcome.seconds for outcome in result.checks}


def first_fault(
    grader: Grader, case: Case, checks: Sequence[Check], seconds: Mapping[str, float]
) -> Outcome | None:
    """The first check that a case fails and that costs points; None if it passes them all.

    Args:
        checks: of the case's problem.
        seconds: about how long each check takes, by its id.
    """
    with grader.session(case.submission, case.module, Budget(0.0), {}) as session:
        for check in sorted(checks, key=lambda check: seconds[check.id]):
            outcome = session.outcome(check)
            if outcome.points < outcome.max_points:
                return outcome
    return None

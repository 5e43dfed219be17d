"""The smallest failing input of one check: what the student's functions were called with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.checks import Check
from assay.errors import CannotGrade
from assay.foreign import line
from assay.grading import replay
from assay.grading.grader import SHRINK_BUDGET, Grader
from assay.grading.session import Budget, Session, message
from assay.protocol import wire
from assay.sandbox.student import Returns
from assay.submission import Submission
from assay.verdict import Verdict


@dataclass(frozen=True)
class Failing:
    """A failed check, and the calls of its smallest failing input.

    Attributes:
        check: the check.
        message: what the student reads below its title.
        calls: in their order, with their seeds; the call that raised is the last one.
        source: what was imported for them.
    """

    check: Check
    message: str
    calls: tuple[wire.Call, ...]
    source: wire.Load


@dataclass
class _Recorded(Session):
    """A session that keeps the calls of each example that fails."""

    failures: list[tuple[Verdict, tuple[wire.Call, ...]]] = field(default_factory=list)

    def attempt(self, check: Check, example: replay.Inputs, index: int) -> Verdict | None:
        calls = list[wire.Call]()

        def send(asked: Sequence[wire.Call]) -> Returns:
            calls.extend(asked)
            answers, elapsed = self.student.send(asked)
            bad = [a.number for a in answers if a.error is not None or a.missing]
            if bad:  # those after it do not matter: the check ends at the first one
                del calls[next(k for k, call in enumerate(calls) if call.number == bad[0]) + 1 :]
            return answers, elapsed

        self.student.suspend = send
        try:
            verdict = super().attempt(check, example, index)
        finally:
            self.student.suspend = None
        if verdict is not None:
            self.failures.append((verdict, tuple(calls)))
        return verdict


def failing(grader: Grader, submission: Submission, check: Check) -> Failing | None:
    """The smallest failing input that is found for a check; None if the check passes.

    Raises:
        CannotGrade: the check fails, and no call of the student's code made it fail.
    """
    with grader.session(submission, check.module, Budget(SHRINK_BUDGET)) as ready:
        # One by one: together, the calls of several examples would cross in one message.
        session = _Recorded(
            ready.student,
            ready.checks,
            ready.inputs,
            ready.seed,
            ready.budget,
            ready.written,
            apart=True,
        )
        verdict, inputs = session.verdict(check)
    if verdict is None:
        return None
    calls = next((calls for found, calls in session.failures if found is verdict), ())
    source = ready.student.source
    if not calls or source is None or verdict.kind in ("missing", "broken"):
        raise CannotGrade(f"{check.name}: there is no call to replay: {line(verdict.evidence)}")
    return Failing(check, message(verdict, inputs, check), calls, source)

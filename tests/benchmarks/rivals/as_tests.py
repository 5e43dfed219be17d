"""The kit's own checks as tests that any tool can run: each a plain function under Hypothesis.

What an ordinary author writes: `@given` with the check's strategies, and as many examples as the
check takes in the kit. Hypothesis draws them anew for every submission, and shrinks what fails. To
its favour it keeps no database, has no deadline, and always draws the same: nothing is flaky.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from in_process import Student

from assay.checks import Check
from assay.homework import find


def as_tests(student_of: Callable[[Check], Student]) -> Iterator[tuple[Check, Callable[[], None]]]:
    """Each check with a test of it on the student that is given for it."""
    for check in find().checks():
        yield check, as_test(check, student_of)


def as_test(check: Check, student_of: Callable[[Check], Student]) -> Callable[[], None]:
    """One check as a test that takes nothing."""
    drawn = getattr(check.function, "hypothesis", None)
    law = drawn.inner_test if drawn else check.function

    def test(**inputs: object) -> None:
        student = student_of(check)
        student.begin(check.id)
        law(student, **inputs)

    if not drawn:
        return test
    limits = settings(
        report_multiple_bugs=False,
        max_examples=check.examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    return limits(given(**drawn._given_kwargs)(test))

"""The checks of one problem held against one student: verdicts, and the smallest failing inputs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from graders.check import Check, checks_of
from graders.evidence import replay
from graders.evidence.show import show_inputs
from graders.outcome import Blocked, Broken, Missing, Outcome, Raised, TimedOut, Verdict, Wrong
from graders.sandbox.student import Student


@dataclass
class Budget:
    """Seconds that may still be spent on making failing inputs small."""

    seconds: float


@dataclass
class Sitting:
    """The checks of one problem, held against one student.

    Attributes:
        student: her functions; her process ends with the sitting.
        inputs: the run's inputs for a check.
        seed: of the run.
        budget: what is left for making failing inputs small.
    """

    student: Student
    inputs: Callable[[Check], list[replay.Inputs]]
    seed: int
    budget: Budget
    verdicts: dict[str, tuple[Verdict | None, replay.Inputs]] = field(default_factory=dict)

    def __enter__(self) -> Sitting:
        return self

    def __exit__(self, *_: object) -> None:
        self.student.close()

    def judge_all(self, checks: Iterable[Check]) -> list[Outcome]:
        """The outcome of each check, in order."""
        return [self.outcome(check) for check in checks]

    def outcome(self, check: Check) -> Outcome:
        """What becomes of one check; a fault of the kit is tried once more in a fresh process."""
        started = time.perf_counter()
        self.student.exhibits.clear()
        verdict, inputs = self.verdict(check)
        return Outcome(
            id=check.id, problem=check.problem, part=check.part, title=check.title,
            outcome="passed" if verdict is None else verdict.kind,
            points=check.points if verdict is None else 0.0, max_points=check.points,
            message="" if verdict is None else message(verdict, inputs, check),
            seconds=round(time.perf_counter() - started, 4),
            exhibits=tuple(self.student.exhibits),
        )  # fmt: skip

    def verdict(self, check: Check) -> tuple[Verdict | None, replay.Inputs]:
        """The verdict on one check, None where it passed, and the inputs that it was had from."""
        if check.name not in self.verdicts:
            found = self._verdict(check)
            if isinstance(found[0], Broken):
                self.student.close()
                found = self._verdict(check)
            self.verdicts[check.name] = found
        return self.verdicts[check.name]

    def run(self, check: Check) -> None:
        """Hold one check against the student.

        Raises:
            Verdict: it did not pass; its text is the message that the student reads.
        """
        verdict, inputs = self.verdict(check)
        if verdict is not None:
            verdict.args = (message(verdict, inputs, check),)
            raise verdict

    def _verdict(self, check: Check) -> tuple[Verdict | None, replay.Inputs]:
        if self.student.source is None and check.problem is not None:
            return Missing(self.student.lacking), {}
        for need in checks_of(check.module):
            if need.name in check.needs and self.verdict(need)[0] is not None:
                return Blocked(f"it builds on {need.name}, which did not pass"), {}
        try:
            inputs = self.inputs(check)
        except Exception as fault:  # noqa: BLE001 - whatever fails while drawing is ours
            return _ours(fault), {}
        for index, example in enumerate(inputs):
            verdict = self._try(check, example, index)
            if verdict is not None:
                return self._smallest(check, verdict, example)
        return None, {}

    def _try(self, check: Check, example: replay.Inputs, index: int) -> Verdict | None:
        self.student.begin(f"{check.id}|{index}")
        try:
            law(check)(self.student, **example)
        except Verdict as verdict:
            return verdict
        except Exception as fault:  # noqa: BLE001 - a fault of ours must not read as the student's
            return _ours(fault)
        return None

    def _smallest(
        self, check: Check, verdict: Verdict, example: replay.Inputs
    ) -> tuple[Verdict, replay.Inputs]:
        """The failure on the smallest input found; none is looked for where time is what failed."""
        if not example or not isinstance(verdict, (Wrong, Raised)) or self.budget.seconds <= 0:
            return verdict, example
        started, tries = time.perf_counter(), iter(range(1_000_000))

        def attempt(inputs: replay.Inputs) -> None:
            found = self._try(check, inputs, next(tries))
            if isinstance(found, TimedOut):
                raise found
            if isinstance(found, Verdict) and type(found) is type(verdict):
                raise found

        found = replay.shrink(check, self.seed, attempt)
        self.budget.seconds -= time.perf_counter() - started
        return found or (verdict, example)


def law(check: Check) -> Any:
    """The bare function of a check, without Hypothesis around it."""
    wrapped = getattr(check.law, "hypothesis", None)
    return wrapped.inner_test if wrapped else check.law


def message(verdict: Verdict, inputs: replay.Inputs, check: Check) -> str:
    """What a student reads below the law: evidence, smallest input, next step, how to run again."""
    shown = verdict.inputs if verdict.inputs is not None else show_inputs(inputs)
    relevant = isinstance(verdict, (Wrong, Raised, TimedOut)) and shown
    lines = [verdict.evidence]
    lines += [f"with {shown}"] if relevant else []
    lines += [f"try  {verdict.hint}"] if verdict.hint else []
    lines += [f"again  assay check --only {check.name}"]
    return "\n".join(lines)


def _ours(fault: Exception) -> Broken:
    return Broken(f"a fault of the kit, not of the hand-in: {type(fault).__name__}: {fault}")

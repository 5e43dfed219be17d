"""The checks of one problem run on one student: verdicts, and the smallest failing inputs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from assay.assertions.show import show_inputs
from assay.checks import Check
from assay.errors import AssayError
from assay.foreign import Foreign, clip, last_lines
from assay.grading import replay
from assay.grading.limits import SECONDS, Exhausted
from assay.grading.together import Apart, group_size, together
from assay.grading.written import Written
from assay.message import Message, command
from assay.outcome import Outcome
from assay.sandbox.student import Student
from assay.verdict import Blocked, Broken, Missing, Raised, Refused, TimedOut, Verdict, Wrong

EXHAUSTED = f"the answers took more than {SECONDS:g} s to be judged"


def ignore(_: Outcome) -> None:
    """Tell nobody."""


@dataclass
class Budget:
    """What one submission may still cost the grader.

    Attributes:
        seconds: for making failing inputs small.
        exhausted: the judging reached its limit; what has no verdict yet is refused.
    """

    seconds: float
    exhausted: bool = False


@dataclass
class Session:
    """The checks of one problem, run on one student's functions.

    Attributes:
        student: their functions; the process ends with the session.
        checks: all checks of the problem, for what one of them needs.
        inputs: the run's inputs for a check.
        seed: of the run.
        budget: what is left for making failing inputs small.
        written: what the submission's documents earn.
        apart: no answer came when several examples were tried together.
    """

    student: Student
    checks: tuple[Check, ...]
    inputs: Callable[[Check], list[replay.Inputs]]
    seed: int
    budget: Budget
    written: Written = field(default_factory=Written)
    verdicts: dict[str, tuple[Verdict | None, replay.Inputs]] = field(default_factory=dict)
    apart: bool = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.student.close()

    def judge_all(
        self, checks: Iterable[Check], tell: Callable[[Outcome], None] = ignore
    ) -> list[Outcome]:
        """The outcome of each check, in order; each is told as soon as it is known."""
        outcomes = []
        for check in checks:
            outcomes.append(self.outcome(check))
            tell(outcomes[-1])
        return outcomes

    def outcome(self, check: Check) -> Outcome:
        """The outcome of one check."""
        started = time.perf_counter()
        self.student.exhibits.clear()
        try:
            verdict, inputs = self.verdict(check)
        except Exhausted:
            self.budget.exhausted = True
            self.student.abandon()
            verdict, inputs = Refused(EXHAUSTED), {}
        return Outcome(
            id=check.id,
            problem=check.problem,
            part=check.part,
            title=check.title,
            outcome="passed" if verdict is None else verdict.kind,
            points=check.points if verdict is None else 0.0,
            max_points=check.points,
            message="" if verdict is None else message(verdict, inputs, check),
            seconds=round(time.perf_counter() - started, 4),
            exhibits=tuple(self.student.exhibits),
        )

    def verdict(self, check: Check) -> tuple[Verdict | None, replay.Inputs]:
        """The verdict on one check, None where it passed, and the inputs that led to it.

        Where the kit itself failed, the check is repeated once in a fresh process.
        """
        if check.name not in self.verdicts:
            verdict, inputs = self._verdict(check)
            if isinstance(verdict, Broken):
                self.student.close()
                verdict, inputs = self._verdict(check)
            better = self.written.better(check.id, verdict)
            self.verdicts[check.name] = better, inputs if better is verdict else {}
        return self.verdicts[check.name]

    def run(self, check: Check) -> None:
        """Run one check.

        Raises:
            Verdict: it did not pass; its text is the message that the student reads.
        """
        verdict, inputs = self.verdict(check)
        if verdict is not None:
            verdict.args = (message(verdict, inputs, check),)
            raise verdict

    def _verdict(self, check: Check) -> tuple[Verdict | None, replay.Inputs]:
        if self.budget.exhausted:
            return Refused(EXHAUSTED), {}
        if self.student.source is None and self.student.answers is None:
            return Missing(self.student.lacking), {}
        for need in self.checks:
            if need.name in check.needs and self.verdict(need)[0] is not None:
                return Blocked(f"it builds on {need.name}, which did not pass"), {}
        try:
            inputs = self.inputs(check)
        except Exception as fault:  # noqa: BLE001 - what fails while drawing is the kit's fault
            return self._kit_fault(fault), {}
        for example, verdict in zip(inputs, self._tried(check, inputs), strict=False):
            if verdict is not None:
                return self._smallest(check, verdict, example)
        return None, {}

    def _tried(self, check: Check, inputs: list[replay.Inputs]) -> Iterator[Verdict | None]:
        """The verdict on each example in order.

        The first is tried alone, since most that fail do so there; the others in groups.
        """
        tries = [partial(self.attempt, check, example, k) for k, example in enumerate(inputs)]
        before = self.student.spent
        yield tries[0]()
        size = group_size(self.student.spent - before, len(tries))
        done = 1
        while done < len(tries):
            group = tries[done : done + size]
            done += len(group)
            yield from self._group(group)

    def _group(self, tries: Sequence[Callable[[], Verdict | None]]) -> Iterable[Verdict | None]:
        """The verdicts on examples that are tried together, where the process answers that."""
        if len(tries) > 1 and not self.apart:
            try:
                return together(self.student, tries)
            except Apart:
                self.apart = True
        return (attempt() for attempt in tries)

    def attempt(self, check: Check, example: replay.Inputs, index: int) -> Verdict | None:
        """The verdict on one example, None where it passes; `index` is part of its seeds."""
        self.student.begin(f"{check.id}|{index}")
        try:
            check.bare(self.student, **example)
        except Verdict as verdict:
            verdict.printed = self.student.example.printed
            return verdict
        except MemoryError:
            return Refused("the answers need too much memory to be judged")
        except Exception as fault:  # noqa: BLE001 - the kit's fault must not read as the student's
            return self._kit_fault(fault)
        return None

    def _kit_fault(self, fault: Exception) -> Broken:
        what = str(fault) if isinstance(fault, AssayError) else f"{type(fault).__name__}: {fault}"
        place = self.student.sandbox.homework.where(fault)
        at = f" ({place})" if place else ""
        return Broken(f"a fault of the kit, not of the submission{at}: {what}")

    def _smallest(
        self, check: Check, verdict: Verdict, example: replay.Inputs
    ) -> tuple[Verdict, replay.Inputs]:
        """The failure on the smallest failing input; after a time-out none is searched for."""
        if not example or not isinstance(verdict, (Wrong, Raised)) or self.budget.seconds <= 0:
            return verdict, example
        started, tries = time.perf_counter(), iter(range(1_000_000))

        def attempt(inputs: replay.Inputs) -> None:
            failure = self.attempt(check, inputs, next(tries))
            if failure is not None and isinstance(failure, (TimedOut, type(verdict))):
                raise failure

        smallest = replay.shrink(check, self.seed, attempt)
        self.budget.seconds -= time.perf_counter() - started
        return smallest or (verdict, example)


def message(verdict: Verdict, inputs: replay.Inputs, check: Check) -> str:
    """What a student reads below the title: evidence, inputs, next step, how to run it again."""
    called = verdict.called if isinstance(verdict, TimedOut) else {}
    drawn = show_inputs(inputs or called)
    shown: Foreign = drawn if verdict.inputs is None else verdict.inputs
    is_about_inputs = isinstance(verdict, (Wrong, Raised, TimedOut))
    return str(
        Message(
            evidence=clip(verdict.evidence),
            inputs=clip(shown) if is_about_inputs else "",
            printed=last_lines(verdict.printed),
            hint=verdict.hint,
            again=command(check.name),
        )
    )

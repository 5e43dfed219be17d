"""One submission to its result: the only place where checks, sandbox and intake meet."""

from __future__ import annotations

import ast
import hashlib
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch

import graders
from graders.check import Check, checks_of, discover, select
from graders.evidence import replay
from graders.evidence.show import show_inputs
from graders.intake import Submission, Unreadable, read
from graders.outcome import Blocked, Broken, Outcome, Raised, Result, TimedOut, Verdict, Wrong
from graders.sandbox import given, wire
from graders.sandbox.host import Sandbox
from graders.sandbox.student import Student

SHRINK_BUDGET = 6.0  # seconds that one submission's failures may take to be made small


@dataclass
class Grader:
    """A warm sandbox and the inputs of one run; grades any number of submissions.

    Use it as a context manager. The inputs are drawn once from `seed`, so that everyone in a class
    meets the same ones.

    Args:
        seed: of the run; a secret one for a class.
        only: a check, a section or a problem's file name; empty for all.
        flow: path of other weights for the given flow.
    """

    seed: int = 0
    only: str = ""
    flow: str = ""
    sandbox: Sandbox = field(default_factory=Sandbox)
    _inputs: dict[str, list[replay.Inputs]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The evidence is small matrices: threads would only get in the student's way.
        torch.set_num_threads(1)
        self.checks = select(discover(), self.only) if self.only else discover()

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()

    def grade(self, path: Path) -> Result:
        """Read a hand-in and judge it.

        Raises:
            Unreadable: there is nothing to grade; it says what to do.
        """
        return self.judge(read(path))

    def judge(self, submission: Submission, checks: tuple[Check, ...] = ()) -> Result:
        """Hold a submission against these checks, by default against every one of the run."""
        started = time.perf_counter()
        outcomes: list[Outcome] = []
        notes, cpu = list(submission.notes), 0.0
        budget = Budget(SHRINK_BUDGET)
        chosen = checks or self.checks
        for module in dict.fromkeys(c.module for c in chosen):
            with Sitting(self, self.student(submission, module), budget) as sitting:
                outcomes += sitting.judge_all([c for c in chosen if c.module == module])
                notes += [n for n in sitting.student.passed_over if n not in notes]
                cpu += sitting.student.cpu
        return self._result(submission, outcomes, notes, cpu, time.perf_counter() - started)

    def student(self, submission: Submission, module: str) -> Student:
        """The submission as the checks of one problem see it."""
        source = submission.source(module, functions_of(module))
        answers, fault = _answers(submission.answers)
        student = Student(self.sandbox, None, f"there is no {module}.py", self.seed, answers)
        if module == "answers":
            student.lacking = fault or "there is no answers.toml; it is optional"
        elif source is not None and source.fault:
            student.lacking = source.fault
        elif source is not None:
            cells = tuple(wire.Cell(name, text) for name, text in source.cells)
            student.source = wire.Load(
                source.module, cells, source.tolerant, submission.modules(), submission.data,
                self.flow,
            )  # fmt: skip
        return student

    def inputs(self, check: Check) -> list[replay.Inputs]:
        """The run's inputs for a check, drawn when they are first asked for."""
        if check.id not in self._inputs:
            self._inputs[check.id] = replay.record(check, self.seed)
        return self._inputs[check.id]

    def draw_all(self) -> None:
        """Draw every input now, while the sandbox warms up."""
        for check in self.checks:
            self.inputs(check)

    def _result(
        self, submission: Submission, outcomes: list[Outcome], notes: list[str], cpu: float,
        seconds: float,
    ) -> Result:  # fmt: skip
        broken = [o.id for o in outcomes if o.outcome == "broken"]
        status = f"not judged: the kit failed in {', '.join(broken)}" if broken else "graded"
        return Result(
            submission=submission.name,
            score=None if broken else round(sum(o.points for o in outcomes), 6),
            max_score=round(sum(o.max_points for o in outcomes), 6),
            isolation=self.sandbox.level, seed=self.seed, kit=graders.__version__,
            sha256=submission.sha256, seconds=round(seconds, 3), checks=tuple(outcomes),
            status=status, notes=tuple(notes), student_cpu=round(cpu, 4),
        )  # fmt: skip


@dataclass
class Budget:
    """Seconds that may still be spent on making failing inputs small."""

    seconds: float


@dataclass
class Sitting:
    """The checks of one problem, held against one student."""

    grader: Grader
    student: Student
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
        verdict, inputs = self.verdict(check)
        return Outcome(
            id=check.id, problem=check.problem, part=check.part, title=check.title,
            outcome="passed" if verdict is None else verdict.kind,
            points=check.points if verdict is None else 0.0, max_points=check.points,
            message="" if verdict is None else message(verdict, inputs, check),
            seconds=round(time.perf_counter() - started, 4),
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
        for need in checks_of(check.module):
            if need.name in check.needs and self.verdict(need)[0] is not None:
                return Blocked(f"it builds on {need.name}, which did not pass"), {}
        try:
            inputs = self.grader.inputs(check)
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

        found = replay.shrink(check, self.grader.seed, attempt)
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


@cache
def functions_of(module: str) -> frozenset[str]:
    """The functions that a problem asks for, read off the student's template."""
    path = given.folder() / f"{module}.py"
    if not path.exists():
        return frozenset()
    body = ast.parse(path.read_text("utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


def unreadable(name: str, path: Path, fault: Unreadable, grader: Grader) -> Result:
    """The result of a hand-in that could not be read: no score, and the reason."""
    return Result(
        submission=name, score=None, max_score=round(sum(c.points for c in grader.checks), 6),
        isolation=grader.sandbox.level, seed=grader.seed, kit=graders.__version__,
        sha256=hashlib.sha256(str(path.name).encode()).hexdigest(), seconds=0.0, checks=(),
        status=str(fault),
    )  # fmt: skip


def _answers(content: bytes | None) -> tuple[dict[str, Any] | None, str]:
    if content is None:
        return None, ""
    try:
        return tomllib.loads(content.decode("utf-8-sig")), ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        return None, f"answers.toml is not valid TOML: {fault}"


def _ours(fault: Exception) -> Broken:
    return Broken(f"a fault of the kit, not of the hand-in: {type(fault).__name__}: {fault}")



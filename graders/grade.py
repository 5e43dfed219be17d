"""One submission to its result: the only place where checks, sandbox and intake meet."""

from __future__ import annotations

import ast
import hashlib
import time
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch

import graders
from graders import handout
from graders.check import Check, discover, select
from graders.evidence import replay
from graders.intake import Submission, Unreadable, read
from graders.outcome import Outcome, Result, status_of, unjudged
from graders.sandbox import wire
from graders.sandbox.host import Sandbox
from graders.sandbox.student import Student
from graders.sitting import Budget, Sitting

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
        sandbox: where student code runs; by default a new one.
    """

    seed: int = 0
    only: str = ""
    flow: str = ""
    sandbox: Sandbox = None  # type: ignore[assignment]
    _inputs: dict[str, list[replay.Inputs]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sandbox = self.sandbox or Sandbox(flow=self.flow)
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
            with self.sitting(submission, module, budget) as sitting:
                outcomes += sitting.judge_all([c for c in chosen if c.module == module])
                notes += [n for n in sitting.student.passed_over if n not in notes]
                cpu += sitting.student.cpu
        return self._result(submission, outcomes, notes, cpu, time.perf_counter() - started)

    def sitting(self, submission: Submission, module: str, budget: Budget) -> Sitting:
        """One problem of a submission, ready for its checks."""
        return Sitting(self._student(submission, module), self.inputs, self.seed, budget)

    def _student(self, submission: Submission, module: str) -> Student:
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
        status = status_of(outcomes)
        return Result(
            submission=submission.name,
            score=None if status != "graded" else round(sum(o.points for o in outcomes), 6),
            max_score=round(sum(o.max_points for o in outcomes), 6),
            isolation=self.sandbox.level, seed=self.seed, kit=graders.__version__,
            sha256=submission.sha256, seconds=round(seconds, 3), checks=tuple(outcomes),
            status=status, notes=tuple(notes), student_cpu=round(cpu, 4),
        )  # fmt: skip


@cache
def functions_of(module: str) -> frozenset[str]:
    """The functions that a problem asks for, read off the student's template."""
    path = handout.folder() / f"{module}.py"
    if not path.exists():
        return frozenset()
    body = ast.parse(path.read_text("utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


def unreadable(name: str, path: Path, fault: Unreadable, grader: Grader) -> Result:
    """The result of a hand-in that could not be read: no score, and the reason."""
    return unjudged(
        name, str(fault), isolation=grader.sandbox.level, seed=grader.seed,
        max_score=round(sum(c.points for c in grader.checks), 6),
        sha256=hashlib.sha256(str(path.name).encode()).hexdigest(),
    )  # fmt: skip


def _answers(content: bytes | None) -> tuple[dict[str, Any] | None, str]:
    if content is None:
        return None, ""
    try:
        return tomllib.loads(content.decode("utf-8-sig")), ""
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        return None, f"answers.toml is not valid TOML: {fault}"

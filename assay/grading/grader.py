"""One submission to its result: the only place where checks, sandbox and submission meet."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import torch

import assay
from assay.allowed import Allowed
from assay.checks import Check
from assay.errors import InvalidHomework, Unreadable
from assay.foreign import Foreign, quoted, raw
from assay.grading import replay
from assay.grading.limits import limited
from assay.grading.second_look import look_again
from assay.grading.session import Budget, Session, ignore
from assay.grading.unwritten import lacks_code, lacks_figures
from assay.grading.written import Written, judged
from assay.homework import Homework, Section
from assay.outcome import Outcome, Result, status_of, unjudged
from assay.protocol import values, wire
from assay.protocol.parameters import asked_of
from assay.sandbox.host import Sandbox
from assay.sandbox.student import Student, shadowed_names
from assay.submission import Source, Submission, read
from assay.submission.definitions import Template
from assay.submission.naming import shown
from assay.verdict import Died, Refused, TimedOut

REPORTED_LIMIT = 8 * 1024  # bytes of a file of reported figures
Passed = dict[str, list[wire.Skipped]]

SHRINK_BUDGET = 6.0  # seconds that one submission's failures may take to be made small


class Grader:
    """A warm sandbox and the inputs of one run; grades any number of submissions.

    Use it as a context manager. The inputs are drawn once from `seed`, so that everyone in a class
    meets the same ones.

    Args:
        seed: of the run; a secret one for a class.
        only: a check, a section or a problem's file name; empty for all.
        sandbox: where student code runs; by default a new one.
        homework: what is graded where there is no sandbox yet; by default Homework 10.
        allowed: the limits of the run; by default the kit's own.
    Raises:
        InvalidInput: `only` names nothing.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        only: str = "",
        sandbox: Sandbox | None = None,
        homework: Homework | None = None,
        allowed: Allowed | None = None,
    ) -> None:
        # The evidence is small matrices: threads would only get in the student's way.
        torch.set_num_threads(1)
        self.seed, self.allowed = seed, allowed or Allowed()
        self.sandbox = sandbox or Sandbox(homework=homework)
        self.homework = self.sandbox.homework
        self.checks = self.homework.checks(only)
        _refuse_shadowed(self.homework)
        self._inputs: dict[str, list[replay.Inputs]] = {}
        self._written: tuple[Submission, Written] | None = None

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()

    def grade(self, path: Path) -> Result:
        """Read a submission and judge it.

        Raises:
            Unreadable: there is nothing to grade; it says what to do.
        """
        return self.judge(read(path, self.homework))

    def judge(
        self,
        submission: Submission,
        checks: tuple[Check, ...] = (),
        *,
        shrink_seconds: float | None = None,
        tell: Callable[[Outcome], None] = ignore,
    ) -> Result:
        """The result of a submission by these checks, by default by every one of the run.

        Each outcome is told as soon as it is known.
        Failing inputs are made small for at most `shrink_seconds`, by default SHRINK_BUDGET.

        A submission of which no part can be run is not judged: that is no zero. What the judging
        may cost is limited (`assay.grading.limits`).
        """
        if submission.cannot_run:
            return self._not_judged(submission, submission.cannot_run, submission.notes)
        with limited():
            budget = Budget(SHRINK_BUDGET if shrink_seconds is None else shrink_seconds)
            return self._judged(submission, checks, budget, tell)

    def _judged(
        self,
        submission: Submission,
        checks: tuple[Check, ...],
        budget: Budget,
        tell: Callable[[Outcome], None],
    ) -> Result:
        started = time.perf_counter()
        outcomes: list[Outcome] = []
        notes: list[Foreign] = list(submission.notes)
        cpu = 0.0
        written = self.written(submission)
        notes += written.remarks
        if not (submission.sources or submission.reported or written.is_some):
            first = shown(min(submission.documents))
            why = f"there is no code, and no formula in {first} belongs to what is judged"
            return self._not_judged(submission, why, wire.notes(notes))
        passed: Passed = {}
        chosen = checks or self.checks
        for module in dict.fromkeys(c.module for c in chosen):
            with self.session(submission, module, budget, passed) as session:
                own = [c for c in chosen if c.module == module]
                passed_here = session.judge_all(own, tell)
                outcomes += look_again(session, own, passed_here, submission.sha256)
                notes += _notes_of(session.student)
                cpu += session.student.cpu
        status = status_of(outcomes)
        sections = {c.section for c in chosen}
        return Result(
            submission=submission.name,
            score=None if status != "graded" else round(sum(o.points for o in outcomes), 6),
            max_score=round(sum(o.max_points for o in outcomes), 6),
            isolation=self.sandbox.level,
            seed=self.seed,
            kit=assay.__version__,
            sha256=submission.sha256,
            seconds=round(time.perf_counter() - started, 3),
            checks=tuple(outcomes),
            status=status,
            notes=wire.notes(notes),
            student_cpu=round(cpu, 4),
            written=tuple(p for p in written.passages if p.section in sections),
            homework=self.homework.title,
            homework_sha256=self.homework.digest,
        )

    def session(
        self, submission: Submission, module: str, budget: Budget, passed: Passed | None = None
    ) -> Session:
        """One problem of a submission, ready for its checks.

        Args:
            passed: by source, what took too long when another problem's checks imported it.
        """
        student = self._student(submission, module, {} if passed is None else passed)
        checks, written = self.homework.checks_of(module), self.written(submission)
        return Session(student, checks, self.inputs, self.seed, budget, written)

    def written(self, submission: Submission) -> Written:
        """What the documents of a submission earn; they are read once."""
        if self._written is None or self._written[0] is not submission:
            self._written = submission, judged(self.sandbox, submission)
        return self._written[1]

    def inputs(self, check: Check) -> list[replay.Inputs]:
        """The run's inputs for a check, drawn when they are first asked for."""
        if check.id not in self._inputs:
            self._inputs[check.id] = replay.record(check, self.seed)
        return self._inputs[check.id]

    def draw_all(self) -> None:
        """Draw every input now, while the sandbox warms up."""
        for check in self.checks:
            self.inputs(check)

    def unreadable(self, name: str, path: Path, fault: Unreadable) -> Result:
        """The result of a submission that could not be read: no score, and the reason."""
        sha256 = hashlib.sha256(str(path.name).encode()).hexdigest()
        return self._unjudged(name, str(fault), sha256)

    def _not_judged(self, submission: Submission, why: str, notes: tuple[Foreign, ...]) -> Result:
        result = self._unjudged(submission.name, why, submission.sha256)
        return msgspec.structs.replace(result, notes=notes)

    def _unjudged(self, name: str, status: str, sha256: str) -> Result:
        result = unjudged(
            name,
            status,
            isolation=self.sandbox.level,
            seed=self.seed,
            max_score=round(sum(c.points for c in self.checks), 6),
            sha256=sha256,
        )
        title, digest = self.homework.title, self.homework.digest
        return msgspec.structs.replace(result, homework=title, homework_sha256=digest)

    def _student(self, submission: Submission, module: str, passed: Passed) -> Student:
        section = self.homework.section(module)
        if section is not None:
            lacking: Foreign = lacks_figures(section, submission, self.homework)
            has_file, figures = not lacking, None
            if has_file:
                figures, lacking = self._reported(section, submission.reported[section.file])
            if figures is not None or not has_file:
                figures = self._with_written(section, submission, figures)
            return Student(self.sandbox, None, lacking, self.seed, figures)
        template = self.homework.template_of(module)
        source = submission.source(module, template, template)
        lacking = lacks_code(source, self.homework, module)
        if source is None or lacking:
            return Student(self.sandbox, None, lacking, self.seed)
        load = wire.Load(
            name=source.full_name,
            cells=tuple(wire.Cell(name, text) for name, text in source.cells),
            interactive=source.interactive,
            modules=submission.modules(source),
            data=submission.data_beside(source) | _notebooks(submission),
            asked=tuple(_asked(source, template)),
            files=submission.files(source),
            is_in_package=source.is_in_package,
            packages=self.allowed.packages,
        )
        known = passed.setdefault(source.name, [])
        return Student(
            self.sandbox,
            load,
            "",
            self.seed,
            passed=known,
            allowed=self.allowed,
            asked_for=self.homework.callable_by(module),
        )

    def _with_written(
        self, section: Section, submission: Submission, figures: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """The figures of the file, and those of documents that it does not report."""
        read: dict[str, Any] = self.written(submission).figures.get(section.name, {})
        own = figures or {}
        tables = {n: read[n] | own[n] for n in read if isinstance(own.get(n), dict)}
        return read | own | tables or None

    def _reported(self, section: Section, content: bytes) -> tuple[dict[str, Any] | None, Foreign]:
        """The figures that a student reports, and what to say where there are none.

        The file is parsed in a process with limits: whatever is wrong with it is its own fault.
        """
        if len(content) > REPORTED_LIMIT:
            most = REPORTED_LIMIT // 1024
            return None, f"{section.file} has {len(content):,} bytes; at most {most} KB are read"
        try:
            answer = self.sandbox.parsed(content)
            if answer.error is not None:
                return None, quoted("{} is not valid TOML: {}", section.file, answer.error.text)
            return _nested(values.unpack(answer.value)), ""
        except (TimedOut, Died, Refused, wire.WireError):
            return None, f"{section.file} cannot be read within the limits"


def _notebooks(submission: Submission) -> dict[str, bytes]:
    """The code of each notebook by path, for another one that runs it."""
    texts = {s.name: "\n".join(text for _, text in s.cells) for s in submission.sources}
    return {name: text.encode() for name, text in texts.items() if name.endswith(".ipynb")}


def _refuse_shadowed(homework: Homework) -> None:
    """Refuse functions that the student proxy's own names would hide.

    Raises:
        InvalidHomework: names the function and its file.
    """
    for module in homework.problem_modules():
        for name in sorted(homework.functions_of(module) & shadowed_names()):
            raise InvalidHomework(
                f"{module}.py asks for a function called {name!r}, which means something else for "
                "`student` in a check: give it another name"
            )


def _asked(source: Source, template: Template) -> Iterator[wire.Asked]:
    """The functions that the child keeps, with their parameters in the template."""
    for name, definition in source.kept:
        names, needed = asked_of(template[name])
        if definition is None:
            yield wire.Asked(name, names, needed)
        else:
            cell = source.cells[definition.cell][0]
            yield wire.Asked(name, names, needed, cell, definition.lines)


def _notes_of(student: Student) -> list[Foreign]:
    """What a student's process said of its import; that names a file, or is shown as its word."""
    source = student.source
    files = (f"{name.replace('.', '/')}" for name in source.modules) if source else ()
    names = (*(cell.name for cell in source.cells), *files) if source else ()
    return [
        note if raw(note).startswith(names) else quoted("the submission's process: {}", note)
        for note in student.notes
    ]


def _nested(rows: list[Any]) -> dict[str, Any]:
    """The tables of a TOML file from rows of keys and a value, see `wire.Parse`."""
    whole: dict[str, Any] = {}
    for *keys, last, value in rows:
        table = whole
        for key in keys:
            table = table.setdefault(key, {})
        table[last] = value
    return whole

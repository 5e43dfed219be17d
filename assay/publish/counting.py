"""The results of a record as a rubric scores them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assay.errors import InvalidInput
from assay.files import write
from assay.foreign import line
from assay.homework import Homework, find
from assay.outcome import Result
from assay.record import Record
from assay.report import overrides
from assay.report import rubric as rubrics
from assay.report.overrides import Override
from assay.report.overview import Row, row
from assay.report.rubric import Rubric
from assay.run import homework_of

RUBRIC, OVERRIDES = "rubric.toml", "overrides.toml"  # beside the results, for all that is written


@dataclass(frozen=True)
class Counted:
    """The results of a class, read again for each pass: a class of any size fits in memory.

    Attributes:
        record: where the results are.
        homework: what they are results of.
        rubric: how they are scored; None leaves them unchanged.
        max_score: the maximum of a result without checks; None leaves it unchanged.
        overrides: what a person decided, by submission.
        gone: the submissions that the class that was read last did not have.
        rubric_path: where the rubric was read, for messages.
    """

    record: Record
    homework: Homework
    rubric: Rubric | None = None
    max_score: float | None = None
    overrides: dict[str, tuple[Override, ...]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    rubric_path: Path | None = None

    @classmethod
    def by(cls, record: Record, path: Path | None = None) -> Counted:
        """The results as a rubric scores them, by default the one beside the results, if any.

        Decisions in `overrides.toml` beside the results come after the rubric.

        Raises:
            InvalidInput: the rubric or a decision makes no sense.
            OSError: a file cannot be read.
        """
        run = record.run()
        homework = homework_of(run) if run else find()
        examples = [result for result in record.results() if result.checks][:1]
        path = path or _existing(record.out / RUBRIC)
        rubric, max_score = _read_rubric(path, examples) if path else (None, None)
        decisions = _existing(record.out / OVERRIDES)
        decided = _read_overrides(decisions, examples) if decisions else {}
        gone = frozenset(record.listing().gone)
        return cls(record, homework, rubric, max_score, decided, gone, path)

    def expect_known_submissions(self) -> None:
        """Refuse decisions and extensions for a submission that has no result.

        Raises:
            InvalidInput: it names the nearest.
        """
        names = self.record.submissions()
        with _naming(self.record.out / OVERRIDES):
            for name in self.overrides:
                overrides.expect_known(name, names, "submission")
        late = self.rubric.late if self.rubric else None
        with _naming(self.rubric_path or Path(RUBRIC)):
            for name in late.extensions if late else ():
                overrides.expect_known(name, names, "submission")

    def __iter__(self) -> Iterator[Result]:
        for name in self.record.submissions():
            result = self.result(name)
            if result is not None:
                yield result

    def result(self, name: str) -> Result | None:
        """One result; None if its file is missing or damaged."""
        result = self.record.result(name)
        return None if result is None else self.scored(result)

    def row(self, result: Result) -> Row:
        """A result that was scored, as a row of a table."""
        name = result.submission
        return row(result, gone=name in self.gone, decided=self.decided(name))

    def decided(self, name: str) -> str:
        """Who decided something about a submission, and why; empty if nobody did."""
        said = (f"decided by {o.by}: {o.comment}" for o in self.overrides.get(name, ()))
        return "; ".join(dict.fromkeys(map(line, said)))

    def remarks(self) -> list[str]:
        """What is strange about the decisions, a line each."""
        lines = []
        for name, own in self.overrides.items():
            result = self.record.result(name)
            if result is not None:
                lines += overrides.above_maximum(own, self._by_rubric(result))
        return lines

    def scored(self, result: Result) -> Result:
        """A result as the rubric and the decisions score it."""
        return overrides.apply(self.overrides.get(result.submission, ()), self._by_rubric(result))

    def _by_rubric(self, result: Result) -> Result:
        if self.rubric is None:
            return result
        return rubrics.rescored(self.rubric, result, self.max_score)


def keep_rubric(record: Record, path: Path) -> str:
    """Keep a rubric beside the results, so that every later table and page uses it; says so."""
    kept = record.out / RUBRIC
    body = path.read_bytes()
    if kept.exists() and kept.read_bytes() == body:
        return ""
    write(kept, body)
    return f"kept the rubric as {kept}: every table and page uses it; to drop it, remove that file"


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read_rubric(path: Path, examples: list[Result]) -> tuple[Rubric, float | None]:
    body = path.read_bytes()
    with _naming(path):
        rubric = rubrics.read(rubrics.decode(body), examples)
        scored = rubrics.apply(rubric, examples)
    return rubric, scored[0].max_score if scored else None


def _read_overrides(path: Path, examples: list[Result]) -> dict[str, tuple[Override, ...]]:
    body, checks = path.read_bytes(), {o.id for result in examples for o in result.checks}
    by_submission: dict[str, tuple[Override, ...]] = {}
    with _naming(path):
        for each in overrides.read(rubrics.decode(body), checks):
            earlier = by_submission.get(each.submission, ())
            by_submission[each.submission] = (*earlier, each)
    return by_submission


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Begin the sentence about a file with its path."""
    try:
        yield
    except InvalidInput as fault:
        raise InvalidInput(f"{path}: {fault}") from None

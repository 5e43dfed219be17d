"""The results of a record as a rubric scores them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.errors import InvalidInput
from assay.homework import Homework, find
from assay.outcome import Result
from assay.record import Record
from assay.report import rubric as rubrics
from assay.report.rubric import Rubric
from assay.run import homework_of


@dataclass(frozen=True)
class Counted:
    """The results of a class, read again for each pass: a class of any size fits in memory.

    Attributes:
        record: where the results are.
        homework: what they are results of.
        rubric: how they are scored; None leaves them unchanged.
        max_score: the maximum of a result without checks; None leaves it unchanged.
    """

    record: Record
    homework: Homework
    rubric: Rubric | None = None
    max_score: float | None = None

    @classmethod
    def by(cls, record: Record, path: Path | None) -> Counted:
        """The results as the rubric in a file scores them; without a file they are unchanged.

        Raises:
            InvalidInput: the rubric makes no sense.
            OSError: the file cannot be read.
        """
        run = record.run()
        homework = homework_of(run) if run else find()
        if path is None:
            return cls(record, homework)
        examples = [result for result in record.results() if result.checks][:1]
        body = path.read_bytes()
        try:
            rubric = rubrics.read(rubrics.decode(body), examples)
            scored = rubrics.apply(rubric, examples)
        except InvalidInput as fault:
            raise InvalidInput(f"{path}: {fault}") from None
        max_score = scored[0].max_score if scored else None
        return cls(record, homework, rubric=rubric, max_score=max_score)

    def __iter__(self) -> Iterator[Result]:
        for name in self.record.submissions():
            result = self.result(name)
            if result is not None:
                yield result

    def result(self, name: str) -> Result | None:
        """One result; None if its file is missing or damaged."""
        result = self.record.result(name)
        if result is None or self.rubric is None:
            return result
        return rubrics.rescored(self.rubric, result, self.max_score)

"""A record's results as a rubric counts them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assay.errors import InvalidInput
from assay.homework import Homework, find
from assay.outcome import Result
from assay.record import Record
from assay.report import rubric
from assay.report.rubric import Rubric
from assay.run import homework_of


@dataclass(frozen=True)
class Counted:
    """The results of a class, read anew each time they are gone through: any number fits.

    Attributes:
        record: where they lie.
        homework: what they are results of.
        rubric: how they count; None as they are.
        most: the maximum of one that has no checks.
    """

    record: Record
    homework: Homework
    rubric: Rubric | None = None
    most: float | None = None

    @classmethod
    def by(cls, record: Record, path: Path | None) -> Counted:
        """The results by the rubric in a file, by none where there is no file.

        Raises:
            InvalidInput: the rubric says what cannot be.
            OSError: it cannot be read.
        """
        run = record.run()
        homework = homework_of(run) if run else find()
        if path is None:
            return cls(record, homework)
        some = [found for found in record.results() if found.checks][:1]
        try:
            told = rubric.read(path.read_bytes().decode("utf-8-sig"), some)
            most = rubric.counted(told, some[0]).max_score if some else None
        except InvalidInput as fault:
            raise InvalidInput(f"{path}: {fault}") from None
        return cls(record, homework, told, most)

    def __iter__(self) -> Iterator[Result]:
        for name in self.record.submissions():
            found = self.result(name)
            if found is not None:
                yield found

    def result(self, name: str) -> Result | None:
        """One result; None where there is no whole one."""
        found = self.record.result(name)
        if found is None or self.rubric is None:
            return found
        return rubric.counted(self.rubric, found, self.most)

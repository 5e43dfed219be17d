"""A record's results as a rubric counts them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.outcome import Result
from graders.record import Record
from graders.report import rubric
from graders.report.rubric import Rubric


@dataclass(frozen=True)
class Counted:
    """The results of a class, read anew each time they are gone through: any number fits.

    Attributes:
        record: where they lie.
        rubric: how they count; None as they are.
        most: the maximum of one that has no checks.
    """

    record: Record
    rubric: Rubric | None = None
    most: float | None = None

    @classmethod
    def by(cls, record: Record, path: Path | None) -> Counted:
        """The results by the rubric in a file, by none where there is no file.

        Raises:
            ValueError: the rubric says what cannot be.
            OSError: it cannot be read.
        """
        if path is None:
            return cls(record)
        some = [found for found in record.results() if found.checks][:1]
        try:
            told = rubric.read(path.read_bytes().decode("utf-8-sig"), some)
            most = rubric.counted(told, some[0]).max_score if some else None
        except ValueError as fault:
            raise ValueError(f"{path}: {fault}") from None
        return cls(record, told, most)

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

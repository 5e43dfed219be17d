"""Results as tables: `grades.csv`, a row per submission, a column per problem."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import msgspec

from graders.outcome import Result, section
from graders.report.cells import as_text


class Row(msgspec.Struct, frozen=True):
    """A submission in one line; `score` is None where it was not judged."""

    submission: str
    score: float | None
    max_score: float
    points: dict[str, float]  # by section
    status: str


class Tally:
    """A class in lines, and how often each law failed; it keeps nothing else of a result."""

    def __init__(self, results: Iterable[Result] = ()) -> None:
        self._rows: dict[str, Row] = {}
        self.failed: dict[str, int] = {}  # by check
        self.titles: dict[str, str] = {}
        for found in results:
            self.add(found)

    @property
    def rows(self) -> list[Row]:
        """A line for each submission, by name."""
        return [self._rows[name] for name in sorted(self._rows)]

    def add(self, found: Result) -> None:
        """Take in a result."""
        self._rows[found.submission] = row(found)
        for outcome in found.checks:
            if outcome.outcome not in ("passed", "blocked") and outcome.max_points > 0:
                self.titles[outcome.id] = outcome.title
                self.failed[outcome.id] = self.failed.get(outcome.id, 0) + 1

    def merge(self, other: Tally) -> None:
        """Take in what another one holds of other submissions."""
        self._rows |= other._rows
        self.titles |= other.titles
        for name, count in other.failed.items():
            self.failed[name] = self.failed.get(name, 0) + count


def row(found: Result) -> Row:
    """A result in one line."""
    points: dict[str, float] = {}
    for outcome in found.checks:
        points[section(outcome)] = points.get(section(outcome), 0.0) + outcome.points
    return Row(found.submission, found.score, found.max_score, points, status_of(found))


def grades_csv(rows: Iterable[Row]) -> str:
    """`submission,score,max_score,problem1,…,answers,status`, sorted by submission."""
    rows = sorted(rows, key=lambda one: one.submission)
    names = sections(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "score", "max_score", *names, "status"])
    for one in rows:
        points = [shown(one.points.get(name)) for name in names]
        cells = [one.submission, shown(one.score), shown(one.max_score), *points, one.status]
        writer.writerow([as_text(cell) for cell in cells])
    return out.getvalue()


def shown(points: float | None) -> str:
    """Points as a cell; empty where there are none to be had."""
    return "" if points is None else f"{points:g}"


def sections(rows: Iterable[Row]) -> list[str]:
    """The columns that these count in: the problems by number, then the answers."""
    names = {name for one in rows for name in one.points}
    return sorted(names, key=lambda n: (not n.startswith("problem"), len(n), n))


def status_of(found: Result) -> str:
    """The status in one line."""
    return " ".join(found.status.split())

"""Results as tables: `grades.csv`, a row per submission, a column per problem."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from assay.report.cells import as_text
from assay.report.overview import Row, order


def grades_csv(rows: Iterable[Row]) -> str:
    """`submission,score,max_score,problem1,…,answers,status`, sorted by submission."""
    rows = sorted(rows, key=lambda one: one.submission)
    names = sections(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "score", "max_score", *names, "status"])
    for one in rows:
        points = dict(one.points)
        cells = [one.submission, shown(one.score), shown(one.max_score)]
        cells += [*(shown(points.get(name)) for name in names), one.status or "graded"]
        writer.writerow([as_text(cell) for cell in cells])
    return out.getvalue()


def shown(points: float | None) -> str:
    """Points as a cell; empty where there are none to be had."""
    return "" if points is None else f"{points:g}"


def sections(rows: Iterable[Row]) -> list[str]:
    """The columns that these count in: the problems by number, then the answers."""
    return order({name for one in rows for name, _ in one.points})

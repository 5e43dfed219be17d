"""Results as tables: `grades.csv`, a row for each submission, a column for each problem."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from assay.report.cells import as_text
from assay.report.overview import Row, order


def grades_csv(rows: Iterable[Row]) -> str:
    """`submission,score,max_score,problem1,…,answers,status,remarks`, sorted by submission.

    A section in which nothing counts has empty cells.
    """
    rows = sorted(rows, key=lambda row: row.submission)
    names = sections(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "score", "max_score", *names, "status", "remarks"])
    for row in rows:
        points = dict(row.points)
        cells = [row.submission, cell(row.score), cell(row.max_score)]
        cells += [*(cell(points.get(name)) for name in names), row.status or "graded"]
        cells.append("; ".join(row.remarks))
        writer.writerow([as_text(text) for text in cells])
    return out.getvalue()


def cell(points: float | None) -> str:
    """Points as a cell; empty if there are none."""
    return "" if points is None else f"{points:g}"


def sections(rows: Iterable[Row]) -> list[str]:
    """The columns of these rows: the problems by number, then the others."""
    return order({name for row in rows for name, _ in row.points})


def counted_sections(rows: Iterable[Row]) -> list[str]:
    """The columns in which something counts for somebody."""
    return order({name for row in rows for name, points in row.points if points is not None})

"""`grades.csv`: a row for each submission."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assay.files import write
from assay.record import Record
from assay.report.overview import Row, row
from assay.report.tables import grades_csv


def write_grades(record: Record, rows: Iterable[Row] | None = None, *, excel: bool = False) -> Path:
    """Write `grades.csv` beside the results.

    Args:
        record: the results.
        rows: the rows, if they are known already; None reads the result files.
        excel: start with a byte order mark, by which Excel recognises UTF-8.
    Returns:
        The file that was written.
    """
    path = record.out / "grades.csv"
    table = grades_csv(map(row, record.results()) if rows is None else rows)
    write(path, table.encode("utf-8-sig" if excel else "utf-8"))
    return path

"""A class in a terminal: its table, and the checks that failed most."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assay.report.overview import Overview, Row
from assay.report.tables import sections
from assay.report.text import points

MOST_ROWS = 200


def overview(rows: Sequence[Row]) -> RenderableType:
    """A class as a table: a row for each submission, a column for each problem."""
    names = sections(rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("submission")
    most = max((row.max_score for row in rows if row.score is not None), default=0.0)
    for name in (f"score / {points(most)}" if most else "score", *names):
        table.add_column(name.replace("problem", "P"), justify="right")
    table.add_column("status")
    for row in rows[:MOST_ROWS]:
        score = "–" if row.score is None else points(row.score)
        by_section = dict(row.points)
        cells = (points(by_section[name]) if name in by_section else "" for name in names)
        table.add_row(Text(row.submission), score, *cells, Text(row.status or "graded"))
    return Group(table, Text(_omitted(rows), style="dim")) if len(rows) > MOST_ROWS else table


def failures(overview: Overview, most: int = 12) -> RenderableType:
    """Which checks failed how often in a class, the most frequent first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("failed", justify="right")
    table.add_column("check", overflow="fold")
    table.add_column("property")
    for name, tally in overview.failed_checks()[:most]:
        table.add_row(str(tally.failed), name, Text(tally.title))
    return table


def isolation(level: str, promise: str) -> Text:
    """The first line of every run."""
    return Text.assemble(("isolation: ", "dim"), (level, "bold"), (f" ({promise})", "dim"))


def _omitted(rows: Sequence[Row]) -> str:
    """A line about the whole class, in place of the rows that are not shown."""
    scores = [row.score for row in rows if row.score is not None]
    most = points(max((row.max_score for row in rows if row.score is not None), default=0.0))
    median = f", median {points(statistics.median(scores))} of {most}" if scores else ""
    return f"and {len(rows) - MOST_ROWS} more: {len(scores)} of {len(rows)} graded{median}"

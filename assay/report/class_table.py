"""A class in a terminal: a row for each submission, and the checks that failed most.

A table is laid out for the width that it gets. What does not fit is shortened with an ellipsis: no
name, no number and no check is broken.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table
from rich.text import Text

from assay.outcome import ABSENT
from assay.report.overview import Overview, Row
from assay.report.tables import counted_sections
from assay.report.text import points

MOST_ROWS = 200
MOST_REASONS = 40
MOST_CHECKS = 12
LEAST_NAME, LEAST_TITLE = 12, 36  # columns that a name or a title has at least
GAP = 2  # blanks between two columns


class Name:
    """A text on one line, which ends with an ellipsis where there is no room for all of it."""

    def __init__(self, text: str, style: str = "") -> None:
        self.text, self.style = text, style

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(shortened(self.text, options.max_width), style=self.style, no_wrap=True)


def shortened(text: str, width: int) -> str:
    """The text in at most `width` columns of a terminal.

    >>> shortened("ada_lovelace", 6), shortened("ada", 6)
    ('ada_l…', 'ada')
    """
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def overview(rows: Sequence[Row]) -> RenderableType:
    """A class as a table, and below it why some were not judged."""
    shown = rows[:MOST_ROWS]
    parts: list[RenderableType] = [_Rows(shown, counted_sections(rows))]
    if len(rows) > MOST_ROWS:
        parts.append(Text(_omitted(rows), style="dim"))
    return Group(*parts, *_reasons(rows))


def failures(overview: Overview, more: str = "the page") -> RenderableType:
    """Which checks failed how often in a class, the most frequent first; `more` has the others.

    Only those are counted who wrote something for the check.
    """
    failed = overview.failed_checks()
    if not failed:
        return Text("no scored check failed" if overview.tallies else "")
    wrong = [(name, tally) for name, tally in failed if tally.wrong]
    rows = [(str(tally.wrong), name, tally.title) for name, tally in wrong[:MOST_CHECKS]]
    parts: list[RenderableType] = [_Failed(rows)] if rows else []
    if len(wrong) > MOST_CHECKS:
        parts.append(Text(f"and {len(wrong) - MOST_CHECKS} more: see {more}", style="dim"))
    if len(failed) > len(wrong):
        rest = f"checks that failed only where nothing was written: {len(failed) - len(wrong)}"
        parts.append(Text(rest, style="dim"))
    return Group(*parts)


class _Rows:
    """The rows; names get what the numbers leave."""

    def __init__(self, rows: Sequence[Row], sections: Sequence[str]) -> None:
        self.rows, self.sections = rows, sections
        most = max((row.max_score for row in rows if row.score is not None), default=0.0)
        self.score = f"score\n/ {points(most)}" if most else "score"

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Table]:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
        cells = [_cells(row, self.sections) for row in self.rows]
        heads = [self.score, *(n.replace("problem", "P") for n in self.sections), "status"]
        if not any(row[-1] for row in cells):
            heads, cells = heads[:-1], [row[:-1] for row in cells]
        widths = [_width([head, *(row[k] for row in cells)]) for k, head in enumerate(heads)]
        left = options.max_width - sum(widths) - GAP * len(widths)
        longest = _width(["submission", *(row.submission for row in self.rows)])
        table.add_column("submission", width=max(LEAST_NAME, min(left, longest)), no_wrap=True)
        for head, width in zip(heads, widths, strict=True):
            is_status = head == "status"
            table.add_column(
                head, width=width, no_wrap=True, justify="left" if is_status else "right"
            )
        for row, texts in zip(self.rows, cells, strict=True):
            table.add_row(Name(row.submission), *map(Text, texts))
        yield table


class _Failed:
    """Failed checks: the title stands beside the name, or below it where there is no room."""

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        self.rows = rows

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[Table]:
        names = _width(["check", *(name for _, name, _ in self.rows)])
        beside = options.max_width - len("failed") - names - 2 * GAP >= LEAST_TITLE
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
        table.add_column("failed", justify="right", width=len("failed"), no_wrap=True)
        table.add_column("check" if beside else "check, and its property", no_wrap=beside)
        if beside:
            table.add_column("property")
        for failed, name, title in self.rows:
            if beside:
                table.add_row(failed, Text(name), Text(title))
            else:
                table.add_row(failed, Group(Name(name, "bold"), Text(title)))
        yield table


def _cells(row: Row, sections: Sequence[str]) -> list[str]:
    by_section = dict(row.points)
    score = "–" if row.score is None else points(row.score)
    numbers = [by_section.get(name) for name in sections]
    cells = ["" if number is None else points(number) for number in numbers]
    return [score, *cells, ", ".join(row.marks)]


def _width(texts: Sequence[str]) -> int:
    return max(cell_len(line) for text in texts for line in text.split("\n"))


def _reasons(rows: Sequence[Row]) -> list[RenderableType]:
    """A line for each submission that was not judged."""
    unjudged = [row for row in rows if row.score is None and row.status != ABSENT]
    lines: list[RenderableType] = [
        Text(f"{shortened(row.submission, 40)}: {row.status}", style="yellow")
        for row in unjudged[:MOST_REASONS]
    ]
    if len(unjudged) > MOST_REASONS:
        lines.append(Text(f"and {len(unjudged) - MOST_REASONS} more without a score", style="dim"))
    return [Text(), *lines] if lines else []


def _omitted(rows: Sequence[Row]) -> str:
    """A line about the whole class, in place of the rows that are not shown."""
    scores = [row.score for row in rows if row.score is not None]
    most = points(max((row.max_score for row in rows if row.score is not None), default=0.0))
    median = f", median {points(statistics.median(scores))} of {most}" if scores else ""
    return f"and {len(rows) - MOST_ROWS} more: {len(scores)} of {len(rows)} graded{median}"

"""A result as a person reads it in a terminal."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import groupby

import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assay.foreign import LIMIT
from assay.homework import Homework
from assay.message import parse
from assay.outcome import Outcome, Passage, Result, WrittenLine, section
from assay.report.overview import Overview, Row
from assay.report.tables import sections
from assay.report.text import FAILED, LINE_MARKS, MARKS, line, plain, points, visible

MOST_ROWS = 200
MOST_NOTES = 100
STYLES = {
    "passed": "green",
    "blocked": "dim",
    "missing": "yellow",
    "unread": "yellow",
    "broken": "magenta",
}
LINE_STYLES = {"holds": "green", "false": "red", "unread": "yellow"}


def result(result: Result, homework: Homework, *, verbose: bool = True) -> RenderableType:
    """Every check of one submission, problem by problem, and the score."""
    parts: list[RenderableType] = [
        Text(line(note), style="dim") for note in result.notes[:MOST_NOTES]
    ]
    for name, outcomes in groupby(result.checks, section):
        parts += [Text(), *_problem(homework.heading(name), list(outcomes), verbose)]
        parts += [_passage(p) for p in result.written if p.section == name]
    return Group(*parts, Text(), _score(result))


def addressed(result: Result, command: str) -> Result:
    """The result with this command in place of `assay check` in each message."""

    def with_command(outcome: Outcome) -> Outcome:
        message = parse(outcome.message)
        again = message.again.replace("assay check", command, 1)
        return msgspec.structs.replace(outcome, message=str(message._replace(again=again)))

    return msgspec.structs.replace(result, checks=tuple(map(with_command, result.checks)))


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


def _problem(heading: str, outcomes: list[Outcome], verbose: bool) -> list[RenderableType]:
    total, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
    score = f"{points(total)} / {points(most)}" if most else "reported, not scored"
    head = Text.assemble((heading, "bold"), f"   {score}")
    common = _common_message(outcomes)
    if common:
        style = STYLES.get(outcomes[0].outcome, "red")
        return [head, Padding(Text(common, style=style), (0, 0, 0, 2))]
    shown = [o for o in outcomes if verbose or o.outcome != "passed"]
    return [head, *(line for o in shown for line in _check(o))]


def _common_message(outcomes: list[Outcome]) -> str:
    """The message of a problem's checks if they share one: its file cannot be imported."""
    messages = {(o.outcome, _without_command(o)) for o in outcomes if o.outcome != "blocked"}
    if len(messages) != 1 or len(outcomes) == 1:
        return ""
    ((kind, text),) = messages
    if kind == "missing":
        return f"– {text}"
    return f"✗ {kind.replace('_', ' ')}: {text}" if kind not in ("passed", "wrong") else ""


def _without_command(outcome: Outcome) -> str:
    return plain(str(parse(outcome.message)._replace(again="")))


def _check(outcome: Outcome) -> list[RenderableType]:
    style = STYLES.get(outcome.outcome, "red")
    mark = MARKS.get(outcome.outcome, FAILED)
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    most = outcome.max_points
    score = f"{points(outcome.points)} / {points(most)}" if most else ""
    grid.add_row(Text(mark, style=style), Text(outcome.title), Text(score, style=style))
    if not outcome.message:
        return [grid]
    text = Text(_message(outcome), style="dim" if outcome.outcome == "blocked" else "")
    return [grid, Padding(text, (0, 0, 0, 6))]


def _passage(passage: Passage) -> RenderableType:
    """A written solution: each line as it was understood, and below it as it was written."""
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=5, justify="right")
    grid.add_column(width=5, justify="right", style="dim")
    grid.add_column(ratio=1, overflow="fold")
    part = f" of part ({passage.part})" if passage.part else ""
    documents = dict.fromkeys(each.document for each in passage.lines)
    head = Text(f"  Written solution{part}, {', '.join(documents)}", style="italic")
    for each in passage.lines:
        mark = Text(LINE_MARKS.get(each.mark, ""), style=LINE_STYLES.get(each.mark, ""))
        grid.add_row(mark, str(each.line), _written(each))
    notes = [Padding(Text(str(visible(note)), style="dim"), (0, 0, 0, 4)) for note in passage.notes]
    return Group(head, *notes, grid)


def _written(each: WrittenLine) -> Text:
    sign = "= " if each.mark in ("holds", "false") and each.source.startswith("=") else ""
    made = Text(sign + str(visible(line(each.understood))) if each.understood else "")
    made.append(("\n" if made else "") + str(visible(line(each.source))), style="dim")
    if each.note:
        made.append(f"\n{visible(each.note)}", style=LINE_STYLES.get(each.mark, ""))
    return made


def _message(outcome: Outcome) -> str:
    """The message below a check, introduced by its outcome unless that is clear."""
    first, *rest = plain(outcome.message, 2 * LIMIT).split("\n")
    if outcome.outcome in ("blocked", "missing"):
        return first
    if outcome.outcome != "wrong":
        first = f"{outcome.outcome.replace('_', ' ')}: {first}"
    return "\n".join([first, *rest])


def _score(result: Result) -> Text:
    if result.score is None:
        return Text(plain(result.status), style="bold magenta")
    style = "bold green" if result.score == result.max_score else "bold"
    score = f"{points(result.score)} / {points(result.max_score)}"
    return Text(f"Score {score}   ({result.seconds:.1f} s)", style=style)

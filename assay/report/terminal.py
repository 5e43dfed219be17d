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

from assay.homework import Homework
from assay.message import parse
from assay.outcome import Outcome, Result, section
from assay.report.overview import Overview, Row
from assay.report.tables import sections, shown
from assay.report.text import FAILED, MARKS

MOST_ROWS = 200
STYLES = {"passed": "green", "blocked": "dim", "missing": "yellow", "broken": "magenta"}


def result(found: Result, homework: Homework, *, verbose: bool = True) -> RenderableType:
    """Every check of one submission, problem by problem, and the score."""
    parts: list[RenderableType] = [Text(note, style="dim") for note in found.notes]
    for name, outcomes in groupby(found.checks, section):
        parts += [Text(), *_problem(homework.heading(name), list(outcomes), verbose)]
    return Group(*parts, Text(), _score(found))


def addressed(found: Result, command: str) -> Result:
    """The result with this command where a message says how to run one check again."""

    def with_command(outcome: Outcome) -> Outcome:
        parts = parse(outcome.message)
        again = parts.again.replace("assay check", command, 1)
        return msgspec.structs.replace(outcome, message=str(parts._replace(again=again)))

    return msgspec.structs.replace(found, checks=tuple(map(with_command, found.checks)))


def overview(rows: Sequence[Row]) -> RenderableType:
    """A class in a table: a row per submission, a column per problem."""
    names = sections(rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("submission")
    for name in ("score", *names):
        table.add_column(name.replace("problem", "P"), justify="right")
    table.add_column("status")
    for one in rows[:MOST_ROWS]:
        points = dict(one.points)
        cells = (shown(points.get(name)) for name in names)
        status = Text(one.status or "graded")
        table.add_row(Text(one.submission), shown(one.score) or "–", *cells, status)
    return Group(table, Text(_rest(rows), style="dim")) if len(rows) > MOST_ROWS else table


def failures(found: Overview, most: int = 12) -> RenderableType:
    """Which laws failed how often in a class, the most frequent first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("failed", justify="right")
    table.add_column("check", overflow="fold")
    table.add_column("law")
    for name, tally in found.failed()[:most]:
        table.add_row(str(tally.failed), name, Text(tally.title))
    return table


def isolation(level: str, promise: str) -> Text:
    """The first line of every run."""
    return Text.assemble(("isolation: ", "dim"), (level, "bold"), (f" ({promise})", "dim"))


def _rest(rows: Sequence[Row]) -> str:
    """What a table too long for a terminal leaves out."""
    scores = [one.score for one in rows if one.score is not None]
    told = f", median {statistics.median(scores):g}" if scores else ""
    return f"and {len(rows) - MOST_ROWS} more: {len(scores)} of {len(rows)} graded{told}"


def _problem(heading: str, outcomes: list[Outcome], verbose: bool) -> list[RenderableType]:
    got, most = (sum(getattr(o, f) for o in outcomes) for f in ("points", "max_points"))
    told = f"{got:g} / {most:g}" if most else "told, not counted"
    head = Text.assemble((heading, "bold"), f"   {told}")
    common = _common(outcomes)
    if common:
        style = STYLES.get(outcomes[0].outcome, "red")
        return [head, Padding(Text(common, style=style), (0, 0, 0, 2))]
    shown = [o for o in outcomes if verbose or o.outcome != "passed"]
    return [head, *(line for o in shown for line in _check(o))]


def _common(outcomes: list[Outcome]) -> str:
    """What every check of a problem says, where all say the same: its file cannot be imported."""
    told = {(o.outcome, _evidence(o)) for o in outcomes if o.outcome != "blocked"}
    if len(told) != 1 or len(outcomes) == 1:
        return ""
    ((kind, text),) = told
    if kind == "missing":
        return f"– {text}"
    return f"✗ {kind.replace('_', ' ')}: {text}" if kind not in ("passed", "wrong") else ""


def _evidence(outcome: Outcome) -> str:
    return str(parse(outcome.message)._replace(again=""))


def _check(outcome: Outcome) -> list[RenderableType]:
    style = STYLES.get(outcome.outcome, "red")
    mark = MARKS.get(outcome.outcome, FAILED)
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    points = f"{outcome.points:g} / {outcome.max_points:g}" if outcome.max_points else ""
    grid.add_row(Text(mark, style=style), Text(outcome.title), Text(points, style=style))
    if not outcome.message:
        return [grid]
    lines = outcome.message.splitlines()
    if outcome.outcome in ("blocked", "missing"):
        lines = lines[:1]
    else:
        kind = outcome.outcome.replace("_", " ")
        lines[0] = lines[0] if outcome.outcome == "wrong" else f"{kind}: {lines[0]}"
    text = Text("\n".join(lines), style="dim" if outcome.outcome == "blocked" else "")
    return [grid, Padding(text, (0, 0, 0, 6))]


def _score(found: Result) -> Text:
    if found.score is None:
        return Text(found.status, style="bold magenta")
    style = "bold green" if found.score == found.max_score else "bold"
    return Text(
        f"Score {found.score:g} / {found.max_score:g}   ({found.seconds:.1f} s)", style=style
    )

"""Two runs over the same submissions: what changed, by submission and check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from assay.outcome import Outcome, Result
from assay.report.text import line


class Change(NamedTuple):
    """One difference; `what` is "score" or a check's id."""

    submission: str
    what: str
    old: str
    new: str


def changes(old: Sequence[Result], new: Sequence[Result]) -> list[Change]:
    """Every difference between two runs, by submission: the score first, then the checks."""
    before, after = ({r.submission: r for r in run} for run in (old, new))
    return [
        change
        for name in sorted(before.keys() | after.keys())
        for change in _changes_of(name, before.get(name), after.get(name))
    ]


def table(differences: Sequence[Change]) -> Table:
    """The differences, one in each row; a submission is named only in its first row."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("submission", "what", "old", "new"):
        grid.add_column(name, overflow="fold")
    last = ""
    for change in differences:
        style = "bold" if change.what == "score" else ""
        name = "" if change.submission == last else change.submission
        cells = (name, change.what, change.old, change.new)
        grid.add_row(*(Text(cell, style=style) for cell in cells))
        last = change.submission
    return grid


def _changes_of(name: str, old: Result | None, new: Result | None) -> Iterator[Change]:
    yield from _change(name, "score", _score(old), _score(new))
    if old is None or new is None:
        return
    before, after = ({o.id: o for o in result.checks} for result in (old, new))
    for check in {**before, **after}:
        yield from _change(name, check, _check(before.get(check)), _check(after.get(check)))


def _change(name: str, what: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        yield Change(submission=name, what=what, old=old, new=new)


# Points are not rounded here: a difference has to be visible.
def _score(result: Result | None) -> str:
    if result is None:
        return "absent"
    if result.score is None:
        return line(result.status)
    return f"{result.score:g} / {result.max_score:g}"


def _check(outcome: Outcome | None) -> str:
    if outcome is None:
        return "absent"
    kind = outcome.outcome.replace("_", " ")
    return f"{kind} {outcome.points:g} / {outcome.max_points:g}"

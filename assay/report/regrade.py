"""Two runs over the same hand-ins: what became different, by student and check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from assay.outcome import Outcome, Result


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
        for change in _of_one(name, before.get(name), after.get(name))
    ]


def table(found: Sequence[Change]) -> Table:
    """The differences, a row each; a name stands where it begins."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("submission", "what", "old", "new"):
        grid.add_column(name, overflow="fold")
    last = ""
    for change in found:
        style = "bold" if change.what == "score" else ""
        shown = "" if change.submission == last else change.submission
        grid.add_row(*(Text(cell, style=style) for cell in (shown, *change[1:])))
        last = change.submission
    return grid


def _of_one(name: str, old: Result | None, new: Result | None) -> Iterator[Change]:
    pairs = [("score", _score(old), _score(new))]
    before, after = ({o.id: o for o in r.checks} if r else {} for r in (old, new))
    for check in {**before, **after}:
        pairs.append((check, _check(before.get(check)), _check(after.get(check))))
    if old is None or new is None:
        pairs = pairs[:1]
    yield from (Change(name, *pair) for pair in pairs if pair[1] != pair[2])


def _score(found: Result | None) -> str:
    if found is None:
        return "not there"
    if found.score is None:
        return found.status
    return f"{found.score:g} / {found.max_score:g}"


def _check(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not there"
    kind = outcome.outcome.replace("_", " ")
    return f"{kind} {outcome.points:g} / {outcome.max_points:g}"

"""The map of a class: a row for each student, a column for each scored check, a mark for failure.

Rows are sorted and filtered by style alone: each has its place in every order as a variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assay.homework import Homework
from assay.report.overview import Overview, Row, Tally, order
from assay.report.page import listing
from assay.report.text import NAME_LIMIT, TITLE_LIMIT, address, clip, points

MOST_ROWS = 300  # of a larger class, as many that stand for all


class Column(NamedTuple):
    """A check: how many failed it, its bar in percent of the tallest, where the page has more."""

    title: str
    failed: int
    total: int
    height: float
    anchor: str


class Section(NamedTuple):
    """A problem, as the head of its columns; `key` is what its filter is called."""

    key: str
    name: str
    heading: str
    columns: list[Column]


class Line(NamedTuple):
    """A student: a letter for each check, and the places of the row in each order."""

    name: str
    address: str
    score: str
    kinds: str
    cells: list[str]
    by_score: int
    by_failed: int


class Map(NamedTuple):
    """The map; `total` is how many students there are, of whom `lines` may be a part."""

    sections: list[Section]
    lines: list[Line]
    total: int

    @property
    def width(self) -> int:
        """How many checks it has."""
        return sum(len(section.columns) for section in self.sections)


def heat_map(overview: Overview, homework: Homework) -> Map:
    """The map of a class of any size."""
    ids = _scored(overview, homework)
    names = order({name.partition(".")[0] for name in ids})
    most = max((overview.tallies[name].failed for name in ids), default=0) or 1
    sections = [
        Section(
            key=f"s{k}",
            name=name.replace("problem", "P").capitalize(),
            heading=homework.heading(name),
            columns=[
                _column(i, overview.tallies[i], most) for i in ids if i.startswith(f"{name}.")
            ],
        )
        for k, name in enumerate(names)
    ]
    shown = _sample(overview.sorted_rows())
    return Map(sections, [_line(row, ids, names) for row in shown], len(overview.rows))


def anchor(check: str) -> str:
    """The id of the element that says more about a check."""
    return f"check-{check}"


def rules(sections: Sequence[Section]) -> str:
    """The style rules that filter by problem: as many as the homework has problems."""
    return "\n".join(
        f"#map:has(#map-{s.key}:checked) tbody tr:not(.{s.key}) {{ display: none; }}"
        for s in sections
    )


def _scored(overview: Overview, homework: Homework) -> list[str]:
    """The scored checks, by problem and in the order in which the homework states them."""
    stated = {name: place for place, name in enumerate(check.id for check in homework.stated())}
    ids = [name for name, tally in overview.tallies.items() if tally.max_points > 0]
    by_section = order({name.partition(".")[0] for name in ids})
    return sorted(
        ids,
        key=lambda name: (
            by_section.index(name.partition(".")[0]),
            stated.get(name, len(stated)),
            name,
        ),
    )


def _column(check: str, tally: Tally, most: int) -> Column:
    return Column(
        title=clip(tally.title, TITLE_LIMIT),
        failed=tally.failed,
        total=sum(tally.kinds.values()),
        height=100 * tally.failed / most,
        anchor=anchor(check) if tally.failed else "",
    )


def _sample(rows: list[Row]) -> list[Row]:
    """At most `MOST_ROWS` of the rows, evenly spread over the scores, by name."""
    if len(rows) <= MOST_ROWS:
        return rows
    by_score = sorted(rows, key=lambda row: listing.LAST if row.score is None else -row.score)
    step = len(rows) / MOST_ROWS
    chosen = {by_score[int(k * step)].submission for k in range(MOST_ROWS)}
    return [row for row in rows if row.submission in chosen]


def _line(row: Row, ids: Sequence[str], names: Sequence[str]) -> Line:
    failed, blocked = {*row.failed}, {*row.blocked}
    lost = {name.partition(".")[0] for name in failed | blocked}
    problems = (f"s{k}" for k, name in enumerate(names) if name in lost)
    return Line(
        name=clip(row.submission, NAME_LIMIT),
        address=address(row.submission),
        score="–" if row.score is None else points(row.score),
        kinds=" ".join([*listing.kinds(row), *problems]),
        cells=["f" if name in failed else "b" if name in blocked else "" for name in ids],
        by_score=listing.LAST if row.score is None else round(-100 * row.score),
        by_failed=-len(failed),
    )

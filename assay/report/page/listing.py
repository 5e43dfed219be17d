"""The lists of a class page: submissions in groups, and everyone in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assay.homework import Homework
from assay.likeness import groups as likeness
from assay.outcome import ABSENT
from assay.report.overview import Overview, Row
from assay.report.similar import pairs
from assay.report.text import NAME_LIMIT, TITLE_LIMIT, address, clip, points

GROUPS, MEMBERS, CHECKS = 20, 12, 6  # shown of a list, of a group's members and of its checks
PAIRS = 60  # of similar submissions
LAST = 10**6  # the place of who has no points
CHUNK, FOLDED = 250, 500  # rows of the table that fold together, if there are more than FOLDED


class Member(NamedTuple):
    """A submission as a link."""

    name: str
    address: str
    score: str = ""


class SameFailures(NamedTuple):
    """Submissions that failed the same `number` checks; `more` and `others` are not shown."""

    size: int
    number: int
    checks: list[tuple[str, str]]
    more: int
    members: list[Member]
    others: int


class FailureGroups(NamedTuple):
    """The largest groups, how many more there are, and how many submissions are in none."""

    shown: list[SameFailures]
    more: int
    alone: int
    full: int


class Pair(NamedTuple):
    """Two submissions with similar code, and the part of it that they have in common."""

    first: Member
    second: Member
    likeness: str
    kind: str


class Line(NamedTuple):
    """A row of the table of everyone; `places` are its places by score and by each column."""

    name: str
    address: str
    person: str
    score: str
    points: list[str]
    status: str
    kinds: str
    places: list[int]


def same_failures(overview: Overview, homework: Homework) -> FailureGroups:
    """The submissions that failed the same checks, the largest groups first."""
    groups = list(overview.by_failed_checks())
    failing = [(checks, members) for checks, members in groups if checks]
    several = [(checks, members) for checks, members in failing if len(members) > 1]
    return FailureGroups(
        shown=[_same(overview, *group, homework) for group in several[:GROUPS]],
        more=len(several[GROUPS:]),
        alone=len(failing) - len(several),
        full=sum(len(members) for checks, members in groups if not checks),
    )


def similar(groups: Sequence[likeness.Group]) -> list[Pair]:
    """The pairs with similar code, the most similar first."""
    return [
        Pair(
            _linked(link.first),
            _linked(link.second),
            f"{int(100 * link.likeness + 1e-9)} %",
            link.kind,
        )
        for link in pairs(groups)
    ]


def unjudged(rows: Sequence[Row]) -> list[tuple[Member, str]]:
    """Whose submission was not judged, and why."""
    return [
        (_member(row), row.status) for row in rows if row.score is None and row.status != ABSENT
    ]


def absent(rows: Sequence[Row]) -> list[Member]:
    """Who is on the roster and handed in nothing."""
    return [_member(row) for row in rows if row.status == ABSENT]


def late(rows: Sequence[Row]) -> list[tuple[Member, str]]:
    """Who is late, and by how much if that is known."""
    return [
        (_member(row), f"{row.late:g} hours" if row.late else "")
        for row in rows
        if row.late is not None
    ]


def columns(overview: Overview) -> list[str]:
    """The sections that have a column: the problems, and what else counts."""
    counted = {k.partition(".")[0] for k, tally in overview.tallies.items() if tally.max_points > 0}
    return [s for s in overview.sections() if s.startswith("problem") or s in counted]


def chunks(rows: list[Row], sections: list[str]) -> Iterator[list[Line]]:
    """The rows of the table, made while they are written: a large class has many."""
    size = CHUNK if len(rows) > FOLDED else max(len(rows), 1)
    for start in range(0, len(rows), size):
        yield [_line(row, sections) for row in rows[start : start + size]]


def _same(
    overview: Overview, checks: tuple[str, ...], members: list[Row], homework: Homework
) -> SameFailures:
    titles = [
        (homework.heading(name.partition(".")[0]), clip(overview.tallies[name].title, TITLE_LIMIT))
        for name in checks[:CHECKS]
    ]
    shown = [_member(row) for row in members[:MEMBERS]]
    return SameFailures(
        size=len(members),
        number=len(checks),
        checks=titles,
        more=len(checks) - len(titles),
        members=shown,
        others=len(members) - len(shown),
    )


def _member(row: Row) -> Member:
    return Member(clip(row.submission, NAME_LIMIT), address(row.submission), _score(row))


def _linked(name: str) -> Member:
    return Member(clip(name, NAME_LIMIT), address(name))


def kinds(row: Row) -> Iterator[str]:
    """What the filters look for, as classes of the row."""
    if row.status == ABSENT:
        yield "absent"
    elif row.score is None:
        yield "unjudged"
    elif row.score < row.max_score:
        yield "part"
    if row.timed_out:
        yield "slow"
    if row.late is not None:
        yield "late"
    if row.gone:
        yield "gone"


def order_rules(columns: Sequence[str]) -> str:
    """The style rules that sort the table of everyone: by its score, and by each column."""
    keys = [("score", 0), *((f"c{k}", k + 1) for k in range(len(columns)))]
    rows = (
        f"#everyone:has(#order-{key}:checked) tbody tr {{ order: var(--p{place}); }}"
        for key, place in keys
    )
    return "\n".join(rows)


def _place(points: float | None) -> int:
    """The place of a number in an order, the lowest first; at the end if there is none."""
    return LAST if points is None else round(100 * points)


def _score(row: Row) -> str:
    return "–" if row.score is None else points(row.score)


def _line(row: Row, sections: list[str]) -> Line:
    by_section = dict(row.points)
    numbers = [by_section.get(name) for name in sections]
    cells = ["" if number is None else points(number) for number in numbers]
    return Line(
        name=clip(row.submission, NAME_LIMIT),
        address=address(row.submission),
        person="" if row.name == row.submission else row.name,
        score=_score(row),
        points=cells,
        status=" · ".join(row.marks),
        kinds=" ".join(kinds(row)),
        places=[_place(row.score), *map(_place, numbers)],
    )

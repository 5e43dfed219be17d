"""The page of a class: scores, failed laws, hand-ins that fail alike, and everyone by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from assay.homework import Homework
from assay.likeness import groups as alikeness
from assay.report.overview import Example, Overview, Row, Tally
from assay.report.page.rendering import WORDS, points, style, template
from assay.report.text import NAME_LIMIT, address, clip

BINS = 20  # of the distribution: each 5 % of the points
GROUPS, MEMBERS, LAWS, TOLD = 20, 12, 6, 100  # how much of a kind is written out
CHUNK, FOLDED = 250, 500  # rows of the table that fold together, and from how many on


class Bin(NamedTuple):
    """A bar of the distribution, in percent of the points and of the tallest bar."""

    low: int
    high: int
    size: int
    height: float


class Member(NamedTuple):
    """A hand-in as a link."""

    name: str
    address: str
    score: str


class LawRow(NamedTuple):
    """One law: how many failed it and how, what most are told, the smallest counterexample."""

    title: str
    heading: str
    failed: int
    asked: int
    blocked: int
    share: float
    kinds: list[str]
    label: str
    message: str
    example: Example | None
    address: str


class Group(NamedTuple):
    """Hand-ins that failed the same laws; `more` and `other` is what is not written out."""

    size: int
    number: int
    laws: list[tuple[str, str]]
    more: int
    members: list[Member]
    other: int


class Similar(NamedTuple):
    """Hand-ins whose code is alike; `least` is the least share of it that two have in common."""

    size: int
    kinds: Sequence[str]
    least: str
    members: list[Member]
    other: int


class Line(NamedTuple):
    """A row of the table of everyone."""

    name: str
    address: str
    person: str
    score: str
    points: list[str]
    status: str


def page(overview: Overview, alike: Sequence[alikeness.Group], homework: Homework) -> str:
    """The page of a class, of any size."""
    rows = overview.sorted_rows()
    graded = [row for row in rows if row.score is not None]
    sections = overview.sections()
    groups = [(key, members) for key, members in overview.alike() if key]
    several = [g for g in groups if len(g[1]) > 1]
    unjudged, late = _split(rows)
    return template("class").render(
        title=homework.title,
        heading=homework.heading,
        style=style(),
        rows=rows,
        graded=len(graded),
        figures=_figures(graded),
        bins=bins(graded),
        sections=sections,
        problems=_problems(graded, overview, sections, homework),
        laws=[_law(*item, homework) for item in overview.failed()],
        groups=[_group(overview.tallies, *g, homework) for g in several[:GROUPS]],
        more_groups=len(several) - len(several[:GROUPS]),
        alone=len(groups) - len(several),
        full=len(graded) - sum(len(g[1]) for g in groups),
        unjudged=unjudged[:TOLD],
        more_unjudged=max(len(unjudged) - TOLD, 0),
        unjudged_all=len(unjudged),
        says=alikeness.SAYS,
        similar=[_similar(group) for group in alike[:GROUPS]],
        similar_all=len(alike),
        late=late[:TOLD],
        late_all=len(late),
        chunks=_chunks(rows, sections),
        folded=len(rows) > FOLDED,
    )


def bins(graded: Iterable[Row]) -> list[Bin]:
    """How many have which share of the points; full marks are in the last bin."""
    counts = [0] * BINS
    for row in graded:
        counts[min(max(int(BINS * _share(row) + 1e-9), 0), BINS - 1)] += 1
    tallest, step = max(counts) or 1, 100 // BINS
    return [Bin(k * step, (k + 1) * step, n, 100 * n / tallest) for k, n in enumerate(counts)]


def _share(row: Row) -> float:
    return (row.score or 0.0) / row.max_score if row.max_score > 0 else 0.0


def _figures(graded: list[Row]) -> list[tuple[str, str]]:
    if not graded:
        return []
    scores = np.sort([row.score or 0.0 for row in graded])
    low, median, high = np.percentile(scores, [25, 50, 75])
    full = sum(row.score == row.max_score for row in graded)
    return [
        ("Median", f"{median:.1f}"),
        ("Middle half", f"{low:.1f} – {high:.1f}"),
        ("Full marks", str(full)),
    ]


def _problems(
    graded: list[Row], overview: Overview, sections: list[str], homework: Homework
) -> list[tuple[str, str, str, float, int]]:
    """Each problem that counts: its points, their mean, the mean's share, who has all of them."""
    found = []
    for name in sections:
        tallies = (t for k, t in overview.tallies.items() if k.startswith(f"{name}."))
        most = round(sum(sorted(t.max_points for t in tallies)), 6)
        # Sorted, so that a sum does not depend on the order of hand-ins.
        got = sorted(dict(row.points).get(name, 0.0) for row in graded)
        if most > 0 and got:
            mean, full = sum(got) / len(got), sum(x >= most - 1e-6 for x in got)
            share = min(max(mean / most, 0.0), 1.0)
            found.append((homework.heading(name), points(most), f"{mean:.3g}", share, full))
    return found


def _law(name: str, tally: Tally, homework: Homework) -> LawRow:
    times, message = tally.common()
    failing = [(k, n) for k, n in tally.kinds.items() if k not in ("passed", "blocked")]
    kinds = [f"{n:,} {WORDS[k]}" for k, n in sorted(failing, key=lambda i: (-i[1], i[0]))]
    asked, example = sum(tally.kinds.values()), tally.smallest
    return LawRow(
        clip(tally.title, 400),
        homework.heading(name.partition(".")[0]),
        tally.failed,
        asked,
        tally.kinds.get("blocked", 0),
        tally.failed / asked,
        kinds if [k for k, _ in failing] != ["wrong"] else [],
        _label(times, tally.failed),
        message,
        example,
        address(example.submission) if example else "",
    )


def _label(times: int, failed: int) -> str:
    """What leads the commonest message: it is an example where none is common."""
    if times == failed > 1:
        return "all say"
    if times == 1:
        return "for example" if failed > 1 else "says"
    return f"most often ({times:,} of {failed:,})"


def _group(
    tallies: dict[str, Tally], key: tuple[str, ...], members: list[Row], homework: Homework
) -> Group:
    laws = [
        (homework.heading(k.partition(".")[0]), clip(tallies[k].title, 400)) for k in key[:LAWS]
    ]
    shown = [_member(row) for row in members[:MEMBERS]]
    return Group(
        len(members), len(key), laws, len(key) - len(laws), shown, len(members) - len(shown)
    )


def _member(row: Row) -> Member:
    score = "–" if row.score is None else points(row.score)
    return Member(clip(row.submission, NAME_LIMIT), address(row.submission), score)


def _similar(group: alikeness.Group) -> Similar:
    shown = group.members[:MEMBERS]
    members = [Member(clip(name, NAME_LIMIT), address(name), "") for name, _ in shown]
    least = min(link.likeness for link in group.links)
    return Similar(
        len(group.members),
        sorted({link.kind for link in group.links}),
        "" if least == 1 else f"{100 * least:.0f} %",
        members,
        len(group.members) - len(members),
    )


def _split(rows: list[Row]) -> tuple[list[tuple[Member, str]], list[tuple[Member, str]]]:
    unjudged = [(_member(row), row.status) for row in rows if row.score is None]
    late = [
        (_member(row), f"{row.late:g} hours" if row.late else "")
        for row in rows
        if row.late is not None
    ]
    return unjudged, late


def _chunks(rows: list[Row], sections: list[str]) -> Iterator[list[Line]]:
    """The rows of the table, made as they are written: those of a large class are many."""
    size = CHUNK if len(rows) > FOLDED else max(len(rows), 1)
    for start in range(0, len(rows), size):
        yield [_line(row, sections) for row in rows[start : start + size]]


def _line(row: Row, sections: list[str]) -> Line:
    by_name = dict(row.points)
    mine = [
        points(by_name[name]) if name in by_name else ""
        for name in sections
        if name.startswith("problem")
    ]
    score = "–" if row.score is None else points(row.score)
    late = "" if row.late is None else "late"
    status = " · ".join(filter(None, (row.status and "not judged", late)))
    person = "" if row.name == row.submission else row.name
    return Line(
        clip(row.submission, NAME_LIMIT), address(row.submission), person, score, mine, status
    )

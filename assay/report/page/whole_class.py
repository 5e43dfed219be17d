"""The page of a class: scores, failed checks, groups of submissions, and everyone by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from assay.homework import Homework
from assay.likeness import groups as likeness
from assay.report.overview import Example, Overview, Row, Tally
from assay.report.page import heat, listing
from assay.report.page.rendering import WORDS, style, template
from assay.report.text import TITLE_LIMIT, address, clip, points

BINS = 20  # of the distribution: each 5 % of the points
LISTED = 100  # submissions of the lists "not judged" and "late"


class Bin(NamedTuple):
    """A bar of the distribution, in percent of the points and of the tallest bar."""

    low: int
    high: int
    size: int
    height: float


class ProblemSummary(NamedTuple):
    """A scored problem: the mean score, and how many submissions have full marks."""

    heading: str
    max_points: str
    mean: str
    fraction: float
    full: int


class CheckSummary(NamedTuple):
    """A failed check: how many failed it and how, the commonest message, the smallest example."""

    title: str
    heading: str
    anchor: str
    failed: int
    total: int
    blocked: int
    fraction: float
    kinds: list[str]
    label: str
    message: str
    example: Example | None
    address: str


def page(
    overview: Overview,
    similar: Sequence[likeness.Group],
    homework: Homework,
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """The page of a class of any size; `facts` are names and values for its foot."""
    rows = overview.sorted_rows()
    graded = [row for row in rows if row.score is not None]
    absent = listing.absent(rows)
    unjudged, late = listing.unjudged(rows), listing.late(rows)
    sections, columns = overview.sections(), listing.columns(overview)
    alike = listing.similar(similar)
    map_ = heat.heat_map(overview, homework)
    rules = f"{heat.rules(map_.sections)}\n{listing.order_rules(columns)}"
    return template(
        "class"
    ).render(
        title=homework.title,
        heading=homework.heading,
        style=style() + Markup(rules),  # noqa: S704 - our own words
        map=map_,
        facts=facts,
        submissions=len(rows) - len(absent),
        everyone=len(rows),
        graded=len(graded),
        figures=_figures(graded),
        bins=bins(graded),
        columns=columns,
        problems=_problems(graded, overview, sections, homework),
        checks=[_summary(name, tally, homework) for name, tally in overview.failed_checks()],
        same=listing.same_failures(overview, homework),
        absent=absent[:LISTED],
        absent_total=len(absent),
        unjudged=unjudged[:LISTED],
        unjudged_total=len(unjudged),
        similar_note=likeness.SAYS,
        similar=alike[: listing.PAIRS],
        similar_total=len(alike),
        late=late[:LISTED],
        late_total=len(late),
        chunks=listing.chunks(rows, columns),
        folded=len(rows) > listing.FOLDED,
    )


def bins(graded: Iterable[Row]) -> list[Bin]:
    """How many have which percentage of the points; full marks are in the last bin."""
    counts = [0] * BINS
    for row in graded:
        counts[min(max(int(BINS * _fraction(row) + 1e-9), 0), BINS - 1)] += 1
    tallest, step = max(counts) or 1, 100 // BINS
    return [
        Bin(low=k * step, high=(k + 1) * step, size=n, height=100 * n / tallest)
        for k, n in enumerate(counts)
    ]


def _fraction(row: Row) -> float:
    return (row.score or 0.0) / row.max_score if row.max_score > 0 else 0.0


def _figures(graded: list[Row]) -> list[tuple[str, str]]:
    if not graded:
        return []
    scores = np.sort([row.score or 0.0 for row in graded])
    low, median, high = np.percentile(scores, [25, 50, 75])
    full = sum(row.score == row.max_score for row in graded)
    return [
        ("Median", f"{median:.1f} of {points(max(row.max_score for row in graded))}"),
        ("Middle half", f"{low:.1f} – {high:.1f}"),
        ("Full marks", str(full)),
    ]


def _problems(
    graded: list[Row], overview: Overview, sections: list[str], homework: Homework
) -> list[ProblemSummary]:
    summaries = []
    for name in sections:
        tallies = (t for k, t in overview.tallies.items() if k.startswith(f"{name}."))
        most = round(sum(sorted(t.max_points for t in tallies)), 6)
        # Sorted, so that a sum does not depend on the order of submissions.
        scores = sorted(dict(row.points).get(name) or 0.0 for row in graded)
        if most > 0 and scores:
            mean = sum(scores) / len(scores)
            summary = ProblemSummary(
                heading=homework.heading(name),
                max_points=points(most),
                mean=points(mean),
                fraction=min(max(mean / most, 0.0), 1.0),
                full=sum(score >= most - 1e-6 for score in scores),
            )
            summaries.append(summary)
    return summaries


def _summary(name: str, tally: Tally, homework: Homework) -> CheckSummary:
    times, message = tally.commonest_message()
    total, example = sum(tally.kinds.values()), tally.smallest
    return CheckSummary(
        title=clip(tally.title, TITLE_LIMIT),
        heading=homework.heading(name.partition(".")[0]),
        anchor=heat.anchor(name),
        failed=tally.failed,
        total=total,
        blocked=tally.kinds.get("blocked", 0),
        fraction=tally.failed / total,
        kinds=_failing_kinds(tally),
        label=_label(times, tally.failed),
        message=message,
        example=example,
        address=address(example.submission) if example else "",
    )


def _failing_kinds(tally: Tally) -> list[str]:
    """How often each failing outcome occurred; empty if all were "wrong"."""
    failing = [(k, n) for k, n in tally.kinds.items() if k not in ("passed", "blocked")]
    if [kind for kind, _ in failing] == ["wrong"]:
        return []
    return [f"{n:,} {WORDS[k]}" for k, n in sorted(failing, key=lambda i: (-i[1], i[0]))]


def _label(times: int, failed: int) -> str:
    """What introduces the commonest message; it is an example if no message occurs twice."""
    if times == failed > 1:
        return "all say"
    if times == 1:
        return "for example" if failed > 1 else "message"
    return f"most often ({times:,} of {failed:,})"

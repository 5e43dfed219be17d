"""One student's page: each check with its message, and what their own code returned."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from assay.foreign import Foreign
from assay.homework import Homework
from assay.message import parse
from assay.outcome import ABSENT, Outcome, Result, section
from assay.report.page.exhibits import UNFIT, Shown, show
from assay.report.page.formulas import PassageView, passage_view
from assay.report.page.pictures import Drawing, Image, Picture
from assay.report.page.plot import Frame
from assay.report.page.rendering import WORDS, style, template
from assay.report.rubric import late_hours
from assay.report.text import FAILED, MARKS, NAME_LIMIT, TITLE_LIMIT, clip, line, points

MOST_EXHIBITS = 12  # of one problem
MOST_NOTES = 50
NOTHING = "No picture: this code returned nothing to show."


class CheckView(NamedTuple):
    """One check; `is_repeat` if its evidence was shown above already."""

    kind: str
    mark: str
    word: str
    title: str
    points: str
    evidence: str = ""
    inputs: str = ""
    printed: str = ""
    hint: str = ""
    again: str = ""
    is_repeat: bool = False


class PartView(NamedTuple):
    """A problem: its checks, and its pictures or why there are none."""

    name: str
    heading: str
    points: str
    max_points: str
    fraction: float
    checks: list[CheckView]
    images: tuple[Image, ...]
    drawing: Drawing | None
    caption: str
    no_picture: str
    shown: list[Shown]
    written: list[PassageView]


class Counts(NamedTuple):
    """How many checks ran, how many scored ones of them failed, and how many did not run."""

    ran: int
    failed: int
    blocked: int
    all_passed: bool


def page(
    result: Result,
    frames: dict[str, Frame],
    homework: Homework,
    *,
    alone: bool = False,
    refresh: int = 0,
) -> str:
    """The page of one submission, whatever it contains."""
    parts = [
        _part(name, list(outcomes), frames.get(name), homework)._replace(
            written=[passage_view(p) for p in result.written if p.section == name]
        )
        for name, outcomes in groupby(result.checks, section)
    ]
    names = ", ".join(line(s["name"], NAME_LIMIT) for s in result.students if s.get("name"))
    return template("student").render(
        title=homework.title,
        alone=alone,
        style=style(),
        result=result,
        names=line(names, NAME_LIMIT),
        submission=clip(result.submission, NAME_LIMIT),
        parts=parts,
        late=_late(result),
        status=clip(result.status),
        absent=result.score is None and result.status == ABSENT,
        notes=[clip(note) for note in result.notes[:MOST_NOTES]],
        counts=_counts(result.checks),
        refresh=refresh,
    )


def _counts(checks: Sequence[Outcome]) -> Counts:
    blocked = sum(o.outcome == "blocked" for o in checks)
    lost = [o for o in checks if o.max_points > 0 and o.outcome != "passed"]
    return Counts(
        ran=len(checks) - blocked,
        failed=sum(o.outcome != "blocked" for o in lost),
        blocked=blocked,
        all_passed=not lost,
    )


def _late(result: Result) -> str:
    hours = late_hours(result)
    return "" if hours is None else f"late by {hours:g} hours" if hours else "late"


def _part(name: str, outcomes: list[Outcome], frame: Frame | None, homework: Homework) -> PartView:
    total, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
    shown: set[tuple[str, Foreign]] = set()
    figure = homework.figures().get(name)
    exhibits = [e for o in outcomes for e in o.exhibits][:MOST_EXHIBITS]
    own = [e for e in exhibits if e.kind or not figure]
    drawn = [e for e in exhibits if e not in own]
    picture = figure.draw(drawn, frame) if figure else None
    no_picture = UNFIT if exhibits else NOTHING
    # Where every check got answers, the one that keeps them for a picture is hidden.
    is_whole = all(o.outcome in ("passed", "wrong") for o in outcomes)
    lacks = bool(figure) and not picture and not own and (bool(exhibits) or not is_whole)
    return PartView(
        name=name,
        heading=homework.heading(name),
        points=points(total),
        max_points=points(most) if most else "",
        fraction=min(max(total / most, 0.0), 1.0) if most > 0 else 0.0,
        checks=[_check(outcome, shown) for outcome in outcomes],
        images=_images(picture),
        drawing=picture if isinstance(picture, Drawing) else None,
        caption=figure.caption if figure else "",
        no_picture=no_picture if lacks else "",
        shown=[show(exhibit, f"{name}-{k}") for k, exhibit in enumerate(own)],
        written=[],
    )


def _images(picture: Picture | None) -> tuple[Image, ...]:
    return () if picture is None or isinstance(picture, Drawing) else picture


def _check(outcome: Outcome, shown: set[tuple[str, Foreign]]) -> CheckView:
    """One check; `shown` is the evidence above it, and this check's is added."""
    kind, most = outcome.outcome, outcome.max_points
    view = CheckView(
        kind=kind,
        mark=MARKS.get(kind, FAILED),
        word=WORDS[kind],
        title=clip(outcome.title, TITLE_LIMIT),
        points=f"{points(outcome.points)} / {points(most)}" if most else "",
    )
    message = parse(outcome.message)
    if kind == "passed":
        return view
    if kind in ("blocked", "missing"):
        return view._replace(evidence=line(message.first_line))
    if (kind, message.evidence) in shown:
        return view._replace(is_repeat=True)
    shown.add((kind, message.evidence))
    return view._replace(
        evidence=clip(message.evidence),
        inputs=clip(message.inputs),
        printed=clip(message.printed),
        hint=clip(message.hint),
        again=line(message.again),
    )

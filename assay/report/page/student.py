"""One student's page: each law with its message, and what her own code made."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from assay.homework import Homework
from assay.message import parse
from assay.outcome import Outcome, Result, section
from assay.report.page import pictures
from assay.report.page.plot import Frame
from assay.report.page.rendering import WORDS, points, style, template
from assay.report.rubric import late_hours
from assay.report.text import FAILED, MARKS, NAME_LIMIT, clip, line

MOST = 12  # pictures of one problem


class Law(NamedTuple):
    """One check as it is shown; `same` where its evidence stands above already."""

    kind: str
    mark: str
    word: str
    title: str
    points: str
    evidence: str = ""
    inputs: str = ""
    hint: str = ""
    again: str = ""
    same: bool = False


class Part(NamedTuple):
    """A problem: its laws, and its pictures or why there are none."""

    name: str
    heading: str
    got: str
    most: str
    share: float
    failed: int
    laws: list[Law]
    images: tuple[pictures.Image, ...]
    drawing: pictures.Drawing | None
    caption: str
    lacks: str


def page(found: Result, frames: dict[str, Frame], homework: Homework) -> str:
    """The page of one hand-in, whatever it holds."""
    found_parts = [
        _part(name, list(outcomes), frames, homework)
        for name, outcomes in groupby(found.checks, section)
    ]
    names = ", ".join(s["name"] for s in found.students if s.get("name"))
    return template("student").render(
        title=homework.title,
        style=style(),
        found=found,
        names=line(names, NAME_LIMIT),
        submission=clip(found.submission, NAME_LIMIT),
        parts=found_parts,
        late=_late(found),
        status=clip(found.status),
        notes=[clip(note) for note in found.notes[:50]],
        failed=sum(part.failed for part in found_parts),
        laws=len(found.checks),
    )


def _late(found: Result) -> str:
    hours = late_hours(found)
    return "" if hours is None else f"late by {hours:g} hours" if hours else "late"


def _part(name: str, outcomes: list[Outcome], frames: dict[str, Frame], homework: Homework) -> Part:
    got, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
    told: set[tuple[str, str]] = set()
    laws = [_law(outcome, told) for outcome in outcomes]
    failed = sum(o.outcome != "passed" and o.max_points > 0 for o in outcomes)
    exhibits = [e for o in outcomes for e in o.exhibits][:MOST]
    figure = homework.figures().get(name)
    picture = figure.draw(exhibits, frames.get(name)) if figure else None
    drawing = picture if isinstance(picture, pictures.Drawing) else None
    images = () if picture is None or isinstance(picture, pictures.Drawing) else picture
    lacks = "" if picture or figure is None else _lacks(bool(exhibits))
    share = min(max(got / most, 0.0), 1.0) if most > 0 else 0.0
    return Part(
        name=name,
        heading=homework.heading(name),
        got=points(got),
        most=points(most) if most else "",
        share=share,
        failed=failed,
        laws=laws,
        images=images,
        drawing=drawing,
        caption=figure.caption if figure else "",
        lacks=lacks,
    )


def _lacks(there: bool) -> str:
    if there:
        return (
            "What this code returned makes no picture: it has another shape, or holds no numbers."
        )
    return "No picture: there is nothing of this code to show."


def _law(outcome: Outcome, told: set[tuple[str, str]]) -> Law:
    kind, most = outcome.outcome, outcome.max_points
    mark = MARKS.get(kind, FAILED)
    title = clip(outcome.title, 400)
    if kind == "passed":
        return Law(
            kind, mark, "", title, f"{points(outcome.points)} / {points(most)}" if most else ""
        )
    score = f"{points(outcome.points)} / {points(most)}" if most else ""
    found = parse(outcome.message)
    if kind in ("blocked", "missing"):
        return Law(kind, mark, WORDS[kind], title, score, line(found.first_line))
    same = (kind, found.evidence) in told
    told.add((kind, found.evidence))
    again = line(found.again)
    if same:
        return Law(kind, mark, WORDS[kind], title, score, again=again, same=True)
    return Law(
        kind,
        mark,
        WORDS[kind],
        title,
        score,
        clip(found.evidence),
        clip(found.inputs),
        clip(found.hint),
        again,
    )

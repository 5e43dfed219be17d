"""One student's page: each law with its message, and what her own code made."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from graders.outcome import Outcome, Result, section
from graders.report.page import pictures
from graders.report.page.axes import Canvas
from graders.report.page.rendering import WORDS, heading, points, style, template
from graders.report.rubric import late_hours
from graders.report.text import FAILED, MARKS, NAME_LIMIT, clip, line, parts

MOST = 12  # pictures of one problem
FIGURES = {"problem3": "images", "problem5": "convergence", "problem6": "paths"}


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
    lacks: str


def page(found: Result, canvas: Canvas, title: str) -> str:
    """The page of one hand-in, whatever it holds."""
    found_parts = [
        _part(name, list(outcomes), canvas) for name, outcomes in groupby(found.checks, section)
    ]
    names = ", ".join(s["name"] for s in found.students if s.get("name"))
    return template("student").render(
        title=title, style=style(), found=found, names=line(names, NAME_LIMIT),
        submission=clip(found.submission, NAME_LIMIT), parts=found_parts, late=_late(found),
        status=clip(found.status), notes=[clip(note) for note in found.notes[:50]],
        failed=sum(part.failed for part in found_parts), laws=len(found.checks),
    )  # fmt: skip


def _late(found: Result) -> str:
    hours = late_hours(found)
    return "" if hours is None else f"late by {hours:g} hours" if hours else "late"


def _part(name: str, outcomes: list[Outcome], canvas: Canvas) -> Part:
    got, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
    told: set[tuple[str, str]] = set()
    laws = [_law(outcome, told) for outcome in outcomes]
    failed = sum(o.outcome != "passed" and o.max_points > 0 for o in outcomes)
    exhibits = [e for o in outcomes for e in o.exhibits][:MOST]
    images = pictures.images(exhibits) if name == "problem3" else ()
    drawing = (
        pictures.paths(exhibits, canvas) if name == "problem6"
        else pictures.convergence(exhibits, canvas) if name == "problem5" else None
    )  # fmt: skip
    lacks = "" if images or drawing or name not in FIGURES else _lacks(bool(exhibits))
    share = min(max(got / most, 0.0), 1.0) if most > 0 else 0.0
    return Part(name, heading(name), points(got), points(most) if most else "", share, failed,
                laws, images, drawing, lacks)  # fmt: skip


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
    found = parts(outcome.message)
    if kind in ("blocked", "missing"):
        return Law(kind, mark, WORDS[kind], title, score, line(found.evidence.partition("\n")[0]))
    same = (kind, found.evidence) in told
    told.add((kind, found.evidence))
    again = line(found.again)
    if same:
        return Law(kind, mark, WORDS[kind], title, score, again=again, same=True)
    return Law(kind, mark, WORDS[kind], title, score, clip(found.evidence), clip(found.inputs),
               clip(found.hint), again)  # fmt: skip

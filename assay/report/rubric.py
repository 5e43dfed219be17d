"""What an instructor counts: points, hidden checks, lateness; a result as the rubric reads it."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from assay.errors import InvalidInput
from assay.outcome import Outcome, Result, section, status_of

YES = ("1", "true", "yes", "late")


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Takes `percent` of the score for each begun `hours`, and `cap` percent at most."""

    percent: float
    hours: float = 24.0
    cap: float = 100.0


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points by check or section, checks and sections to hide, and what lateness costs."""

    points: dict[str, float] = {}
    hide: tuple[str, ...] = ()
    late: Late | None = None


def read(text: str, results: Iterable[Result]) -> Rubric:
    """A rubric from TOML, each of its names held against the checks of the results.

    Raises:
        InvalidInput: a key or a check that is not known (the nearest is named), or a bad number.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput(f"it is not valid TOML: {fault}") from None
    _known(table, Rubric.__struct_fields__, "key")
    if isinstance(table.get("late"), dict):
        _known(table["late"], Late.__struct_fields__, "key of [late]")
    try:
        rubric = msgspec.convert(table, Rubric)
    except msgspec.ValidationError as fault:
        raise InvalidInput(str(fault)) from None
    _check_numbers(rubric)
    checks = {o.id for found in results for o in found.checks}
    if checks:
        names = {*checks, *(name.partition(".")[0] for name in checks)}
        _known((*rubric.points, *rubric.hide), names, "check or section")
    return rubric


def apply(rubric: Rubric, results: Sequence[Result]) -> list[Result]:
    """The results as the rubric counts them; the given ones stay as they are.

    A result that has no checks takes the maximum of the others.
    """
    maxima = {counted(rubric, found).max_score for found in results if found.checks}
    most = maxima.pop() if len(maxima) == 1 else None
    return [counted(rubric, found, most) for found in results]


def counted(rubric: Rubric, found: Result, most: float | None = None) -> Result:
    """One result as the rubric counts it; `most` is the maximum of one that has no checks."""
    if not found.checks:
        return found if most is None else msgspec.structs.replace(found, max_score=most)
    kept = [o for o in found.checks if not _hidden(rubric, o.id)]
    hidden = [o.id for o in found.checks if _hidden(rubric, o.id)]
    worth = _worth(rubric, kept)
    checks = tuple(_discreet(_weighed(o, worth[o.id]), hidden) for o in kept)
    status = status_of(checks)
    score = None if status != "graded" else round(sum(o.points for o in checks), 6)
    whole = msgspec.structs.replace(
        found,
        checks=checks,
        status=status,
        score=score,
        max_score=round(sum(o.max_points for o in checks), 6),
    )
    return _less_lateness(rubric.late, whole)


def _hidden(rubric: Rubric, check: str) -> bool:
    return check in rubric.hide or check.partition(".")[0] in rubric.hide


def _worth(rubric: Rubric, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """What each check is worth: its own points, else its share of its section's."""
    worth = {o.id: rubric.points.get(o.id, o.max_points) for o in outcomes}
    for name in {section(o) for o in outcomes} & rubric.points.keys():
        free = [o for o in outcomes if section(o) == name and o.id not in rubric.points]
        fixed = (o for o in outcomes if section(o) == name and o.id in rubric.points)
        left = rubric.points[name] - sum(worth[o.id] for o in fixed)
        if left < -1e-9 or (left > 1e-9 and not free):
            raise InvalidInput(
                f"points of {name} = {rubric.points[name]:g}: its checks make "
                f"{rubric.points[name] - left:g}"
            )
        whole = sum(o.max_points for o in free)
        for o in free:  # a section that counted nothing shares alike
            worth[o.id] = max(left, 0.0) * (o.max_points / whole if whole else 1 / len(free))
    return worth


def _weighed(outcome: Outcome, worth: float) -> Outcome:
    held = float(outcome.outcome == "passed")
    share = outcome.points / outcome.max_points if outcome.max_points else held
    return msgspec.structs.replace(
        outcome, points=round(worth * share, 6), max_points=round(worth, 6)
    )


def _discreet(outcome: Outcome, hidden: Iterable[str]) -> Outcome:
    """The outcome without a word of a hidden check that it builds on."""
    names = {check.partition(".")[2] for check in hidden}
    if outcome.outcome != "blocked" or not names & set(outcome.message.replace(",", " ").split()):
        return outcome
    told = "it builds on another check, which did not pass"
    return msgspec.structs.replace(outcome, message=told)


def _less_lateness(late: Late | None, found: Result) -> Result:
    hours = late_hours(found)
    if late is None or found.score is None or hours is None:
        return found
    # A hand-in known to be late, but not by how much, is late by one period.
    periods = max(1, math.ceil(Fraction(hours) / Fraction(late.hours)))
    percent = float(min(Fraction(late.cap), Fraction(late.percent) * periods))
    by = f" by {hours:g} h" if hours else ""
    note = f"late{by}: {percent:g} % of {found.score:g} points are taken off"
    return msgspec.structs.replace(
        found, score=round(found.score * (1 - percent / 100), 6), notes=(*found.notes, note)
    )


def late_hours(found: Result) -> float | None:
    """By how many hours a hand-in is late, 0 where that is not known; None where it is in time."""
    return max((h for h in map(_hours, found.students) if h is not None), default=None)


def _hours(student: Mapping[str, str]) -> float | None:
    try:
        hours = float(student.get("late_hours", "0"))
    except ValueError:
        hours = 0.0
    if math.isfinite(hours) and hours > 0:
        return hours
    return 0.0 if student.get("late", "").strip().casefold() in YES else None


def _check_numbers(rubric: Rubric) -> None:
    numbers = {f"points of {name}": value for name, value in rubric.points.items()}
    if rubric.late:
        numbers |= {f"late.{n}": getattr(rubric.late, n) for n in Late.__struct_fields__}
        if rubric.late.hours <= 0 or max(rubric.late.percent, rubric.late.cap) > 100:
            raise InvalidInput("late: hours must be > 0, percent and cap between 0 and 100")
    for name, value in numbers.items():
        if not (math.isfinite(value) and value >= 0):
            raise InvalidInput(f"{name} must be a number >= 0, got {value:g}")


def _known(given: Iterable[Any], names: Iterable[str], what: str) -> None:
    names = sorted(names)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
            raise InvalidInput(f"no {what} is called {name!r}; the nearest is {near[0]!r}")

"""How an instructor scores: points, hidden checks, lateness; a result as a rubric scores it."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from assay.errors import InvalidInput
from assay.foreign import Foreign, raw
from assay.outcome import Outcome, Result, section, status_of
from assay.report.text import points as short

QUOTES = "a name with a dot needs quotes"
YES = ("1", "true", "yes", "late")


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Deducts `percent` of the score for each started `hours`, at most `cap` percent.

    `grace` is how many hours late is not late, for everyone; `extensions` has the hours that some
    submissions have in addition.
    """

    percent: float
    hours: float = 24.0
    cap: float = 100.0
    grace: float = 0.0
    extensions: dict[str, float] = {}


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points by check or section, checks and sections to hide, and what lateness costs."""

    points: dict[str, float] = {}
    hide: tuple[str, ...] = ()
    late: Late | None = None


def decode(body: bytes) -> str:
    """The text of a rubric file.

    Raises:
        InvalidInput: it is not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InvalidInput(f"it is not text in UTF-8: {fault.reason}") from None


def read(text: str, results: Iterable[Result]) -> Rubric:
    """A rubric from TOML; its names are checked against the checks of the results.

    Raises:
        InvalidInput: an unknown key or check (the message names the nearest), or a bad number.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput(f"it is not valid TOML: {fault}; {QUOTES}") from None
    _expect_known(table, Rubric.__struct_fields__, "key")
    if isinstance(table.get("late"), dict):
        _expect_known(table["late"], Late.__struct_fields__, "key of [late]")
        _expect_numbers("late.extensions", table["late"].get("extensions", {}))
    _expect_numbers("points", table.get("points", {}))
    try:
        rubric = msgspec.convert(table, Rubric)
    except msgspec.ValidationError as fault:
        raise InvalidInput(named(str(fault))) from None
    _expect_valid_numbers(rubric)
    checks = {o.id for result in results for o in result.checks}
    if checks:
        names = {*checks, *(name.partition(".")[0] for name in checks)}
        _expect_known((*rubric.points, *rubric.hide), names, "check or section")
    return rubric


def apply(rubric: Rubric, results: Sequence[Result]) -> list[Result]:
    """The results as the rubric scores them; the given ones are unchanged.

    A result without checks gets the maximum of the others.
    """
    maxima = {rescored(rubric, result).max_score for result in results if result.checks}
    max_score = maxima.pop() if len(maxima) == 1 else None
    return [rescored(rubric, result, max_score) for result in results]


def rescored(rubric: Rubric, result: Result, max_score: float | None = None) -> Result:
    """One result as the rubric scores it; `max_score` is the maximum of a result without checks."""
    if not result.checks:
        return result if max_score is None else msgspec.structs.replace(result, max_score=max_score)
    kept = [o for o in result.checks if not _is_hidden(rubric, o.id)]
    hidden = [o.id for o in result.checks if _is_hidden(rubric, o.id)]
    worth = _worth(rubric, kept)
    checks = tuple(_without_hidden_names(_weighted(o, worth[o.id]), hidden) for o in kept)
    status = status_of(checks)
    score = None if status != "graded" else round(sum(o.points for o in checks), 6)
    whole = msgspec.structs.replace(
        result,
        checks=checks,
        status=status,
        score=score,
        max_score=round(sum(o.max_points for o in checks), 6),
    )
    return _less_lateness(rubric.late, whole)


def late_hours(result: Result) -> float | None:
    """How many hours late a submission is, 0 if that is unknown; None if it is on time."""
    return max((h for h in map(_hours, result.students) if h is not None), default=None)


def _is_hidden(rubric: Rubric, check: str) -> bool:
    return check in rubric.hide or check.partition(".")[0] in rubric.hide


def _worth(rubric: Rubric, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """What each check is worth: its own points, otherwise its part of its section's points."""
    worth = {o.id: rubric.points.get(o.id, o.max_points) for o in outcomes}
    for name in {section(o) for o in outcomes} & rubric.points.keys():
        free = [o for o in outcomes if section(o) == name and o.id not in rubric.points]
        fixed = (o for o in outcomes if section(o) == name and o.id in rubric.points)
        remaining = rubric.points[name] - sum(worth[o.id] for o in fixed)
        if remaining < -1e-9 or (remaining > 1e-9 and not free):
            raise InvalidInput(
                f"points of {name} = {rubric.points[name]:g}: its checks add up to "
                f"{rubric.points[name] - remaining:g}"
            )
        total = sum(o.max_points for o in free)
        for o in free:  # the checks of a section that was not scored are worth the same
            fraction = o.max_points / total if total else 1 / len(free)
            worth[o.id] = max(remaining, 0.0) * fraction
    return worth


def _weighted(outcome: Outcome, worth: float) -> Outcome:
    passed = float(outcome.outcome == "passed")
    fraction = outcome.points / outcome.max_points if outcome.max_points else passed
    return msgspec.structs.replace(
        outcome, points=round(worth * fraction, 6), max_points=round(worth, 6)
    )


def _without_hidden_names(outcome: Outcome, hidden: Iterable[str]) -> Outcome:
    """The outcome; if a hidden check blocked it, its message does not name that check."""
    names = {check.partition(".")[2] for check in hidden}
    if outcome.outcome != "blocked" or not names & set(re.findall(r"\w+", raw(outcome.message))):
        return outcome
    message = "it builds on another check, which did not pass"
    return msgspec.structs.replace(outcome, message=message)


def _less_lateness(late: Late | None, result: Result) -> Result:
    hours = late_hours(result)
    if late is None or hours is None:
        return result
    extension = late.extensions.get(result.submission, 0.0)
    free = late.grace + extension
    by = f" by {hours:g} h" if hours else ""
    if (hours or extension) and hours <= free:
        return _in_time(_noted(result, f"late{by}: {_why_free(late.grace, extension, hours)}"))
    if result.score is None:
        return result
    # If it is unknown how late a submission is, it is late by one period.
    periods = max(1, math.ceil((Fraction(hours) - Fraction(free)) / Fraction(late.hours)))
    percent = float(min(Fraction(late.cap), Fraction(late.percent) * periods))
    of_them = f" ({free:g} h of them free)" if hours and free else ""
    note = f"late{by}{of_them}: {percent:g} % of {short(result.score)} points deducted"
    score = round(result.score * (1 - percent / 100), 6)
    return msgspec.structs.replace(_noted(result, note), score=score)


def _in_time(result: Result) -> Result:
    """The result of students who are not called late anywhere: their lateness costs nothing."""
    students = tuple(
        {name: value for name, value in each.items() if name not in ("late", "late_hours")}
        for each in result.students
    )
    return msgspec.structs.replace(result, students=students)


def _why_free(grace: float, extension: float, hours: float) -> str:
    """Why lateness costs nothing; where it is unknown how late, an extension covers it."""
    if not extension:
        return f"within the {grace:g} h of grace"
    unknown = "" if hours else "; how late is unknown, so it counts as in time"
    return f"within the extension of {extension:g} h{unknown}"


def _noted(result: Result, note: str) -> Result:
    return msgspec.structs.replace(result, notes=(*result.notes, note))


def _hours(student: Mapping[str, Foreign]) -> float | None:
    try:
        hours = float(raw(student.get("late_hours", "0")))
    except ValueError:
        hours = 0.0
    if math.isfinite(hours) and hours > 0:
        return hours
    return 0.0 if raw(student.get("late", "")).strip().casefold() in YES else None


def _expect_valid_numbers(rubric: Rubric) -> None:
    numbers = {f"points of {name}": value for name, value in rubric.points.items()}
    if rubric.late:
        own = (name for name in Late.__struct_fields__ if name != "extensions")
        numbers |= {f"late.{name}": getattr(rubric.late, name) for name in own}
        numbers |= {f"late.extensions of {n}": h for n, h in rubric.late.extensions.items()}
        if rubric.late.hours <= 0 or max(rubric.late.percent, rubric.late.cap) > 100:
            raise InvalidInput("late: hours must be > 0, percent and cap between 0 and 100")
    for name, value in numbers.items():
        if not (math.isfinite(value) and value >= 0):
            raise InvalidInput(f"{name} must be a number >= 0, got {value:g}")


def _expect_numbers(where: str, table: object) -> None:
    """Refuse a table whose values are not numbers, and name the key.

    Raises:
        InvalidInput: a value is none; where a name with a dot lacks its quotes, it says so.
    """
    for name, value in table.items() if isinstance(table, dict) else ():
        if isinstance(value, dict):
            inner = next(iter(value), "")
            raise InvalidInput(
                f'{where}: a name with a dot needs quotes, write "{name}.{inner}" = '
                f"{value.get(inner, 'a number')}"
            )
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidInput(f"{where}: {name} must be a number (int or float), got {value!r}")


def named(fault: str) -> str:
    """msgspec's sentence with the key in front, as it stands in the file.

    >>> named("Expected `float`, got `str` - at `$.late.percent`")
    'late.percent: expected `float`, got `str`'
    """
    what, _, place = fault.partition(" - at `")
    key = place.rstrip("`").removeprefix("$").removeprefix(".")
    return f"{key}: {what[:1].lower()}{what[1:]}" if key else fault


def _expect_known(given: Iterable[str], names: Iterable[str], what: str) -> None:
    names = sorted(names)
    for name in given:
        if name not in names:
            nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.0)
            raise InvalidInput(f"no {what} is called {name!r}; the nearest is {nearest[0]!r}")

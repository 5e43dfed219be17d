"""Points that a person decides: `overrides.toml` beside the results.

[[override]]
submission = "ada"
check = "problem2.project_lands_in_the_set"  # or "problem2"; without it, the total
points = 2
comment = "The clamp is missing; the method is correct."
by = "Kim"
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from assay.errors import InvalidInput
from assay.foreign import line
from assay.outcome import Outcome, Result, section
from assay.report.rubric import named
from assay.report.text import points as short


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One decision: what is given for a check, a section, or, where `check` is empty, in total."""

    submission: str
    points: float
    comment: str
    by: str
    check: str = ""


def read(text: str, checks: Collection[str]) -> tuple[Override, ...]:
    """The decisions in a text; what they are about is one of the checks or their sections.

    Raises:
        InvalidInput: it is not valid TOML, a key is missing or unknown, or a check is.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InvalidInput(f"it is not valid TOML: {fault}") from None
    overrides = tuple(_override(k, entry) for k, entry in enumerate(_entries(table), 1))
    names = {*checks, *(name.partition(".")[0] for name in checks)}
    for each in overrides:
        if each.check and names:
            expect_known(each.check, names, "check or section")
        if not (math.isfinite(each.points) and each.points >= 0):
            raise InvalidInput(
                f"points of {each.submission} must be a number >= 0, got {each.points:g}"
            )
    return overrides


def _entries(table: dict[str, Any]) -> list[Any]:
    """The tables `[[override]]` of a file."""
    for key in table:
        expect_known(key, ("override",), "table")
    entries = table.get("override", [])
    if not isinstance(entries, list):
        raise InvalidInput("a decision begins with [[override]], in double brackets")
    return entries


def _override(number: int, entry: Any) -> Override:
    """One table as a decision; a sentence about it begins with its number."""
    keys = Override.__struct_fields__
    try:
        for key in entry:
            expect_known(key, keys, "key")
        lacking = [key for key in keys if key not in entry and key != "check"]
        if lacking:
            raise InvalidInput(f"it has no `{lacking[0]}`; a decision has {', '.join(keys[:4])}")
        return msgspec.convert(entry, Override)
    except msgspec.ValidationError as fault:
        raise InvalidInput(f"override {number}: {named(str(fault))}") from None
    except InvalidInput as fault:
        raise InvalidInput(f"override {number}: {fault}") from None


def apply(overrides: Sequence[Override], result: Result) -> Result:
    """The result with these decisions, each in its notes: checks, then sections, the total."""
    for each in sorted(overrides, key=lambda o: (not o.check, "." not in o.check)):
        result = _decided(each, result) if each.check else _total(each, result)
    return result


def above_maximum(overrides: Sequence[Override], result: Result) -> list[str]:
    """A line for each decision that gives more than there is; bonus points are allowed."""
    lines = []
    for each in overrides:
        meant = [o.max_points for o in result.checks if each.check in (o.id, section(o))]
        most = sum(meant) if each.check else result.max_score
        if (meant or not each.check) and each.points > most + 1e-6:
            about = each.check or "the total"
            lines.append(
                f"{each.submission}: the decision of {each.by} gives {short(each.points)} points "
                f"for {about}, which is worth {short(most)}"
            )
    return lines


def _decided(override: Override, result: Result) -> Result:
    meant = [o for o in result.checks if override.check in (o.id, section(o))]
    if not meant:
        return _noted(override, result, f"{override.check} is not in this result")
    before, most = sum(o.points for o in meant), sum(o.max_points for o in meant)
    changed = {o.id: _share(o, override.points, most, len(meant)) for o in meant}
    checks = tuple(changed.get(o.id, o) for o in result.checks)
    gained = override.points - before
    score = None if result.score is None else round(max(0.0, result.score + gained), 6)
    decided = msgspec.structs.replace(result, checks=checks, score=score)
    said = f"{override.check}: {short(override.points)} points in place of {short(before)}"
    return _noted(override, decided, said)


def _share(outcome: Outcome, points: float, most: float, count: int) -> Outcome:
    """The outcome with its share of a section's points, in proportion to what it is worth."""
    share = points * outcome.max_points / most if most else points / count
    return msgspec.structs.replace(outcome, points=round(share, 6))


def _total(override: Override, result: Result) -> Result:
    before = (
        f"in place of {short(result.score)}"
        if result.score is not None
        else f"not judged: {line(result.status).removeprefix('not judged: ')}"
    )
    said = f"total: {short(override.points)} points ({before})"
    decided = msgspec.structs.replace(result, score=override.points, status="graded")
    return _noted(override, decided, said)


def _noted(override: Override, result: Result, said: str) -> Result:
    note = f"decided by {override.by}: {said}. {override.comment}"
    return msgspec.structs.replace(result, notes=(*result.notes, note))


def expect_known(name: str, names: Collection[str], what: str) -> None:
    """Refuse a name that is none of these.

    Raises:
        InvalidInput: it names the nearest.
    """
    if name not in names:
        near = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.0)
        nearest = f"; the nearest is {near[0]!r}" if near else ""
        raise InvalidInput(f"no {what} is called {name!r}{nearest}")

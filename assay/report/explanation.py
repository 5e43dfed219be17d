"""One check of one student, explained to who has to answer for it."""

from __future__ import annotations

import inspect
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from assay.checks import Check
from assay.foreign import plain, raw
from assay.homework import Homework
from assay.message import Message, parse
from assay.outcome import Outcome, Result
from assay.report.overrides import Override
from assay.report.text import line, points

MOST_LINES = 80  # of a check's code
MOST_NOTES = 20

_RATE = re.compile(
    r"^allowed .*this check rejects a correct program (less than once in \S+ runs)", re.M
)


class Part(NamedTuple):
    """A part of an explanation: what it is about, and a text that a terminal can show."""

    name: str
    text: str


class Case(NamedTuple):
    """What is explained.

    Attributes:
        homework: what the result is about.
        check: the check.
        result: of the student, as the rubric and the decisions score it.
        outcome: the check's, in this result.
        overrides: what a person decided about this student.
        again: the command that runs the check again.
    """

    homework: Homework
    check: Check
    result: Result
    outcome: Outcome
    overrides: Sequence[Override]
    again: str


def explain(case: Case) -> list[Part]:
    """The parts that have something to say, in the order in which a person asks."""
    message = parse(case.outcome.message)
    parts = (
        Part("check", _heading(case)),
        Part("property", inspect.cleandoc(case.check.function.__doc__ or "")),
        Part("input", _input(case, message)),
        Part("what happened", plain(message.evidence)),
        Part("how sure", _how_sure(case.check, case.outcome, message)),
        Part("how it is computed", _code(case)),
        Part("hints", "\n".join(filter(None, (message.hint, case.homework.hint(case.check))))),
        Part("by hand", _by_hand(case)),
        Part("notes", "\n".join(map(line, case.result.notes[:MOST_NOTES]))),
        Part("again", case.again),
    )
    return [part for part in parts if part.text]


def _heading(case: Case) -> str:
    outcome = case.outcome
    kind = outcome.outcome.replace("_", " ")
    score = f"{points(outcome.points)} of {points(outcome.max_points)} points"
    part = f", part ({case.check.part})" if case.check.part else ""
    where = f"{case.homework.heading(case.check.section)}{part}"
    return f"{case.result.submission}, {where}, {outcome.id}: {kind}, {score}"


def _input(case: Case, message: Message) -> str:
    if case.outcome.outcome in ("passed", "blocked", "missing"):
        return ""
    if message.inputs:
        return plain(message.inputs)
    return "" if case.check.draws else "this check draws none: the student's code alone decides"


def _how_sure(check: Check, outcome: Outcome, message: Message) -> str:
    """How the verdict was reached, and how often it rejects a correct answer."""
    if outcome.outcome == "wrong":
        return _wrong(check, message)
    needs = f"; it builds on {', '.join(check.needs)}" if check.needs else ""
    inputs = f"on {check.examples} inputs" if check.draws else "on the one input that it has"
    by_kind = {
        "passed": f"the property held {inputs}, the same for the whole class.",
        "raised": "exact: the student's own code raised the exception that is quoted.",
        "timed_out": "it depends on how fast this machine was: run it again below, or give more "
        "time with --seconds-per-call and --seconds-per-problem.",
        "died": "exact: the student's process ended, by itself or at a limit of memory or disk.",
        "refused": "exact: what came back is no value that a check can judge.",
        "missing": "exact: the function is not there, or it raises NotImplementedError.",
        "blocked": f"nothing was tried{needs}. Explain that check first.",
        "unread": "what was written could not be read: it was not found to be wrong.",
        "broken": "none: the kit itself failed, and nobody loses points by it.",
    }
    return by_kind[outcome.outcome]


def _wrong(check: Check, message: Message) -> str:
    stated = _RATE.search(raw(message.evidence))
    if stated:
        return (
            "statistical: the student's code draws its own random numbers. This check rejects a "
            f"correct program {stated[1]}, under the assumptions that are named above."
        )
    if check.rate:
        rate = check.rate * check.examples
        return f"statistical: the check rejects a correct program with probability {rate:.1g}."
    return (
        "exact: no probability is involved. The property fails on this input, by more than the "
        "rounding that is allowed."
    )


def _code(case: Case) -> str:
    """Where the check stands, and its code."""
    function = inspect.unwrap(case.check.bare)
    try:
        rows, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return ""
    kept = [row.rstrip("\n") for row in rows[:MOST_LINES]]
    more = [f"… and {len(rows) - MOST_LINES} more lines"] if len(rows) > MOST_LINES else []
    return "\n".join([f"graders/{case.check.module}.py, line {first}", *kept, *more])


def _by_hand(case: Case) -> str:
    decided = [*_decided(case.overrides, case.check)]
    if decided:
        return "\n".join(decided)
    if case.outcome.outcome == "passed":
        return ""
    # Rounded down: with what the other checks give, no total exceeds the maximum.
    most = math.floor(100 * case.outcome.max_points + 1e-6) / 100
    return (
        "nobody decided about this check. To do so, add to overrides.toml beside the results:\n"
        f"[[override]]\nsubmission = {json.dumps(case.result.submission)}\n"
        f'check = "{case.outcome.id}"\npoints = {most:g}\n'
        'comment = "why"\nby = "who"'
    )


def _decided(overrides: Iterable[Override], check: Check) -> Iterator[str]:
    for each in overrides:
        if each.check in ("", check.section, check.id):
            about = each.check or "the total"
            text = f"{about}: {points(each.points)} points, by {each.by}: {each.comment}"
            yield plain(text)

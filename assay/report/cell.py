"""A result as the output of a notebook's cell: HTML without scripts, in the notebook's own colours.

Every style stands in its element, since a style sheet would apply to the whole notebook. Colours
are the text's own, or of a lightness that can be read on white and on black.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from assay.foreign import Foreign
from assay.homework import Homework
from assay.message import Message, parse
from assay.outcome import Outcome, Result, section
from assay.report.text import FAILED, MARKS, TITLE_LIMIT, fail, plain, points, wait

MOST_NOTES = 50
# Contrast at least 4.2 with white and with #111.
GREEN, RED, AMBER, BLUE = "#23874f", "#d94a3d", "#a86f00", "#2f7fd0"
COLOURS = {"passed": GREEN, "missing": AMBER, "unread": AMBER, "blocked": "inherit"}
AGAIN, MAGIC = "assay check --only ", "%assay "
CARD = f"margin:.75em 0;padding:.6em .9em;border-left:3px solid {RED};background:#8881"
QUIET, MONO = "opacity:.75", "white-space:pre-wrap;overflow-wrap:anywhere;margin:0;padding:0"


def html(result: Result, homework: Homework) -> str:
    """The score, a line for each problem, and what fails: the first failure of each in full."""
    problems = [(name, list(outcomes)) for name, outcomes in groupby(result.checks, section)]
    counted = [(name, each) for name, each in problems if _counts(each)]
    parts = [_score(result)]
    if len(counted) > 1:
        parts.append(_table(homework, counted))
    parts += [_problem(homework.heading(name), each) for name, each in counted]
    parts += [_notes(result.notes), _foot(result)]
    return _whole("".join(parts))


def sentence(text: Foreign) -> str:
    """One sentence in place of a result."""
    return _whole(_div(_code(text), f"color:{RED}"))


def text(result: Result) -> str:
    """The result in some lines, where no HTML is shown."""
    if result.score is None:
        return plain(result.status)
    score = f"Score {points(result.score)} / {points(result.max_score)}"
    failed = [o for o in result.checks if _is_failure(o)]
    return "\n".join([score, *(f"{FAILED} {o.title}: {_first_line(o)}" for o in failed)])


def _whole(inside: str) -> str:
    # The classes keep MathJax from taking a dollar sign for mathematics.
    style = "line-height:1.5;max-width:56rem;padding:.25em 0"
    return f'<div class="tex2jax_ignore mathjax_ignore" style="{style}">{inside}</div>'


def _score(result: Result) -> str:
    if result.score is None:
        return _div(f"<strong>Not judged</strong> {_code(result.status)}")
    if not result.max_score:
        return _div(f"reported, not scored: {_summary([*result.checks])}")
    size = f"font-size:1.6em;font-weight:650;color:{_colour_of(result.score, result.max_score)}"
    score = f'<span style="{size}">{points(result.score)}</span>'
    # Of a single problem there is no table that says what is to be done.
    rest = "" if len({*map(section, result.checks)}) > 1 else f": {_summary([*result.checks])}"
    return _div(f"{score} of {points(result.max_score)} points{rest}")


def _table(homework: Homework, problems: Iterable[tuple[str, list[Outcome]]]) -> str:
    cells = []
    for name, outcomes in problems:
        total, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
        width = f"width:{100 * min(max(total / most, 0), 1):.0f}%" if most else "width:0"
        fill = f"{width};height:100%;border-radius:3px;background:{_colour_of(total, most)}"
        track = "height:.45em;border-radius:3px;background:#8884;overflow:hidden"
        cells += [
            _div(escape(homework.heading(name))),
            _div(_div("", fill), track),
            _div(f"{points(total)} / {points(most)}", "text-align:right"),
            _div(_summary(outcomes), QUIET),
        ]
    grid = "display:grid;grid-template-columns:auto 7em auto 1fr;gap:.15em .9em;align-items:center"
    return _div("".join(cells), f"{grid};margin:.5em 0")


def _summary(outcomes: list[Outcome]) -> str:
    """What is to be done in a problem, in some words."""
    missing = [o for o in outcomes if o.outcome == "missing"]
    failed = sum(map(_is_failure, outcomes))
    if _is_unwritten(outcomes):
        return "not written yet"
    waiting = sum(o.outcome == "blocked" for o in outcomes)
    words = [fail(failed)] * bool(failed)
    words += [f"{len(missing)} not written yet"] * bool(missing)
    words += [wait(waiting, failed + len(missing))] * bool(waiting)
    return ", ".join(words) or "all checks pass"


def _problem(heading: str, outcomes: list[Outcome]) -> str:
    failed = [o for o in outcomes if _is_failure(o)]
    missing = dict.fromkeys(_first_line(o) for o in outcomes if o.outcome == "missing")
    parts = []
    if failed:
        parts.append(_div(_failure(failed[0]), CARD))
    if failed[1:]:
        head = fail(len(failed) - 1).replace(" check", " more check")
        inside = "".join(_div(_failure(o), CARD) for o in failed[1:])
        parts.append(_details(head, inside))
    if missing and not _is_unwritten(outcomes):
        parts += [_div(_code(each), QUIET) for each in missing]
    if not parts:
        return ""
    return _div(f"<strong>{escape(heading)}</strong>", "margin-top:.9em") + "".join(parts)


def _failure(outcome: Outcome) -> str:
    """One failed check: its title, and the parts of its message."""
    message, kind = parse(outcome.message), outcome.outcome
    mark = f'<span style="color:{COLOURS.get(kind, RED)}">{MARKS.get(kind, FAILED)}</span>'
    most = f" 0 / {points(outcome.max_points)}" if outcome.max_points else ""
    title = escape(plain(outcome.title, TITLE_LIMIT))
    head = f'{mark} <strong>{title}</strong><span style="{QUIET}">{most}</span>'
    word = "" if kind == "wrong" else f"{kind.replace('_', ' ')}: "
    return _div(head) + _pre(message.evidence, word) + _parts(message)


def _parts(message: Message) -> str:
    again = message.again.replace(AGAIN, MAGIC, 1)
    named = (
        ("with", message.inputs),
        ("printed", message.printed),
        ("try", message.hint),
        ("again", again),
    )
    cells = "".join(
        _div(name, QUIET)
        + (escape(plain(part)) if name == "try" else _pre(part)).join(("<div>", "</div>"))
        for name, part in named
        if part
    )
    grid = "display:grid;grid-template-columns:auto 1fr;gap:.1em .8em;margin-top:.3em"
    return _div(cells, grid) if cells else ""


def _notes(notes: tuple[Foreign, ...]) -> str:
    if not notes:
        return ""
    lines = "".join(_div(_code(note), QUIET) for note in notes[:MOST_NOTES])
    return _details(f"{len(notes)} note{'s' * (len(notes) != 1)}", lines)


def _foot(result: Result) -> str:
    said = f"isolation: {result.isolation} · seed {result.seed} · {result.seconds:.1f} s"
    return _div(escape(said), f"{QUIET};font-size:.85em;margin-top:.6em")


def _details(summary: str, inside: str) -> str:
    head = f'<summary style="cursor:pointer;display:list-item">{escape(summary)}</summary>'
    return f'<details style="margin:.4em 0">{head}{inside}</details>'


def _div(inside: str, style: str = "") -> str:
    return f'<div style="{style}">{inside}</div>' if style else f"<div>{inside}</div>"


def _code(text: Foreign) -> str:
    """A foreign text in a line."""
    style = f"{MONO};background:none;color:inherit"
    return f'<code dir="auto" style="{style}">{escape(plain(text))}</code>'


def _pre(text: Foreign, before: str = "") -> str:
    """A foreign text in lines of its own, in which MathJax finds nothing either."""
    style = f"{MONO};background:none;border:0;color:inherit;font-size:.95em"
    return f'<pre dir="auto" style="{style}">{escape(before)}{escape(plain(text))}</pre>'


def _first_line(outcome: Outcome) -> str:
    return plain(parse(outcome.message).first_line)


def _is_failure(outcome: Outcome) -> bool:
    return outcome.outcome not in ("passed", "blocked", "missing")


def _is_unwritten(outcomes: list[Outcome]) -> bool:
    return {o.outcome for o in outcomes} <= {"missing", "blocked"}


def _counts(outcomes: list[Outcome]) -> bool:
    """Whether a section is shown: it is scored, or something of it was handed in."""
    return any(o.max_points for o in outcomes) or not _is_unwritten(outcomes)


def _colour_of(score: float, most: float) -> str:
    return GREEN if score >= most else BLUE

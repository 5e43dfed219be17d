"""One submission in a terminal: a table of its problems, what failed first, the score.

Nothing is wider than the terminal. A long command goes on after a backslash, as a shell reads it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

import msgspec
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assay.foreign import LIMIT
from assay.homework import Homework
from assay.message import Message, parse
from assay.outcome import Outcome, Passage, Result, WrittenLine, section
from assay.report.text import FAILED, LINE_MARKS, MARKS, fail, line, plain, points, visible, wait

Detail = Literal["table", "first", "all"]

MOST_NOTES = 100
MOST_NAMES = 4  # functions in a line of the table
BAR = 10  # characters
UNWRITTEN = re.compile(r"(.*) (?:is|are) not written yet")
STYLES = {
    "passed": "green",
    "blocked": "dim",
    "missing": "yellow",
    "unread": "yellow",
    "broken": "magenta",
}
LINE_STYLES = {"holds": "green", "false": "red", "unread": "yellow"}
QUIET = ("passed", "missing")  # outcomes that the table says enough of


def isolation(level: str, promise: str) -> Text:
    """The first line of every run."""
    return Text.assemble(("isolation: ", "dim"), (level, "bold"), (f" ({promise})", "dim"))


def explained(result: Result, homework: Homework, detail: Detail = "all") -> RenderableType:
    """All of a result: its written solutions, the table, what failed, the score."""
    return Group(
        written(result, homework),
        table(result.checks, homework),
        Text(),
        failures(result, homework, detail),
        last_line(result, homework, detail),
    )


def written(result: Result, homework: Homework) -> RenderableType:
    """The written solutions: each line as it was understood, and below it as it was written."""
    parts = ((_passage(each, homework), Text()) for each in result.written)
    return Group(*(part for both in parts for part in both))


def table(checks: Iterable[Outcome], homework: Homework) -> RenderableType:
    """A row for each problem: its points, a bar, and what is not written or fails."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, group in groupby(checks, section):
        outcomes = list(group)
        total, most = sum(o.points for o in outcomes), sum(o.max_points for o in outcomes)
        score = f"{points(total)} / {points(most)}" if most else ""
        remark = _remark(outcomes) if most else "reported, not scored"
        grid.add_row(homework.heading(name), score, _bar(total, most), Text(remark, style="dim"))
    return grid


def failures(result: Result, homework: Homework, detail: Detail) -> RenderableType:
    """What failed, problem by problem: the first check in full, the others in a line each.

    Args:
        result: what to show; its notes come first.
        homework: for the headings.
        detail: "table" leaves the checks out, "all" shows every one in full.
    """
    notes = [Text(line(note), style="dim") for note in result.notes[:MOST_NOTES]]
    parts: list[RenderableType] = [*notes, Text()] if notes else []
    for name, group in groupby(result.checks, section):
        outcomes = list(group)
        shown = _all(outcomes) if detail == "all" else _first(outcomes)
        if shown and detail != "table":
            parts += [Text(homework.heading(name), style="bold"), *shown, Text()]
    return Group(*parts)


def last_line(result: Result, homework: Homework, detail: Detail = "all") -> Text:
    """The score, and what to do next."""
    if result.score is None:
        return Text(plain(result.status), style="bold magenta")
    full = result.score >= result.max_score
    score = f"Score {points(result.score)} / {points(result.max_score)}"
    text = Text(score, style="bold green" if full else "bold")
    text.append(f"   ({result.seconds:.1f} s)", style="dim")
    return text if full else text.append(f"   next: {_next(result, homework, detail)}", style="")


def addressed(result: Result, command: str) -> Result:
    """The result with this command in place of `assay check` in each message; "": without one."""

    def with_command(outcome: Outcome) -> Outcome:
        message = parse(outcome.message)
        again = command and message.again.replace("assay check", command, 1)
        return msgspec.structs.replace(outcome, message=str(message._replace(again=again)))

    return msgspec.structs.replace(result, checks=tuple(map(with_command, result.checks)))


class Command:
    """A command that can be copied: it is broken between words only, after a backslash."""

    def __init__(self, command: str) -> None:
        self.words = _words(command)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The command in lines that fit the width; a word that is longer is folded."""
        lines = [""]
        for word in self.words:
            longer = f"{lines[-1]} {word}".lstrip()
            if lines[-1] and len(longer) > options.max_width - 2:
                lines.append(word)
            else:
                lines[-1] = longer
        yield Text(" \\\n".join(lines), overflow="fold")


def _words(command: str) -> list[str]:
    try:
        return [shlex.quote(word) for word in shlex.split(command)]
    except ValueError:  # a quote that does not end
        return command.split()


def _bar(total: float, most: float) -> Text:
    if not most:
        return Text()
    full = int(BAR * total / most)  # only full points fill it
    style = "green" if total == most else "yellow" if total else "red"
    return Text.assemble(("█" * full, style), ("░" * (BAR - full), "dim"))


def _remark(outcomes: Sequence[Outcome]) -> str:
    """What a problem lacks, in a few words; empty if nothing."""
    unwritten = _unwritten(outcomes)
    absent = [text for text in _missing(outcomes) if not UNWRITTEN.fullmatch(text)]
    failing, waiting = sum(map(_fails, outcomes)), sum(o.outcome == "blocked" for o in outcomes)
    remarks = absent[:1]
    if unwritten:
        whole = not failing and all(o.outcome in ("missing", "blocked") for o in outcomes)
        remarks.append("not written yet" if whole else f"not written: {_listed(unwritten)}")
    if failing:
        remarks.append(fail(failing))
        others = failing + sum(o.outcome == "missing" for o in outcomes)
        remarks += [wait(waiting, others)] * bool(waiting)
    return "; ".join(remarks)


def _unwritten(outcomes: Sequence[Outcome]) -> list[str]:
    """The functions that are not written yet, in the order of the checks."""
    found = (UNWRITTEN.fullmatch(text) for text in _missing(outcomes))
    listed = ", ".join(match[1] for match in found if match).replace(" and ", ", ")
    return list(dict.fromkeys(filter(None, listed.split(", "))))


def _missing(outcomes: Sequence[Outcome]) -> list[str]:
    """What is missing, in a sentence each."""
    messages = (parse(o.message) for o in outcomes if o.outcome == "missing")
    return list(dict.fromkeys(line(message.first_line) for message in messages))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _next(result: Result, homework: Homework, detail: Detail) -> str:
    """The first thing to mend, or else to write, in the order of the homework."""
    lacking = [o for o in result.checks if o.points < o.max_points]
    first = next(filter(_fails, lacking), lacking[0])
    place = section(first)
    heading = homework.heading(place)
    if first.outcome != "missing":
        mark = MARKS.get(first.outcome, FAILED)
        return (
            f"{_name(first)} ({heading})" if detail == "table" else f"the first {mark} of {heading}"
        )
    functions = _unwritten([first])
    return f"write {functions[0]} ({heading})" if functions else f"write {homework.file_of(place)}"


def _all(outcomes: Sequence[Outcome]) -> list[RenderableType]:
    common = _common(outcomes)
    return common or [part for outcome in outcomes for part in _in_full(outcome)]


def _first(outcomes: Sequence[Outcome]) -> list[RenderableType]:
    """The first check that fails in full, and the others in a line each."""
    failing = [o for o in outcomes if o.outcome not in QUIET]
    if not failing or all(o.outcome == "blocked" for o in failing):
        return []
    common = _common(outcomes)
    if common:
        return common
    first, *others = [o for o in failing if _fails(o)]
    waiting = [o for o in failing if o.outcome == "blocked"]
    shown = _in_full(first)
    if others:
        head = fail(len(others)).replace(" check", " more check")
        shown += [Text(f"  {head} (--verbose shows all):", style="dim"), *map(_named, others)]
    if waiting:
        head = wait(len(waiting), 1 + len(others))
        shown += [Text(f"  {head}:", style="dim"), *map(_named, waiting)]
    return shown


def _fails(outcome: Outcome) -> bool:
    return outcome.outcome not in (*QUIET, "blocked")


def _common(outcomes: Sequence[Outcome]) -> list[RenderableType]:
    """The message of a problem's checks if they share one: its file cannot be imported."""
    messages = {(o.outcome, _without_command(o)) for o in outcomes if o.outcome != "blocked"}
    if len(messages) != 1 or len(outcomes) == 1:
        return []
    ((kind, text),) = messages
    if kind in ("passed", "wrong"):
        return []
    style = STYLES.get(kind, "red")
    shown = f"– {text}" if kind == "missing" else f"{FAILED} {_said(kind)}: {text}"
    return [Padding(Text(shown, style=style), (0, 0, 0, 2))]


def _without_command(outcome: Outcome) -> str:
    return plain(str(parse(outcome.message)._replace(again="")))


def _named(outcome: Outcome) -> RenderableType:
    """A check on one line: its name, as `--only` wants it, and as much of its title as fits."""
    name = Text(f"{_name(outcome)}  ")
    return _headline(outcome, name.append(outcome.title, style="dim"), no_wrap=True)


def _name(outcome: Outcome) -> str:
    return outcome.id.rpartition(".")[2]


def _headline(outcome: Outcome, said: Text, *, no_wrap: bool = False) -> RenderableType:
    """A check's mark, what is said of it, and its points."""
    style = STYLES.get(outcome.outcome, "red")
    mark, most = MARKS.get(outcome.outcome, FAILED), outcome.max_points
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1, no_wrap=no_wrap, overflow="ellipsis" if no_wrap else "fold")
    grid.add_column(justify="right", no_wrap=True)
    score = f"{points(outcome.points)} / {points(most)}" if most else ""
    grid.add_row(Text(mark, style=style), said, Text(score, style=style))
    return grid


def _in_full(outcome: Outcome) -> list[RenderableType]:
    head = _headline(outcome, Text(outcome.title))
    if not outcome.message:
        return [head]
    return [head, Padding(_message(outcome), (0, 0, 0, 6))]


def _message(outcome: Outcome) -> RenderableType:
    """The message below a check, introduced by its outcome unless that is clear."""
    message = parse(outcome.message)
    if outcome.outcome in ("blocked", "missing"):
        style = "dim" if outcome.outcome == "blocked" else ""
        return Text(plain(message.first_line), style=style)
    evidence = plain(message.evidence, 2 * LIMIT)
    if outcome.outcome != "wrong":
        evidence = f"{_said(outcome.outcome)}: {evidence}"
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column()
    for keyword, part in _parts(message):
        grid.add_row(keyword, part)
    return Group(Text(evidence), grid) if grid.row_count else Text(evidence)


def _parts(message: Message) -> Iterable[tuple[str, RenderableType]]:
    if message.inputs:
        yield "with", Text(plain(message.inputs, 2 * LIMIT))
    if message.printed:
        yield "printed", Text(plain(message.printed, 2 * LIMIT))
    if message.hint:
        yield "try", Text(plain(message.hint))
    if message.again:
        yield "again", Command(plain(message.again))


def _said(kind: str) -> str:
    return kind.replace("_", " ")


def _passage(passage: Passage, homework: Homework) -> RenderableType:
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(width=5, justify="right")
    grid.add_column(width=5, justify="right", style="dim")
    grid.add_column(ratio=1, overflow="fold")
    part = f", part ({passage.part})" if passage.part else ""
    heading = homework.heading(passage.section)
    documents = dict.fromkeys(each.document for each in passage.lines)
    head = Text(f"Written solution of {heading}{part}: {', '.join(documents)}", style="bold")
    for each in passage.lines:
        mark = Text(LINE_MARKS.get(each.mark, ""), style=LINE_STYLES.get(each.mark, ""))
        grid.add_row(mark, str(each.line), _written(each))
    notes = [Padding(Text(str(visible(note)), style="dim"), (0, 0, 0, 4)) for note in passage.notes]
    return Group(head, *notes, grid)


def _written(each: WrittenLine) -> Text:
    sign = "= " if each.mark in ("holds", "false") and each.source.startswith("=") else ""
    made = Text(sign + str(visible(line(each.understood))) if each.understood else "")
    made.append(("\n" if made else "") + str(visible(line(each.source))), style="dim")
    if each.note:
        made.append(f"\n{visible(each.note)}", style=LINE_STYLES.get(each.mark, ""))
    return made

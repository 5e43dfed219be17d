"""What the commands show while they run: one submission, a class, known submissions, progress."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from assay.commands import progress
from assay.foreign import plain, without_commands
from assay.homework import find

if TYPE_CHECKING:
    from rich.console import Console

    from assay.allowed import Allowed
    from assay.batch.events import Ended, Event, Listed
    from assay.commands.verify import Case, Chosen
    from assay.grading.grader import Grader
    from assay.homework import Homework
    from assay.isolation.levels import Level
    from assay.outcome import Outcome, Result
    from assay.publish.done import Pages
    from assay.report.explained import Detail
    from assay.submission import Submission

FULL, NOT_FULL, NOT_GRADED = 0, 1, 2
NAMES_SHOWN = 200  # of a list in one line


def open_console() -> Console:
    """The terminal, or a file without control codes."""
    from rich.console import Console

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console that has no check mark
    return Console(file=cast(IO[str], Harmless(sys.stdout)), highlight=False, soft_wrap=False)


class Harmless:
    """A stream in which no line is a command to a CI system, wherever a long line was broken.

    What is foreign was made harmless before; a line can still be broken just before a `::`.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write what is left without commands."""
        return self.stream.write(without_commands(text))

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


class Showing(NamedTuple):
    """How a result is shown: how much of it, and what else happens with it."""

    detail: Detail = "first"
    then: tuple[Callable[[Result], None], ...] = ()


def grade_one(
    console: Console, grader: Grader, path: Path, submission: Submission, showing: Showing
) -> int:
    """Grade a submission, which was read from a path, and explain; the exit code."""
    show_isolation(console, grader.sandbox.level)
    console.print()
    result = _followed(console, grader, submission)
    command = command_for(grader.homework, result.seed, path, grader.allowed)
    return show_result(console, grader.homework, command, result, showing)


def show_result(
    console: Console, homework: Homework, command: str, result: Result, showing: Showing
) -> int:
    """Show the result of a submission, which a command grades again; the exit code."""
    from assay.report import explained

    result = explained.addressed(result, command)
    console.print(explained.written(result, homework))
    console.print(explained.table(result.checks, homework))
    console.print()
    console.print(explained.failures(result, homework, showing.detail))
    for act in showing.then:
        act(result)
    console.print(explained.last_line(result, homework, showing.detail))
    if result.score is None:
        return NOT_GRADED
    return FULL if result.score == result.max_score else NOT_FULL


def _followed(console: Console, grader: Grader, submission: Submission) -> Result:
    """Grade a submission; a terminal shows its table while it fills."""
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from assay.report import explained

    judged: list[Outcome] = []
    with Live(console=console, transient=True, auto_refresh=False) as live:

        def show(outcome: Outcome) -> None:
            judged.append(outcome)
            if console.is_terminal:
                counted = Text(f"{len(judged)} of {len(grader.checks)} checks", style="dim")
                live.update(Group(explained.table(judged, grader.homework), counted), refresh=True)

        return grader.judge(submission, tell=show)


def show_isolation(console: Console, level: Level) -> None:
    """The first line of every run."""
    from assay.isolation.levels import promise
    from assay.report import explained

    console.print(explained.isolation(level, promise(level)))


def verify(console: Console, grader: Grader, chosen: Chosen, verbose: bool) -> bool:
    """Grade known submissions; show those that are judged incorrectly, and what is missing.

    Nothing but the reference is judged unless it has full points.

    Returns:
        Whether there is nothing to show.
    """
    from rich.progress import track

    from assay.commands.missing import missing, unknown_calls
    from assay.commands.verify import judge

    wrong, failed = 0, set()
    mistakes = unknown_calls(grader.homework, chosen)
    for line in mistakes:
        console.print(f"WRONG {line}", markup=False)
    proofs = [case for case in chosen.cases if case.submission is chosen.cases[0].submission]
    others = [case for case in chosen.cases if case not in proofs]
    for case in track(
        [*proofs, *others], "grading known submissions", console=console, transient=True
    ):
        if case is next(iter(others), None) and wrong:
            console.print(
                "the reference must have full points before anything else can be known: the other "
                f"{len(others)} cases were not judged",
                style="bold",
            )
            return False
        correct, result = judge(grader, case)
        wrong += not correct
        if case.expected == "less":
            failed |= {o.id for o in result.checks if o.outcome not in ("passed", "blocked")}
        if verbose or not correct:
            _show_case(console, case, correct, result, grader)
    lacking = [] if wrong else missing(grader, chosen, failed)
    for line in lacking:
        console.print(f"missing  {line}", markup=False)
    count = f"{len(chosen.cases)} cases, {wrong} judged incorrectly"
    console.print(f"{count}, {len(lacking)} missing" if lacking else count, style="bold")
    return not (wrong or lacking or mistakes)


def _show_case(console: Console, case: Case, correct: bool, result: Result, grader: Grader) -> None:
    from assay.report import explained

    mark = "ok   " if correct else "WRONG"
    score = "–" if result.score is None else f"{result.score:g}"
    console.print(f"{mark} {score} / {result.max_score:g}  {case.name}: {case.says}", markup=False)
    if case.expected == "less" and result.score == result.max_score:
        console.print("no check fails on it: it needs a check, or it is no mistake")
    elif not correct:
        # `assay check` could not run a known submission again: it is no file of its own.
        result = explained.addressed(result, "")
        console.print(explained.explained(result, grader.homework, "first"))


class Followed(NamedTuple):
    """A class that was graded: how many got a score, how many did not, and what was written."""

    graded: int
    ungraded: int
    pages: Pages


def follow(console: Console, events: Iterable[Event], every: float = progress.EVERY) -> Followed:
    """Show a class while it is graded: what was read, progress, time left.

    In a file, progress is a line each `every` seconds.
    """
    from assay.batch.events import Began, Ended, Graded, Isolated, Listed, Written
    from assay.publish.done import Pages
    from assay.report.overview import Overview

    graded, ungraded, pages = 0, 0, Pages(Overview())
    with progress.shown_on(console, every) as shown:
        for event in events:
            match event:
                case Isolated(level):
                    show_isolation(console, level)
                case Listed():
                    _show_listing(console, event)
                case Began(total):
                    shown.begin(total)
                case Graded(result):
                    graded += result.score is not None
                    ungraded += result.score is None
                    shown.advance(result.submission)
                case Ended():
                    _show_reused(console, event)
                case Written(pages):
                    pass
    return Followed(graded, ungraded, pages)


def _show_reused(console: Console, ended: Ended) -> None:
    """How many needed no grading, and why."""
    if ended.reused:
        console.print(f"{ended.reused} of {ended.total} were graded before", style="dim")
    if ended.copied:
        say = f"{ended.copied} of {ended.total} have the same files as another, and its result"
        console.print(say, style="dim")


def show_class(console: Console, pages: Pages, out: Path) -> None:
    """Show a class: scores, the checks that failed most, where the files are; last, the page."""
    from rich.text import Text

    from assay.report import class_table

    console.print(class_table.overview(pages.overview.sorted_rows()))
    console.print()
    console.print(class_table.failures(pages.overview, "the page" if pages.page else str(out)))
    files = Text(f"\ngrades: {out / 'grades.csv'}\nresults: {out / 'results'}", style="dim")
    console.print(files, soft_wrap=True)
    for remark in pages.remarks:
        console.print(Text(plain(remark)), soft_wrap=True)
    if pages.page:
        console.print(Text(f"page: {pages.page}", style="bold"), soft_wrap=True)


def _show_listing(console: Console, listed: Listed) -> None:
    """What a class's download was read as, what of it was not read, and who is not in it."""
    from rich.text import Text

    from assay.download import TITLES
    from assay.submission.naming import shown

    download = listed.download
    title, count = TITLES[download.system], len(download.entries)
    console.print(Text(f"read as {title}, {count}; use --from to change this", style="dim"))
    if download.warning:
        console.print(Text(download.warning, style="yellow"))
    for heading, names in (
        ("not read, this kind of file is no submission", download.unread),
        (f"nothing handed in ({len(listed.missing)})", list(map(shown, listed.missing))),
        (f"not on the roster ({len(listed.strangers)})", list(map(shown, listed.strangers))),
        (f"kept from before, not handed in now ({len(listed.kept)})", listed.kept),
    ):
        if names:
            console.print(Text(plain(f"{heading}: {_listed(names)}"), style="yellow"))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def command_for(homework: Homework, seed: int, path: Path, allowed: Allowed) -> str:
    """What to type to grade this submission by the same inputs."""
    is_default = replace(homework, replaced=()) == find()
    words = ["assay", *([] if is_default else ["--homework", str(homework.folder)]), "check"]
    words += [] if path == Path() else [str(path)]
    words += ["--seed", str(seed)] if seed else []
    for name in ("seconds_per_call", "seconds_per_problem"):
        seconds = getattr(allowed, name)
        words += [f"--{name.replace('_', '-')}", f"{seconds:g}"] if seconds else []
    for name, file in homework.replaced:
        words += [f"--{name}", file]
    return shlex.join(words)

"""What the commands show while they run: one hand-in, a class, known hand-ins, progress."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from graders.outcome import Result
    from graders.report.overview import Overview

FULL, NOT_FULL, NOT_GRADED = 0, 1, 2
WATCH_SECONDS = 0.5
NAMES_SHOWN = 200  # of a list in one line


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_console() -> Console:
    """The terminal, or a file without control codes."""
    from rich.console import Console

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console that has no check mark
    return Console(highlight=False, soft_wrap=False)


def grade_one(console: Console, grader: Any, path: Path, brief: bool) -> int:
    """Grade a hand-in and explain; the exit code."""
    from graders.intake import Unreadable
    from graders.outcome import Broken
    from graders.report import terminal
    from graders.sandbox.confine import promise

    try:
        console.print(terminal.isolation(grader.sandbox.level, promise(grader.sandbox.level)))
        found: Result = grader.grade(path)
    except (Unreadable, Broken) as fault:
        click.echo(f"assay: {fault}", err=True)
        return NOT_GRADED
    found = terminal.addressed(found, _command(grader, path))
    console.print(terminal.result(found, verbose=not brief))
    if found.score is None:
        return NOT_GRADED
    return FULL if found.score == found.max_score else NOT_FULL


def _command(grader: Any, path: Path) -> str:
    """What is typed to grade this hand-in by the same inputs."""
    words = ["assay", "check", *([] if path == Path() else [str(path)])]
    words += ["--seed", str(grader.seed)] if grader.seed else []
    return shlex.join(words + (["--flow", grader.flow] if grader.flow else []))


def watch(console: Console, grader: Any, path: Path, brief: bool) -> None:
    """Grade a hand-in again whenever a file of it changes, until Ctrl-C."""
    import time

    seen: object = None
    try:
        while True:
            now = _stamp(path)
            if now != seen:
                seen = now
                console.clear()
                grade_one(console, grader, path, brief)
                console.print("watching; Ctrl-C ends it", style="dim")
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        sys.exit(FULL)


def _stamp(path: Path) -> list[tuple[str, int]]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    watched = (f for f in files if f.suffix in (".py", ".ipynb", ".toml", ".zip", ".gz"))
    stamps = []
    for file in watched:
        try:
            stamps.append((str(file), file.stat().st_mtime_ns))
        except OSError:
            continue  # saved by renaming: there again in a moment
    return stamps


def hold(console: Console, grader: Any, chosen: list[Any], verbose: bool) -> int:
    """Hold the graders against known hand-ins and show what is wrong; how many are."""
    from rich.progress import track

    from graders.report import terminal
    from graders.verify import judge

    wrong = 0
    for case in track(chosen, "held against known hand-ins", console=console, transient=True):
        right, found = judge(grader, case)
        wrong += not right
        if verbose or not right:
            mark = "ok   " if right else "WRONG"
            score = "–" if found.score is None else f"{found.score:g}"
            console.print(f"{mark} {score} / {found.max_score:g}  {case.name}: {case.says}")
        if not right:
            console.print(terminal.result(found, verbose=False))
    return wrong


def tell_download(console: Console, download: Any, missing: list[str]) -> None:
    """Show what a class's download was read as, what of it was not read, and who is not in it."""
    from rich.text import Text

    from graders.intake import TITLES
    from graders.intake.naming import shown

    told = f"read as {TITLES[download.system]}, {len(download.entries)}; --from says otherwise"
    console.print(Text(told, style="dim"))
    if download.unread:
        names = _listed(download.unread)
        console.print(Text(f"not read, no hand-in by its kind: {names}", style="yellow"))
    if missing:
        names = _listed(list(map(shown, missing)))
        console.print(Text(f"nothing handed in ({len(missing)}): {names}", style="yellow"))


def tell_left(console: Console, left: Sequence[str]) -> None:
    """Show whose results are kept though the class holds no such hand-in now."""
    from rich.text import Text

    if left:
        told = f"kept from before, not handed in now ({len(left)}): {_listed(left)}"
        console.print(Text(told, style="yellow"))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def follow(console: Console, grading: Iterable[Result], total: int) -> Overview:
    """Show a batch's progress and time left; what there is to tell of them."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from graders.report.overview import Overview

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
               TextColumn("{task.description}"))  # fmt: skip
    overview = Overview()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        for found in grading:
            overview.add(found)
            progress.update(task, advance=1, description=found.submission[:40])
    return overview


def tell_kept(console: Console, kept: int, total: int) -> None:
    """Show how many were not graded again."""
    if kept:
        console.print(f"{kept} of {total} were graded before", style="dim")


def tell_class(console: Console, found: Overview, out: Path) -> None:
    """Show a class: scores, the laws that failed most, where the files are."""
    from graders.report import terminal

    console.print(terminal.overview(found.sorted_rows()))
    console.print()
    console.print(terminal.failures(found))
    console.print(f"\ngrades: {out / 'grades.csv'}   reasons: {out / 'results'}", style="dim")

"""`assay check --watch`: a submission is graded again whenever a file of it is saved."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assay.commands.console import FULL, grade_one
from assay.errors import AssayError
from assay.foreign import plain
from assay.submission import read

if TYPE_CHECKING:
    from rich.console import Console

    from assay.commands.console import Showing
    from assay.grading.grader import Grader

SECONDS = 0.05  # between two looks at the files
SHARE = 0.1  # of a core, at most, that looking may take: a folder may be large
SUFFIXES = (".py", ".ipynb", ".toml", ".tex", ".md", ".txt", ".zip", ".gz")


def watch(console: Console, grader: Grader, path: Path, showing: Showing) -> None:
    """Grade a submission again whenever a file of it changes, until Ctrl-C."""
    seen: object = None
    try:
        while True:
            if _looked(path) != seen:
                seen = _settled(path)
                console.clear()
                try:
                    submission = read(path, grader.homework)
                    grade_one(console, grader, path, submission, showing)
                except AssayError as fault:
                    # A file that is half saved is no reason to stop watching it.
                    console.print(plain(f"assay: {fault}"), markup=False)
                console.print("watching; Ctrl-C ends it", style="dim")
    except KeyboardInterrupt:
        sys.exit(FULL)


def _settled(path: Path) -> object:
    """The stamps of the files once two looks at them agree: editors save in several steps."""
    before, now = None, _looked(path)
    while now != before:
        before, now = now, _looked(path)
    return now


def _looked(path: Path) -> object:
    """The stamps of the files, after the pause between two looks."""
    started = time.perf_counter()
    stamps = _stamps(path)
    time.sleep(max(SECONDS, (time.perf_counter() - started) / SHARE))
    return stamps


def _stamps(path: Path) -> list[tuple[str, int, int]]:
    stamps = []
    for file in _files(path):
        if file.suffix not in SUFFIXES:
            continue
        try:
            status = file.stat()
        except OSError:
            continue  # saved by renaming: there again in a moment
        stamps.append((str(file), status.st_mtime_ns, status.st_size))
    return sorted(stamps)


def _files(path: Path) -> Iterator[Path]:
    """The files that may be read; none in hidden folders, where editors and git keep theirs."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        yield from (Path(folder, name) for name in names)

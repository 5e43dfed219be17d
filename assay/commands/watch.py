"""`assay check --watch`: a submission is graded again whenever a file of it is saved."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assay.commands.console import FULL, grade_one
from assay.errors import AssayError
from assay.foreign import plain
from assay.submission import read

if TYPE_CHECKING:
    from rich.console import Console

    from assay.grading.grader import Grader
    from assay.report.explained import Detail

SECONDS = 0.5  # between two looks at the files
SUFFIXES = (".py", ".ipynb", ".toml", ".tex", ".md", ".txt", ".zip", ".gz")


def watch(console: Console, grader: Grader, path: Path, detail: Detail) -> None:
    """Grade a submission again whenever a file of it changes, until Ctrl-C."""
    seen: object = None
    try:
        while True:
            now = _stamps(path)
            if now != seen:
                seen = now
                console.clear()
                try:
                    submission = read(path, grader.homework)
                    grade_one(console, grader, path, submission, detail)
                except AssayError as fault:
                    # A file that is half saved is no reason to stop watching it.
                    console.print(plain(f"assay: {fault}"), markup=False)
                console.print("watching; Ctrl-C ends it", style="dim")
            time.sleep(SECONDS)
    except KeyboardInterrupt:
        sys.exit(FULL)


def _stamps(path: Path) -> list[tuple[str, int]]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stamps = []
    for file in files:
        if file.suffix not in SUFFIXES:
            continue
        try:
            stamps.append((str(file), file.stat().st_mtime_ns))
        except OSError:
            continue  # saved by renaming: there again in a moment
    return stamps

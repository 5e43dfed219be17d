"""`make pictures`: the pictures of README and docs/, made from the example class.

    python tests/tools/pictures.py

A terminal is drawn by rich, a page by Chromium.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from browser import Browser
from example_class import lay_out
from places import ROOT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from assay.batch.grade_class import Request, grade_class
from assay.grading.grader import Grader
from assay.homework import find
from assay.isolation.levels import promise
from assay.report import explained

DOCS = ROOT / "docs"
WIDTH = 92  # characters of the terminal


def main() -> None:
    """Write docs/check.svg and docs/class.png."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        lay_out(place / "class")
        _terminal(place / "class" / "chloe", DOCS / "check.svg")
        _page(place, DOCS / "class.png")


def _terminal(submission: Path, target: Path) -> None:
    homework = find()
    with Grader(seed=7) as grader:
        result = grader.grade(submission)
        level = grader.sandbox.level
    console = Console(record=True, width=WIDTH, force_terminal=True, file=io.StringIO())
    console.print(explained.isolation(level, promise(level)))
    console.print()
    console.print(explained.explained(result, homework, "first"))
    title = "assay check"
    console.save_svg(str(target), title=title, theme=DEFAULT_TERMINAL_THEME, unique_id="assay")


def _page(place: Path, target: Path) -> None:
    request = Request(
        homework=find(),
        submissions=place / "class",
        out=place / "results",
        jobs=2,
        allow_unconfined=True,
        seed=7,
    )
    for _ in grade_class(request):
        pass
    browser = Browser(place / "profile")
    try:
        browser.open(place / "results" / "report.html", width=1000, height=900)
        browser.picture(target, whole=False)
    finally:
        browser.close()


if __name__ == "__main__":
    main()

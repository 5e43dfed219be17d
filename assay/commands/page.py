"""`assay check --page`: the student's page, written beside them and opened in their browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.errors import InvalidInput
from assay.foreign import plain
from assay.homework import PAGE as PAGE
from assay.homework import Homework

if TYPE_CHECKING:
    from assay.outcome import Result

OPTION, SUFFIXES = "--page", (".html", ".htm")


def with_file(words: Sequence[str]) -> list[str]:
    """The words of a command, `--page` with its file: the next word if it is one, or PAGE.

    >>> with_file(["--page", "hw10"]), with_file(["hw10", "--page", "mine.html"])
    (['--page=assay-page.html', 'hw10'], ['hw10', '--page=mine.html'])
    """
    joined, rest = list[str](), iter(enumerate(words))
    for place, word in rest:
        if word != OPTION:
            joined.append(word)
            continue
        following = words[place + 1] if place + 1 < len(words) else ""
        named = following.lower().endswith(SUFFIXES)
        joined.append(f"{OPTION}={following if named else PAGE}")
        if named:
            next(rest)
    return joined


class Page:
    """Where the page of one submission is written, and whether it was opened.

    Args:
        path: the file.
        homework: what is graded.
        opens: open it in a browser, the first time that it is written.
        is_watched: it is written again and again: the browser loads it again by itself.
    Raises:
        InvalidInput: the folder does not exist, or a package is not installed; it says which.
    """

    def __init__(self, path: Path, homework: Homework, *, opens: bool, is_watched: bool) -> None:
        from assay.publish.pages import lacking

        if not path.parent.is_dir():
            raise InvalidInput(f"--page: there is no folder {path.parent}")
        if lacking():
            raise InvalidInput(
                f"--page needs packages that are not installed: pip install {' '.join(lacking())}"
            )
        self.path, self.homework, self.opens, self.is_watched = path, homework, opens, is_watched

    def __call__(self, result: Result) -> None:
        """Write the page of a result, and say where it is."""
        from assay.publish.pages import write_one

        write_one(result, self.homework, self.path, refresh=self.is_watched)
        opened, self.opens = self.opens and _opened(self.path), False
        click.echo(plain(f"page: {self.path.resolve()}{' (opened)' if opened else ''}"))


def _opened(path: Path) -> bool:
    """Whether a browser with windows could be asked to show a page."""
    import webbrowser

    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    if sys.platform not in ("darwin", "win32") and not any(map(os.environ.get, screens)):
        return False  # else a browser for terminals would take this one over
    return webbrowser.open(path.resolve().as_uri())

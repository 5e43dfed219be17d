"""How far a class is graded: a bar in a terminal, a line every ten seconds in a file."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from assay.foreign import line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

EVERY = 10.0  # seconds between two lines


class Lines:
    """Progress for who reads it later, in a file: a line in each interval.

    Args:
        console: where the lines go.
        every: seconds between two of them.
    """

    def __init__(self, console: Console, every: float = EVERY) -> None:
        self.console, self.every = console, every
        self.done, self.total, self.started = 0, 0, time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def begin(self, total: int) -> None:
        """Grading of this many begins."""
        self.total, self.started = total, time.monotonic()
        self._thread.start()

    def advance(self, name: str) -> None:
        """One more is graded."""
        self.done += 1

    def _write(self) -> None:
        while self.done < self.total and not self._ended.wait(self.every):
            self.console.print(f"graded {self.done} of {self.total}{self._left()}", style="dim")

    def _left(self) -> str:
        if not self.done:
            return ""
        seconds = (time.monotonic() - self.started) / self.done * (self.total - self.done)
        left = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
        return f", about {left} left"


class Bar:
    """Progress for who watches: a bar that disappears at the end."""

    def __init__(self, console: Console) -> None:
        self.progress = _bar(console)
        self._task = self.progress.add_task("", total=None)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def begin(self, total: int) -> None:
        """Grading of this many begins."""
        self.progress.update(self._task, total=total)
        self.progress.start()

    def advance(self, name: str) -> None:
        """This one is graded."""
        self.progress.update(self._task, advance=1, description=line(name, 40))


def shown_on(console: Console, every: float = EVERY) -> Bar | Lines:
    """The progress that this console can show."""
    return Bar(console) if console.is_terminal else Lines(console, every)


def _bar(console: Console) -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    )

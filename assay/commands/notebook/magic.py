"""`%assay` and `%%assay` in a notebook."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from assay.commands.notebook import orders
from assay.commands.notebook.process import Process
from assay.errors import AssayError, InvalidInput

MAGIC = "%%assay"
WAIT = "grading… the first time takes some seconds"


class Shell(Protocol):
    """What is used of the shell that IPython gives to an extension."""

    history_manager: Any

    def register_magic_function(self, function: Callable[..., None], kind: str, name: str) -> None:
        """Make a function a magic."""

    def run_cell(self, cell: str) -> object:
        """Run a cell's code, as if it were typed."""


class Magic:
    """The two magics of one kernel, and the process that grades for it."""

    def __init__(self, shell: Shell) -> None:
        # Where the notebook lies: what its cells do to the current folder, they do there again.
        self.shell, self.folder, self.process = shell, str(Path.cwd()), Process()

    def grade(self, line: str, cell: str | None = None) -> None:
        """Grade what the notebook has defined so far; with a cell, run that first.

        Usage:
            %assay              everything
            %assay problem5     one problem, or one check by its name
            %%assay             the cell below: the problems whose functions it defines
            %%assay problem2    the problem that is named, with the cell below
        """
        from IPython.display import display

        handle = display(_bundle(WAIT), raw=True, display_id=True)
        try:
            only = _one_name(line)
            if cell is not None:
                self.shell.run_cell(cell)
            shown = self.process.ask(orders.Order(self._cells(line, cell), self.folder, only))
            handle.update(_bundle(shown.text, shown.html), raw=True)
        except AssayError as fault:
            handle.update(_bundle(f"assay: {fault}"), raw=True)
        except KeyboardInterrupt:
            handle.update(_bundle("assay: interrupted, nothing was graded"), raw=True)

    def _cells(self, line: str, cell: str | None) -> tuple[str, ...]:
        """The text of In[1], In[2] and so on; the last one is the cell below, if there is one."""
        cells = tuple(self.shell.history_manager.input_hist_raw[1:])
        is_last = cell is None or (cells and cells[-1].endswith(cell.rstrip("\n")))
        return cells if is_last else (*cells, f"{MAGIC} {line}\n{cell}")


_loaded: dict[int, Magic] = {}


def load(shell: Shell) -> None:
    """Give a shell `%assay` and `%%assay`; what is `%load_ext assay`."""
    magic = Magic(shell)
    _loaded[id(shell)] = magic
    shell.register_magic_function(magic.grade, "line_cell", "assay")
    atexit.register(magic.process.close)


def unload(shell: Shell) -> None:
    """End the process that grades; what is `%unload_ext assay`."""
    magic = _loaded.pop(id(shell), None)
    if magic is not None:
        magic.process.close()
        atexit.unregister(magic.process.close)


def _one_name(line: str) -> str:
    """The check or the problem after `%assay`; empty for all.

    Raises:
        InvalidInput: there are several words, or an option.
    """
    words = line.split()
    if len(words) > 1 or line.strip().startswith("-"):
        raise InvalidInput(
            f"%assay takes one check or one problem, as in %assay problem2; got {line.strip()!r}"
        )
    return line.strip()


def _bundle(text: str, html: str = "") -> dict[str, str]:
    """A text in the forms that a notebook and a terminal show."""
    return {"text/plain": text} | ({"text/html": html} if html else {})

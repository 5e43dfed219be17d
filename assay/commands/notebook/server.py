"""The process that grades for a notebook: it answers one order after the other, until none comes.

Its own torch, its own threads and its own seeds: nothing that happens in the student's kernel
reaches the checks, and nothing that the checks do reaches the kernel.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checks import Check, select
from assay.commands.choice import chosen
from assay.commands.notebook import cells, orders
from assay.errors import AssayError
from assay.homework import Homework
from assay.report import cell

if TYPE_CHECKING:
    from assay.grading.grader import Grader

MAGIC = "%%assay"


class Graders:
    """A warm grader for each homework that was asked for; closed with the context."""

    def __init__(self) -> None:
        self._warm: dict[Homework, Grader] = {}
        self._sandboxes = ExitStack()

    def __enter__(self) -> Graders:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandboxes.close()

    def of(self, homework: Homework) -> Grader:
        """The grader, started when it is first asked for."""
        if homework not in self._warm:
            from assay.sandbox.host import Sandbox

            # Started before the heavy import below, so that both warm up at once.
            sandbox = self._sandboxes.enter_context(Sandbox(homework=homework))
            from assay.grading.grader import Grader

            self._warm[homework] = Grader(sandbox=sandbox)
        return self._warm[homework]


def main() -> None:
    """Answer orders on standard input, a line each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the kernel, which ends this if need be
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # closes the sandbox on the way
    # What is answered goes where standard output led; whatever else is printed goes nowhere.
    answers = os.fdopen(os.dup(1), "wb")
    with answers, Path(os.devnull).open("wb") as nowhere, Graders() as graders:
        os.dup2(nowhere.fileno(), 1)
        for line in sys.stdin.buffer:
            shown = answer(orders.read(line, orders.Order), graders)
            try:
                answers.write(orders.line(shown))
                answers.flush()
            except BrokenPipeError:  # the kernel has ended
                break


def answer(order: orders.Order, graders: Graders) -> orders.Shown:
    """What the notebook shows for an order: the result, or one sentence why there is none."""
    try:
        return _graded(order, graders)
    except AssayError as fault:
        return sentence(str(fault))
    except Exception as fault:  # noqa: BLE001 - the notebook says it, and the next order is answered
        return sentence(f"a fault of the kit: {type(fault).__name__}: {fault}")


def sentence(text: str) -> orders.Shown:
    """One sentence."""
    return orders.Shown(cell.sentence(text), f"assay: {text}")


def _graded(order: orders.Order, graders: Graders) -> orders.Shown:
    folder = Path(order.folder)
    homework = chosen(None, folder)
    if order.only:
        homework.expect_check(order.only)
    asked = _asked(order, homework)
    submission = cells.submission(order.cells, folder, homework)
    grader = graders.of(homework)
    result = grader.judge(submission, _checks(grader, order.only, asked))
    return orders.Shown(cell.html(result, homework), cell.text(result))


def _asked(order: orders.Order, homework: Homework) -> tuple[str, ...]:
    """The problems that a cell under a bare `%%assay` defines; empty for anything else."""
    last = order.cells[-1] if order.cells else ""
    is_bare = last.lstrip().startswith(MAGIC) and not order.only
    return cells.problems_of(last, homework) if is_bare else ()


def _checks(grader: Grader, only: str, problems: tuple[str, ...]) -> tuple[Check, ...]:
    if only:
        return select(grader.homework.checks(), only)
    return tuple(check for check in grader.checks if check.module in problems)


if __name__ == "__main__":
    main()

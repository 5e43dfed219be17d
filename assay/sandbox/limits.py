"""Limits on how long a piece of student code may run, set in the process that runs it.

One timer counts processor time and one the time that passes. Both raise `CutOff` in the student's
code, again and again until it ends. Code that catches even that, or that never returns from C, is
ended with its process by a third timer, of whose signal nobody is told.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

STATEMENT_SECONDS = 3.0  # of processor time, for one statement
SHORT_SECONDS = 0.5  # for each statement of a file that has used up its time
IMPORT_SECONDS = 10.0  # for an import: what it costs is the library's
FILE_SECONDS = 6.0  # the time of a file
AGAIN = 0.1  # seconds between two attempts to cut the code off
GRACE = 1.0  # seconds of processor time after which the process is ended
WAITING = 5.0  # times as much may pass as may be used: machines are busy
OURS = frozenset(
    str(Path(__file__).with_name(name)) for name in ("limits.py", "execute.py", "stand_ins.py")
)


class CutOff(BaseException):
    """The code took too long."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Cut off what runs inside; an outer limit does not count it.

    Where a system has no timers, the grader's own limit is the only one.

    Raises:
        CutOff: it used `seconds` of processor time, or `WAITING` times as much passed.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return
    signal.signal(signal.SIGPROF, _cut_off)
    signal.signal(signal.SIGALRM, _cut_off)
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    allowed = {
        signal.ITIMER_PROF: seconds,
        signal.ITIMER_REAL: seconds * WAITING,
        signal.ITIMER_VIRTUAL: seconds + GRACE,
    }
    before = {timer: signal.setitimer(timer, time, AGAIN) for timer, time in allowed.items()}
    try:
        yield
    finally:
        for timer, outer in before.items():
            signal.setitimer(timer, *outer)


def too_slow(*, interactive: bool) -> str:
    """Why a statement was cut off, and what to do."""
    if interactive:
        return "it took too long; if a function needs its result, let it compute less"
    return 'it took too long; put it under `if __name__ == "__main__":`'


def is_students(file: str) -> bool:
    """Whether code is the student's, by its file name: text that was compiled has one in <>."""
    return file.startswith("<") and not file.startswith("<frozen")


def importer() -> FrameType | None:
    """The student's frame that runs an `import` statement now; None if something else imports."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith("<frozen importlib") and file not in OURS:
            return frame if is_students(file) else None
        frame = frame.f_back
    return None


def _cut_off(_: int, frame: FrameType | None) -> None:
    """Raise in student code, and in what it called; not in the kit's own code around it."""
    while frame is not None and frame.f_code.co_filename not in OURS:
        if is_students(frame.f_code.co_filename):
            raise CutOff
        frame = frame.f_back

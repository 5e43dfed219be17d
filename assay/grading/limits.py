"""What the judging of one submission may cost the grader: processor time and memory.

The processes of student code have limits of their own. These are for the grader itself, whatever
comes back to it: past them the submission is judged on what there is, and the batch goes on.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 60.0  # of processor time: an honest submission needs 1 to 5
MEMORY = 2 * 2**30  # bytes above what is in use before


class Exhausted(BaseException):
    """The limit is reached; no `except Exception` on the way may take it for something else."""


@contextmanager
def limited(seconds: float = SECONDS, memory: int = MEMORY) -> Iterator[None]:
    """Raise `Exhausted` after so much processor time inside, and MemoryError past so much memory.

    Waiting for a student's process costs no processor time. Where a system has no such timer, and
    outside a process's main thread, time is not limited.
    """
    timed = hasattr(signal, "setitimer")
    timed = timed and threading.current_thread() is threading.main_thread()
    if timed:
        before = signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        with _memory(memory):
            yield
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _memory(room: int) -> Iterator[None]:
    if sys.platform != "linux":  # macOS counts shared libraries
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    wanted = pages * resource.getpagesize() + room
    limits = [n for n in (wanted, soft, hard) if n != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _stop(*_: object) -> None:
    raise Exhausted

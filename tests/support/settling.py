"""What reading a hand-in may end in, take, and open, whatever the hand-in is."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from assay.errors import Unreadable
from assay.submission import Submission, read

SECONDS = 10.0  # of one core: 5 where it is not a slow one
MEMORY = 200 * 2**20  # bytes
PATIENCE = 60  # seconds on the wall until it counts as a hang

Ending = Submission | Unreadable

_opened: list[tuple[object, int]] | None = None


def _listen(event: str, args: tuple[object, ...]) -> None:
    if _opened is not None and event == "open":
        _opened.append((args[0], int(str(args[2]))))


# It cannot be taken off again, and is deaf but for a reading.
sys.addaudithook(_listen)


def settle(hand_in: Path) -> Ending:
    """Read a hand-in: a submission or the refusal of one, and nothing else, come what may."""
    with bounded(hand_in):
        try:
            found: Ending = read(hand_in)
        except Unreadable as refusal:
            found = refusal
    told = (str(found),) if isinstance(found, Unreadable) else found.notes
    for sentence in told:
        assert sentence.isprintable()
        assert len(sentence) < 1_000
    return found


@contextlib.contextmanager
def bounded(hand_in: Path) -> Iterator[None]:
    """What is done here ends soon, takes little memory, and opens nothing but the hand-in."""
    start = time.process_time()
    with _memory_bounded(), _hang_told(), _only_opening(hand_in):
        yield
    assert time.process_time() - start < SECONDS


@contextlib.contextmanager
def _memory_bounded() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    bound = taken + MEMORY
    if before[1] != resource.RLIM_INFINITY:
        bound = min(bound, before[1])
    resource.setrlimit(resource.RLIMIT_AS, (bound, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextlib.contextmanager
def _hang_told() -> Iterator[None]:
    if not hasattr(signal, "SIGALRM") or threading.current_thread() != threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _only_opening(hand_in: Path) -> Iterator[None]:
    """Nothing but the hand-in and modules of Python is opened, and that to be read."""
    global _opened
    _opened = found = []
    try:
        yield
    finally:
        _opened = None
    # The parser asks for the file of a text, which has none.
    for path, flags in ((path, flags) for path, flags in found if path != ""):
        place = Path(os.fsdecode(str(path)))
        homes = [hand_in, *filter(None, sys.path)]
        assert any(map(place.is_relative_to, homes)), place
        assert not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT), place

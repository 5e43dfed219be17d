"""What reading a submission may end in, use and open, whatever the submission is."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assay.errors import Unreadable
from assay.submission import Submission, identifier, read
from assay.submission.folder import Collected
from assay.submission.reader import collect_file, to_submission

SECONDS = 10.0  # of one core, on a slow one: others need 5
MEMORY = 200 * 2**20  # bytes
HANG = 60  # seconds of wall time after which a reading counts as hung

Ending = Submission | Unreadable

_opened: list[tuple[object, int]] | None = None


def _record(event: str, args: tuple[object, ...]) -> None:
    if _opened is not None and event == "open":
        _opened.append((args[0], int(str(args[2]))))


# A hook cannot be removed; this one records only while a submission is read.
sys.addaudithook(_record)


def settle(path: Path) -> Ending:
    """Read a submission: in any case this ends in a `Submission` or in `Unreadable`."""
    with bounded(path):
        return _ending(lambda: read(path))


def settle_bytes(name: str, content: bytes) -> Ending:
    """The same for a submission of one file in memory, if thousands are read in one `bounded`."""

    def submission() -> Submission:
        collected = Collected(name)
        collect_file(name, content, collected)
        return to_submission(collected, identifier(Path(name)))

    return _ending(submission)


def _ending(reading: Callable[[], Submission]) -> Ending:
    ending: Ending
    try:
        ending = reading()
    except Unreadable as fault:
        ending = fault
    sentences = (str(ending),) if isinstance(ending, Unreadable) else ending.notes
    for sentence in sentences:
        assert sentence.isprintable()
        assert len(sentence) < 1_000
    return ending


@contextlib.contextmanager
def bounded(path: Path) -> Iterator[None]:
    """The body must end soon, use little memory, and open nothing but the submission."""
    start = time.process_time()
    with _memory_limit(), _time_limit(), _only_opening(path):
        yield
    assert time.process_time() - start < SECONDS


@contextlib.contextmanager
def _memory_limit() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = used + MEMORY
    if before[1] != resource.RLIM_INFINITY:
        limit = min(limit, before[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    if not hasattr(signal, "SIGALRM") or threading.current_thread() != threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _only_opening(path: Path) -> Iterator[None]:
    """Only the submission and Python's own modules are opened, and only for reading."""
    global _opened
    _opened = opened = []
    try:
        yield
    finally:
        _opened = None
    homes = [path, *filter(None, sys.path)]
    for place, flags in opened:
        if place == "":  # the parser tries to open the file of a text, which has none
            continue
        where = Path(os.fsdecode(str(place)))
        assert any(map(where.is_relative_to, homes)), where
        assert not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT), where

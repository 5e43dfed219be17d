"""Processes as /proc shows them, and waiting for what they do."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

GONE = "XZ"  # dead, or a zombie: its parent has not waited for it yet


def state(pid: int) -> str:
    """The letter that /proc gives a process; X where it is not there any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return "X"


def below(pid: int) -> set[int]:
    """The descendants of a process that live, whatever group or session they are in."""
    found, pending = set(), [pid]
    while pending:
        children = {child for child in _children(pending.pop()) if state(child) not in GONE}
        pending += children - found
        found |= children
    return found


def _children(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, tasks.read_text().split())
        except OSError:
            continue  # it ended meanwhile


def comes_true(condition: Callable[[], object], seconds: float = 3.0) -> bool:
    """Whether a condition holds before so many seconds have passed."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True

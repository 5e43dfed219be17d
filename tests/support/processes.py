"""Processes as /proc shows them, and waiting for a condition."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

GONE = "XZ"  # dead, or a zombie: its parent has not waited for it yet


def state(pid: int) -> str:
    """The state that /proc shows for a process; X if it does not exist."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return "X"


def below(pid: int) -> set[int]:
    """The living descendants of a process, whatever group or session they are in."""
    seen, pending = set(), [pid]
    while pending:
        children = {child for child in _children(pending.pop()) if state(child) not in GONE}
        pending += children - seen
        seen |= children
    return seen


def _children(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, tasks.read_text().split())
        except OSError:
            continue  # it ended meanwhile


def comes_true(condition: Callable[[], object], seconds: float = 3.0) -> bool:
    """Whether a condition becomes true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True

"""What a child may do: the isolation level in force, and the limits that a child puts on itself."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Level = Literal["sealed", "confined", "process"]

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Limits:
    """What one child may use: memory above what a fresh child has, descriptors, file size."""

    memory: int = 2**30  # bytes
    descriptors: int = 128
    file_size: int = 64 * 2**20  # bytes


def level() -> Level:
    """The isolation that this machine's children get."""
    return "process"


def promise(of: Level) -> str:
    """What a level holds, in one sentence that claims no more than that."""
    return {
        "process": "student code runs in separate processes that are stopped from outside; "
        "files and network are not held",
        "confined": "no network, no files but the Python installation and a scratch folder",
        "sealed": "own namespaces and a root with nothing but Python and a scratch folder",
    }[of]


def adopt_orphans() -> None:
    """Make this process the parent of descendants that lose theirs, so that it can end them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however that came about."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def enter(limits: Limits) -> None:
    """Confine the calling process: an own session, death with its parent, resource limits."""
    if hasattr(os, "setsid"):
        os.setsid()  # so that kill(0, ...) reaches nobody else
    die_with_parent()
    if sys.platform != "win32":
        _set_rlimits(limits)


def _set_rlimits(limits: Limits) -> None:
    import resource

    ceiling = _address_space() + limits.memory
    wanted = {
        resource.RLIMIT_AS: ceiling,
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        if which == resource.RLIMIT_AS and sys.platform != "linux":
            continue  # macOS counts shared libraries in and refuses sensible values
        resource.setrlimit(which, (ceiling, ceiling))


def _address_space() -> int:
    """Bytes of address space in use; 0 where /proc is not there to tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)

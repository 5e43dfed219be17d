"""What a command used: time, CPU and memory of all its processes, and when its first file came."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from processes import below

TICK = 0.05  # seconds between two looks at a command
TICKS_A_SUM = 40  # a sum of memory costs the kernel a walk over all pages
PATIENCE = 600.0  # seconds that one rival's command may take: it has no limits of its own

T = TypeVar("T")


@dataclass(frozen=True)
class Used:
    """What one command used.

    Attributes:
        status: its exit status; negative, the signal that ended it.
        seconds: wall-clock.
        cpu: user and system seconds of it and of all descendants that were waited for.
        memory: the most that all its processes had together, shared pages counted once [MiB];
            0 where it was not looked at.
        largest: the most that one of its processes had resident [MiB]; 0 likewise.
        first: seconds until the watched folder held a file; NaN if it never did.
    """

    status: int
    seconds: float
    cpu: float
    memory: float
    largest: float
    first: float


def run(
    command: list[Any],
    *,
    log: Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    watch: Path | None = None,
    memory: Literal["", "together", "largest"] = "",
    limit: float | None = None,
) -> Used:
    """Run a command to its end, its output into `log`.

    Args:
        watch: the folder whose first `.json` is waited for.
        memory: which of the two figures to take: looking takes some of the machine's time.
        limit: seconds after which it is ended.
    """
    started, first, total, largest, ticks = time.perf_counter(), float("nan"), 0.0, 0.0, 0
    with log.open("w") as out:
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=cwd,
            env=os.environ | (env or {}),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        elapsed = time.perf_counter() - started
        if watch is not None and first != first and holds_json(watch):
            first = elapsed
        if memory == "largest":
            largest = max(largest, peak(process.pid))
        elif memory and not ticks % TICKS_A_SUM:
            total = max(total, together(process.pid))
        if limit is not None and elapsed > limit:
            os.killpg(process.pid, signal.SIGKILL)
        ticks += 1
        time.sleep(TICK)
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    seconds, usage = time.perf_counter() - started, ended[2]
    cpu = usage.ru_utime + usage.ru_stime
    return Used(process.returncode, seconds, cpu, total, largest, first)


def two_at_a_time(act: Callable[[T], Used], items: Iterable[T]) -> tuple[float, list[Used]]:
    """Run a command for each item, two at a time; seconds for all, and what each used."""
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        used = list(pool.map(act, items))
    return time.perf_counter() - started, used


def holds_json(folder: Path) -> bool:
    """Whether there is a finished result in a folder."""
    return folder.is_dir() and any(e.name.endswith(".json") for e in os.scandir(folder))


def peak(pid: int) -> float:
    """The most that one living process at or below this one ever had resident [MiB].

    Not `ru_maxrss`: that counts what the process which started it had.
    """
    return max(field(one, "status", "VmHWM:") for one in (pid, *below(pid)))


def together(pid: int) -> float:
    """What a process and all below it have now, shared pages counted once [MiB].

    Where another user's shares may not be read, its resident memory counts whole.
    """
    shares = ((one, field(one, "smaps_rollup", "Pss:")) for one in (pid, *below(pid)))
    return sum(share or field(one, "status", "VmRSS:") for one, share in shares)


def field(pid: int, file: str, name: str) -> float:
    """A figure of /proc in kB, as MiB; 0 where there is none."""
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)

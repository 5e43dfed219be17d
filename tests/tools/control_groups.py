"""Half a processor and 768 MiB for a command: by control groups, or as near as can be without."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

SHARE, MEMORY = 0.5, 768 * 2**20  # processors and bytes: Gradescope's default container
PERIOD = 100_000  # microseconds in which a share of the processor's time is given out
ROOT = Path("/sys/fs/cgroup")
MOST = str(MEMORY)
OLD = {
    "cpu": {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(int(SHARE * PERIOD))},
    "memory": {"memory.limit_in_bytes": MOST, "memory.memsw.limit_in_bytes": MOST},
}
NEW = {"cpu.max": f"{int(SHARE * PERIOD)} {PERIOD}", "memory.max": MOST, "memory.swap.max": "0"}
OPTIONAL = ("memory.memsw.limit_in_bytes", "memory.swap.max")  # where swap is not counted
ANONYMOUS = ("total_rss", "total_shmem"), ("anon", "shmem")  # of memory.stat, by version
_numbers = count()


class Group(NamedTuple):
    """New control groups below those of this process, and what limits them.

    Attributes:
        version: of the control groups.
        folders: one for both resources, or one for each; memory's is the last.
        limits: the contents of files in each.
    """

    version: int
    folders: tuple[Path, ...]
    limits: tuple[dict[str, str], ...]

    @property
    def memory(self) -> Path:
        """The folder that measures memory."""
        return self.folders[-1]

    def used(self) -> int:
        """Bytes in use that no file backs."""
        names = ANONYMOUS[self.version - 1]
        return sum(_number(self.memory / "memory.stat", name) for name in names)

    def killed(self) -> int:
        """How many processes ended because the memory was used up."""
        files = ("memory.oom_control", "memory.events")
        return _number(self.memory / files[self.version - 1], "oom_kill")


class Limited:
    """What a command runs under.

    Attributes:
        prefix: the words before the command.
        peak: the most memory that was in use at once [bytes], files in memory aside; 0: not known.
        killed: how many processes ended because the memory was used up.
    """

    def __init__(self, prefix: list[str]) -> None:
        self.prefix, self.peak, self.killed = prefix, 0, 0


@contextmanager
def limited() -> Iterator[Limited]:
    """Limit one command, and measure it."""
    with _made(planned()) as group:
        if group is None:
            processor = str(min(os.sched_getaffinity(0)))
            yield Limited(["prlimit", f"--data={MEMORY}", "taskset", "--cpu-list", processor])
            return
        files = " ".join(str(folder / "cgroup.procs") for folder in group.folders)
        join = 'for each in $0; do echo 0 >"$each"; done; exec "$@"'
        now = Limited(["sh", "-c", join, files])
        with _watching(group, now):
            yield now
        now.killed = group.killed()


def described() -> str:
    """How a command is limited here, in words."""
    group = planned()
    if group is None:
        return "one processor, and 768 MiB of data for each process: no control group can be made"
    return f"{SHARE:g} processors and {MEMORY >> 20} MiB by control groups, version {group.version}"


def planned() -> Group | None:
    """The control groups that can be made here; None if there are none."""
    return next((group for group in _candidates() if _can_be_made(group)), None)


def _candidates() -> Iterator[Group]:
    rows = Path("/proc/self/cgroup").read_text().splitlines()
    own = {
        n: path[1:] for _, names, path in (r.split(":", 2) for r in rows) for n in names.split(",")
    }
    name = f"assay-box-{os.getpid()}-{next(_numbers)}"
    if own.keys() >= OLD.keys():
        folders = tuple(ROOT / which / own[which] / name for which in OLD)
        yield Group(1, folders, tuple(OLD.values()))
    for place in (ROOT / own[""], (ROOT / own[""]).parent) if "" in own else ():
        # A group that holds processes can limit no group below it, but its parent may.
        if ROOT in (place, *place.parents):
            yield Group(2, (place / name,), (NEW,))


def _can_be_made(group: Group) -> bool:
    try:
        with _made(group):
            return True
    except OSError:
        return False


@contextmanager
def _made(group: Group | None) -> Iterator[Group | None]:
    """Make the groups with their limits, and remove them."""
    made: list[Path] = []
    try:
        for folder, limits in zip(group.folders, group.limits, strict=True) if group else ():
            folder.mkdir()
            made.append(folder)
            for name, value in limits.items():
                if (folder / name).exists() or name not in OPTIONAL:
                    (folder / name).open("r+").close()  # never make a file: it limits nothing
                    (folder / name).write_text(value)
        yield group
    finally:
        for folder in made:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a group; its last process may still be ending."""
    for _ in range(100):
        with suppress(OSError):
            return folder.rmdir()
        time.sleep(0.02)
    return folder.rmdir()


@contextmanager
def _watching(group: Group, now: Limited) -> Iterator[None]:
    """Keep the most memory in use, looked at 20 times a second."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            now.peak = max(now.peak, group.used())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


def _number(file: Path, name: str) -> int:
    """What a file of names and numbers has for a name."""
    rows = (row.split() for row in file.read_text().splitlines())
    return next((int(value) for key, value in rows if key == name), 0)

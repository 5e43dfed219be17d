"""The levels of isolation: what each promises, and how a zygote and a child get there."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from assay.isolation import kernel, syscalls
from assay.isolation.ground import DEVICES, NOBODY, Ground

Level = Literal["sealed", "confined", "process"]
LEVELS: tuple[Level, ...] = ("sealed", "confined", "process")  # the highest first


@dataclass(frozen=True)
class Limits:
    """What one child may use: memory above what a fresh child has, descriptors, file size."""

    memory: int = 2**30  # bytes
    descriptors: int = 128
    file_size: int = 64 * 2**20  # bytes
    tasks: int = 32 + 8  # threads; a zygote and its neighbours count too


LIMITS = Limits()


def promise(of: Level) -> str:
    """What a level holds, in one sentence that claims no more than that."""
    return {
        "process": "student code runs in separate processes that are stopped from outside; "
        "files and network are not held",
        "confined": "student code reaches no network, starts no process, and opens no files but "
        "Python's and its own scratch folder's; it sees the names of others",
        "sealed": "student code reaches no network, starts no process, and sees nothing of this "
        "machine but Python and its own scratch folder",
    }[of]


def enclose(level: Level, ground: Ground) -> None:
    """In a zygote, before it imports anything: the part that all its children share.

    Raises:
        OSError: the machine does not allow it; the process must end, it may be half enclosed.
    """
    if sys.platform != "linux":
        return
    if level == "sealed":
        from assay.isolation import seal

        seal.enter(ground)
    elif ground.deprive and ground.is_superuser():
        os.chown(ground.scratch, NOBODY, NOBODY)
        # Where Python lies in a superuser's own folder, Landlock alone says what is read of it.
        within = level == "confined" and not ground.is_open_to_all()
        kernel.become(NOBODY, kernel.CAP_DAC_READ_SEARCH if within else 0)
    elif ground.deprive:
        kernel.keep_capabilities()
    if level != "sealed":
        ground.look_at_itself()
    kernel.adopt_orphans()
    ground.visible = ground.readable()


@dataclass(frozen=True)
class Walls:
    """What confines one child, made ready in the zygote, where nothing need be copied for it.

    Attributes:
        files: a Landlock ruleset; -1 below *confined*.
        calls: a BPF program over system calls; empty below *confined*.
        address_space: bytes in use before the child does anything.
    """

    level: Level
    files: int
    calls: bytes
    address_space: int

    def close(self) -> None:
        """Let go of the ruleset: the child has its own descriptor of it."""
        if self.files >= 0:
            os.close(self.files)


def walls(level: Level, ground: Ground, home: Path) -> Walls:
    """The walls of a child that lives in `home`.

    Raises:
        Exception: this machine cannot have them.
    """
    if level == "process":
        return Walls(level, -1, b"", ground.address_space())
    return Walls(level, _files(ground, home), _calls(), ground.address_space())


def enter(walls: Walls, limits: Limits = LIMITS) -> None:
    """In a child, before any code of a student's: confine this process for good.

    Raises:
        Exception: whatever failed; the process must end, it may be half confined.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # so that kill(0, ...) reaches nobody else
    if sys.platform != "win32":
        _set_rlimits(walls, limits)
    if walls.level == "process":
        return
    from py_landlock.landlock_sys import RulesetFd, restrict_self

    kernel.gain_nothing()
    restrict_self(RulesetFd(walls.files), None)
    syscalls.restrict(walls.calls)


_calls = cache(syscalls.program)


def prepare() -> None:
    """Load what takes tools of the system to find, which a sealed root has not."""
    with contextlib.suppress(Exception):  # the trial of a level tells what is missing
        from py_landlock.libc import get_syscall

        get_syscall()
        _calls()


def _files(ground: Ground, home: Path) -> int:
    """A Landlock ruleset: read what Python needs, write the home, and nothing else."""
    from py_landlock import AccessFs
    from py_landlock.abi import get_supported_fs, get_supported_net, get_supported_scope
    from py_landlock.landlock_sys import RulesetAttr, create_ruleset, get_abi_version

    abi = get_abi_version()
    known = get_supported_fs(abi)
    read = AccessFs.READ_FILE | AccessFs.READ_DIR
    rules = create_ruleset(RulesetAttr(known, get_supported_net(abi), get_supported_scope(abi)))
    for path in ground.visible:
        _allow(rules, path, read if path.is_dir() else AccessFs.READ_FILE)
    for name in DEVICES:
        _allow(rules, Path(name), AccessFs.READ_FILE | AccessFs.WRITE_FILE)
    made = AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK | AccessFs.MAKE_SOCK | AccessFs.IOCTL_DEV
    _allow(rules, home, known & ~(made | AccessFs.EXECUTE))
    return rules


def _allow(rules: Any, path: Path, access: Any) -> None:
    from py_landlock.landlock_sys import PathBeneathAttr, add_rule

    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        add_rule(rules, PathBeneathAttr(access, beneath))
    finally:
        os.close(beneath)


def _set_rlimits(walls: Walls, limits: Limits) -> None:
    import resource

    wanted = {
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":  # macOS counts shared libraries in and refuses sensible values
        wanted[resource.RLIMIT_AS] = walls.address_space + limits.memory
    if walls.level == "sealed":  # elsewhere a user's other processes would count
        wanted[resource.RLIMIT_NPROC] = limits.tasks
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (ceiling, ceiling))

"""The levels of isolation: what each promises, and how a zygote and a child get there."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assay.isolation import kernel, syscalls
from assay.isolation.ground import DEVICES, NOBODY, Ground

if TYPE_CHECKING:
    from py_landlock import AccessFs
    from py_landlock.landlock_sys import RulesetFd

Level = Literal["sealed", "confined", "process"]
LEVELS: tuple[Level, ...] = ("sealed", "confined", "process")  # the strictest first


@dataclass(frozen=True)
class Limits:
    """What one child may use; memory is counted above what a fresh child has."""

    memory: int = 2**30  # bytes
    descriptors: int = 128
    file_size: int = 64 * 2**20  # bytes
    tasks: int = 32 + 8  # threads; the zygote and the other children count too


LIMITS = Limits()


def promise(of: Level) -> str:
    """What a level guarantees, in one sentence that claims no more than that."""
    return {
        "process": "student code runs in separate processes that are stopped from outside; "
        "its access to files and to the network is not restricted",
        "confined": "student code cannot use the network or start processes, and can open only "
        "Python's files and those in its own scratch folder; it can see the names of other files",
        "sealed": "student code cannot use the network or start processes, and sees nothing of "
        "this machine except Python and its own scratch folder",
    }[of]


def enclose(level: Level, ground: Ground) -> None:
    """Isolate a zygote, before it imports anything: the part that all its children share.

    Raises:
        OSError: the machine does not allow it; the process must end, for it may be half isolated.
    """
    if sys.platform != "linux":
        return
    if level == "sealed":
        from assay.isolation import seal

        seal.enter(ground)
    elif ground.deprive and ground.is_superuser():
        os.chown(ground.scratch, NOBODY, NOBODY)
        # Where Python lies in a superuser's own folder, only Landlock restricts what is read there.
        within = level == "confined" and not ground.is_open_to_all()
        kernel.become(NOBODY, kernel.CAP_DAC_READ_SEARCH if within else 0)
    elif ground.deprive:
        kernel.keep_capabilities()
    if level != "sealed":
        ground.look_at_itself()
    kernel.adopt_orphans()
    ground.visible = ground.readable()


@dataclass(frozen=True)
class Confinement:
    """What restricts one child, prepared in the zygote, where it costs no copy of memory.

    Attributes:
        files: a Landlock ruleset; -1 below *confined*.
        calls: a BPF program that filters system calls; empty below *confined*.
        address_space: bytes in use before the child does anything.
    """

    level: Level
    files: int
    calls: bytes
    address_space: int

    def close(self) -> None:
        """Close the ruleset; the child has its own descriptor of it."""
        if self.files >= 0:
            os.close(self.files)


def confinement(level: Level, ground: Ground, home: Path) -> Confinement:
    """What will restrict a child whose scratch folder is `home`.

    Raises:
        Exception: this machine does not support the level.
    """
    if level == "process":
        return Confinement(level, -1, b"", ground.address_space())
    return Confinement(level, _files(ground, home), _calls(), ground.address_space())


def enter(confined: Confinement, limits: Limits = LIMITS) -> None:
    """Restrict this process, a child, for good, before it runs any student code.

    Raises:
        Exception: whatever failed; the process must end, for it may be half confined.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # so that kill(0, ...) reaches no other process
    if sys.platform != "win32":
        _set_rlimits(confined, limits)
    if confined.level == "process":
        return
    from py_landlock.landlock_sys import RulesetFd, restrict_self

    kernel.gain_nothing()
    restrict_self(RulesetFd(confined.files), None)
    syscalls.restrict(confined.calls)


_calls = cache(syscalls.program)


def prepare() -> None:
    """Load what is found with tools of the system, which a sealed root does not contain."""
    with contextlib.suppress(Exception):  # the trial of a level reports what is missing
        from py_landlock.libc import get_syscall

        get_syscall()
        _calls()


def _files(ground: Ground, home: Path) -> int:
    """A Landlock ruleset that allows reading what Python needs and writing `home`, nothing else."""
    from py_landlock import AccessFs
    from py_landlock.abi import get_supported_fs, get_supported_net, get_supported_scope
    from py_landlock.landlock_sys import RulesetAttr, create_ruleset, get_abi_version

    abi = get_abi_version()
    known = get_supported_fs(abi)
    read = AccessFs.READ_FILE | AccessFs.READ_DIR
    rules = create_ruleset(RulesetAttr(known, get_supported_net(abi), get_supported_scope(abi)))
    for path in ground.visible:
        _allow(rules, path, read if path.is_dir() else AccessFs.READ_FILE)
    for path in ground.listed:
        _allow(rules, path, AccessFs.READ_DIR)
    for name in DEVICES:
        _allow(rules, Path(name), AccessFs.READ_FILE | AccessFs.WRITE_FILE)
    made = AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK | AccessFs.MAKE_SOCK | AccessFs.IOCTL_DEV
    _allow(rules, home, known & ~(made | AccessFs.EXECUTE))
    return rules


def _allow(rules: RulesetFd, path: Path, access: AccessFs) -> None:
    from py_landlock.landlock_sys import PathBeneathAttr, add_rule

    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        add_rule(rules, PathBeneathAttr(access, beneath))
    finally:
        os.close(beneath)


def _set_rlimits(confined: Confinement, limits: Limits) -> None:
    import resource

    wanted = {
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform == "linux":  # macOS counts shared libraries and rejects sensible values
        wanted[resource.RLIMIT_AS] = confined.address_space + limits.memory
    if confined.level == "sealed":  # elsewhere the user's other processes would count
        wanted[resource.RLIMIT_NPROC] = limits.tasks
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (ceiling, ceiling))

"""A process that looks unlike the one in which a submission was judged first.

A program that answers correctly only where it thinks it is graded may tell that by the environment,
the folder, the host, the clock, the stack, the modules, the limits, the seeds or the callables that
it is given. Here all of these are others, and nothing that a correct program may depend on is
missing.
"""

from __future__ import annotations

import os
import platform
import random
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import greenlet
import numpy as np
import torch

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LATER = 5 * 3600.0  # seconds by which the clocks are ahead
FASTER = 100_000  # times as fast do they go: a program may give up after a second of its own time
FOLDER, HOST, USER = "homework", "laptop", 1000
SEEDS = 997  # seeds as a person chooses them, below this
KEPT = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LANG", "LC_ALL")

_CLOCKS = ("time", "monotonic", "perf_counter")
_KIT = re.compile(r"(assay|assay_\w+|msgspec)(\.|$)")  # a homework's package is assay_...


def put_on() -> None:
    """Change what a program can see of its process, before any of it runs."""
    for name in [name for name in os.environ if name not in KEPT]:
        del os.environ[name]
    _replace_clocks()
    _usual_limits()
    os.environ |= {"USER": "student", "TERM": "xterm-256color", "SHELL": "/bin/bash"}
    own: tuple[tuple[Any, str, object], ...] = (
        *((os, name, USER) for name in ("getuid", "geteuid", "getgid", "getegid")),
        (socket, "gethostname", HOST),
        (socket, "getfqdn", HOST),
        (platform, "node", HOST),
    )
    for module, name, value in own:
        if hasattr(module, name):
            setattr(module, name, partial(_constant, value))


@contextmanager
def hidden() -> Iterator[None]:
    """Hide the kit's own modules: no program needs them, but it could look for them."""
    kit = {name: sys.modules.pop(name) for name in _kit(len(sys.modules))}
    try:
        yield
    finally:
        sys.modules.update(kit)


@lru_cache(1)
def _kit(count: int) -> tuple[str, ...]:  # noqa: ARG001 - they are looked for again if it changes
    """The names of the kit's modules among those that are loaded."""
    return tuple(filter(_KIT.match, sys.modules))


def change_folder() -> None:
    """Go into a folder of a student's own, with what stands in one."""
    folder = Path.cwd() / FOLDER
    folder.mkdir(exist_ok=True)
    os.chdir(folder)
    (folder / "README.md").write_text("# Homework\n", "utf-8")
    (folder / "notes.txt").write_text("to do\n", "utf-8")


def small(seed: int) -> int:
    """A seed as a person would choose it."""
    return seed % SEEDS


def draw_some() -> None:
    """Use the random generators a little: they were not seeded just now."""
    torch.rand(3)
    np.random.random(3)
    random.random()  # noqa: S311 - no secret


def out_of_sight(function: Callable[..., object]) -> Callable[..., object]:
    """The function on a stack of its own, on which nothing stands above it."""

    def called(*arguments: object, **keywords: object) -> object:
        return greenlet.greenlet(partial(function, *arguments, **keywords)).switch()

    return called


def nameless(given: object) -> object:
    """A callable that does not say what it is; anything else as it was."""
    if not callable(given) or isinstance(given, (type, torch.nn.Module)):
        return given
    return _Nameless(given).call


class _Nameless:
    """Holds a callable where only this module looks for it."""

    __slots__ = ("_target",)

    def __init__(self, target: Callable[..., object]) -> None:
        self._target = target

    def call(self, *arguments: object, **keywords: object) -> object:
        """What the callable returns."""
        return self._target(*arguments, **keywords)


def _usual_limits() -> None:
    """Report the limits of a usual Linux session, whatever those of this process are."""
    if resource is None:
        return
    known = {
        resource.RLIMIT_CORE: (0, resource.RLIM_INFINITY),
        resource.RLIMIT_STACK: (8 * 2**20, resource.RLIM_INFINITY),
        resource.RLIMIT_NOFILE: (1024, 2**20),
    }
    unlimited = resource.RLIM_INFINITY, resource.RLIM_INFINITY
    resource.getrlimit = lambda which: known.get(which, unlimited)


def _constant(value: object, *_: object) -> object:
    return value


def move_clocks() -> None:
    """Let hours pass, as between the import of a file and its use, and time go fast from now on."""
    for clock in _moved:
        clock.start = clock.real()


class _Clock:
    """A clock that goes right until it is moved."""

    def __init__(self, real: Callable[[], Any], second: Any) -> None:
        self.real, self.second = real, second
        self.start: Any = None

    def now(self) -> Any:
        """The time, from its start on LATER and FASTER."""
        now = self.real()
        if self.start is None:
            return now
        return self.start + type(now)(LATER * self.second) + FASTER * (now - self.start)


_moved: list[_Clock] = []


def _replace_clocks() -> None:
    for name in _CLOCKS:
        for suffix, second in (("", 1), ("_ns", 10**9)):
            clock = _Clock(getattr(time, name + suffix), second)
            _moved.append(clock)
            setattr(time, name + suffix, clock.now)

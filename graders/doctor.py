"""What this machine is and holds: versions, the isolation level, and what would raise it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version

import graders
from graders.sandbox import confine

LIBRARIES = ("torch", "numpy", "scipy", "sympy", "hypothesis", "pytest")


def examine() -> Iterator[tuple[str, str]]:
    """Name and value of each thing worth knowing."""
    yield "assay", graders.__version__
    yield "python", f"{platform.python_version()} at {sys.executable}"
    yield "system", platform.platform()
    for name in LIBRARIES:
        yield name, version(name)
    level = confine.level()
    yield "processes", "forked from a warm one" if sys.platform == "linux" else "started fresh each"
    yield "isolation", f"{level}: {confine.promise(level)}"
    yield "to raise it", "this version of the kit has no higher level; use a machine you can spare"

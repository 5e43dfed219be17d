"""Which kit this is: results can be compared only where the same one judged."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import graders
from graders import handout
from graders.record import Run
from graders.sandbox.confine import Level

KINDS = {".py", ".toml", ".npz", ".safetensors"}
# What inputs are drawn by and answers are computed by.
LIBRARIES = ("hypothesis", "mpmath", "numpy", "scipy", "sympy", "torch")


def run(seed: int, isolation: Level, flow: str = "") -> Run:
    """A run by the kit that is installed here."""
    return Run(seed, graders.__version__, isolation, flow, digest(), digest_of(flow))


@cache
def digest() -> str:
    """A SHA-256 of every source of the kit, of what a student is given, and of the libraries."""
    total = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for library in LIBRARIES:
        # Without what follows "+": a build for other hardware, of the same sources.
        total.update(f"{library} {version(library).partition('+')[0]}\0".encode())
    for home in (Path(graders.__file__).parent, handout.folder()):
        for path in sorted(home.rglob("*")):
            if path.suffix in KINDS and path.is_file():
                total.update(f"{path.relative_to(home).as_posix()}\0".encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def digest_of(path: str) -> str:
    """The SHA-256 of one file; empty where none is named or it is not there."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""
    except OSError:
        return ""

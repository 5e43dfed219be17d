"""What must not change within a run, or its results could not be compared: seed, kit, isolation."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

import assay
from assay.homework import Homework, find, load
from assay.isolation.levels import Level

SUFFIXES = {".py", ".toml", ".npz", ".safetensors"}
# What draws the inputs and computes the expected values.
LIBRARIES = ("hypothesis", "mpmath", "numpy", "scipy", "sympy", "torch")


class Replaced(msgspec.Struct, frozen=True):
    """A material that an instructor replaced by a file of their own."""

    name: str
    path: str
    sha256: str


class Run(msgspec.Struct, frozen=True):
    """One run, as `OUT/run.json` holds it.

    `homework` is a folder, empty for Homework 10; `kit_sha256` covers the engine, the homework and
    the libraries, `materials` the files in use that are not the template's.
    """

    seed: int
    kit: str
    isolation: Level
    homework: str = ""
    materials: tuple[Replaced, ...] = ()
    kit_sha256: str = ""

    def difference(self, other: Run) -> str:
        """How another run differs, in words; empty where their results can be compared."""
        for name in ("seed", "kit", "isolation"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                return f"{name} {mine!r}, this one has {theirs!r}"
        if self.kit_sha256 != other.kit_sha256:
            return "another kit than this one: its files differ"
        mine, theirs = ({m.name: m.sha256 for m in run.materials} for run in (self, other))
        names = sorted(n for n in {*mine, *theirs} if mine.get(n) != theirs.get(n))
        return f"another {names[0]} than this one: the file's content differs" if names else ""


def run_here(seed: int, isolation: Level, homework: Homework) -> Run:
    """A run by the kit that is installed here."""
    is_default = replace(homework, replaced=()) == find()
    return Run(
        seed=seed,
        kit=assay.__version__,
        isolation=isolation,
        homework="" if is_default else str(homework.folder),
        materials=tuple(Replaced(n, p, digest_of(p)) for n, p in homework.replaced),
        kit_sha256=digest(homework.folder),
    )


def homework_of(run: Run) -> Homework:
    """The homework that a run is about, with its materials."""
    homework = load(Path(run.homework)) if run.homework else find()
    return replace(homework, replaced=tuple((m.name, m.path) for m in run.materials))


@cache
def digest(folder: Path) -> str:
    """A SHA-256 of all sources of the engine, of a homework's folder, and of the libraries."""
    total = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for library in LIBRARIES:
        # Without what follows "+": a build for other hardware, of the same sources.
        total.update(f"{library} {version(library).partition('+')[0]}\0".encode())
    homework = load(folder)
    for home in (Path(assay.__file__).parent, folder / "graders", homework.template_folder):
        for path in sorted(home.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                total.update(f"{path.relative_to(home).as_posix()}\0".encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def digest_of(path: str) -> str:
    """The SHA-256 of one file; empty where it is not there."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""
    except OSError:
        return ""

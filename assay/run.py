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
from assay.allowed import Allowed
from assay.homework import Homework, built_in, files_digest, load
from assay.isolation.levels import Level

# What draws the inputs and computes the expected values.
LIBRARIES = ("hypothesis", "mpmath", "numpy", "scipy", "sympy", "torch")


class Replaced(msgspec.Struct, frozen=True):
    """A material that an instructor replaced by a file of their own."""

    name: str
    path: str
    sha256: str


class Run(msgspec.Struct, frozen=True):
    """One run, as `OUT/run.json` holds it.

    `homework` is a folder, empty for Homework 10, `title` and `homework_sha256` tell which one it
    is; `kit_sha256` covers the engine, the homework and the libraries, `materials` the files in use
    that are not the template's, `allowed` the limits of students' code.
    """

    seed: int
    kit: str
    isolation: Level
    homework: str = ""
    materials: tuple[Replaced, ...] = ()
    kit_sha256: str = ""
    title: str = ""
    homework_sha256: str = ""
    allowed: Allowed = Allowed()

    def difference(self, other: Run) -> str:
        """How another run differs, in words; empty where their results can be compared."""
        for name, what in (("title", "homework"), *((n, n) for n in ("seed", "kit", "isolation"))):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                return f"{what} {mine!r}, this one has {theirs!r}"
        if self.homework_sha256 != other.homework_sha256:
            return f"another {self.title} than this one: the homework's files differ"
        limits = self.allowed.difference(other.allowed)
        if limits:
            return f"other limits: {limits}"
        if self.kit_sha256 != other.kit_sha256:
            return "another kit than this one: its files differ"
        mine, theirs = ({m.name: m.sha256 for m in run.materials} for run in (self, other))
        names = sorted(n for n in {*mine, *theirs} if mine.get(n) != theirs.get(n))
        return f"another {names[0]} than this one: the file's content differs" if names else ""


def run_here(
    seed: int, isolation: Level, homework: Homework, allowed: Allowed | None = None
) -> Run:
    """A run by the kit that is installed here."""
    is_default = replace(homework, replaced=()) == built_in()
    return Run(
        seed=seed,
        kit=assay.__version__,
        isolation=isolation,
        homework="" if is_default else str(homework.folder),
        materials=tuple(Replaced(n, p, digest_of(p)) for n, p in homework.replaced),
        kit_sha256=digest(homework.folder),
        title=homework.title,
        homework_sha256=homework.digest,
        allowed=allowed or Allowed(),
    )


def homework_of(run: Run) -> Homework:
    """The homework that a run is about, with its materials."""
    homework = load(Path(run.homework)) if run.homework else built_in()
    return replace(homework, replaced=tuple((m.name, m.path) for m in run.materials))


@cache
def digest(folder: Path) -> str:
    """A SHA-256 of all sources of the engine, of a homework's folder, and of the libraries."""
    total = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for library in LIBRARIES:
        # Without what follows "+": a build for other hardware, of the same sources.
        total.update(f"{library} {version(library).partition('+')[0]}\0".encode())
    homes = (Path(assay.__file__).parent, folder / "graders", load(folder).template_folder)
    total.update(files_digest(homes).encode())
    return total.hexdigest()


def digest_of(path: str) -> str:
    """The SHA-256 of one file; empty where it is not there."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""
    except OSError:
        return ""

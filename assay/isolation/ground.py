"""The files that student code may read, and the folder that it may write to."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assay.imports import imported_by
from assay.isolation import kernel

KIT = Path(__file__).resolve().parents[2]
# A child is made of these modules and of those that they import: no checks, no reports, no grader.
PARTS = ("sandbox.child", "protocol.channel", "protocol.expressions", "protocol.objects")
LINKED = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/proc/cpuinfo",
    "/sys/devices/system/cpu",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
NOBODY = 65534  # the user and group that a superuser's children run as


@dataclass
class Ground:
    """Where the children of one zygote live.

    Attributes:
        scratch: the grader's folder for this zygote; a sealed root is mounted on it.
        extra: what students may read besides Python and the engine: the homework.
        deprive: a superuser's privileges are dropped.
        parts: the files of the engine that a child is made of.
        homes: the folder that holds the children's own folders.
        visible: what may be read once the zygote is isolated.
        listed: folders whose names may be listed and of which only a part may be read.
        proc: a descriptor of the zygote's own folder in /proc; -1 where there is none.
    """

    scratch: Path
    extra: tuple[Path, ...] = ()
    deprive: bool = True
    parts: list[Path] = field(init=False)
    homes: Path = field(init=False)
    visible: list[Path] = field(default_factory=list, init=False)
    listed: list[Path] = field(default_factory=list, init=False)
    proc: int = field(default=-1, init=False)

    def __post_init__(self) -> None:
        self.homes = self.scratch
        self.parts = [path for part in PARTS for path in imported_by(part, KIT / "assay", "assay")]

    def look_at_itself(self) -> None:
        """Open this process's folder in /proc while it can still be seen."""
        if Path("/proc/self").exists():
            self.proc = os.open("/proc/self", getattr(os, "O_PATH", 0))

    def address_space(self) -> int:
        """Bytes of address space that the zygote uses; 0 where that is unknown."""
        if self.proc < 0:
            return 0
        with open("statm", opener=self.open_own) as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")

    def threads(self) -> int:
        """How many threads the zygote runs; 1 where that is unknown."""
        if self.proc < 0:
            return 1
        folder = self.open_own("task", os.O_RDONLY)
        try:
            return len(os.listdir(folder))
        finally:
            os.close(folder)

    def open_own(self, name: str, flags: int) -> int:
        """A descriptor of a file in this process's folder in /proc."""
        return os.open(name, flags, dir_fd=self.proc)

    def readable(self) -> list[Path]:
        """Python, the libraries, of the engine what a child needs, and `extra`.

        No path is within another. What contains the kit is split, and `listed` names it.
        """
        names = sysconfig.get_paths()
        paths = {Path(names[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")}
        paths |= {Path(prefix, "lib") for prefix in (sys.prefix, sys.base_prefix)}
        paths |= {Path(entry) for entry in sys.path if entry and not holds_checkout(Path(entry))}
        paths |= {Path(name) for name in LINKED}
        # Where the kit is installed; a checkout that is installed leaves its homework there.
        hidden = {path / "assay" for path in paths if (path / "assay").is_dir()}
        single = [*self.parts, *self.extra]
        # Import looks for names in the folders of modules.
        self.listed = _outermost(path.parent for path in single if path.suffix in ("", ".py"))
        around = list(self._around(_outermost(paths), hidden))
        return _outermost([*around, *single])

    def _around(self, paths: Iterable[Path], hidden: set[Path]) -> Iterator[Path]:
        """These paths without the hidden ones: a folder around one gives way to its entries."""
        for path in paths:
            if not any(path in each.parents for each in hidden):
                yield path
                continue
            self.listed.append(path)
            yield from self._around(sorted(set(path.iterdir()) - hidden), hidden)

    def leave(self) -> None:
        """Remove the scratch folder if it is empty; the grader may have been killed."""
        with contextlib.suppress(OSError):
            self.scratch.rmdir()

    def is_open_to_all(self) -> bool:
        """Whether every user may enter the folders that contain what is readable."""
        within = {folder for path in self.readable() for folder in path.parents}
        return all(folder.stat().st_mode & 0o001 for folder in within)

    def is_superuser(self) -> bool:
        """Whether this process has a superuser's privileges and can give them up.

        User 0 of a namespace that maps one user only cannot: there is no other user to become.
        """
        if not hasattr(os, "geteuid") or os.geteuid() != 0 or sys.platform != "linux":
            return False
        needed = kernel.CAP_CHOWN | kernel.CAP_SETGID | kernel.CAP_SETUID
        extents = (line.split() for line in Path("/proc/self/uid_map").read_text().splitlines())
        mapped = any(int(first) <= NOBODY < int(first) + int(size) for first, _, size in extents)
        return mapped and kernel.capabilities() & needed == needed


def holds_checkout(path: Path) -> bool:
    """Whether a folder of the import path is a checkout of the kit, with reference and graders."""
    beside = ("reference", "graders", "pyproject.toml")
    is_kit = (path / "assay" / "__init__.py").is_file()
    return is_kit and any((path / name).exists() for name in beside)


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Those that exist and are not within another one."""
    present = sorted({path for path in paths if path.exists()})
    kept = set(present)
    return [path for path in present if not kept.intersection(path.parents)]

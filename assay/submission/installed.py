"""Which files of a submission no student wrote: installed packages, environments, programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Folders of installed packages, whatever the folder around them is called.
PACKAGES = frozenset({"site-packages", "dist-packages", "node_modules"})
# A folder with one of these is a virtual environment; what was installed is in these folders of it.
MARKS = frozenset({"pyvenv.cfg", "conda-meta"})
FOLDERS = frozenset(
    {"bin", "dlls", "etc", "include", "lib", "lib64", "library", "libs", "scripts", "share", "tcl"}
)
PROGRAMS = (".dll", ".dylib", ".exe", ".pyd", ".so")

_INTERPRETER = re.compile(r"(?:python|pypy)\d[\d.]*")


class Installed:
    """What was recognised in one submission as not written by a student.

    Attributes:
        places: the folders and files that were ignored.
        environments: the folders that are virtual environments; "" is the submission's own.
    """

    def __init__(self) -> None:
        self.places: set[str] = set()
        self.environments: set[str] = set()

    def covers(self, parts: Sequence[str], prefix: str = "") -> bool:
        """Whether a path, given as its parts, is installed; an environment's mark is remembered."""
        lowered = [part.lower() for part in parts]
        for depth, part in enumerate(lowered):
            home = (prefix + "/".join(parts[:depth])).removesuffix("/")
            if part in MARKS:
                self.environments.add(home)
            elif not (part in PACKAGES or self._is_of_environment(lowered[depth:], home)):
                continue
            self.places.add(f"{home}/{parts[depth]}".removeprefix("/"))
            return True
        if lowered and lowered[-1].endswith(PROGRAMS):
            self.places.add(prefix + "/".join(parts))
            return True
        return False

    def is_of_environment(self, path: str) -> bool:
        """Whether a file lies in a folder of an environment that is known by now."""
        parts = path.split("/")
        homes = ("/".join(parts[:depth]) for depth in range(len(parts) - 1))
        return any(
            self._is_of_environment([part.lower() for part in parts[depth:]], home)
            for depth, home in enumerate(homes)
        )

    def _is_of_environment(self, below: Sequence[str], home: str) -> bool:
        """Whether a path below a folder is an interpreter's library, or of an environment there."""
        library = len(below) > 1 and below[0] == "lib" and _INTERPRETER.fullmatch(below[1])
        return bool(library) or (below[0] in FOLDERS and home in self.environments)

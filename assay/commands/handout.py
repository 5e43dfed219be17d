"""Lays out what an instructor hands out: the template, with the line that installs Assay."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from assay.commands.start import lay_out
from assay.errors import InvalidInput
from assay.homework import Homework

# What stands for the line in a template. Nobody can publish a package of this name.
PLACEHOLDER = 'pip install "<what your course gives>"'
WHEEL = re.compile(r"mfdnn_assay-[\w.!+]+-[\w.]+-[\w.]+-[\w.]+\.whl")


def line_for_git(address: str) -> str:
    """The line that installs from a git address, for example https://example.org/assay.git@v1.

    With a name and an address, pip does not ask an index for the name.

    Raises:
        InvalidInput: the address has no scheme.
    """
    if not re.match(r"(https|ssh|file|git)://", address):
        raise InvalidInput(f"--git {address}: give an address such as https://example.org/x.git")
    return f"pip install {shlex.quote(f'mfdnn-assay @ git+{address}')}"


def line_for_wheel(wheel: Path) -> str:
    """The line that installs a wheel that lies beside the student's files.

    Raises:
        InvalidInput: there is no such wheel, or it is another project's.
    """
    if not WHEEL.fullmatch(wheel.name) or not wheel.is_file():
        raise InvalidInput(
            f"--wheel {wheel}: expected a wheel of this kit, mfdnn_assay-….whl; "
            "build one with: hatchling build -t wheel"
        )
    return f"pip install ./{wheel.name}"


def hand_out(target: Path, homework: Homework, line: str, wheel: Path | None = None) -> list[str]:
    """Write the student's folder with this install line, and the wheel if there is one.

    Returns:
        The files that were written, relative to the folder.
    Raises:
        InvalidInput: the folder has files already, or the line is not one line.
    """
    if not line.strip() or "\n" in line.strip():
        raise InvalidInput(f"--install {line!r}: give the one line that students type")
    if target.exists() and any(target.iterdir()):
        raise InvalidInput(f"{target} is not empty: name a new folder for the hand-out")
    written, _ = lay_out(target, homework)
    for name in written:
        path = target / name
        body = path.read_bytes()
        if PLACEHOLDER.encode() in body:
            path.write_bytes(body.replace(PLACEHOLDER.encode(), line.strip().encode()))
    if wheel is not None:
        shutil.copyfile(wheel, target / wheel.name)
        written.append(wheel.name)
    return written

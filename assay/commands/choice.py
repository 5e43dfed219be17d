"""Which homework a command is about: the one that is named, or that a folder names, or Homework 10.

In this order: `--homework DIR`, the variable `ASSAY_HOMEWORK`, the line `homework = "DIR"` in the
`assay.toml` of the folder that is graded. A homework's checks are code that runs as the person who
grades, so that a file which may come from a student must not choose one: a submission's line counts
only if `assay start` was run with that homework here, and a class's only if the homework lies
outside the class.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from assay.errors import InvalidHomework
from assay.homework import VARIABLE, Homework, built_in, find, load

FILE = "assay.toml"


def chosen(named: Path | None, place: Path | None = None, *, is_class: bool = False) -> Homework:
    """The homework in force.

    Args:
        named: what the option says.
        place: the submission or the class that is graded.
        is_class: whether it is a class.
    Raises:
        InvalidHomework: there is none, or the folder's line does not count.
    """
    if named is not None:
        return load(named)
    if os.environ.get(VARIABLE) or place is None:
        return find()
    home = place if place.is_dir() else place.parent
    line = _line(home / FILE)
    if line is None:
        return find()
    if is_class and line.is_relative_to(home.resolve()):
        raise InvalidHomework(
            f"{home / FILE} names a homework inside the class, {line}: its code would run as you. "
            "Move it elsewhere, or name it by --homework"
        )
    if not is_class and str(line) not in _started():
        raise InvalidHomework(
            f"{home / FILE} names the homework {line}, from which nothing was started on this "
            f"machine: its code would run as you. If you trust it, add --homework {line}"
        )
    return load(line)


def remember(homework: Homework, folder: Path) -> bool:
    """Note in a student's folder which homework it was started from, and here that it may say so.

    Returns:
        Whether a line was written: none is needed for Homework 10.
    """
    path = folder / FILE
    if homework == built_in() or path.exists():
        return False
    place = str(homework.folder).replace("\\", "\\\\").replace('"', '\\"')
    path.write_text(f'# What `assay` checks this folder by.\nhomework = "{place}"\n', "utf-8")
    if str(homework.folder) not in _started():
        _list().parent.mkdir(parents=True, exist_ok=True)
        with _list().open("a", encoding="utf-8") as file:
            file.write(f"{homework.folder}\n")
    return True


def _line(path: Path) -> Path | None:
    """The homework that a file names, as an absolute path; None if it names none."""
    try:
        named = tomllib.loads(path.read_text("utf-8")).get("homework")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InvalidHomework(f"{path} is not valid TOML: {fault}") from None
    if named is None:
        return None
    if not isinstance(named, str):
        raise InvalidHomework(f"{path}: homework is a folder, written as a string; got {named!r}")
    return (path.parent / Path(named).expanduser()).resolve()


def _list() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "assay" / "homeworks"


def _started() -> set[str]:
    try:
        return set(_list().read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return set()

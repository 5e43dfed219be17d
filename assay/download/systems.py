"""Which system a class's download comes from, and its hand-ins, an entry each."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from assay.checks import problem_number
from assay.download import canvas, gradescope
from assay.download.listing import Entry, Listing, listing
from assay.errors import Unreadable
from assay.homework import Homework, find
from assay.submission import folder
from assay.submission.naming import (
    ARCHIVES,
    SOURCES,
    identified,
    identifier,
    safe_id,
    shown,
    told_apart,
)

System = Literal["canvas", "moodle", "gradescope", "classroom", "plain"]
SYSTEMS: tuple[System, ...] = get_args(System)
TITLES: dict[System, str] = {
    "canvas": "a Canvas download",
    "moodle": "a Moodle download",
    "gradescope": "a Gradescope export",
    "classroom": "GitHub Classroom clones",
    "plain": "a hand-in for each name",
}

_MOODLE = re.compile(
    r"(?P<name>[^_/]+)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?/?(?P<file>.*)"
)


@dataclass(frozen=True)
class Download:
    """The hand-ins of a class.

    Attributes:
        system: where they come from.
        entries: one for each student or group, under ids that are all different.
        unread: the names in the download that are part of no hand-in.
    """

    system: System
    entries: tuple[Entry, ...]
    unread: tuple[str, ...]


def look(path: Path, system: System | None = None, homework: Homework | None = None) -> Download:
    """Read off a folder or a zip whose hand-ins it holds; nothing of them is opened.

    Args:
        path: what an instructor downloaded, unpacked or not.
        system: where it comes from; recognised by its names where it is None.
        homework: what was handed in; None for Homework 10.
    Raises:
        Unreadable: it holds no hand-in, or none that this system names.
    """
    if not path.is_dir() and not (path.is_file() and path.suffix.lower() == ".zip"):
        folder.entries(path, homework)  # says what is wrong with it
    found, system = _at(listing(path, homework or find()), system)
    if system == "plain" and path.is_dir():
        return _plain_folder(path, found.homework)
    entries = list(_READERS[system](found))
    if not entries:
        raise Unreadable(
            f"{shown(str(path))} holds no hand-in, read as {TITLES[system]}: check --from"
        )
    names = told_apart([entry.name] for entry in entries)
    told = [replace(entry, name=name) for entry, name in zip(entries, names, strict=True)]
    return Download(
        system, tuple(sorted(told, key=lambda e: e.name)), _unread(found, entries, system)
    )


def _at(found: Listing, system: System | None) -> tuple[Listing, System]:
    """The level of the download that holds the hand-ins, and the system that it comes from."""
    inner = found.inner()
    for level in (found, inner):
        for one in (system,) if system else SYSTEMS:
            if level and one != "plain" and _is_of(level, one):
                return level, one
    if inner and not any(problem_number(top) for top in inner.tops):
        found = inner
    return found, system or "plain"


def _is_of(found: Listing, system: System) -> bool:
    """Whether the names at the top are, at least half of them, such as the system gives."""
    if system == "gradescope":
        return gradescope.METADATA in found.tops
    tests: dict[System, Callable[[str], object]] = {
        "canvas": lambda top: not found.tops[top] and canvas.piece(top),
        "moodle": _moodle,
        "classroom": lambda top: found.tops[top] and found.holds(top, ".git"),
    }
    matching = sum(bool(tests[system](top)) for top in found.tops)
    return matching > 0 and 2 * matching >= len(found.tops)


def _plain_folder(path: Path, homework: Homework) -> Download:
    """Each submission by its own path, as if it were graded alone."""
    found = identified(folder.entries(path, homework))
    entries = tuple(Entry(n, n, str(p)) for n, p in found)
    read = {place for _, place in found}
    left = (p.name for p in path.iterdir() if p not in read and not p.name.startswith("."))
    return Download("plain", entries, tuple(sorted(left)))


def _plain(found: Listing) -> Iterator[Entry]:
    for top, is_folder in found.tops.items():
        if is_folder or top.lower().endswith(ARCHIVES + SOURCES):
            name = top if is_folder else identifier(Path(top))
            yield Entry(safe_id(name), name, str(found.path), (found.part(top),))


def _moodle(top: str) -> re.Match[str] | None:
    return _MOODLE.fullmatch(unicodedata.normalize("NFC", top))


def _moodle_entries(found: Listing) -> Iterator[Entry]:
    students: dict[str, list[tuple[str, re.Match[str]]]] = {}
    for top in found.tops:
        match = _moodle(top)
        if match:
            students.setdefault(match["id"], []).append((top, match))
    for student, pieces in students.items():
        files = [(top, match["file"]) for top, match in pieces if match["plugin"] == "file"]
        others = sorted({match["plugin"] for _, match in pieces} - {"file"})
        name = pieces[0][1]["name"].strip()
        yield Entry(
            name=safe_id(f"{name}_{student}"),
            title=name,
            path=str(found.path),
            parts=tuple(found.part(top, file) for top, file in files),
            students=({"name": name, "participant": student},),
            notes=tuple(f"{kind} was handed in too; it is not graded" for kind in others),
        )


def _classroom(found: Listing) -> Iterator[Entry]:
    tops = [top for top, is_folder in found.tops.items() if is_folder]
    clones = [top for top in tops if found.holds(top, ".git")] or tops
    shared = assignment(clones)
    for top in clones:
        login = top.removeprefix(shared)
        yield Entry(safe_id(login), login, str(found.path), (found.part(top),), ({"login": login},))


def assignment(clones: Iterable[str]) -> str:
    """What the names of all clones begin with, up to a hyphen; of one clone, to its last one."""
    start = os.path.commonprefix(list(clones))  # noqa: RUF071 (characters are meant)
    return start[: start.rfind("-") + 1]


def _unread(found: Listing, entries: Iterable[Entry], system: System) -> tuple[str, ...]:
    read = {part.place.rstrip("/") for entry in entries for part in entry.parts or ()}
    # What the system made, and what an entry has told of in its notes.
    told: dict[System, Callable[[str], object]] = {
        "canvas": lambda top: not found.tops[top] and canvas.piece(top),
        "moodle": _moodle,
        "gradescope": lambda top: (
            top == gradescope.METADATA or gradescope.is_submission(top, found)
        ),
    }
    is_told = told.get(system, dict[str, bool]().get)
    left = [top for top in found.tops if found.root + top not in read and not is_told(top)]
    return (*map(shown, left), *found.unsafe)


_READERS: dict[System, Callable[[Listing], Iterator[Entry]]] = {
    "canvas": canvas.entries,
    "moodle": _moodle_entries,
    "gradescope": gradescope.entries,
    "classroom": _classroom,
    "plain": _plain,
}

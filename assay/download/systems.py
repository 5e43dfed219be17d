"""Which system a class's download comes from, and the submissions in it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from assay.checks import problem_number
from assay.download import attempts, canvas, gradescope
from assay.download.attempts import SUBMISSIONS, Attempts, is_attempt, unknown_pattern
from assay.download.listing import Entry, Listing, list_download
from assay.errors import Unreadable
from assay.homework import Homework, find
from assay.submission import folder
from assay.submission.naming import (
    identified,
    safe_id,
    shown,
    stem,
    told_apart,
    undisguised,
)

System = Literal["canvas", "moodle", "gradescope", "classroom", Attempts, "plain"]
SYSTEMS: tuple[System, ...] = (
    "canvas",
    "moodle",
    "gradescope",
    "classroom",
    *get_args(Attempts),
    "plain",
)
TITLES: dict[System, str] = {
    "canvas": "a Canvas download",
    "moodle": "a Moodle download",
    "gradescope": "a Gradescope export",
    "classroom": "GitHub Classroom clones",
    "brightspace": "a Brightspace download",
    "blackboard": "a Blackboard download",
    "autolab": "an Autolab download",
    "submitty": "a Submitty download",
    "plain": "one submission per file or folder",
}

_MOODLE = re.compile(
    r"(?P<name>[^_/]+)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?/?(?P<file>.*)"
)


@dataclass(frozen=True)
class Download:
    """The submissions of a class.

    Attributes:
        system: where they come from.
        entries: one for each student or group, each with a different id.
        unread: the names in the download that belong to no submission.
        warning: a sentence if the names look like those of a system that is not known here.
    """

    system: System
    entries: tuple[Entry, ...]
    unread: tuple[str, ...]
    warning: str = ""


def look(path: Path, system: System | None = None, homework: Homework | None = None) -> Download:
    """List the submissions in a folder or a zip, without opening them.

    Args:
        path: what an instructor downloaded, unpacked or not.
        system: where it comes from; None to recognise it by the names of its files.
        homework: the homework that was handed in; None for Homework 10.
    Raises:
        Unreadable: it contains no submission, or none with a name that this system gives.
    """
    if not path.is_dir() and not (path.is_file() and path.suffix.lower() == ".zip"):
        folder.entries(path, homework)  # raises with the reason
    listing, system = _recognised(list_download(path, homework or find()), system)
    if system == "plain" and path.is_dir():
        return _plain_folder(path, listing.homework)
    entries = list(_READERS[system](listing))
    if not entries:
        raise Unreadable(
            f"{shown(str(path))} contains no submission when read as {TITLES[system]}: check --from"
        )
    names = told_apart([entry.name] for entry in entries)
    named = [replace(entry, name=name) for entry, name in zip(entries, names, strict=True)]
    unread = _unread(listing, entries, system)
    warning = unknown_pattern(listing.tops) if system == "plain" else ""
    return Download(system, tuple(sorted(named, key=lambda entry: entry.name)), unread, warning)


def _recognised(listing: Listing, system: System | None) -> tuple[Listing, System]:
    """The level of the download that contains the submissions, and the system it comes from."""
    inner = listing.inner()
    for level in (listing, inner, *_submissions_in(listing, inner)):
        for candidate in (system,) if system else SYSTEMS:
            if level and candidate != "plain" and _is_from(level, candidate):
                return level, candidate
    if inner and not any(problem_number(top) for top in inner.tops):
        listing = inner
    return listing, system or "plain"


def _submissions_in(*listings: Listing | None) -> Iterator[Listing]:
    """The folder of students in a Submitty download, which has other folders beside it."""
    for listing in listings:
        if listing and listing.tops.get(SUBMISSIONS) and len(listing.tops) > 1:
            root = f"{listing.root}{SUBMISSIONS}/"
            yield list_download(listing.path, listing.homework, root)


def _is_from(listing: Listing, system: System) -> bool:
    """Whether at least half of the names at the top are of the form that the system gives."""
    if system == "gradescope":
        return gradescope.METADATA in listing.tops
    tests: dict[System, Callable[[str], object]] = {
        "canvas": lambda top: not listing.tops[top] and canvas.parse(top),
        "moodle": _moodle,
        "classroom": lambda top: listing.tops[top] and listing.has_folder(top, ".git"),
        **{each: _attempted(each, listing) for each in get_args(Attempts)},
    }
    matching = sum(bool(tests[system](top)) for top in listing.tops)
    return matching > 0 and 2 * matching >= len(listing.tops)


def _attempted(system: Attempts, listing: Listing) -> Callable[[str], bool]:
    return lambda top: is_attempt(system, top, listing)


def _plain_folder(path: Path, homework: Homework) -> Download:
    """Each submission by its own path, as if it were graded alone."""
    submissions = identified(folder.entries(path, homework))
    entries = tuple(Entry(name, name, str(place)) for name, place in submissions)
    read = {place for _, place in submissions}
    unread = (p.name for p in path.iterdir() if p not in read and not p.name.startswith("."))
    warning = unknown_pattern(place.name for _, place in submissions)
    return Download("plain", entries, tuple(sorted(unread)), warning)


def _plain(listing: Listing) -> Iterator[Entry]:
    for top, is_folder in listing.tops.items():
        if folder.is_submission(top, is_folder, listing.homework):
            name = top if is_folder else stem(undisguised(top))
            yield Entry(safe_id(name), name, str(listing.path), (listing.part(top),))


def _moodle(top: str) -> re.Match[str] | None:
    return _MOODLE.fullmatch(unicodedata.normalize("NFC", top))


def _moodle_entries(listing: Listing) -> Iterator[Entry]:
    students: dict[str, list[tuple[str, re.Match[str]]]] = {}
    for top in listing.tops:
        match = _moodle(top)
        if match:
            students.setdefault(match["id"], []).append((top, match))
    for student, matches in students.items():
        files = [(top, match["file"]) for top, match in matches if match["plugin"] == "file"]
        others = sorted({match["plugin"] for _, match in matches} - {"file"})
        name = matches[0][1]["name"].strip()
        yield Entry(
            name=safe_id(f"{name}_{student}"),
            title=name,
            path=str(listing.path),
            parts=tuple(listing.part(top, file) for top, file in files),
            students=({"name": name, "participant": student},),
            notes=tuple(f"{kind} was also handed in; it is not graded" for kind in others),
        )


def _classroom(listing: Listing) -> Iterator[Entry]:
    tops = [top for top, is_folder in listing.tops.items() if is_folder]
    clones = [top for top in tops if listing.has_folder(top, ".git")] or tops
    assignment, path = _common_prefix(clones), str(listing.path)
    for top in clones:
        login = top.removeprefix(assignment)
        yield Entry(safe_id(login), login, path, (listing.part(top),), ({"login": login},))


def _common_prefix(clones: Iterable[str]) -> str:
    """What all names begin with, up to and including the last hyphen in it."""
    start = os.path.commonprefix(list(clones))  # noqa: RUF071 (characters are meant)
    return start[: start.rfind("-") + 1]


def _unread(listing: Listing, entries: Iterable[Entry], system: System) -> tuple[str, ...]:
    read = {part.place.rstrip("/") for entry in entries for part in entry.parts or ()}
    # Files that the system itself wrote, and those that the notes of an entry mention.
    explained: dict[System, Callable[[str], object]] = {
        "canvas": lambda top: not listing.tops[top] and canvas.parse(top),
        "moodle": _moodle,
        **{each: _attempted(each, listing) for each in get_args(Attempts)},
        "gradescope": lambda top: (
            top == gradescope.METADATA or gradescope.is_submission(top, listing)
        ),
    }
    is_explained = explained.get(system, dict[str, bool]().get)
    read |= {place.rpartition("/")[0] for place in read if system == "submitty"}
    left = [t for t in listing.tops if listing.root + t not in read and not is_explained(t)]
    left = [t for t in left if not (system == "brightspace" and t.lower() == "index.html")]
    return (*map(shown, left), *listing.unsafe)


_READERS: dict[System, Callable[[Listing], Iterator[Entry]]] = {
    "canvas": canvas.entries,
    "moodle": _moodle_entries,
    "gradescope": gradescope.entries,
    "classroom": _classroom,
    **{each: partial(attempts.entries, each) for each in get_args(Attempts)},
    "plain": _plain,
}

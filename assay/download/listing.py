"""What lies at the top of a class's download, a folder or a zip, and one hand-in of it, read."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from assay.errors import Unreadable
from assay.homework import Homework
from assay.submission import archive, folder
from assay.submission.folder import Haul, first, is_junk
from assay.submission.naming import shown, unsafe
from assay.submission.reader import Submission, gather_file, settled

CLASS_LIMIT = 400_000  # names of a class: 50,000 students with 8 files each
NO_FILE = "no file was handed in, which is all that can be graded: ask for the files"


@dataclass(frozen=True)
class Part:
    """A file of a hand-in, or a folder with all that is in it.

    Attributes:
        place: its path in the download; a folder's ends in "/".
        name: what a file is called inside the hand-in; a folder's files keep their paths in it.
    """

    place: str
    name: str = ""


@dataclass(frozen=True)
class Entry:
    """One hand-in of a download.

    Attributes:
        name: an id that is safe as a file name.
        title: whose it is, as a person reads it.
        path: the download; the hand-in itself where `parts` is None.
        parts: what of the download was handed in.
        students: who they are to the system that it comes from: "name", "user", "login", "sid",
            "email", as far as it tells; several where they handed in together.
        late: whether the system marked it so; Canvas alone does.
        notes: what else there was, and which of several files counts.
    """

    name: str
    title: str
    path: str
    parts: tuple[Part, ...] | None = None
    students: tuple[dict[str, str], ...] = ()
    late: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """The names at the top of a download.

    Attributes:
        path: a folder or a zip.
        homework: what was handed in.
        root: the folder inside it that is looked at, "" or for example "submissions/".
        tops: each name there, and whether it is a folder.
        unsafe: names that are passed over, with the reason.
        members: every member of a zip.
    """

    path: Path
    homework: Homework
    root: str
    tops: dict[str, bool]
    unsafe: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    def part(self, top: str, name: str = "") -> Part:
        """The part of a hand-in that a name at the top is."""
        return Part(f"{self.root}{top}/" if self.tops[top] else self.root + top, name or top)

    def holds(self, top: str, inner: str) -> bool:
        """Whether a folder at the top has a folder of that name in it."""
        place = f"{self.root}{top}/{inner}"
        if self.path.is_dir():
            return (self.path / place).is_dir()
        return any(member.startswith(f"{place}/") for member in self.members)

    def inner(self) -> Listing | None:
        """The one folder that a download consists of; None where there is more at its top."""
        (only, is_folder), *others = self.tops.items() or [("", False)]
        if others or not is_folder:
            return None
        return listing(self.path, self.homework, f"{self.root}{only}/")


def listing(path: Path, homework: Homework, root: str = "") -> Listing:
    """List a download; what a system left behind is not in it, links are not followed.

    Raises:
        Unreadable: it is neither a folder nor a zip, or holds too many names.
    """
    if path.is_dir():
        return _folder_listing(path, homework, root)
    if not path.is_file():
        raise Unreadable(
            f"{shown(str(path))} is not there: name the folder or the .zip that holds the "
            "submissions"
        )
    with archive.class_zip(path) as opened:
        members = tuple(opened.names)
    if len(members) > CLASS_LIMIT:
        raise Unreadable(f"{shown(path.name)} holds more than {CLASS_LIMIT:,} files: unpack it")
    return _zip_listing(path, homework, root, members)


def content(path: Path, place: str, size: int) -> bytes:
    """The first bytes of one file of a download.

    Raises:
        Unreadable: it cannot be read.
    """
    if path.is_dir():
        try:
            with (path / place).open("rb") as stream:
                return first(stream, size)
        except OSError as fault:
            raise Unreadable(f"{shown(place)} cannot be read: {fault.strerror}") from None
    with archive.class_zip(path) as opened:
        if place in opened.members:
            return archive.read_zipped(opened, opened.members[place], size)
    raise Unreadable(f"{shown(path.name)} holds no {shown(place)} any longer: run the batch again")


def read_parts(
    path: Path, parts: Sequence[Part], name: str, homework: Homework | None = None
) -> Submission:
    """Read one hand-in of a download, within the limits of any other hand-in.

    A lone file is read as if it had been handed in by itself.

    Raises:
        Unreadable: nothing at all can be read.
    """
    haul = Haul(name, homework)
    if not parts:
        raise Unreadable(NO_FILE)
    if len(parts) == 1 and not parts[0].place.endswith("/"):
        whole = content(path, parts[0].place, archive.ARCHIVE_LIMIT + 1)
        gather_file(parts[0].name, whole, haul)
    elif path.is_dir():
        _collect_from_folder(path, parts, haul)
    else:
        with archive.class_zip(path) as opened:
            _collect_from_zip(opened, parts, haul, path.name)
    return settled(haul, name)


def _folder_listing(path: Path, homework: Homework, root: str) -> Listing:
    try:
        with os.scandir(path / root) as found:
            names = sorted(islice(found, CLASS_LIMIT + 1), key=lambda entry: entry.name)
    except OSError as fault:
        raise Unreadable(f"{shown(str(path))} cannot be listed: {fault.strerror}") from None
    if len(names) > CLASS_LIMIT:
        raise Unreadable(f"{shown(str(path))} holds more than {CLASS_LIMIT:,} names")
    links = tuple(f"{shown(e.name)} (a symbolic link)" for e in names if e.is_symlink())
    tops = {entry.name: entry.is_dir() for entry in names if not entry.is_symlink()}
    return _without_unsafe(Listing(path, homework, root, tops, links))


def _zip_listing(path: Path, homework: Homework, root: str, members: tuple[str, ...]) -> Listing:
    tops: dict[str, bool] = {}
    for member in sorted(set(members)):
        if member.startswith(root):
            top, below, _ = member[len(root) :].partition("/")
            tops[top] = tops.get(top, False) or bool(below)
    return _without_unsafe(Listing(path, homework, root, tops, (), members))


def _without_unsafe(found: Listing) -> Listing:
    tops = {name: kind for name, kind in found.tops.items() if not is_junk(name) or name == ".."}
    reasons = {name: unsafe(name) or ("" if name else "its name is empty") for name in tops}
    told = tuple(f"{shown(name)} ({reason})" for name, reason in reasons.items() if reason)
    kept = {name: kind for name, kind in tops.items() if not reasons[name]}
    return replace(found, tops=kept, unsafe=found.unsafe + told)


def _collect_from_folder(path: Path, parts: Iterable[Part], haul: Haul) -> None:
    for part in parts:
        if part.place.endswith("/"):
            folder.collect(path / part.place, haul)
            continue
        taken, place = haul.path(part.name), path / part.place
        if taken is not None:
            try:
                haul.take(taken, place.stat().st_size, partial(_opened, place))
            except OSError as fault:
                haul.note(f"{shown(taken)} is passed over: {fault.strerror}")


def _collect_from_zip(
    opened: archive.ClassZip, parts: Iterable[Part], haul: Haul, name: str
) -> None:
    for part in parts:
        inside = [(part.name, opened.members.get(part.place))]
        for path, info in opened.below(part.place) if part.place.endswith("/") else inside:
            if info is not None and posixpath.basename(path):
                archive.take_zipped(opened, info, haul.path(path), haul, name)


def _opened(place: Path) -> IO[bytes]:
    return place.open("rb")

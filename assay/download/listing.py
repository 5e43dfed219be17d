"""What is at the top of a class's download, a folder or a zip; and how one submission is read."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from assay.errors import Unreadable
from assay.homework import Homework
from assay.submission import archive, folder
from assay.submission.folder import Collected, is_junk, read_at_most
from assay.submission.naming import shown, unsafe
from assay.submission.reader import Submission, collect_file, to_submission

CLASS_LIMIT = 400_000  # names in a download: 50,000 students with 8 files each
NO_FILE = "no file was handed in, and nothing else can be graded: ask the student for the files"


@dataclass(frozen=True)
class Part:
    """A file of a submission, or a folder with everything in it.

    Attributes:
        place: its path in the download; a folder's ends in "/".
        name: the file's name in the submission; the files of a folder keep their paths inside it.
        turn: larger for what the student handed in later.
    """

    place: str
    name: str = ""
    turn: int = 0


@dataclass(frozen=True)
class Entry:
    """One submission in a download.

    Attributes:
        name: an id that is safe as a file name.
        title: the name of its student or students, to be shown.
        path: the download, or if `parts` is None, the submission itself.
        parts: what of the download belongs to the submission.
        students: each student as the system knows them: "name", "user", "login", "sid", "email",
            if given; there are several if they handed in together.
        late: whether the system marked it as late; only Canvas does.
        notes: what else was handed in, and which of several files counts.
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
        homework: the homework that was handed in.
        root: the folder inside it that is listed, "" or for example "submissions/".
        tops: each name there, and whether it is a folder.
        unsafe: names that were ignored, each with the reason.
        members: every member of a zip.
    """

    path: Path
    homework: Homework
    root: str
    tops: dict[str, bool]
    unsafe: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    def part(self, top: str, name: str = "", turn: int = 0) -> Part:
        """The file or folder at the top, as a part of a submission."""
        return Part(f"{self.root}{top}/" if self.tops[top] else self.root + top, name or top, turn)

    def inside(self, top: str) -> dict[str, bool]:
        """The names in a folder at the top, and whether each is a folder; none if it is a file."""
        if not self.tops[top]:
            return {}
        return list_download(self.path, self.homework, f"{self.root}{top}/").tops

    def has_folder(self, top: str, inner: str) -> bool:
        """Whether a folder at the top contains a folder of that name."""
        place = f"{self.root}{top}/{inner}"
        if self.path.is_dir():
            return (self.path / place).is_dir()
        return any(member.startswith(f"{place}/") for member in self.members)

    def inner(self) -> Listing | None:
        """The only folder of a download; None if there is anything else at its top."""
        (only, is_folder), *others = self.tops.items() or [("", False)]
        if others or not is_folder:
            return None
        return list_download(self.path, self.homework, f"{self.root}{only}/")


def list_download(path: Path, homework: Homework, root: str = "") -> Listing:
    """List a download without what operating systems leave behind; links are not followed.

    Raises:
        Unreadable: it is neither a folder nor a zip, or contains too many names.
    """
    if path.is_dir():
        return _folder_listing(path, homework, root)
    if not path.is_file():
        raise Unreadable(
            f"{shown(str(path))} does not exist: give the folder or the .zip that contains the "
            "submissions"
        )
    with archive.class_zip(path) as opened:
        members = tuple(opened.names)
    if len(members) > CLASS_LIMIT:
        raise Unreadable(f"{shown(path.name)} contains more than {CLASS_LIMIT:,} files: unpack it")
    return _zip_listing(path, homework, root, members)


def content(path: Path, place: str, size: int) -> bytes:
    """The first bytes of one file of a download.

    Raises:
        Unreadable: it cannot be read.
    """
    if path.is_dir():
        try:
            with (path / place).open("rb") as stream:
                return read_at_most(stream, size)
        except OSError as fault:
            raise Unreadable(f"{shown(place)} cannot be read: {fault.strerror}") from None
    with archive.class_zip(path) as opened:
        if place in opened.members:
            return archive.read_zipped(opened, opened.members[place], size)
    raise Unreadable(f"{shown(path.name)} no longer contains {shown(place)}: run the batch again")


def read_parts(
    path: Path, parts: Sequence[Part], name: str, homework: Homework | None = None
) -> Submission:
    """Read one submission of a download, within the same limits as any other submission.

    A submission of one file is read as if that file had been graded alone.

    Raises:
        Unreadable: nothing at all can be read.
    """
    collected = Collected(name, homework)
    if not parts:
        raise Unreadable(NO_FILE)
    if len(parts) == 1 and not parts[0].place.endswith("/"):
        whole = content(path, parts[0].place, archive.ARCHIVE_LIMIT + 1)
        collect_file(parts[0].name, whole, collected)
    elif path.is_dir():
        _collect_from_folder(path, parts, collected)
    else:
        with archive.class_zip(path) as opened:
            _collect_from_zip(opened, parts, collected, path.name)
    return to_submission(collected, name)


def _folder_listing(path: Path, homework: Homework, root: str) -> Listing:
    try:
        with os.scandir(path / root) as items:
            names = sorted(islice(items, CLASS_LIMIT + 1), key=lambda item: item.name)
    except OSError as fault:
        raise Unreadable(f"{shown(str(path))} cannot be listed: {fault.strerror}") from None
    if len(names) > CLASS_LIMIT:
        limit = f"{CLASS_LIMIT:,} names"
        raise Unreadable(f"{shown(str(path))} contains more than {limit}: grade the class in parts")
    links = tuple(f"{shown(item.name)} (a symbolic link)" for item in names if item.is_symlink())
    tops = {item.name: item.is_dir() for item in names if not item.is_symlink()}
    return _without_unsafe(Listing(path, homework, root, tops, links))


def _zip_listing(path: Path, homework: Homework, root: str, members: tuple[str, ...]) -> Listing:
    tops: dict[str, bool] = {}
    for member in sorted(set(members)):
        if member.startswith(root):
            top, below, _ = member[len(root) :].partition("/")
            tops[top] = tops.get(top, False) or bool(below)
    return _without_unsafe(Listing(path, homework, root, tops, (), members))


def _without_unsafe(listing: Listing) -> Listing:
    tops = {name: kind for name, kind in listing.tops.items() if not is_junk(name) or name == ".."}
    reasons = {name: unsafe(name) or ("" if name else "its name is empty") for name in tops}
    ignored = tuple(f"{shown(name)} ({reason})" for name, reason in reasons.items() if reason)
    kept = {name: kind for name, kind in tops.items() if not reasons[name]}
    return replace(listing, tops=kept, unsafe=listing.unsafe + ignored)


def _collect_from_folder(path: Path, parts: Iterable[Part], collected: Collected) -> None:
    for part in parts:
        collected.turn = part.turn
        if part.place.endswith("/"):
            folder.collect(path / part.place, collected)
            continue
        target, place = collected.path(part.name), path / part.place
        if target is not None:
            try:
                collected.add(target, place.stat().st_size, partial(io.FileIO, place))
            except OSError as fault:
                collected.note(f"{shown(target)} was ignored: {fault.strerror}")


def _collect_from_zip(
    opened: archive.ClassZip, parts: Iterable[Part], collected: Collected, name: str
) -> None:
    for part in parts:
        collected.turn = part.turn
        inside = [(part.name, opened.members.get(part.place))]
        for path, info in opened.below(part.place) if part.place.endswith("/") else inside:
            if info is not None and posixpath.basename(path):
                archive.add_zipped(opened, info, collected.path(path), collected, name)

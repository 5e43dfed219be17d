"""Which files of a submission count and how large they may be; and how a folder of them is read."""

from __future__ import annotations

import io
import os
import posixpath
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from assay.errors import Unreadable
from assay.homework import PAGE, Homework, find
from assay.submission.installed import Installed
from assay.submission.naming import ARCHIVES, DOCUMENTS, SOURCES, shown, undisguised, unsafe

FILE_LIMIT = 8 * 2**20  # bytes in one file
TOTAL_LIMIT = 64 * 2**20  # bytes of all collected files
COUNT_LIMIT = 2_000  # files collected
ENTRY_LIMIT = 50_000  # names looked at, including those of ignored files
LISTED = 4 * ENTRY_LIMIT  # names listed in one folder
CHUNK = 2**20  # bytes read at once
FEWER = "hand in only the code and its small data files"
NOTES_LIMIT = 40  # notes kept; the others are counted

Stream = IO[bytes] | io.RawIOBase

# These may be larger: much of them is not read, for example images and other files.
LARGE = (*ARCHIVES, ".ipynb")
JUNK = frozenset({"__macosx", "__pycache__", "venv", "thumbs.db", "desktop.ini", PAGE})
IGNORED_SUFFIXES = (".pyc",)
README = re.compile(r"readme(?:\.\w+)?", re.IGNORECASE)
# Files of a class's folder that are the instructor's: tables, and what systems write about them.
TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".ods", ".log", ".yml", ".yaml")
LISTINGS = frozenset({"index.html", "index.htm", "manifest.xml", "makefile"})
DATA_PART = 0.75  # of the limits that data may use up: code comes first
BOMB = 16  # times its own size that an archive with too much data may unpack to


@dataclass
class Unpacked:
    """How much the tars of one submission unpacked to so far."""

    size: int = 0


class Collected:
    """The files collected from one submission so far, and notes on what was ignored.

    Args:
        name: what the submission is called in messages.
        homework: the homework that was handed in; None for Homework 10.
    """

    def __init__(self, name: str, homework: Homework | None = None) -> None:
        self.name = name
        self.homework = homework or find()
        self.files: dict[str, bytes] = {}
        self.turn = 0  # of the attachment that is being read: a later one is newer
        self.unpacked = Unpacked()
        self.packed = 0  # bytes of the archive that is being read; 0 if it is none
        self._before = 0  # bytes collected before it
        self._handed_in: dict[str, tuple[int, bool]] = {}
        self._notes: list[str] = []
        self._size = self._added = self._seen = self._more_notes = self._environments = 0
        self._spellings: dict[str, str] = {}
        self._installed = Installed()
        self._surplus: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What was ignored and why: the first notes in full, then the number of the others."""
        installed = sorted(place for place in self._installed.places if not _is_junk_path(place))
        notes = [*self._notes]
        if installed:
            notes.append(f"{_several(installed)}: installed, not written by you")
        if self._surplus:
            most = f"{int(COUNT_LIMIT * DATA_PART):,} data files"
            size = f"{int(TOTAL_LIMIT * DATA_PART) // 2**20} MiB"
            notes.append(f"{_several(self._surplus)}: no more than {most} and {size} are read")
        if self._more_notes:
            notes.append(f"more notes, not shown: {self._more_notes}")
        return tuple(notes)

    def note(self, text: str) -> None:
        """Add a note for the student and the instructor."""
        if len(self._notes) < NOTES_LIMIT:
            self._notes.append(text)
        else:
            self._more_notes += 1

    def path(self, raw: str, prefix: str = "") -> str | None:
        """The path under which a file is collected, after `prefix`; None if it is ignored.

        Raises:
            Unreadable: there are too many names.
        """
        reason = unsafe(raw)
        parts = [part for part in raw.replace("\\", "/").split("/") if part not in ("", ".")]
        if not reason and self._installed.covers(parts, prefix):
            self._forget_installed()
            return None
        self._seen += 1
        if self._seen > ENTRY_LIMIT:
            raise Unreadable(self._too_much(f"{ENTRY_LIMIT:,} entries"))
        if reason:
            self.note(f"{shown(raw)} was ignored: {reason}")
            return None
        if is_ignored(parts, self.homework):
            return None
        return prefix + unicodedata.normalize("NFC", "/".join(parts))

    def add(self, path: str, size: int, opened: Callable[[], Stream]) -> bytes | None:
        """Read one file, never beyond its limit, whatever `size` declares.

        Returns:
            its content; None if it is too large, or data beyond what is read, and so ignored.
        Raises:
            Unreadable: the code is too large in total, or too many files, or this is a bomb.
        """
        limit = TOTAL_LIMIT if undisguised(path).lower().endswith(LARGE) else FILE_LIMIT
        content = None
        if size <= limit:
            if self._is_surplus(path, size):
                return None
            with opened() as stream:
                content = read_at_most(stream, min(limit, TOTAL_LIMIT - self._size) + 1)
        if content is None or len(content) > limit:
            self.note(f"{shown(path)} was ignored: it is larger than {limit // 2**20} MiB")
            return None
        self._add(path, content)
        return content

    def begin_archive(self, size: int) -> None:
        """What is collected from now on comes from an archive of this size in bytes."""
        self.packed, self._before = size, self._size

    def put_back(self, path: str, content: bytes) -> None:
        """Add a file again that was removed."""
        self._size += len(content)
        self.files[path] = content

    def handed_in(self, path: str) -> tuple[int, bool]:
        """Larger for what is newer: a later attachment, or a file that is in no archive."""
        return self._handed_in[path]

    def remove(self, path: str) -> bytes:
        """Remove a file, which no longer counts towards the limit of the total size."""
        content = self.files.pop(path)
        self._size -= len(content)
        return content

    def _add(self, path: str, content: bytes) -> None:
        self._size += len(content)
        self._added += 1
        if self._size > TOTAL_LIMIT:
            raise Unreadable(self._too_much(f"{TOTAL_LIMIT // 2**20} MiB"))
        if self._added > COUNT_LIMIT:
            raise Unreadable(self._too_much(f"{COUNT_LIMIT:,} files"))
        spelling = self._spellings.setdefault(path.casefold(), path)
        if path in self.files:
            self.note(f"{shown(path)} appears more than once: the last copy is used")
        elif spelling != path:
            self.note(f"{shown(spelling)} and {shown(path)} differ only in upper and lower case")
        self.files[path] = content
        self._handed_in[path] = self.turn, not self.packed

    def _forget_installed(self) -> None:
        """Remove what was collected of an environment before it was recognised as one."""
        if len(self._installed.environments) == self._environments:
            return
        self._environments = len(self._installed.environments)
        for path in list(filter(self._installed.is_of_environment, self.files)):
            self.remove(path)
            self._added -= 1

    def _is_surplus(self, path: str, size: int) -> bool:
        """Whether data is too much to be read beside the code.

        Raises:
            Unreadable: it comes from an archive that unpacks to many times its size.
        """
        if undisguised(path).lower().endswith(SOURCES) or self.homework.asks_for(
            posixpath.basename(path)
        ):
            return False
        is_archive = path.lower().endswith(ARCHIVES)
        limit = TOTAL_LIMIT if is_archive else TOTAL_LIMIT * DATA_PART
        if self._size + size <= limit and self._added < COUNT_LIMIT * DATA_PART:
            return False
        if self.packed and self._size - self._before + size > BOMB * self.packed:
            raise Unreadable(self._too_much(f"{TOTAL_LIMIT // 2**20} MiB"))
        # A data set may have any number of files, for they are not read.
        self._seen -= not path.lower().endswith(DOCUMENTS)
        self._surplus.append(path)
        return True

    def _too_much(self, limit: str) -> str:
        return f"{shown(self.name)} contains more than {limit}: {FEWER}"


def collect(folder: Path, collected: Collected) -> None:
    """Collect every file below a folder that counts; symbolic links are never followed.

    Raises:
        Unreadable: the folder cannot be listed, or contains too much.
    """
    try:
        pending = deque([("", _listing(folder))])
    except OSError as fault:
        raise Unreadable(f"{shown(folder.name)} cannot be listed: {fault.strerror}") from None
    while pending:
        prefix, items = pending.popleft()
        for item in items:
            path = collected.path(prefix + item.name)
            if path is None:
                continue
            try:
                if item.is_dir(follow_symlinks=False):
                    pending.append((f"{path}/", _listing(Path(item.path))))
                else:
                    _add_file(item, path, collected)
            except OSError as fault:
                collected.note(f"{shown(path)} was ignored: {fault.strerror}")


def read_at_most(stream: Stream, size: int) -> bytes:
    """The first bytes of a stream, in pieces: zipfile unpacks at once all that it is asked for."""
    content = io.BytesIO()
    while size > 0 and (piece := stream.read(min(size, CHUNK))):
        content.write(piece)
        size -= len(piece)
    return content.getvalue()


def entries(folder: Path, homework: Homework | None = None) -> list[Path]:
    """The submissions in a class's folder, by name: all but tables and what tools leave behind.

    A file of a kind that cannot be read is somebody's submission too.

    Raises:
        Unreadable: there is no such folder, or no submission in it.
    """
    if not folder.is_dir():
        raise Unreadable(
            f"{shown(str(folder))} is not a folder: give the folder that contains the submissions"
        )
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as fault:
        raise Unreadable(f"{shown(str(folder))} cannot be listed: {fault.strerror}") from None
    homework = homework or find()
    submissions = [path for path in paths if is_submission(path.name, path.is_dir(), homework)]
    if not submissions:
        raise Unreadable(
            f"{shown(str(folder))} contains no submission: put one folder, .zip, .tar.gz, .py or "
            ".ipynb for each student into it"
        )
    return submissions


def is_submission(name: str, is_folder: bool, homework: Homework) -> bool:
    """Whether a name at the top of a class's folder is somebody's submission, readable or not."""
    if is_ignored([name], homework) or unsafe(name):
        return False
    return is_folder or not (name.lower().endswith(TABLES) or name.lower() in LISTINGS)


def is_junk(name: str) -> bool:
    """Whether an operating system or a tool leaves files or folders of this name behind."""
    return name.startswith(".") or name.lower() in JUNK


def _is_junk_path(path: str) -> bool:
    """Whether any folder on the way, or the file itself, is junk."""
    return any(map(is_junk, path.split("/")))


def is_ignored(parts: list[str], homework: Homework) -> bool:
    """Whether a file is not read, by the parts of its path: junk, or what was handed out."""
    lowered = [part.lower() for part in parts]
    if not lowered or any(map(is_junk, lowered)):
        return True
    # Of the files that students are given, the template's own copies are used.
    last = lowered[-1]
    is_given = last in homework.handed_out or README.fullmatch(last) is not None
    return is_given or last.endswith(IGNORED_SUFFIXES)


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as items:
        return sorted(islice(items, LISTED), key=lambda item: item.name)


def _several(paths: Sequence[str]) -> str:
    """The first of some files that were ignored, and how many more there are."""
    more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
    return f"{shown(paths[0])}{more} {'were' if more else 'was'} ignored"


def _add_file(item: os.DirEntry[str], path: str, collected: Collected) -> None:
    if item.is_symlink():
        collected.note(f"{shown(path)} was ignored: it is a symbolic link")
    elif not item.is_file(follow_symlinks=False):
        collected.note(f"{shown(path)} was ignored: it is not a regular file")
    else:
        size = item.stat(follow_symlinks=False).st_size
        collected.add(path, size, partial(io.FileIO, item.path))

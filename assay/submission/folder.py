"""Which files of a submission count and how large they may be; and how a folder of them is read."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from assay.errors import Unreadable
from assay.homework import Homework, find
from assay.submission.naming import ARCHIVES, DOCUMENTS, SOURCES, shown, unsafe

FILE_LIMIT = 8 * 2**20  # bytes in one file
TOTAL_LIMIT = 64 * 2**20  # bytes of all collected files
COUNT_LIMIT = 2_000  # files collected
ENTRY_LIMIT = 50_000  # names looked at, including those of ignored files
CHUNK = 2**20  # bytes read at once
FEWER = "hand in only the code and its small data files"
NOTES_LIMIT = 40  # notes kept; the others are counted

Stream = IO[bytes] | io.RawIOBase

# These may be larger: much of them is not read, for example images and other files.
LARGE = (*ARCHIVES, ".ipynb")
JUNK = frozenset({"__macosx", "__pycache__", "venv", "thumbs.db", "desktop.ini"})
IGNORED_SUFFIXES = (".pyc",)
IGNORED_NAMES = ("readme.md",)


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
        self._notes: list[str] = []
        self._size = self._added = self._seen = self._more_notes = 0
        self._spellings: dict[str, str] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was ignored and why: the first notes in full, then the number of the others."""
        more = [f"more notes, not shown: {self._more_notes}"] if self._more_notes else []
        return (*self._notes, *more)

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
        self._seen += 1
        if self._seen > ENTRY_LIMIT:
            raise Unreadable(self._too_much(f"{ENTRY_LIMIT:,} entries"))
        reason = unsafe(raw)
        if reason:
            self.note(f"{shown(raw)} was ignored: {reason}")
            return None
        parts = [part for part in raw.split("/") if part not in ("", ".")]
        if _is_ignored(parts, self.homework):
            return None
        return prefix + unicodedata.normalize("NFC", "/".join(parts))

    def add(self, path: str, size: int, opened: Callable[[], Stream]) -> bytes | None:
        """Read one file, never beyond its limit, whatever `size` declares.

        Returns:
            its content; None if it is too large, and so ignored.
        Raises:
            Unreadable: the files are too large in total, or too many.
        """
        limit = TOTAL_LIMIT if path.lower().endswith(LARGE) else FILE_LIMIT
        content = None
        if size <= limit:
            with opened() as stream:
                content = read_at_most(stream, min(limit, TOTAL_LIMIT - self._size) + 1)
        if content is None or len(content) > limit:
            self.note(f"{shown(path)} was ignored: it is larger than {limit // 2**20} MiB")
            return None
        self._add(path, content)
        return content

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

    def _too_much(self, limit: str) -> str:
        return f"{shown(self.name)} contains more than {limit}: {FEWER}"


def collect(folder: Path, collected: Collected) -> None:
    """Collect every file below a folder that counts; symbolic links are never followed.

    Raises:
        Unreadable: the folder cannot be listed, or contains too much.
    """
    try:
        pending = [("", _listing(folder))]
    except OSError as fault:
        raise Unreadable(f"{shown(folder.name)} cannot be listed: {fault.strerror}") from None
    while pending:
        prefix, items = pending.pop()
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
    """The submissions in a class's folder, by name: folders, archives, Python files, notebooks.

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
    submissions = [path for path in paths if _is_submission(path, homework)]
    if not submissions:
        raise Unreadable(
            f"{shown(str(folder))} contains no submission: put one folder, .zip, .tar.gz, .py or "
            ".ipynb for each student into it"
        )
    return submissions


def is_junk(name: str) -> bool:
    """Whether an operating system or a tool leaves files or folders of this name behind."""
    return name.startswith(".") or name.lower() in JUNK


def _is_ignored(parts: list[str], homework: Homework) -> bool:
    lowered = [part.lower() for part in parts]
    if not lowered or any(map(is_junk, lowered)):
        return True
    # Of the files that students are given, the template's own copies are used.
    given = homework.handed_out.union(IGNORED_NAMES)
    return lowered[-1] in given or lowered[-1].endswith(IGNORED_SUFFIXES)


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as items:
        # One more than the limit, so that the excess is noticed.
        return sorted(islice(items, ENTRY_LIMIT + 1), key=lambda item: item.name)


def _add_file(item: os.DirEntry[str], path: str, collected: Collected) -> None:
    if item.is_symlink():
        collected.note(f"{shown(path)} was ignored: it is a symbolic link")
    elif not item.is_file(follow_symlinks=False):
        collected.note(f"{shown(path)} was ignored: it is not a regular file")
    else:
        size = item.stat(follow_symlinks=False).st_size
        collected.add(path, size, partial(io.FileIO, item.path))


def _is_submission(path: Path, homework: Homework) -> bool:
    if _is_ignored([path.name], homework):
        return False
    return path.is_dir() or path.name.lower().endswith(ARCHIVES + SOURCES + DOCUMENTS)

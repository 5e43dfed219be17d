"""Which files of a hand-in count and how large they may be; and a folder of them, read."""

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
from assay.submission.naming import ARCHIVES, SOURCES, shown, unsafe

FILE_LIMIT = 8 * 2**20  # bytes in one file
TOTAL_LIMIT = 64 * 2**20  # bytes in all that is taken
COUNT_LIMIT = 2_000  # files taken
ENTRY_LIMIT = 50_000  # names looked at, those that do not count included
CHUNK = 2**20  # bytes read at once
FEWER = "hand in the code and its small data files only"
NOTES_LIMIT = 40  # notes kept; the others are counted

Stream = IO[bytes] | io.RawIOBase

# They can hold much that is not taken: other files, images.
LARGE = (*ARCHIVES, ".ipynb")
JUNK = frozenset({"__macosx", "__pycache__", "venv", "thumbs.db", "desktop.ini"})
DULL = (".md", ".pyc")


class Haul:
    """The files taken of one hand-in so far, and notes on what was passed over.

    Args:
        name: what the submission is called in messages.
        homework: what it is a submission of; None for Homework 10.
    """

    def __init__(self, name: str, homework: Homework | None = None) -> None:
        self.name = name
        self.homework = homework or find()
        self.files: dict[str, bytes] = {}
        self._notes: list[str] = []
        self._size = self._taken = self._seen = self._untold = 0
        self._spellings: dict[str, str] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was passed over and why, the first of it in words and the rest as a number."""
        rest = [f"{self._untold} more notes are left out"] if self._untold else []
        return (*self._notes, *rest)

    def note(self, text: str) -> None:
        """Tell the reader something."""
        if len(self._notes) < NOTES_LIMIT:
            self._notes.append(text)
        else:
            self._untold += 1

    def path(self, raw: str, prefix: str = "") -> str | None:
        """`prefix` and the path that a file is taken under; None where it does not count.

        Raises:
            Unreadable: there are too many names.
        """
        self._seen += 1
        if self._seen > ENTRY_LIMIT:
            raise Unreadable(self._too_much(f"{ENTRY_LIMIT:,} entries"))
        reason = unsafe(raw)
        if reason:
            self.note(f"{shown(raw)} is passed over: {reason}")
            return None
        parts = [part for part in raw.split("/") if part not in ("", ".")]
        if _is_ignored(parts, self.homework):
            return None
        return prefix + unicodedata.normalize("NFC", "/".join(parts))

    def take(self, path: str, size: int, opened: Callable[[], Stream]) -> bytes | None:
        """Read one file, never more of it than its limit, whatever `size` declares.

        Returns:
            its content; None where it is too large and passed over.
        Raises:
            Unreadable: too much in all.
        """
        limit = TOTAL_LIMIT if path.lower().endswith(LARGE) else FILE_LIMIT
        content = None
        if size <= limit:
            with opened() as stream:
                content = first(stream, min(limit, TOTAL_LIMIT - self._size) + 1)
        if content is None or len(content) > limit:
            self.note(f"{shown(path)} is passed over: it is larger than {limit // 2**20} MiB")
            return None
        self._add(path, content)
        return content

    def release(self, path: str) -> bytes:
        """Give a file back: it counts no longer."""
        content = self.files.pop(path)
        self._size -= len(content)
        return content

    def _add(self, path: str, content: bytes) -> None:
        self._size += len(content)
        self._taken += 1
        if self._size > TOTAL_LIMIT:
            raise Unreadable(self._too_much(f"{TOTAL_LIMIT // 2**20} MiB"))
        if self._taken > COUNT_LIMIT:
            raise Unreadable(self._too_much(f"{COUNT_LIMIT:,} files"))
        spelling = self._spellings.setdefault(path.casefold(), path)
        if path in self.files:
            self.note(f"{shown(path)} is there more than once: the last one counts")
        elif spelling != path:
            self.note(f"{shown(spelling)} and {shown(path)} differ in upper and lower case only")
        self.files[path] = content

    def _too_much(self, limit: str) -> str:
        return f"{shown(self.name)} holds more than {limit}: {FEWER}"


def collect(folder: Path, haul: Haul) -> None:
    """Take every file below a folder that counts; symbolic links are never followed.

    Raises:
        Unreadable: the folder cannot be listed, or holds too much.
    """
    try:
        pending = [("", _listing(folder))]
    except OSError as fault:
        raise Unreadable(f"{shown(folder.name)} cannot be listed: {fault.strerror}") from None
    while pending:
        prefix, found = pending.pop()
        for entry in found:
            path = haul.path(prefix + entry.name)
            if path is None:
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    pending.append((f"{path}/", _listing(Path(entry.path))))
                else:
                    _take_entry(entry, path, haul)
            except OSError as fault:
                haul.note(f"{shown(path)} is passed over: {fault.strerror}")


def first(stream: Stream, size: int) -> bytes:
    """The first bytes of a stream, by pieces: zipfile unpacks as much as is asked for at once."""
    held = io.BytesIO()
    while size > 0 and (piece := stream.read(min(size, CHUNK))):
        held.write(piece)
        size -= len(piece)
    return held.getvalue()


def entries(folder: Path, homework: Homework | None = None) -> list[Path]:
    """The submissions in a folder of them, by name: folders, archives, Python files, notebooks.

    Raises:
        Unreadable: no such folder, or no submission in it.
    """
    if not folder.is_dir():
        raise Unreadable(
            f"{shown(str(folder))} is not a folder: name the one that holds the submissions"
        )
    try:
        found = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as fault:
        raise Unreadable(f"{shown(str(folder))} cannot be listed: {fault.strerror}") from None
    homework = homework or find()
    kept = [path for path in found if _is_submission(path, homework)]
    if not kept:
        raise Unreadable(
            f"{shown(str(folder))} holds no submission: put one folder, .zip, .tar.gz, .py or "
            ".ipynb for each student into it"
        )
    return kept


def is_junk(name: str) -> bool:
    """Whether a file or folder of that name is left behind by a system, not handed in."""
    return name.startswith(".") or name.lower() in JUNK


def _is_ignored(parts: list[str], homework: Homework) -> bool:
    lowered = [part.lower() for part in parts]
    if not lowered or any(map(is_junk, lowered)):
        return True
    # The template's own copies of what is handed out are used.
    return lowered[-1] in homework.handed_out or lowered[-1].endswith(DULL)


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        # One more than may be looked at, so that it is told.
        return sorted(islice(found, ENTRY_LIMIT + 1), key=lambda entry: entry.name)


def _take_entry(entry: os.DirEntry[str], path: str, haul: Haul) -> None:
    if entry.is_symlink():
        haul.note(f"{shown(path)} is passed over: it is a symbolic link")
    elif not entry.is_file(follow_symlinks=False):
        haul.note(f"{shown(path)} is passed over: it is not a plain file")
    else:
        size = entry.stat(follow_symlinks=False).st_size
        haul.take(path, size, partial(_opened, entry.path))


def _opened(path: str) -> IO[bytes]:
    return Path(path).open("rb")


def _is_submission(path: Path, homework: Homework) -> bool:
    if _is_ignored([path.name], homework):
        return False
    return path.is_dir() or path.name.lower().endswith(ARCHIVES + SOURCES)

"""The folder that one child may write to: whether it is too full, and how it is removed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

ROOM = 128 * 2**20  # bytes: the data files of a submission, and as much again
ENTRIES = 4096  # files and folders
DEEPEST = 2048  # characters of a path; the kernel accepts at most 4096
BLOCK = 512  # bytes: the unit of st_blocks


def is_overfull(home: Path, pid: int) -> bool:
    """Whether a child has written more than it may; removed files that it keeps open count."""
    blocks: dict[tuple[int, int], int] = {}
    for path, stat in _stats(home, pid):
        blocks[stat.st_dev, stat.st_ino] = stat.st_blocks
        if len(path) > DEEPEST:
            return True
        if len(blocks) > ENTRIES or sum(blocks.values()) * BLOCK > ROOM:
            return True
    return False


def remove(home: Path) -> None:
    """Remove the folder of a child that has ended, with everything in it, however deep.

    It does not recurse: `shutil.rmtree` fails on five thousand nested folders.
    """
    if os.rmdir not in os.supports_dir_fd:
        shutil.rmtree(home, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        top = _open(str(home), None)
        try:
            fresh = (f".{secrets.token_hex(8)}" for _ in count())
            while names := os.listdir(top):
                for name in names:
                    _remove_entry(top, name, fresh)
        finally:
            os.close(top)
        home.rmdir()


def _remove_entry(top: int, name: str, fresh: Iterator[str]) -> None:
    """Remove a file, or a folder whose own folders are moved to the top first."""
    try:
        os.unlink(name, dir_fd=top)
    except (IsADirectoryError, PermissionError):  # macOS raises the latter for a folder
        folder = _open(name, top)
        try:
            for inner in os.listdir(folder):
                os.rename(inner, next(fresh), src_dir_fd=folder, dst_dir_fd=top)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=top)


def _open(name: str, within: int | None) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    os.chmod(name, 0o700, dir_fd=within)  # the child may have forbidden its owner to read it
    return os.open(name, flags, dir_fd=within)


def _stats(home: Path, pid: int) -> Iterator[tuple[str, os.stat_result]]:
    """Path and size of every file and folder, and of open files that were removed."""
    opened, pending = f"/proc/{pid}/fd", [f"/proc/{pid}/fd", str(home)]
    while pending:
        folder = pending.pop()
        for entry in _listing(folder):
            with contextlib.suppress(OSError):
                stat = entry.stat(follow_symlinks=folder == opened)
                if folder != opened or not stat.st_nlink:
                    yield entry.path, stat
                if folder != opened and entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)


def _listing(folder: str) -> Iterator[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from entries

"""The files of a zip or tar archive, read in memory; what it declares of itself is not believed."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from assay.errors import Unreadable
from assay.submission import tar
from assay.submission.folder import Haul, first
from assay.submission.naming import shown

ARCHIVE_LIMIT = 128 * 2**20  # bytes of the archive itself
DIRECTORY_LIMIT = 8 * 2**20  # bytes of a zip's list of members
CLASS_DIRECTORY_LIMIT = 64 * 2**20  # of a class's: 400,000 files with names of 100 bytes

Kind = Literal["zip", "tar.gz", "tar", ""]
SUFFIXES = {"zip": (".zip",), "tar.gz": (".tar.gz", ".tgz"), "tar": (".tar",)}
FOREIGN = {b"Rar!": "a RAR", b"7z\xbc\xaf": "a 7z", b"\xfd7zXZ": "an xz", b"BZh": "a bzip2"}

# bzip2 and lzma are left out: zipfile unpacks them without a bound.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
UTF8_NAME = 0x800
AGAIN = "make the archive again, as .zip or .tar.gz, and hand that in"


def kind(content: bytes) -> Kind:
    """Which archive these bytes are, by their first ones; empty where they are none."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if content.startswith(tar.GZIP_MAGIC):
        return "tar.gz"
    return "tar" if content[257:262] == b"ustar" else ""


def foreign(content: bytes) -> str:
    """The kind of an archive that is not taken, with its article; empty where it is none."""
    return next((what for magic, what in FOREIGN.items() if content.startswith(magic)), "")


def collect(content: bytes, haul: Haul, *, name: str, prefix: str = "") -> None:
    """Take every file of an archive that counts.

    Args:
        content: the archive, of a `kind`.
        name: what it is called in messages.
        prefix: put before each path, for example "hw10/".
    Raises:
        Unreadable: encrypted, damaged, cut off, or it unpacks to too much.
    """
    with _damage_told(name):
        if kind(content) == "zip":
            _collect_zip(content, haul, name, prefix)
        else:
            _collect_tar(content, haul, name, prefix)


def _collect_zip(content: bytes, haul: Haul, name: str, prefix: str) -> None:
    with zipfile.ZipFile(_Guarded(content)) as opened:
        for info in opened.infolist():
            take_zipped(opened, info, haul.path(member_name(info), prefix), haul, name)


def take_zipped(
    opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: str | None, haul: Haul, name: str
) -> None:
    """Take one member of a zip under a path that the haul gave; nothing where it gave none.

    Raises:
        Unreadable: it is encrypted or packed by a method that is not taken, or it is too much.
    """
    if path is None or info.is_dir():
        return
    if not _is_plain(info):
        haul.note(f"{shown(path)} is passed over: it is a link or a device")
        return
    _expect_readable(info, name)
    haul.take(path, info.file_size, partial(opened.open, info))


@contextmanager
def class_zip(path: Path) -> Iterator[ClassZip]:
    """A zip of a whole class, read from the disk member by member, never all of it.

    It stays open for the next hand-in: the list of a large class's members takes seconds to read.

    Raises:
        Unreadable: it is no zip, is damaged, or its list of members is too long.
    """
    with _damage_told(path.name):
        told = path.stat()
        yield _kept(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=1)
def _kept(path: Path, _changed: int, _size: int) -> ClassZip:
    return ClassZip(path)


class ClassZip(zipfile.ZipFile):
    """A zip on the disk whose members are found by name; of two with one name the last counts."""

    def __init__(self, path: Path) -> None:
        self._guarded = _GuardedFile(path)
        super().__init__(self._guarded)
        self.members = {member_name(info): info for info in self.infolist()}
        self.names = sorted(self.members)

    def below(self, folder: str) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        """The members in a folder, whose name ends in "/", by their paths in it."""
        for place in range(bisect_left(self.names, folder), len(self.names)):
            name = self.names[place]
            if not name.startswith(folder):
                return
            yield name[len(folder) :], self.members[name]

    def __del__(self) -> None:
        super().__del__()
        self._guarded.close()


def read_zipped(opened: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    """The first bytes of one member of a class's zip.

    Raises:
        Unreadable: it is a link, encrypted, or packed by a method that is not taken.
    """
    name = member_name(info)
    if not _is_plain(info):
        raise Unreadable(f"{shown(name)} is a link or a device")
    _expect_readable(info, name)
    with opened.open(info) as stream:
        return first(stream, size)


def _collect_tar(content: bytes, haul: Haul, name: str, prefix: str) -> None:
    for member, data in tar.members(content, name):
        if member.type == tarfile.GNUTYPE_SPARSE:
            raise Unreadable(f"{shown(name)} holds a sparse file: {AGAIN}")
        path = haul.path(member.name, prefix)
        if path is not None and not member.isdir():
            _take_member(member, data, path, haul)


def _take_member(member: tarfile.TarInfo, data: tar.Data, path: str, haul: Haul) -> None:
    if member.isreg():
        haul.take(path, member.size, lambda: data)
    else:
        haul.note(f"{shown(path)} is passed over: it is a link or a device")


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; macOS writes UTF-8 without saying so."""
    if info.flag_bits & UTF8_NAME:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return info.orig_filename


def _is_plain(info: zipfile.ZipInfo) -> bool:
    # 0: made where files have no such mode.
    return stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)


def _expect_readable(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & ENCRYPTED:
        raise Unreadable(f"{shown(name)} is encrypted: make the archive again without a password")
    if info.compress_type not in METHODS:
        method = f"method {info.compress_type}, which is not taken"
        raise Unreadable(f"{shown(name)} is packed by {method}: {AGAIN}")


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error) as fault:
        raise Unreadable(f"{shown(name)} is damaged ({shown(str(fault))}): {AGAIN}") from None
    except EOFError:
        raise Unreadable(f"{shown(name)} is cut off: {AGAIN}") from None
    # What the two libraries let through of a header that makes no sense.
    except (ValueError, OverflowError, LookupError, OSError, NotImplementedError) as fault:
        raise Unreadable(f"{shown(name)} is damaged ({type(fault).__name__}): {AGAIN}") from None


class _Guarded(io.BytesIO):
    """A zip that refuses to have a huge list of members read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY_LIMIT:
            raise zipfile.BadZipFile("its list of members is too long")
        return super().read(size)


class _GuardedFile(io.FileIO):
    """The same of a class's zip, which stays on the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > CLASS_DIRECTORY_LIMIT:
            raise zipfile.BadZipFile("its list of members is too long")
        return super().read(size) or b""

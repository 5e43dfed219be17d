"""The files of a zip or tar archive, read in memory; nothing that it declares is trusted."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from assay.errors import Unreadable
from assay.submission import tar
from assay.submission.folder import Collected, read_at_most
from assay.submission.installed import MARKS
from assay.submission.naming import shown

ARCHIVE_LIMIT = 128 * 2**20  # bytes of the archive itself
DIRECTORY_LIMIT = 8 * 2**20  # bytes of a zip's list of files
CLASS_DIRECTORY_LIMIT = 64 * 2**20  # of a whole class's zip: 400,000 files with names of 100 bytes

Kind = Literal["zip", "tar.gz", "tar.xz", "tar.bz2", "tar", ""]
SUFFIXES = {
    "zip": (".zip",),
    "tar.gz": (".tar.gz", ".tgz"),
    "tar.xz": (".tar.xz", ".txz"),
    "tar.bz2": (".tar.bz2", ".tbz2", ".tbz"),
    "tar": (".tar",),
}
PACKED_TARS: dict[bytes, Kind] = {
    tar.GZIP_MAGIC: "tar.gz",
    tar.XZ_MAGIC: "tar.xz",
    tar.BZIP2_MAGIC: "tar.bz2",
}
# No library reads these within limits of its own.
FOREIGN = {b"Rar!": "a RAR", b"7z\xbc\xaf": "a 7z"}

# bzip2 and lzma are not supported: zipfile unpacks them without a limit.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
UTF8_NAME = 0x800
AGAIN = "create the archive again, as .zip or .tar.gz, and hand that in"
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error)
LONG_LIST = "its list of files is too long"


def kind(content: bytes) -> Kind:
    """The kind of archive, read off its first bytes; empty if it is none."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    packed = (kind for magic, kind in PACKED_TARS.items() if content.startswith(magic))
    return next(packed, "tar" if content[257:262] == b"ustar" else "")


def foreign(content: bytes) -> str:
    """The kind of an archive that cannot be read, with its article; empty if it is none."""
    return next((what for magic, what in FOREIGN.items() if content.startswith(magic)), "")


def collect(content: bytes, collected: Collected, *, name: str, prefix: str = "") -> None:
    """Collect every file of an archive that counts.

    Args:
        content: the archive, of a known `kind`.
        name: what it is called in messages.
        prefix: put before each path, for example "hw10/".
    Raises:
        Unreadable: it is encrypted, damaged or cut off, or unpacks to too much.
    """
    collected.begin_archive(len(content))
    with _reporting_damage(name):
        if kind(content) == "zip":
            _collect_zip(content, collected, name, prefix)
        else:
            _collect_tar(content, collected, name, prefix)


def _collect_zip(content: bytes, collected: Collected, name: str, prefix: str) -> None:
    with zipfile.ZipFile(_GuardedZip(content)) as opened:
        # An environment is recognised before its files are read.
        for info in sorted(opened.infolist(), key=_is_no_mark):
            path = collected.path(member_name(info), prefix)
            add_zipped(opened, info, path, collected, name)


def add_zipped(
    opened: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    path: str | None,
    collected: Collected,
    name: str,
) -> None:
    """Collect one member of a zip under a path; nothing if that is None (`Collected.path`).

    Raises:
        Unreadable: it is encrypted or compressed with an unsupported method, or too much.
    """
    if path is None or member_name(info).endswith("/"):
        return
    if not _is_plain(info):
        collected.note(f"{shown(path)} was ignored: it is a link or a device")
        return
    _expect_readable(info, name)
    collected.add(path, info.file_size, partial(opened.open, info))


@contextmanager
def class_zip(path: Path) -> Iterator[ClassZip]:
    """A zip of a whole class, read from disk one member at a time.

    It stays open for the next submission: to list the members of a large class takes seconds.

    Raises:
        Unreadable: it is not a zip, is damaged, or its list of files is too long.
    """
    with _reporting_damage(path.name):
        status = path.stat()
        yield _open_class_zip(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _open_class_zip(path: Path, _changed: int, _size: int) -> ClassZip:
    return ClassZip(path)


class ClassZip(zipfile.ZipFile):
    """A zip on disk with its members by name; of two with the same name, the last one is used."""

    def __init__(self, path: Path) -> None:
        self._file = _GuardedClassZip(path)
        super().__init__(self._file)
        self.members = {member_name(info): info for info in self.infolist()}
        self.names = sorted(self.members)

    def below(self, folder: str) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        """The members in a folder, whose name ends in "/", with their paths inside it."""
        for position in range(bisect_left(self.names, folder), len(self.names)):
            name = self.names[position]
            if not name.startswith(folder):
                return
            yield name[len(folder) :], self.members[name]

    def __del__(self) -> None:
        super().__del__()
        self._file.close()


def read_zipped(opened: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    """The first bytes of one member of a class's zip.

    Raises:
        Unreadable: it is a link, encrypted, or compressed with an unsupported method.
    """
    name = member_name(info)
    if not _is_plain(info):
        raise Unreadable(f"{shown(name)} is a link or a device")
    _expect_readable(info, name)
    with opened.open(info) as stream:
        return read_at_most(stream, size)


def _collect_tar(content: bytes, collected: Collected, name: str, prefix: str) -> None:
    for member, data in tar.members(content, name, collected.unpacked):
        if member.type == tarfile.GNUTYPE_SPARSE:
            raise Unreadable(f"{shown(name)} contains a sparse file: {AGAIN}")
        path = collected.path(member.name, prefix)
        if path is not None and not member.isdir():
            _add_member(member, data, path, collected)


def _add_member(member: tarfile.TarInfo, data: tar.Data, path: str, collected: Collected) -> None:
    if member.isreg():
        collected.add(path, member.size, lambda: data)
    else:
        collected.note(f"{shown(path)} was ignored: it is a link or a device")


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; macOS writes UTF-8 without declaring it, and Windows writes backslashes."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")


def _is_no_mark(info: zipfile.ZipInfo) -> bool:
    return MARKS.isdisjoint(info.filename.lower().split("/"))


def _is_plain(info: zipfile.ZipInfo) -> bool:
    # 0: the zip was created by a system whose files have no such mode.
    return stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)


def _expect_readable(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & ENCRYPTED:
        raise Unreadable(f"{shown(name)} is encrypted: create the archive again without a password")
    if info.compress_type not in METHODS:
        method = f"method {info.compress_type}, which is not supported"
        raise Unreadable(f"{shown(name)} is compressed with {method}: {AGAIN}")


@contextmanager
def _reporting_damage(name: str) -> Iterator[None]:
    try:
        yield
    except DAMAGE as fault:
        raise Unreadable(f"{shown(name)} is damaged ({shown(str(fault))}): {AGAIN}") from None
    except EOFError:
        raise Unreadable(f"{shown(name)} is cut off: {AGAIN}") from None
    # Errors of the two libraries at headers that make no sense.
    except (ValueError, OverflowError, LookupError, OSError, NotImplementedError) as fault:
        raise Unreadable(f"{shown(name)} is damaged ({type(fault).__name__}): {AGAIN}") from None


class _GuardedZip(io.BytesIO):
    """A zip in memory whose list of files is not read if it is huge."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY_LIMIT:
            raise zipfile.BadZipFile(LONG_LIST)
        return super().read(size)


class _GuardedClassZip(io.FileIO):
    """The same for the zip of a whole class, which stays on disk."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > CLASS_DIRECTORY_LIMIT:
            raise zipfile.BadZipFile(LONG_LIST)
        return super().read(size) or b""

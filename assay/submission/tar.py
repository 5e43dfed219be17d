"""The members of a tar, read once from front to back, whatever its headers declare.

`tarfile` reads single headers only: it calls itself for each extended one, makes gigabytes of
keywords of a small one, and takes a damaged one for the end. `gzip` reads a name byte by byte.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterator

from assay.errors import Unreadable
from assay.submission.folder import CHUNK, ENTRY_LIMIT, FEWER
from assay.submission.naming import shown

UNPACKED_LIMIT = 512 * 2**20  # bytes of a tar, those of skipped members included
EXTENDED_LIMIT = 4 * 2**20  # bytes of its extended headers in all
HEADER_LIMIT = 2 * ENTRY_LIMIT  # headers of any type

BLOCK = 512  # bytes: what a header takes, and what data is filled up to
GZIP = 31  # zlib's number for a stream with a gzip's head and checksum
GZIP_MAGIC = b"\x1f\x8b"

PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
EXTENDED = (*PAX, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
# No data follows, whatever size they declare.
BARE = (
    tarfile.LNKTYPE,
    tarfile.SYMTYPE,
    tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
)


def members(content: bytes, name: str) -> Iterator[tuple[tarfile.TarInfo, Data]]:
    """Each member and its data, which can be read until the next member is asked for.

    Args:
        content: a tar or tar.gz.
        name: what it is called in messages.
    Raises:
        Unreadable: it unpacks to too much, or has too many headers.
        EOFError: it is cut off.
        tarfile.TarError, zlib.error: it is damaged.
    """
    stream = _Stream(content, name)
    told: dict[bytes, bytes] = {}
    left = EXTENDED_LIMIT
    for number in range(HEADER_LIMIT):
        member = _header(stream, is_first=not number)
        if member is None:
            return stream.drain()
        if member.type in EXTENDED:
            left -= member.size
            if left < 0:
                raise tarfile.ReadError("its headers are too long")
            told |= _told(member, data := Data(stream, member.size))
        else:
            _override(member, told)
            told = {}
            yield member, (data := Data(stream, member.size))
        data.skip()
    raise Unreadable(f"{shown(name)} holds more than {HEADER_LIMIT:,} headers: {FEWER}")


class Data(io.RawIOBase):
    """So many of the next bytes of a tar.

    Raises:
        tarfile.ReadError: less than none.
    """

    def __init__(self, stream: _Stream, size: int) -> None:
        if size < 0:
            raise tarfile.ReadError(f"a size is {size}")
        self._stream = stream
        self._left = size
        self._filling = -size % BLOCK

    def read(self, size: int = -1, /) -> bytes:
        """Some of them, up to `size`; none where all were read.

        Raises:
            EOFError: the tar ends before.
        """
        wanted = min(self._left, CHUNK if size < 0 else size)
        content = self._stream.read(wanted)
        if wanted and not content:
            raise EOFError
        self._left -= len(content)
        return content

    def skip(self) -> None:
        """Pass over the rest of them, up to the next header."""
        self._left += self._filling
        while self.read(CHUNK):
            pass


class _Stream:
    """What a tar or tar.gz holds, no more of it than an archive may unpack to."""

    def __init__(self, content: bytes, name: str) -> None:
        packed = content.startswith(GZIP_MAGIC)
        self._pieces = _gunzipped(content) if packed else iter((content,))
        self._name = name
        self._held = memoryview(b"")
        self._left = UNPACKED_LIMIT

    def read(self, size: int) -> bytes:
        """The next bytes, up to `size`; none at the end.

        Raises:
            Unreadable: it unpacks to too much.
        """
        while not self._held and (piece := next(self._pieces, None)) is not None:
            self._left -= len(piece)
            if self._left < 0:
                limit = f"{UNPACKED_LIMIT // 2**20} MiB"
                raise Unreadable(f"{shown(self._name)} unpacks to more than {limit}: {FEWER}")
            self._held = memoryview(piece)
        taken, self._held = self._held[:size], self._held[size:]
        return bytes(taken)

    def drain(self) -> None:
        """Read to the end, where a gzip's checksum stands."""
        while self.read(CHUNK):
            pass


def _gunzipped(content: bytes) -> Iterator[bytes]:
    """What a gzip holds, by pieces."""
    inner = zlib.decompressobj(GZIP)
    for start in range(0, len(content), CHUNK):
        piece = content[start : start + CHUNK]
        while piece:
            yield inner.decompress(piece, CHUNK)
            if inner.eof:
                return
            piece = inner.unconsumed_tail
    yield inner.flush()
    if not inner.eof:
        raise EOFError


def _header(stream: _Stream, *, is_first: bool) -> tarfile.TarInfo | None:
    """The next header; None for the block of zeros at the end."""
    try:
        block = Data(stream, BLOCK).readall()
        told = block.strip(b"\0")
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape") if told else None
    except (EOFError, tarfile.HeaderError):
        if is_first:
            raise tarfile.ReadError("it holds no tar") from None
        raise


def _told(header: tarfile.TarInfo, data: Data) -> dict[bytes, bytes]:
    """What an extended header says of the next member: its path, its size, that it is sparse."""
    content = data.readall()
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {b"path": content.partition(b"\0")[0]}
    found = {}
    for key, value in _records(content) if header.type in PAX else ():
        if key in (b"path", b"size"):
            found[key] = value
        elif key.startswith(b"GNU.sparse."):
            found[b"sparse"] = b""
    return found


def _records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a PAX header, each in a record like b"12 path=a.py" and a newline."""
    start = 0
    while start < len(content) and content[start]:
        digits = content[start : start + 8].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        record = content[start : start + length]
        key, equals, value = record[len(digits) + 1 : -1].partition(b"=")
        if not equals or len(record) != length or not record.endswith(b"\n"):
            raise tarfile.ReadError("an extended header makes no sense")
        yield key, value
        start += length


def _override(member: tarfile.TarInfo, told: dict[bytes, bytes]) -> None:
    if told.get(b"path"):
        member.name = told[b"path"].decode("utf-8", "surrogateescape")
    if b"size" in told:
        if not told[b"size"].isdigit():
            raise tarfile.ReadError("a size is no number")
        member.size = int(told[b"size"])
    if member.type in BARE:
        member.size = 0
    elif b"sparse" in told:
        member.type = tarfile.GNUTYPE_SPARSE

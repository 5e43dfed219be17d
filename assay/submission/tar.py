"""The members of a tar, read once from front to back, whatever its headers declare.

Of `tarfile` only the parser of single headers is used: `tarfile` itself recurses at each extended
header, expands a small one to gigabytes of keywords, and takes a damaged one for the end. `gzip` is
not used because it reads the file name in its header byte by byte.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator

from assay.errors import Unreadable
from assay.submission.folder import CHUNK, ENTRY_LIMIT, FEWER, Unpacked
from assay.submission.naming import shown

UNPACKED_LIMIT = 512 * 2**20  # bytes of an unpacked tar, including members that are ignored
EXTENDED_LIMIT = 4 * 2**20  # bytes of all its extended headers
HEADER_LIMIT = 2 * ENTRY_LIMIT  # headers of any type

BLOCK = 512  # bytes: the size of a header, and data is padded to a multiple of it
GZIP = 31  # zlib's code for a stream with a gzip header and checksum
GZIP_MAGIC = b"\x1f\x8b"
XZ_MAGIC = b"\xfd7zXZ\0"
BZIP2_MAGIC = b"BZh"
XZ_MEMORY = 96 * 2**20  # bytes that unpacking an xz may use: its highest level needs 65 MiB
STREAM_LIMIT = 1_000  # streams in an xz or a bzip2, which parallel packers write one after another

PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
EXTENDED = (*PAX, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
# No data follows these, whatever size they declare.
WITHOUT_DATA = (
    tarfile.LNKTYPE,
    tarfile.SYMTYPE,
    tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
)


def members(
    content: bytes, name: str, unpacked: Unpacked | None = None
) -> Iterator[tuple[tarfile.TarInfo, Data]]:
    """Each member with its data, which can be read until the next member is requested.

    Args:
        content: a tar, which may be packed by gzip, xz or bzip2.
        name: what it is called in messages.
        unpacked: what the same submission's other tars unpacked to, which counts too.
    Raises:
        Unreadable: it unpacks to too much, or has too many headers.
        EOFError: it is cut off.
        tarfile.TarError, zlib.error: it is damaged.
    """
    stream = _Stream(content, name, unpacked or Unpacked())
    overrides: dict[bytes, bytes] = {}
    left = EXTENDED_LIMIT
    for number in range(HEADER_LIMIT):
        member = _header(stream, is_first=not number)
        if member is None:
            return stream.drain()
        if member.type in EXTENDED:
            left -= member.size
            if left < 0:
                raise tarfile.ReadError("its headers are too long")
            overrides |= _overrides(member, data := Data(stream, member.size))
        else:
            _override(member, overrides)
            overrides = {}
            yield member, (data := Data(stream, member.size))
        data.skip()
    raise Unreadable(f"{shown(name)} contains more than {HEADER_LIMIT:,} headers: {FEWER}")


class Data(io.RawIOBase):
    """The next `size` bytes of a tar.

    Raises:
        tarfile.ReadError: the size is negative.
    """

    def __init__(self, stream: _Stream, size: int) -> None:
        if size < 0:
            raise tarfile.ReadError(f"a file has size {size}")
        self._stream = stream
        self._left = size
        self._padding = -size % BLOCK

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` of them; none once all have been read.

        Raises:
            EOFError: the tar ends too early.
        """
        length = min(self._left, CHUNK if size < 0 else size)
        content = self._stream.read(length)
        if length and not content:
            raise EOFError
        self._left -= len(content)
        return content

    def skip(self) -> None:
        """Skip the rest, up to the next header."""
        self._left += self._padding
        while self.read(CHUNK):
            pass


class _Stream:
    """The bytes of a tar, packed or not, up to the most that an archive may unpack to."""

    def __init__(self, content: bytes, name: str, unpacked: Unpacked) -> None:
        self._pieces = _pieces(content)
        self._name = name
        self._piece = memoryview(b"")
        self._unpacked = unpacked

    def read(self, size: int) -> bytes:
        """The next bytes, up to `size`; none at the end.

        Raises:
            Unreadable: it unpacks to too much.
        """
        while not self._piece and (piece := next(self._pieces, None)) is not None:
            self._unpacked.size += len(piece)
            if self._unpacked.size > UNPACKED_LIMIT:
                limit = f"{UNPACKED_LIMIT // 2**20} MiB"
                raise Unreadable(f"{shown(self._name)} unpacks to more than {limit}: {FEWER}")
            self._piece = memoryview(piece)
        content, self._piece = self._piece[:size], self._piece[size:]
        return bytes(content)

    def drain(self) -> None:
        """Read to the end, where the packers put their checksums."""
        while self.read(CHUNK):
            pass


def _pieces(content: bytes) -> Iterator[bytes]:
    if content.startswith(GZIP_MAGIC):
        return _gunzipped(content)
    if content.startswith(XZ_MAGIC):
        return _streams(content, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY))
    if content.startswith(BZIP2_MAGIC):
        return _streams(content, bz2.BZ2Decompressor)
    return iter((content,))


def _streams(
    content: bytes, new: Callable[[], lzma.LZMADecompressor | bz2.BZ2Decompressor]
) -> Iterator[bytes]:
    """The contents of the streams of an xz or a bzip2, in pieces."""
    inner, streams = new(), 1
    for start in range(0, len(content), CHUNK):
        piece = content[start : start + CHUNK]
        piece = piece.lstrip(b"\0") if inner.eof else piece
        while piece or not (inner.eof or inner.needs_input):
            if inner.eof:
                inner, streams = new(), streams + 1
                if streams > STREAM_LIMIT:
                    raise tarfile.ReadError("it has too many parts")
            yield inner.decompress(piece, CHUNK)
            # Zeros may fill up an xz.
            piece = inner.unused_data.lstrip(b"\0") if inner.eof else b""
    if not inner.eof:
        raise EOFError


def _gunzipped(content: bytes) -> Iterator[bytes]:
    """The contents of a gzip, in pieces."""
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
        is_end = not block.strip(b"\0")
        return None if is_end else tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (EOFError, tarfile.HeaderError):
        if is_first:
            raise tarfile.ReadError("it contains no tar") from None
        raise


def _overrides(header: tarfile.TarInfo, data: Data) -> dict[bytes, bytes]:
    """What an extended header says about the next member: path, size, and whether it is sparse."""
    content = data.readall()
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {b"path": content.partition(b"\0")[0]}
    overrides = {}
    for key, value in _records(content) if header.type in PAX else ():
        if key in (b"path", b"size"):
            overrides[key] = value
        elif key.startswith(b"GNU.sparse."):
            overrides[b"sparse"] = b""
    return overrides


def _records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a PAX header: its records are lines like b"12 path=a.py"."""
    start = 0
    while start < len(content) and content[start]:
        digits = content[start : start + 8].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        record = content[start : start + length]
        key, equals, value = record[len(digits) + 1 : -1].partition(b"=")
        if not equals or len(record) != length or not record.endswith(b"\n"):
            raise tarfile.ReadError("an extended header is malformed")
        yield key, value
        start += length


def _override(member: tarfile.TarInfo, overrides: dict[bytes, bytes]) -> None:
    if overrides.get(b"path"):
        member.name = overrides[b"path"].decode("utf-8", "surrogateescape")
    if b"size" in overrides:
        if not overrides[b"size"].isdigit():
            raise tarfile.ReadError("a file's size is not a number")
        member.size = int(overrides[b"size"])
    if member.type in WITHOUT_DATA:
        member.size = 0
    elif b"sparse" in overrides:
        member.type = tarfile.GNUTYPE_SPARSE

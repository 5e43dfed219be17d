"""Archives made to do harm: each is read or unreadable, soon, in little memory; nothing leaks."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settling import bounded, settle_bytes

from assay.errors import Unreadable
from assay.submission import Submission, folder, tar

CODE = b"def project(y, a):\n    return y\n"
KIND = {"zip": "hw.zip", "tar": "hw.tar", "tar.gz": "hw.tar.gz"}

# Each unpacks to itself.
R_GZ = base64.b64decode(
    "H4sICAAAAAAAA3IuZ3oAABQA6/8fiwgIAAAAAAADci5negAAFADr/0KIIcQAAAUA+v9CiCHEAAAFAPr/AAUA+v8AFA"
    "Dr/0KIIcQAAAUA+v8ABQD6/wAUAOv/QoghxAAAFADr/0KIIcQAABQA6/9CiCHEAAAUAOv/QoghxAAAFADr/0KIIcQA"
    "AAAA//8AAAD//wAMAPP/QoghxAAAAAD//wAAAP//AAwA8/9DZgMAWwtmOcIAAABDZgMAWwtmOcIAAAA="
)
R_ZIP = base64.b64decode(
    "UEsDBBQAAAAIAAAAIQD/NzRoGQEAAJ4BAAAFABkAci56aXByYRUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEEAvv9QSwME"
    "FAAAAAgAAAAhAP83NGgZAQAAngEAAAUAGQByLnppcHJhFQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQQC+/wKIYgMAAAUA"
    "+v8CiGIDAAAFAPr/AAUA+v8AFADr/wKIYgMAAAUA+v8ABQD6/wAUAOv/QoghxAAAFADr/0KIIcQAABQA6/9CiCHEAAAU"
    "AOv/QoghxAAAFADr/0KIIcQAAAAA//8AAAD//wBNALL/QoghxAAAAAD//wAAAP//AE0Asv+jqmEAUEsBAhQAFAAAAAgA"
    "AAAhAP83NGgZAQAAngEAAAUAAAAAAAAAAAAAAAAAAAAAAHIuemlwUEsFBgAAAAABAAEAMwAAAFUBAAAAAKOqYQBQSwEC"
    "FAAUAAAACAAAACEA/zc0aBkBAACeAQAABQAAAAAAAAAAAAAAAAAAAAAAci56aXBQSwUGAAAAAAEAAQAzAAAAVQEAAAAA"
)


@dataclass
class Member:
    """A member of a zip, any part of which may be false.

    Attributes:
        at: the offset of its local header, if it has none of its own.
        listed: what its entry in the list of files declares differently from its local header.
    """

    name: bytes
    data: bytes = b""
    method: int = zipfile.ZIP_STORED
    flags: int = 0x800
    mode: int = 0
    size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    at: int | None = None
    listed: dict[str, int] = field(default_factory=dict)

    def head(self, **lies: int) -> bytes:
        declared = {
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.data) if self.crc is None else self.crc,
            "packed": len(self.data),
            "size": len(self.data) if self.size is None else self.size,
        } | lies
        return struct.pack(
            "<5H3I2H",
            20,
            declared["flags"],
            declared["method"],
            0,
            33,
            declared["crc"],
            declared["packed"],
            declared["size"],
            len(self.name),
            len(self.extra),
        )

    def local(self) -> bytes:
        return b"PK\3\4" + self.head() + self.name + self.extra

    def entry(self, at: int) -> bytes:
        more = struct.pack("<3H2I", 0, 0, 0, self.mode << 16, at)
        return b"PK\1\2\x14\3" + self.head(**self.listed) + more + self.name + self.extra


def zip_of(*members: Member, count: int | None = None, shift: int = 0) -> bytes:
    content, entries = b"", []
    for member in members:
        entries.append(member.entry(len(content) if member.at is None else member.at))
        if member.at is None:
            content += member.local() + member.data
    return content + listing(entries, len(content) + shift, count)


def listing(entries: list[bytes], at: int, count: int | None = None) -> bytes:
    joined = b"".join(entries)
    number = (len(entries) if count is None else count) & 0xFFFF
    return joined + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, number, number, len(joined), at, 0)


def header(name: bytes, type_: bytes = tarfile.REGTYPE, size: int | bytes = 0) -> bytes:
    """A tar header that may declare anything."""
    declared = size if isinstance(size, bytes) else b"%011o\0" % size
    ids = b"0007777\0" + b"0000000\0" * 2
    start = name[:100].ljust(100, b"\0") + ids + declared + b"0" * 11 + b"\0"
    rest = (type_ + b"/etc".ljust(100, b"\0") + b"ustar\x0000").ljust(512 - 156, b"\0")
    checksum = sum(start) + 8 * ord(" ") + sum(rest)
    return start + b"%06o\0 " % checksum + rest


def block(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def of_tar(name: bytes, data: bytes = b"", type_: bytes = tarfile.REGTYPE) -> bytes:
    return header(name, type_, len(data)) + block(data)


def tar_of(*members: bytes) -> bytes:
    return b"".join(members) + bytes(512)


def pax(key: bytes, value: bytes, type_: bytes = tarfile.XHDTYPE) -> bytes:
    rest = b" " + key + b"=" + value + b"\n"
    length = next(n for n in range(len(rest), len(rest) + 9) if n == len(str(n)) + len(rest))
    return of_tar(b"x", str(length).encode() + rest, type_)


def long_name(name: bytes) -> bytes:
    return of_tar(b"././@LongLink", name + b"\0", tarfile.GNUTYPE_LONGNAME)


def deflated(*parts: bytes) -> bytes:
    """A deflated stream of parts, none of which refers back to another."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    flushed = [deflate.compress(part) + deflate.flush(zlib.Z_FULL_FLUSH) for part in parts]
    return b"".join(flushed) + deflate.flush()


def many_times(piece: bytes, times: int, start: bytes = b"") -> bytes:
    """A deflated stream of `start` and then `piece` many times, made without writing these out."""
    head, once, end = deflated(start)[:-2], deflated(piece)[:-2], deflated()
    return head + once * times + end


def gzip_of(packed: bytes) -> bytes:
    """A gzip with an incorrect checksum."""
    return b"\x1f\x8b\x08\0" + bytes(6) + packed + bytes(8)


PACKED = {
    "zip": zip_of(Member(b"a.py", CODE), Member(b"d/w.npy", b"w")),
    "tar": tar_of(of_tar(b"a.py", CODE), of_tar(b"d/w.npy", b"w")),
}
PACKED["tar.gz"] = gzip.compress(PACKED["tar"], mtime=0)


def refused(found: object, words: str = "") -> bool:
    """Whether the archive is unreadable, for this reason, and the error says what to do."""
    remedy = str(found).partition(": ")[2]
    return isinstance(found, Unreadable) and words in str(found) and "hand" in remedy


def whole(found: object) -> bool:
    """Whether the archive is read, and is complete."""
    return (
        isinstance(found, Submission)
        and [source.name for source in found.sources] == ["a.py"]
        and found.sources[0].cells == (("a.py", CODE.decode()),)
        and found.data == {"d/w.npy": b"w"}
    )


# Names


def with_name(kind: str, name: bytes) -> bytes:
    if kind == "zip":
        return zip_of(Member(b"a.py", CODE), Member(name, b"x"))
    return tar_of(of_tar(b"a.py", CODE), long_name(name), of_tar(b"short.py", b"x"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"..", "leads outside"),
        (b"a/..", "leads outside"),
        (b"//host/share/x.py", "absolute"),
        (b"/", "absolute"),
        (b"c:x.py", "absolute"),
        (b"\\\\host\\share\\x.py", "absolute path"),
        (b"..\\x.py", "outside"),
        (b"x\n.py", "not valid text"),
        (b"\x1b[2J", "not valid text"),
        (b"x\x7f.py", "not valid text"),
        ("é\x85.py".encode(), "not valid text"),
        (b"x" * 256, "too long"),
        (b"a/" * 500 + b"x.py", "too long"),
        ("가".encode() * 86, "too long"),
        (b"x" * 60_000, "too long"),
        (unicodedata.normalize("NFD", "ệ").encode() * 7_000, "too long"),
    ],
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_is_no_path_inside_the_submission_is_ignored(settle_file, kind, name, expected):
    found = settle_file(KIND[kind], with_name(kind, name))
    assert isinstance(found, Submission)
    assert [source.name for source in found.sources] == ["a.py"]
    assert found.data == {}
    assert [expected in note for note in found.notes] == [True]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("name", [b".", b"./", b".//.", b"./.", b".x"])
def test_an_empty_name_is_ignored_without_a_note(settle_file, kind, name):
    found = settle_file(KIND[kind], with_name(kind, name))
    assert isinstance(found, Submission)
    assert (len(found.sources), found.data, found.notes) == (1, {}, ())


def test_a_name_in_a_zip_does_not_end_at_a_zero(settle_file):
    found = settle_file("hw.zip", zip_of(Member(b"a.py", CODE), Member(b"b.py\0.txt"), Member(b"")))
    assert isinstance(found, Submission)
    assert found.notes == ("b.py�.txt was ignored: its name is not valid text",)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_is_not_utf8_is_ignored_or_makes_the_archive_unreadable(settle_file, kind):
    found = settle_file(KIND[kind], with_name(kind, b"\xff.py"))
    text = str(found) if isinstance(found, Unreadable) else found.notes[0]
    assert "damaged" in text or "its name is not valid text" in text


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_writes_backwards_is_shown_in_its_true_order(settle_file, kind):
    name = "gol\u202eyp.npy".encode()
    found = settle_file(KIND[kind], with_name(kind, b"../" + name))
    assert found.notes == ("../gol�yp.npy was ignored: its path leads outside the submission",)


@pytest.mark.parametrize("name", ["con.py", "AUX.py", "nul", "lpt1.npy", "a.py.", "b.py "])
def test_a_file_that_windows_cannot_name_is_read(settle_file, name):
    found = settle_file("hw.zip", with_name("zip", name.encode()))
    assert isinstance(found, Submission)
    assert name in {source.name for source in found.sources} | found.data.keys()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("é.npy", unicodedata.normalize("NFD", "é.npy"), "more than once"),
        ("d/e.npy", "d//./e.npy", "more than once"),
        ("D/é.npy", "d/É.npy", "only in upper and lower case"),
    ],
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names_that_could_be_the_same_file_have_a_note(settle_file, kind, one, other, expected):
    if kind == "zip":
        packed = zip_of(Member(b"a.py"), Member(one.encode(), b"1"), Member(other.encode(), b"2"))
    else:
        both = long_name(one.encode()) + of_tar(b"x", b"1"), long_name(other.encode())
        packed = tar_of(of_tar(b"a.py"), *both, of_tar(b"y", b"2"))
    found = settle_file(KIND[kind], packed)
    assert [expected in note for note in found.notes] == [True]
    assert list(found.data.values())[-1] == b"2"


def test_thousands_of_deep_paths_are_read(settle_file):
    names = [f"{n:04}{'/a' * 490}.py" for n in range(1_000)]
    found = settle_file("hw.zip", zip_of(*(Member(name.encode()) for name in names)))
    assert isinstance(found, Submission)
    assert len(found.sources) == len(names)


# Members that are not regular files


@pytest.mark.parametrize("type_", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_file_behind_a_link_stays_inside_the_submission(settle_file, type_):
    members = header(b"d", type_), of_tar(b"d/passwd.npy", b"mine"), of_tar(b"a.py")
    found = settle_file("hw.tar", tar_of(*members))
    assert isinstance(found, Submission)
    assert found.data == {"d/passwd.npy": b"mine"}
    assert found.notes == ("d was ignored: it is a link or a device",)


def test_a_file_behind_a_link_in_a_zip_stays_inside_the_submission(settle_file):
    link = Member(b"d", b"/etc", mode=stat.S_IFLNK | 0o777)
    found = settle_file("hw.zip", zip_of(link, Member(b"d/passwd.npy", b"mine"), Member(b"a.py")))
    assert isinstance(found, Submission)
    assert found.data == {"d/passwd.npy": b"mine"}
    assert found.notes == ("d was ignored: it is a link or a device",)


@pytest.mark.parametrize("type_", [tarfile.BLKTYPE, b"Z", b"\xff"])
def test_devices_and_unknown_types_in_a_tar_are_ignored(settle_file, type_):
    found = settle_file("hw.tar", tar_of(of_tar(b"a.py", CODE), header(b"b.py", type_)))
    assert found.notes == ("b.py was ignored: it is a link or a device",)


@pytest.mark.parametrize("format_", [stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_devices_and_pipes_in_a_zip_are_ignored(settle_file, format_):
    found = settle_file("hw.zip", zip_of(Member(b"a.py"), Member(b"b.py", mode=format_ | 0o666)))
    assert found.notes == ("b.py was ignored: it is a link or a device",)


def test_the_mode_of_a_file_changes_nothing(settle_file):
    modes = [0, stat.S_IFREG | stat.S_ISUID | stat.S_ISGID | 0o777, stat.S_IFREG]
    found = [settle_file("hw.zip", zip_of(Member(b"a.py", CODE, mode=mode))) for mode in modes]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("declared", [2**30, 8**11 - 1])
@pytest.mark.parametrize("type_", [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE])
def test_a_member_without_data_may_declare_any_size(settle_file, type_, declared):
    packed = tar_of(header(b"d", type_, declared), of_tar(b"a.py", CODE), of_tar(b"d/w.npy", b"w"))
    assert whole(settle_file("hw.tar", packed))


@pytest.mark.parametrize(
    "member",
    [
        header(b"a.py", tarfile.GNUTYPE_SPARSE, 512) + bytes(512),
        pax(b"GNU.sparse.map", b"0,1") + of_tar(b"a.py", CODE),
        pax(b"GNU.sparse.major", b"1") + of_tar(b"GNUSparseFile.0/a.py", b"99999999\n" * 9),
    ],
)
def test_a_sparse_file_is_unreadable(settle_file, member):
    assert refused(settle_file("hw.tar", tar_of(member)), "contains a sparse file")


# Bombs


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        (of_tar(b".git/x"), "more than 50,000 entries"),
        (of_tar(b"x.npy"), "more than 100,000 headers"),
        (of_tar(b"x.py"), "more than 2,000 files"),
        (pax(b"comment", b"x" * 60_000) + of_tar(b".git/x"), "headers are too long"),
    ],
)
def test_a_tar_of_a_million_headers_is_unreadable(settle_file, piece, expected):
    per_turn = -(-(2**20) // len(piece))
    packed = gzip_of(many_times(piece * per_turn, 500))
    assert len(packed) < 2**22
    assert refused(settle_file("hw.tar.gz", packed), expected)


@pytest.mark.parametrize("type_", tar.EXTENDED)
def test_a_chain_of_extended_headers_is_unreadable(settle_file, monkeypatch, type_):
    monkeypatch.setattr(tar, "HEADER_LIMIT", 900)
    assert refused(settle_file("hw.tar", header(b"x", type_) * 1_000), "more than 900 headers")


def test_a_tar_that_unpacks_to_gigabytes_is_unreadable(settle_file):
    start = of_tar(b"a.py", CODE) + header(b"venv/lib.so", size=2**32)
    packed = gzip_of(many_times(bytes(2**20), 2**12, start))
    assert len(packed) < 2**23
    assert refused(settle_file("hw.tar.gz", packed), "unpacks to more than 512 MiB")


def test_a_zip_of_many_members_is_unreadable(settle_file):
    packed = b"PK\3\4" + listing([Member(b"").entry(0)] * 50_001, 4)
    assert refused(settle_file("hw.zip", packed), "more than 50,000 entries")


def test_a_zip_of_a_million_members_is_unreadable(settle_file):
    packed = b"PK\3\4" + listing([Member(b"x.py").entry(0)] * 10**6, 4)
    assert refused(settle_file("hw.zip", packed), "its list of files is too long")


def test_a_member_of_gigabytes_is_ignored(settle_file):
    data = many_times(bytes(2**20), 2**12 - 1)
    bomb = Member(b"w.npy", data, zipfile.ZIP_DEFLATED, size=2**32 - 2**20, crc=0)
    found = settle_file("hw.zip", zip_of(Member(b"a.py", CODE), bomb))
    assert found.notes == ("w.npy was ignored: it is larger than 8 MiB",)


def test_an_archive_of_sixteen_archives_is_not_opened_further(settle_file):
    packed, crc, size = deflated(), 0, 0
    for _ in range(5):
        same = {"size": size, "crc": crc, "method": zipfile.ZIP_DEFLATED}
        layer = zip_of(*(Member(b"lib %x.zip" % n, packed, **same) for n in range(16)))
        packed, crc, size = deflated(layer), zlib.crc32(layer), len(layer)
    assert refused(settle_file("42.zip", layer), "is an archive inside")


def test_an_archive_that_holds_itself_is_opened_once(settle_file):
    assert gzip.decompress(R_GZ) == R_GZ
    assert refused(settle_file("r.gz", R_GZ), "it contains no tar")
    with zipfile.ZipFile(io.BytesIO(R_ZIP)) as opened:
        assert opened.read("r.zip") == R_ZIP
    assert refused(settle_file("r.zip", R_ZIP), "r/r.zip is an archive inside")


# Python itself detects overlaps since 3.12.2.
OVERLAP = re.compile(r"hw.zip (contains more than 64 MiB|is damaged \(Overlapped entries)")


def test_members_that_share_their_bytes_each_count_towards_the_limit(settle_file):
    data = deflated(bytes(2**22))
    first = Member(b"w.npy", data, zipfile.ZIP_DEFLATED, size=2**22, crc=zlib.crc32(bytes(2**22)))
    entries = [first.entry(0)] * 40_000
    content = first.local() + data
    assert OVERLAP.search(str(settle_file("hw.zip", content + listing(entries, len(content)))))


def fifield(number: int, kernel: int) -> bytes:
    """Members that each quote the header of the next, so that all share one deflated kernel."""
    content, plain, members = deflated(bytes(kernel)), bytes(kernel), []
    for n in reversed(range(number)):
        name = b"%d.npy" % n
        member = Member(name, content, zipfile.ZIP_DEFLATED, size=len(plain), crc=zlib.crc32(plain))
        members.append(member)
        head = member.local()
        content = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF) + head + content
        plain = head + plain
    outer = content[5:]
    places = [len(outer) - len(m.data) - len(m.local()) for m in members]
    entries = [m.entry(at) for m, at in zip(members, places, strict=True)]
    return outer + listing(entries, len(outer))


def test_members_that_quote_each_other_each_count_towards_the_limit(settle_file):
    packed = fifield(300, 2**20)
    assert len(packed) < 2**16
    assert OVERLAP.search(str(settle_file("hw.zip", packed)))


def test_of_a_gzip_of_many_parts_only_the_first_is_read(settle_file):
    assert refused(settle_file("hw.tgz", gzip.compress(b"") * 10**6), "contains no tar")
    assert whole(settle_file("hw.tgz", PACKED["tar.gz"] + gzip.compress(b"") * 10**5))


def test_the_name_in_a_gzip_header_may_be_long(settle_file):
    named = PACKED["tar.gz"][:3] + b"\x08" + PACKED["tar.gz"][4:10] + b"x" * 2**24
    assert refused(settle_file("hw.tgz", named), "contains no tar")
    assert whole(settle_file("hw.tgz", named + b"\0" + PACKED["tar.gz"][10:]))


@pytest.mark.parametrize("body", [b"1" * 60_000, b"2 " * 30_000 + b"=", b"9 x=y\n" * 9, b"5 a=\n0"])
def test_a_malformed_header_costs_nothing(settle_file, body):
    packed = tar_of(of_tar(b"x", body, tarfile.XHDTYPE), of_tar(b"a.py", CODE))
    assert refused(settle_file("hw.tar", packed), "damaged")


# Headers that lie


@pytest.mark.parametrize("size", [1, len(CODE) - 1, len(CODE) + 1, folder.FILE_LIMIT])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_with_an_incorrect_size_is_read_completely_or_not_at_all(settle_file, size, method):
    data = deflated(CODE) if method else CODE
    member = Member(b"a.py", data, method, size=size, crc=zlib.crc32(CODE))
    found = settle_file("hw.zip", zip_of(member, Member(b"d/w.npy", b"w")))
    assert whole(found) or refused(found, "hw.zip is")


def test_a_file_that_declares_a_huge_size_is_ignored(settle_file):
    found = settle_file("hw.zip", zip_of(Member(b"a.py", CODE), Member(b"b.py", b"x", size=2**31)))
    assert found.notes == ("b.py was ignored: it is larger than 8 MiB",)


LONG = 2**32 - 1


@pytest.mark.parametrize(
    "extra",
    [
        b"",
        b"\1",
        struct.pack("<2H", 1, 0),
        struct.pack("<2HQ", 1, 8, 2**63),
        struct.pack("<2H3Q", 1, 24, 2**64 - 1, 2**64 - 1, 2**64 - 1),
        struct.pack("<2H", 1, 65_535),
        struct.pack("<2H2Q", 1, 16, 1, 1),
        struct.pack("<2HB", 0x7075, 1, 1),
        b"\0\0\0\0" * 9,
    ],
)
@pytest.mark.parametrize("listed", [{"size": LONG}, {"packed": LONG, "size": LONG}, {}])
def test_an_odd_zip64_field_is_read_or_unreadable(settle_file, extra, listed):
    settle_file("hw.zip", zip_of(Member(b"a.py", CODE, extra=extra, listed=listed)))
    settle_file("hw.zip", zip_of(Member(b"a.py", CODE, extra=extra, listed=listed, at=LONG)))


@pytest.mark.parametrize("value", [0, 1, 44, 2**31, 2**63 - 1, 2**64 - 1])
@pytest.mark.parametrize("at", [0, 2**40, 2**64 - 1, None])
def test_an_odd_zip64_end_is_read_or_unreadable(settle_file, value, at):
    plain = PACKED["zip"]
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", value, 45, 45, 0, 0, *[value] * 4)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(plain) - 22 if at is None else at, 1)
    settle_file("hw.zip", plain[:-22] + record + locator + plain[-22:])


@pytest.mark.parametrize("lie", [{"count": 0}, {"count": 3}, {"shift": 7}, {"shift": -7}])
def test_a_zip_with_a_false_end_is_read_completely_or_not_at_all(settle_file, lie):
    found = settle_file("hw.zip", zip_of(Member(b"a.py", CODE), Member(b"d/w.npy", b"w"), **lie))
    assert whole(found) or refused(found, "damaged")


@pytest.mark.parametrize("flags", [0x1, 0x8, 0x20, 0x40, 0x41, 0x2000, 0xFFFF])
def test_a_zip_with_any_flags_is_read_completely_or_not_at_all(settle_file, flags):
    packed = zip_of(Member(b"a.py", CODE, flags=flags), Member(b"d/w.npy", b"w"))
    found = settle_file("hw.zip", packed)
    assert whole(found) or "create the archive again" in str(found)


@pytest.mark.parametrize("method", [1, 6, 9, 93, 98, 99, 65_535])
def test_an_unknown_compression_method_is_reported(settle_file, method):
    found = settle_file("hw.zip", zip_of(Member(b"a.py", CODE, method=method)))
    assert refused(found, f"compressed with method {method}")


@pytest.mark.parametrize(
    "size",
    [
        b"\xff" * 12,
        b"\xff" * 11 + b"\0",
        b"\x80" + bytes(2) + b"\xff" * 9,
        b"77777777777\0",
        b"-1".ljust(12, b"\0"),
        b"9" * 12,
        b"x" * 12,
        b"0x10".ljust(12, b"\0"),
        b"1_0".ljust(12, b"\0"),
    ],
)
@pytest.mark.parametrize("type_", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_size_that_is_no_number_is_unreadable(settle_file, type_, size):
    packed = tar_of(of_tar(b"a.py", CODE), header(b"b.npy", type_, size), of_tar(b"d/w.npy", b"w"))
    found = settle_file("hw.tar", packed)
    assert refused(found, "hw.tar is") or (size[:1] == b"1" and isinstance(found, Submission))


@pytest.mark.parametrize("size", [b"-1", b"-512", b"9" * 30, b"9" * 50_000, b"1.5", b"\xb2", b""])
def test_an_extended_size_that_is_no_number_is_unreadable(settle_file, size):
    packed = tar_of(pax(b"size", size), of_tar(b"a.py", CODE), of_tar(b"d/w.npy", b"w"))
    assert refused(settle_file("hw.tar", packed), "hw.tar is")


@pytest.mark.parametrize("header_", [long_name, lambda name: pax(b"path", name)])
@pytest.mark.parametrize("name", [b"../x.py", b"/etc/x.py", b"C:\\x.py"])
def test_an_extended_path_cannot_lead_outside(settle_file, header_, name):
    packed = tar_of(of_tar(b"a.py", CODE), header_(name), of_tar(b"b.py", CODE))
    found = settle_file("hw.tar", packed)
    assert isinstance(found, Submission)
    assert [source.name for source in found.sources] == ["a.py"]
    assert found.notes[0].startswith(f"{name.decode()} was ignored")


def test_an_extended_header_applies_only_to_the_next_member(settle_file):
    everywhere = pax(b"path", b"../x", tarfile.XGLTYPE)
    target = of_tar(b"x", b"y" * 200, tarfile.GNUTYPE_LONGLINK)
    longer = header(b"a.py", size=0) + block(CODE)
    renamed = pax(b"size", str(len(CODE)).encode()), everywhere, target, longer
    assert whole(settle_file("hw.tar", tar_of(*renamed, of_tar(b"d/w.npy", b"w"))))


# Damage


def test_a_tar_that_is_cut_off_anywhere_is_unreadable():
    packed = PACKED["tar"]
    with bounded(Path("hw.tar")):
        for size in range(len(packed) + 1):
            found = settle_bytes("hw.tar", packed[:size])
            assert whole(found) if size == len(packed) else refused(found), size


@pytest.mark.parametrize(
    ("kind", "change"), [("zip", 1), ("zip", 255), ("tar", 1), ("tar.gz", 1), ("tar.gz", 255)]
)
def test_with_any_single_byte_changed_an_archive_is_read_or_unreadable(kind, change):
    with bounded(Path(KIND[kind])):
        for place in range(len(PACKED[kind])):
            packed = bytearray(PACKED[kind])
            packed[place] ^= change
            found = settle_bytes(KIND[kind], bytes(packed))
            assert kind != "tar.gz" or whole(found) or refused(found), place


# Files that are not what they seem


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("suffix", [".py", ".ipynb", ".ZIP", ".pdf", ""])
def test_an_archive_is_recognised_under_any_name(settle_file, kind, suffix):
    assert whole(settle_file(f"hw{suffix}", PACKED[kind]))


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("front", [b"%PDF-1.4\n", b"GIF89a", b"MZ", b"#!/bin/sh\n", b"\0" * 512])
def test_an_archive_after_other_bytes_is_not_an_archive(settle_file, kind, front):
    assert refused(settle_file(KIND[kind], front + PACKED[kind]), "not an archive")
    assert refused(settle_file("hw.pdf", front + PACKED[kind]), "not a supported type of file")


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("back", [b"\0" * 600, b"%%EOF", b"PK\5\6", b"x" * 70_000, b"\x1f\x8b\x08"])
def test_an_archive_before_other_bytes_is_read_completely_or_not_at_all(settle_file, kind, back):
    found = settle_file(KIND[kind], PACKED[kind] + back)
    assert whole(found) or refused(found, "damaged")


def test_a_file_that_is_two_archives_is_read_as_the_first(settle_file):
    other = zip_of(Member(b"evil.py", CODE))
    assert whole(settle_file("hw.zip", PACKED["tar"] + other))
    behind = zip_of(Member(b"../x", PACKED["tar"]), Member(b"a.py", CODE), Member(b"d/w.npy", b"w"))
    assert whole(settle_file("hw.tar", behind))


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz", ".tgz", ".ipynb", ".py", ".rar", ""])
def test_an_empty_file_is_read_or_unreadable(settle_file, suffix):
    found = settle_file(f"hw{suffix}", b"")
    readable = suffix in (".py", ".ipynb")
    assert isinstance(found, Submission) if readable else refused(found, "is empty")


# Relations


PARTS = st.text(st.sampled_from("ab가é한x. _-"), min_size=1, max_size=70)
PATHS = st.lists(PARTS, min_size=1, max_size=5).map("/".join)


@settings(max_examples=60, deadline=None)
@given(
    files=st.dictionaries(PATHS, st.binary(max_size=1_200), max_size=5),
    form=st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    time=st.sampled_from([0, 1.5, 2.0**40]),
)
def test_a_tar_is_read_as_tarfile_reads_it(files, form, time):
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=packed, mode="w", format=form) as out,
        contextlib.suppress(ValueError),
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), time
            out.addfile(member, io.BytesIO(content))
    packed.seek(0)
    with tarfile.open(fileobj=packed) as opened:
        expected = [(m.name, opened.extractfile(m).read()) for m in opened]
    for content in (packed.getvalue(), gzip.compress(packed.getvalue())):
        assert [(m.name, data.readall()) for m, data in tar.members(content, "hw")] == expected


MAGIC = [
    b"",
    b"PK\3\4",
    b"PK\5\6",
    b"\x1f\x8b\x08\0",
    b"%PDF",
    b"Rar!",
    PACKED["zip"],
    PACKED["tar"],
]
SUFFIX = ["", ".zip", ".tar", ".tar.gz", ".tgz", ".py", ".PY", ".ipynb", ".txt", ".zip.py"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(start=st.sampled_from(MAGIC), rest=st.binary(max_size=600), suffix=st.sampled_from(SUFFIX))
def test_any_bytes_under_any_name_are_read_or_unreadable(settle_file, start, rest, suffix):
    settle_file(f"hw{suffix}", start + rest)

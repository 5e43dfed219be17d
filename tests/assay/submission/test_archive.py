"""Archives: they read as the folder they were made from, and are harmless whatever they contain."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.errors import Unreadable
from assay.submission import Submission, archive, folder, read, tar

CODE = b"def project(y, a):\n    return y\n"
FILES = {
    "problem2_projection.py": CODE,
    "lib/helper.py": b"X = 1",
    "w.npy": b"w",
    "answers.toml": b"",
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", method) as out:
        warnings.simplefilter("ignore")
        for name, content in files.items():
            out.writestr(name, content)
    return packed.getvalue()


def tarred(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as out:
        for member, content in members:
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def tarred_files(files: dict[str, bytes]) -> bytes:
    return tarred([(tarfile.TarInfo(name), content) for name, content in files.items()])


def read_as(tmp_path: Path, name: str, content: bytes) -> Submission:
    path = tmp_path / name
    path.write_bytes(content)
    return read(path)


def names(submission: Submission) -> list[str]:
    return [source.name for source in submission.sources]


@pytest.mark.parametrize("prefix", ["", "hw10/", "./hw10/", "deep/down/hw10/"])
@pytest.mark.parametrize(("suffix", "pack"), [(".zip", zipped), (".tar.gz", tarred_files)])
def test_an_archive_reads_as_the_folder_it_was_made_from(tmp_path, suffix, pack, prefix) -> None:  # type: ignore[no-untyped-def]
    for name, content in FILES.items():
        (tmp_path / "kim" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kim" / name).write_bytes(content)
    packed = pack({prefix + name: content for name, content in FILES.items()})
    assert read_as(tmp_path, f"kim{suffix}", packed) == read(tmp_path / "kim")


@pytest.mark.parametrize("name", ["../x.py", "a\\..\\..\\x.py", "/etc/x.py", "C:\\x.py", "\\x.py"])
@pytest.mark.parametrize("pack", [zipped, tarred_files])
def test_a_member_that_leads_outside_is_ignored_with_a_note(tmp_path, pack, name) -> None:  # type: ignore[no-untyped-def]
    found = read_as(tmp_path, "hw", pack({"a.py": CODE, name: b"x"}))
    assert names(found) == ["a.py"]
    # In a zip, a backslash separates folders, as Windows writes it.
    spellings = (f"{name} was ignored", f"{name.replace(chr(92), '/')} was ignored")
    assert any(note.startswith(spellings) for note in found.notes)


@pytest.mark.parametrize(
    "type_", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_ignored(tmp_path: Path, type_: bytes) -> None:
    member = tarfile.TarInfo("b.py")
    member.type, member.linkname = type_, "/etc/passwd"
    found = read_as(tmp_path, "hw.tgz", tarred([(tarfile.TarInfo("a.py"), CODE), (member, b"")]))
    assert names(found) == ["a.py"]
    assert found.notes == ("b.py was ignored: it is a link or a device",)


def test_a_link_in_a_zip_is_ignored(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("b.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO(zipped({"a.py": CODE}))
    with zipfile.ZipFile(packed, "a") as out:
        out.writestr(info, "/etc/passwd")
    found = read_as(tmp_path, "hw.zip", packed.getvalue())
    assert names(found) == ["a.py"]
    assert found.notes == ("b.py was ignored: it is a link or a device",)


def test_of_members_with_the_same_name_the_last_is_used(tmp_path: Path) -> None:
    twice = [(tarfile.TarInfo("a.py"), b"X = 1"), (tarfile.TarInfo("a.py"), b"X = 2")]
    found = read_as(tmp_path, "hw.tar.gz", tarred(twice))
    assert found.sources[0].cells == (("a.py", "X = 2"),)
    assert found.notes == ("a.py appears more than once: the last copy is used",)


def test_a_file_with_the_name_of_a_folder_is_ignored(tmp_path: Path) -> None:
    found = read_as(tmp_path, "hw.zip", zipped({"a.py": CODE, "d": b"x", "d/e": b"y"}))
    assert found.data == {"d/e": b"y"}
    assert found.notes == ("d was ignored: there is a folder of the same name",)


@pytest.mark.parametrize("pack", [zipped, tarred_files])
def test_a_bomb_of_many_files_is_unreadable(tmp_path, monkeypatch, pack) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(folder, "TOTAL_LIMIT", 2**20)
    bomb = pack({f"{n}.npy": bytes(2**18) for n in range(8)} | {"a.py": CODE})
    assert len(bomb) < 2**14
    with pytest.raises(Unreadable, match="contains more than 1 MiB"):
        read_as(tmp_path, "hw", bomb)


def test_a_zip_that_declares_too_small_a_size_is_damaged(tmp_path: Path) -> None:
    bomb = zipped({"a.py": CODE, "b.npy": bytes(10**6)})
    lying = bomb.replace((10**6).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(Unreadable, match="damaged"):
        read_as(tmp_path, "hw.zip", lying)


def test_a_tar_that_unpacks_to_too_much_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar, "UNPACKED_LIMIT", 2**20)
    packed = tarred_files({".venv/lib.so": bytes(2**21), "a.py": CODE})
    with pytest.raises(Unreadable, match="unpacks to more than 1 MiB"):
        read_as(tmp_path, "hw.tar.gz", packed)


def test_bytes_after_the_end_of_a_tar_count_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar, "UNPACKED_LIMIT", 2**20)
    packed = gzip.compress(gzip.decompress(tarred_files({"a.py": CODE})) + bytes(2**21))
    with pytest.raises(Unreadable, match="unpacks to more than 1 MiB"):
        read_as(tmp_path, "hw.tar.gz", packed)


def test_huge_tar_headers_are_not_read_into_memory(tmp_path: Path) -> None:
    member = tarfile.TarInfo("a.py")
    member.pax_headers = {"comment": "x" * tar.EXTENDED_LIMIT}
    with pytest.raises(Unreadable, match="headers are too long"):
        read_as(tmp_path, "hw.tar.gz", tarred([(member, CODE)]))


def test_a_huge_list_of_files_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "DIRECTORY_LIMIT", 4_000)
    with pytest.raises(Unreadable, match="list of files is too long"):
        read_as(tmp_path, "hw.zip", zipped({f"{n}.py": b"" for n in range(200)}))


@pytest.mark.parametrize("pack", [zipped, tarred_files])
def test_an_archive_that_is_cut_off_anywhere_is_unreadable(tmp_path, pack) -> None:  # type: ignore[no-untyped-def]
    packed = pack(FILES)
    for size in range(len(packed)):
        with pytest.raises(Unreadable, match=r": (hand in|create the archive again)"):
            read_as(tmp_path, "hw.zip", packed[:size])


def test_an_uncompressed_tar_is_read_unless_it_is_cut_off(tmp_path: Path) -> None:
    plain = gzip.decompress(tarred_files({"a.py": CODE * 100}))
    assert names(read_as(tmp_path, "hw.tar", plain)) == ["a.py"]
    with pytest.raises(Unreadable, match="hand that in"):
        read_as(tmp_path, "hw.tar", plain[:1024])


def test_a_large_inner_archive_is_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "DIRECTORY_LIMIT", folder.CHUNK)
    noise = random.Random(0).randbytes(2 * folder.CHUNK)
    inner = zipped({"a.py": CODE, "w.npy": noise}, zipfile.ZIP_STORED)
    assert read_as(tmp_path, "hw.zip", zipped({"in.zip": inner})).data == {"w.npy": noise}


def test_an_archive_with_an_incorrect_checksum_is_unreadable(tmp_path: Path) -> None:
    packed = zipped({"a.py": CODE}, zipfile.ZIP_STORED)
    with pytest.raises(Unreadable, match="damaged"):
        read_as(tmp_path, "hw.zip", packed.replace(b"return y", b"return x"))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), pack=st.sampled_from([zipped, tarred_files]))
def test_any_damaged_archive_is_read_or_unreadable(tmp_path, data, pack) -> None:  # type: ignore[no-untyped-def]
    packed = bytearray(gzip.decompress(pack(FILES)) if pack is tarred_files else pack(FILES))
    places = st.tuples(st.integers(0, len(packed) - 1), st.integers(0, 255))
    for place, value in data.draw(st.lists(places, min_size=1, max_size=4)):
        packed[place] = value
    with contextlib.suppress(Unreadable):
        read_as(tmp_path, "hw.tar", bytes(packed))


def test_an_encrypted_zip_says_what_to_do(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.py": CODE}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match=r"hw.zip is encrypted: .* without a password"):
        read_as(tmp_path, "hw.zip", bytes(packed))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_without_a_limit_is_not_supported(tmp_path: Path, method: int) -> None:
    with pytest.raises(Unreadable, match="compressed with method"):
        read_as(tmp_path, "hw.zip", zipped({"a.py": CODE}, method))


@pytest.mark.parametrize(
    ("name", "pack", "kind"), [("hw.zip", tarred_files, "tar.gz"), ("hw.tar.gz", zipped, "zip")]
)
def test_an_archive_with_another_suffix_is_read_with_a_note(tmp_path, name, pack, kind) -> None:  # type: ignore[no-untyped-def]
    found = read_as(tmp_path, name, pack(FILES))
    assert names(found) == ["problem2_projection.py", "lib/helper.py"]
    assert found.notes == (f"{name} is in fact a {kind} archive, and was read as one",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"<html>", "not an archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"7z\xbc\xaf'", "a 7z"),
    ],
)
def test_the_error_for_a_false_archive_says_what_it_is(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    with pytest.raises(Unreadable, match=f"hw.zip is {expected}.*: hand in a folder"):
        read_as(tmp_path, "hw.zip", content)


def test_an_inner_archive_is_opened_if_nothing_else_contains_code(tmp_path: Path) -> None:
    inner = zipped(FILES)
    plain = read_as(tmp_path, "kim.zip", inner)
    assert read_as(tmp_path, "kim.zip", zipped({"sub/hw.zip": inner})) == plain
    (tmp_path / "kim").mkdir()
    assert read_as(tmp_path / "kim", "hw.zip", inner).sha256 == plain.sha256
    assert read(tmp_path / "kim") == plain


def test_an_inner_archive_beside_code_is_opened_as_well(tmp_path: Path) -> None:
    found = read_as(tmp_path, "hw.zip", zipped({"a.py": CODE, "p6.zip": zipped({"b.py": CODE})}))
    assert names(found) == ["a.py", "p6/b.py"]
    assert found.notes == ()


def test_archives_are_opened_no_deeper_than_one_level(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is an archive inside"):
        read_as(tmp_path, "a.zip", zipped({"b.zip": zipped({"c.zip": zipped(FILES)})}))


def test_a_member_of_an_inner_archive_cannot_lead_outside(tmp_path: Path) -> None:
    inner = zipped({"a.py": CODE, "/etc/x.py": b"", "C:/y.py": b""})
    found = read_as(tmp_path, "hw.zip", zipped({"venv.zip": inner}))
    assert names(found) == ["a.py"]
    assert len(found.notes) == 2


def test_a_korean_name_is_read_without_the_utf8_flag(tmp_path: Path) -> None:
    packed = zipped({"a.py": CODE, "데이터.npy": b"w"})
    unmarked = bytearray(packed)
    for magic, flag in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        unmarked[packed.rindex(magic) + flag] &= ~0x08
    assert bytes(unmarked) != packed
    assert read_as(tmp_path, "hw.zip", bytes(unmarked)).data == {"데이터.npy": b"w"}

"""Whatever students attach: several archives, too much, Windows' names, other encodings, texts."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
from pathlib import Path

import pytest
from downloads import zipped

from assay.errors import Unreadable
from assay.homework import find
from assay.submission import Submission, archive, entries, folder, read, tar
from assay.submission.documents import SIZE_LIMIT

CODE = b"def project(y, a):\n    return {}\n"
OLD, NEW = CODE.replace(b"{}", b"1"), CODE.replace(b"{}", b"2")
FILE = "problem2_projection.py"
SIX = [
    "problem1_log_derivative.py",
    FILE,
    "problem3_inpainting.py",
    "problem4_glow.py",
    "problem5_gamblers_ruin.py",
    "problem6_gradient_tricks.py",
]


def tarred(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as out:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    return packed.getvalue()


PACKERS = {
    ".zip": zipped,
    ".tar": tarred,
    ".tar.gz": lambda files: gzip.compress(tarred(files)),
    ".tar.xz": lambda files: lzma.compress(tarred(files)),
    ".tar.bz2": lambda files: bz2.compress(tarred(files)),
}


def submit(root: Path, files: dict[str, bytes]) -> Submission:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return read(root)


def names(found: Submission) -> list[str]:
    return [source.name for source in found.sources]


def project_in(found: Submission) -> bytes:
    template = find().template_of("problem2_projection")
    source = found.source("problem2_projection", template, template)
    assert source is not None
    return source.cells[-1][1].encode()


# Several attachments


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("inside", [FILE, f"hw10/{FILE}", f"hw10/src/{FILE}"])
def test_a_file_beside_an_archive_replaces_its_member(tmp_path, suffix, inside):
    others = {inside.replace(FILE, name): b"X = 1" for name in SIX if name != FILE}
    packed = PACKERS[suffix]({inside: OLD, **others})
    found = submit(tmp_path, {f"hw10{suffix}": packed, FILE: NEW})
    assert project_in(found) == NEW
    assert len(found.sources) == 6
    assert any(f"{FILE} is used in its place" in note for note in found.notes)


@pytest.mark.parametrize("suffix", PACKERS)
def test_six_archives_of_one_problem_each_are_one_submission(tmp_path, suffix):
    packed = {f"{name[:8]}{suffix}": PACKERS[suffix]({name: b"X = 1"}) for name in SIX}
    assert {s.file for s in submit(tmp_path, packed).sources} == set(SIX)


def test_an_archive_of_data_beside_code_stays_closed(tmp_path):
    data = zipped({"w.npy": b"w"})
    found = submit(tmp_path, {FILE: NEW, "data.zip": data})
    assert found.data == {"data.zip": data}
    assert found.notes == ("data.zip is an archive inside the submission and was not opened",)


@pytest.mark.parametrize("broken", [b"PK\x03\x04", zipped({FILE: OLD})[:-30], b"Rar!\x1a\x07"])
def test_a_broken_archive_beside_code_costs_nothing_else(tmp_path, broken):
    found = submit(tmp_path, {FILE: NEW, "hw10.zip": broken})
    assert project_in(found) == NEW
    assert any("hw10.zip" in note for note in found.notes)


def test_a_folder_with_an_archives_name_keeps_its_files(tmp_path):
    found = submit(tmp_path, {f"hw10/{FILE}": NEW, "hw10.zip": zipped({FILE: OLD})})
    assert project_in(found) == NEW


# Packed tars


@pytest.mark.parametrize("suffix", [".tar.xz", ".tar.bz2"])
def test_a_packed_tar_is_read_within_the_limits(tmp_path, monkeypatch, suffix):
    path = tmp_path / f"hw{suffix}"
    whole = PACKERS[suffix]({FILE: NEW, "w.npy": random.Random(0).randbytes(10_000)})
    path.write_bytes(whole)
    assert names(read(path)) == [FILE]
    for size in (8, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(Unreadable):
            read(path)
    monkeypatch.setattr(tar, "UNPACKED_LIMIT", 2**20)
    path.write_bytes(PACKERS[suffix]({"lib.npy": bytes(2**21), FILE: NEW}))
    with pytest.raises(Unreadable, match="unpacks to more than 1 MiB"):
        read(path)


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress])
def test_a_tar_in_several_streams_is_read_but_not_in_thousands(tmp_path, pack):
    path, plain = tmp_path / "hw.tar.xz", tarred({FILE: NEW})
    path.write_bytes(pack(plain[:700]) + pack(plain[700:]))
    assert names(read(path)) == [FILE]
    path.write_bytes(pack(b"") * 2_000)
    with pytest.raises(Unreadable, match="too many parts"):
        read(path)


def test_an_xz_that_needs_much_memory_is_unreadable(tmp_path):
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**28}]
    (tmp_path / "hw.tar.xz").write_bytes(lzma.compress(tarred({FILE: NEW}), filters=filters))
    with pytest.raises(Unreadable, match="damaged"):
        read(tmp_path / "hw.tar.xz")


def test_the_tars_of_a_submission_share_one_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(tar, "UNPACKED_LIMIT", 2**20)
    part = {"x.npy": bytes(2**19)}
    files = {f"{k}.tar.gz": PACKERS[".tar.gz"]({f"p{k}.py": b"X = 1", **part}) for k in range(3)}
    found = submit(tmp_path, files)
    assert len(found.sources) == 1
    assert sum("unpacks to more than 1 MiB" in note for note in found.notes) == 2


# Too much


@pytest.mark.parametrize(
    "installed",
    [
        ["env/pyvenv.cfg", "env/bin/activate", "env/lib/python3.11/site-packages/numpy/a.py"],
        [".venv2/x.py", "myenv/pyvenv.cfg", "myenv/Lib/site-packages/a.py", "myenv/Scripts/b.py"],
        ["conda/conda-meta/h.json", "conda/Lib/os.py", "conda/Library/x.py", "conda/bin/p.py"],
        ["hw/node_modules/x/a.py"],
        ["pkgs/lib/python3.12/os.py"],
        ["pyvenv.cfg", "lib/python3.11/site-packages/a.py", "bin/b.py", "include/c.py"],
        ["a/deep/one/pyvenv.cfg", "a/deep/one/Lib/x/y.py"],
    ],
)
@pytest.mark.parametrize("pack", ["folder", ".zip", ".tar.gz"])
@pytest.mark.parametrize("mark_first", [True, False])
def test_installed_packages_are_ignored_under_any_name(tmp_path, installed, pack, mark_first):
    files = {FILE: NEW, "helper/x.py": b"X = 1"}
    files |= dict.fromkeys(installed if mark_first else reversed(installed), b"Y = 1")
    if pack == "folder":
        found = submit(tmp_path, files)
    else:
        (tmp_path / f"hw{pack}").write_bytes(PACKERS[pack](files))
        found = read(tmp_path / f"hw{pack}")
    assert names(found) == [FILE, "helper/x.py"]
    assert found.data == {}
    (note,) = found.notes
    assert "ignored: installed, not written by you" in note


def test_thousands_of_installed_files_do_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "COUNT_LIMIT", 20)
    monkeypatch.setattr(folder, "ENTRY_LIMIT", 100)
    many = {f"e/lib/python3.11/site-packages/{k}.py": b"" for k in range(500)}
    (tmp_path / "hw.zip").write_bytes(zipped({**many, FILE: NEW}))
    assert names(read(tmp_path / "hw.zip")) == [FILE]


@pytest.mark.parametrize("pack", ["folder", ".zip", ".tar"])
def test_data_beyond_the_limit_is_ignored_and_the_code_is_read(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(folder, "TOTAL_LIMIT", 2**20)
    noise = random.Random(0)
    files = {f"ckpt/{k}.pt": noise.randbytes(2**18 - 999) for k in range(6)} | {"z.py": NEW}
    if pack == "folder":
        found = submit(tmp_path, files)
    else:
        (tmp_path / f"hw{pack}").write_bytes(PACKERS[pack](files))
        found = read(tmp_path / f"hw{pack}")
    assert names(found) == ["z.py"]
    assert len(found.data) == 3
    assert found.notes[0].startswith("ckpt/3.pt and 2 more were ignored: no more than")


@pytest.mark.parametrize("count", [30, 300, 3_000])
def test_a_data_set_of_many_files_is_ignored(tmp_path, monkeypatch, count):
    monkeypatch.setattr(folder, "COUNT_LIMIT", 20)
    monkeypatch.setattr(folder, "ENTRY_LIMIT", 100)
    many = {f"mnist/{k}.png": b"%d" % k for k in range(count)}
    (tmp_path / "hw.zip").write_bytes(zipped({**many, FILE: NEW}))
    found = read(tmp_path / "hw.zip")
    assert names(found) == [FILE]
    assert len(found.data) == 15


# Names and encodings


@pytest.mark.parametrize("root", ["", "hw10\\", "hw10\\src\\"])
@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_backslashes_separate_folders(tmp_path, root, suffix):
    files = {root + FILE: NEW, f"{root}pkg\\mod.py": b"X = 1", f"{root}d\\": b""}
    (tmp_path / f"hw{suffix}").write_bytes(PACKERS[suffix](files))
    found = read(tmp_path / f"hw{suffix}")
    assert names(found) == [FILE, "pkg/mod.py"]
    assert found.modules()["pkg.mod"] == "X = 1"


NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "source": ["# Problem 1\n", "$$a = b$$"]},
            {"cell_type": "code", "source": NEW.decode()},
            {"cell_type": "markdown", "source": "4. (a)"},
        ],
    }
).encode()


@pytest.mark.parametrize(
    ("name", "plain", "content"),
    [
        ("x.py.txt", "x.py", NEW),
        ("hw10.ipynb.json", "hw10.ipynb", NOTEBOOK),
        ("hw10.ipynb.txt", "hw10.ipynb", NOTEBOOK),
        (f"src/{FILE}.txt", FILE, NEW),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_a_source_with_a_suffix_too_many_is_read_with_a_note(tmp_path, name, plain, content, alone):
    found = submit(tmp_path, {name: content})
    if alone:
        found = read(tmp_path / name)
    assert names(found) == [plain.rpartition("/")[2]]
    assert any("was read as" in note for note in found.notes)
    assert found.cannot_run == ""


def test_a_source_under_its_own_name_comes_first(tmp_path):
    found = submit(tmp_path, {"x.py": NEW, "x.py.txt": OLD})
    assert project_in(found) == NEW


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("name", ["hw.py", "hw.ipynb"])
def test_a_source_with_a_byte_order_mark_is_read(tmp_path, encoding, name):
    text = NOTEBOOK.decode() if name.endswith(".ipynb") else NEW.decode()
    found = submit(
        tmp_path, {name: text.encode(encoding), "answers.toml": "a = 1".encode(encoding)}
    )
    assert project_in(found) == NEW
    assert found.notes == () or "save it as UTF-8" in found.notes[0]
    assert found.reported["answers.toml"].decode("utf-8-sig") == "a = 1"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("hw.ipynb", b"{", "not valid JSON"),
        ("hw.ipynb", b"PK\x01\x02", "not valid"),
        ("hw.py", NEW.decode().encode("utf-16-le"), "not valid Python"),
        ("hw.py", b"\xff\x00\xfe", "not valid UTF-8"),
        ("hw.py", b"def project(:\n", "not valid Python (line 1"),
        ("hw.py", b"print 'hello'\n", "not valid Python"),
        ("hw.py", b"<html></html>", "not valid Python"),
        ("hw.py", b"", "is empty"),
        ("hw.py", b" \n\n", "is empty"),
    ],
)
def test_why_no_part_of_a_submission_can_be_run(tmp_path, name, content, says):
    found = submit(tmp_path / "kim", {name: content})
    assert says in found.cannot_run
    assert submit(tmp_path / "kim", {"other.py": NEW}).cannot_run == ""


@pytest.mark.parametrize("broken", [b"def f(:\n    pass\n", b"x = = 1\n", b"print 'a'\n"])
@pytest.mark.parametrize("first", [True, False])
def test_a_file_with_one_broken_statement_can_be_run_in_part(tmp_path, broken, first):
    text = broken + NEW if first else NEW + broken
    assert submit(tmp_path, {"hw.py": text}).cannot_run == ""


# Texts


def test_texts_and_markdown_cells_are_documents(tmp_path):
    files = {"hw10.ipynb": NOTEBOOK, "p1.tex": b"$$a$$", "notes.MD": b"# 2", "a/p2.txt": b"x"}
    found = submit(tmp_path, {**files, "README.md": b"no", "large.txt": b"x" * (SIZE_LIMIT + 1)})
    assert found.documents == {
        "hw10.ipynb, cell 1": b"# Problem 1\n$$a = b$$",
        "hw10.ipynb, cell 3": b"4. (a)",
        "p1.tex": b"$$a$$",
        "notes.MD": b"# 2",
        "a/p2.txt": b"x",
    }
    assert found.data["a/p2.txt"] == b"x", "a program may read it, too"


@pytest.mark.parametrize("name", ["kim.tex", "kim.md", "kim.txt"])
def test_a_written_solution_alone_is_a_submission_if_it_has_formulas(tmp_path, name):
    (tmp_path / name).write_bytes(b"$$a = b$$")
    assert read(tmp_path / name).documents == {name: b"$$a = b$$"}
    (tmp_path / "kim").mkdir()
    assert submit(tmp_path / "kim", {name: b"$$a = b$$"}).cannot_run == ""
    (tmp_path / name).write_bytes(b"See my notebook.")
    with pytest.raises(Unreadable, match=f"{name} contains neither code nor formulas"):
        read(tmp_path / name)


# A class's folder


FOREIGN = {
    "bob.rar": b"Rar!\x1a\x07",
    "cho.7z": b"7z\xbc\xaf'\x1c",
    "dan.docx": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    "eve.pdf": b"%PDF-1.7",
    "fay.zip": b"",
    "gus.xyz": b"?",
    "hal": b"?",
    "ida.tex": b"$$",
    "jon.tar.xz": b"\xfd7zXZ\0",
    "kim.html": b"<html>",
}


def test_every_students_entry_is_listed_and_says_why_it_cannot_be_read(tmp_path):
    submit(tmp_path, {**FOREIGN, "ada/hw.py": NEW, "grades.csv": b"", "README.md": b""})
    listed = [path.name for path in entries(tmp_path)]
    assert listed == sorted(["ada", *FOREIGN])
    for name in FOREIGN:
        with pytest.raises(Unreadable, match=name[:3]):
            read(tmp_path / name)


def test_seven_zip_and_rar_are_not_opened_by_tools_of_this_machine():
    assert archive.kind(FOREIGN["bob.rar"]) == archive.kind(FOREIGN["cho.7z"]) == ""

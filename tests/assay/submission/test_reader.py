"""One submission: where each problem is solved, what else it contains, and its id."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import Unreadable
from assay.submission import Source, Submission, read, reader
from assay.submission.naming import ID_LIMIT, identifier

PROJECT = "def project(y, a):\n    return y\n"
WANTED = ("project", "kkt_multipliers")


def submit(root: Path, files: Mapping[str, str | bytes]) -> Submission:
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(root)


def solved_in(submission: Submission) -> str | None:
    source = submission.source("problem2_projection", WANTED)
    return source.name if source else None


def notebook(*texts: str) -> str:
    cells = [{"cell_type": "code", "source": text} for text in texts]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def test_a_file_is_read_as_one_cell(tmp_path: Path) -> None:
    (tmp_path / "hw.py").write_text(PROJECT)
    found = read(tmp_path / "hw.py")
    assert found.name == "hw"
    assert found.sources == (Source("hw.py", "hw", (("hw.py", PROJECT),), tolerant=False),)


@pytest.mark.parametrize(
    "name", ["problem2_projection.py", "Problem2_Projection.PY", "a/problem2_projection.py"]
)
def test_the_problems_own_file_comes_first(tmp_path: Path, name: str) -> None:
    files = {name: PROJECT, "all.py": f"{PROJECT}\nX = 1", "z.py": ""}
    assert solved_in(submit(tmp_path, files)) == Path(name).name


def test_without_that_file_the_source_that_defines_most_is_used(tmp_path: Path) -> None:
    files = {
        "a.py": PROJECT,
        "b.py": "",
        "hw.ipynb": notebook(PROJECT, "x = = 1", "kkt_multipliers = 1"),
    }
    assert solved_in(submit(tmp_path, files)) == "hw.ipynb"


def test_of_sources_that_define_as_much_the_shallowest_is_used(tmp_path: Path) -> None:
    assert solved_in(submit(tmp_path, {"old/a.py": PROJECT, "z.py": PROJECT})) == "z.py"


def test_the_file_of_another_problem_is_not_used(tmp_path: Path) -> None:
    assert solved_in(submit(tmp_path, {"problem3_inpainting.py": PROJECT})) is None


def test_a_file_renamed_by_a_download_still_belongs_to_its_problem(tmp_path: Path) -> None:
    name = "problem2_projection (1).py"
    found = submit(tmp_path, {name: PROJECT})
    assert solved_in(found) == name
    assert found.sources[0].module == "problem2_projection__1_"


def test_if_no_function_is_defined_there_is_no_source(tmp_path: Path) -> None:
    assert (
        solved_in(submit(tmp_path, {"hw.py": "project(1)\n", "n.ipynb": notebook("x = 1")})) is None
    )


def test_a_file_that_does_not_parse_is_used_only_if_no_other_does(
    tmp_path: Path,
) -> None:
    broken = f"{PROJECT}def kkt_multipliers(:\n"
    assert solved_in(submit(tmp_path, {"a.py": broken})) == "a.py"
    assert solved_in(submit(tmp_path, {"b.py": PROJECT})) == "b.py"


def test_an_only_source_that_cannot_be_read_is_returned_with_its_fault(tmp_path: Path) -> None:
    found = submit(tmp_path, {"hw.ipynb": "{"})
    source = found.source("problem2_projection", WANTED)
    assert source is not None
    assert source.fault.startswith("hw.ipynb is not valid JSON")
    assert found.notes == (source.fault,)


def test_notebooks_beyond_the_limit_are_ignored_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "NOTEBOOK_LIMIT", 1)
    found = submit(tmp_path, {"a.ipynb": notebook(PROJECT), "b.ipynb": notebook(PROJECT)})
    assert [source.name for source in found.sources] == ["a.ipynb"]
    assert found.notes == ("b.ipynb was ignored: no more than 1 notebooks are read",)


def test_modules_are_the_files_that_an_import_finds(tmp_path: Path) -> None:
    files = {
        "problem2_projection.py": "",
        "helper.py": "H",
        "pkg/__init__.py": "I",
        "pkg/mod.py": "M",
    }
    odd: dict[str, str | bytes] = {
        "3d.py": "",
        "class.py": "",
        "n.ipynb": notebook("x"),
        "torch.py": "",
        "bad.py": b"\xff",
    }
    assert submit(tmp_path, {**files, **odd}).modules() == {
        "problem2_projection": "",
        "helper": "H",
        "pkg": "I",
        "pkg.mod": "M",
    }


@pytest.mark.parametrize("library", ["torch", "numpy", "random"])
def test_a_file_named_like_a_library_does_not_replace_it(tmp_path: Path, library: str) -> None:
    found = submit(tmp_path, {f"{library}.py": PROJECT})
    assert found.sources[0].module == f"{library}_"
    expected = f"your own `{library}` is not used: `import {library}` finds the library"
    assert expected in found.notes[0]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("3d.py", "_3d"),
        ("my hw-10.ipynb", "my_hw_10"),
        ("class.py", "class_"),
        ("과제.py", "과제"),
        ("__main__.py", "__main___"),
    ],
)
def test_every_module_name_can_be_imported(tmp_path: Path, name: str, module: str) -> None:
    found = submit(tmp_path, {name: notebook()}).sources[0].module
    assert found == module
    assert found.isidentifier()


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        ("# -*- coding: cp949 -*-\nx = '가'".encode("cp949"), "# -*- coding: cp949 -*-\nx = '가'"),
        ("# coding: latin_1\nx = 'é'".encode("latin-1"), "# coding: latin_1\nx = 'é'"),
        (b"x = 1  # \xe9\xe9\n", "x = 1  # \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\n"),
    ],
)
def test_a_file_is_read_in_its_declared_encoding(tmp_path: Path, content: bytes, kept: str) -> None:
    assert submit(tmp_path, {"a.py": content}).sources[0].cells == (("a.py", kept),)


@pytest.mark.parametrize(
    "content", [b"x = '\xff'", b"# coding: zlib\nx = \xff", b"\xff\xfex", b"# a\ny = '\xff'"]
)
def test_the_fault_of_a_file_that_is_not_text_says_where(tmp_path: Path, content: bytes) -> None:
    source = submit(tmp_path, {"a.py": content}).sources[0]
    at = content.index(b"\xff")
    assert source.fault == f"a.py is not valid UTF-8 at byte {at}: save it as UTF-8"


def test_paths_of_data_start_at_the_folder_of_the_problem_files(tmp_path: Path) -> None:
    files = {"src/problem2_projection.py": "", "src/d/w.npy": "w", "notes.txt": "n", "a.py": ""}
    found = submit(tmp_path, files)
    assert found.data == {"d/w.npy": b"w", "notes.txt": b"n"}
    assert [source.name for source in found.sources] == ["a.py", "problem2_projection.py"]


def test_the_shallowest_answers_are_used_and_the_others_ignored_with_a_note(tmp_path: Path) -> None:
    found = submit(tmp_path, {"a.py": "", "answers.toml": "x = 1", "old/answers.toml": ""})
    assert found.reported == {"answers.toml": b"x = 1"}
    assert found.notes == ("old/answers.toml was ignored: answers.toml is used",)
    assert found.data == {}


def test_the_digest_depends_on_names_and_contents(tmp_path: Path) -> None:
    variants = [
        {"a.py": "x"},
        {"a.py": "y"},
        {"b.py": "x"},
        {"a.py": "x", "c": ""},
        {"a.py": "x", "d": ""},
    ]
    digests = {submit(tmp_path / str(n), files).sha256 for n, files in enumerate(variants)}
    assert len(digests) == len(variants)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "it is empty"),
        ({"report.pdf": "x"}, "it contains report.pdf"),
        ({"answers.toml": "x"}, "it contains"),
    ],
)
def test_a_submission_without_code_is_unreadable(tmp_path, files, reason) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Unreadable, match=rf"contains no Python file and no notebook \({reason}"):
        submit(tmp_path, files)


def test_a_path_that_does_not_exist_or_is_not_supported_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="does not exist"):
        read(tmp_path / "nowhere")
    (tmp_path / "hw.pdf").write_bytes(b"%PDF")
    with pytest.raises(Unreadable, match="is not a supported type of file: hand in a folder"):
        read(tmp_path / "hw.pdf")


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("kim.tar.gz", "kim"),
        ("kim.v2.zip", "kim.v2"),
        ("김민준.ipynb", "김민준"),
        ("Kim, Min-jun (1).py", "Kim_ Min-jun _1_"),
        ("a/b=c@d.zip", "b_c_d"),
        ("con.py", "_con"),
        ("...zip", "submission"),
    ],
)
def test_an_id_is_a_safe_form_of_the_name(name: str, id_: str) -> None:
    assert identifier(Path("nowhere") / name) == id_


def test_a_folder_keeps_its_dots_and_the_current_folder_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "hw10.zip"
    submit(here, {"a.py": ""})
    monkeypatch.chdir(here)
    assert read(here).name == read(Path()).name == "hw10.zip"


@given(st.text(min_size=1, max_size=60).filter(lambda s: "/" not in s and "\x00" not in s))
def test_every_id_can_be_a_file_name(text: str) -> None:
    id_ = identifier(Path("nowhere") / f"{text}.zip")
    assert id_
    assert len(id_) <= ID_LIMIT
    assert len(f"{id_}.json".encode()) <= 255
    assert not id_.startswith(".")
    assert not set(id_) & set('/\\:*?"<>|\n')


def test_long_names_that_start_alike_have_different_ids() -> None:
    assert identifier(Path("학" * 80 + "a.py")) != identifier(Path("학" * 80 + "b.py"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs an unreadable file")
def test_a_file_that_may_not_be_read_has_a_note(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    (tmp_path / "b.py").touch(mode=0)
    assert "Permission denied" in read(tmp_path).notes[0]

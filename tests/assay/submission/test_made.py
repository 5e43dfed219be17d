"""The files that notebooks write count as files of the submission, within all limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assay.submission import Submission, made, read
from assay.submission.notebook import CELL_LIMIT

Submit = Callable[[Mapping[str, object]], Submission]
OWN = "problem2_projection.py"
CODE = "def project(y, a):\n    return {}\n"


@pytest.fixture
def submit(tmp_path: Path) -> Submit:
    """Reads a submission of these files; the cells of a notebook are a list of texts."""

    def submitted(files: Mapping[str, object]) -> Submission:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, list):
                cells = [{"cell_type": "code", "source": text} for text in content]
                content = json.dumps({"nbformat": 4, "cells": cells})
            path.write_text(str(content), "utf-8")
        return read(tmp_path)

    return submitted


def code_of(found: Submission) -> dict[str, str]:
    return {s.name: s.cells[0][1] for s in found.sources if s.name.endswith(".py")}


def writing(name: str, text: str = "x = 1\n") -> str:
    return f"%%writefile {name}\n{text.removesuffix(chr(10))}"


@pytest.mark.parametrize(
    ("notebook", "name", "path"),
    [
        ("hw.ipynb", OWN, OWN),
        ("hw.ipynb", "src/p.py", "src/p.py"),
        ("hw.ipynb", "'/content/p.py'", "p.py"),
        ("deep/hw.ipynb", "a/../p.py", "p.py"),
    ],
)
def test_what_a_cell_writes_is_a_source(submit: Submit, notebook: str, name: str, path: str):
    found = submit({notebook: ["x = 0", writing(name, "x = 1\n")]})
    assert code_of(found) == {path: "x = 1\n"}
    assert found.modules()[path.removesuffix(".py").replace("/", ".")] == "x = 1\n"
    (source,) = [each for each in found.sources if each.name == path]
    assert source.label == f"{Path(notebook).name}, cell 2: {path}"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("cells", "graded"),
    [
        ([writing(OWN, CODE.format("y"))], OWN),
        ([writing(OWN, CODE.format("y")), f"%run {OWN}"], OWN),
        ([writing(OWN, CODE.format("y")), "import problem2_projection as p2"], OWN),
        ([writing("glow.py", CODE.format("y")), "import glow"], "glow.py"),
        ([writing(OWN, CODE.format("y")), "from problem2_projection import *"], "hw.ipynb"),
        ([writing(OWN, CODE.format("y")), "from problem2_projection import project"], "hw.ipynb"),
    ],
)
def test_it_is_graded_where_no_other_source_has_the_function(submit: Submit, cells, graded: str):
    source = submit({"hw.ipynb": cells}).source("problem2_projection", {"project"})
    assert source is not None
    assert source.name == graded


def test_of_two_candidates_the_note_says_which_cell_wrote_the_file(submit: Submit):
    cells = [writing("other.py", CODE.format("y")), "import other", CODE.format("y + a")]
    found = submit({"hw.ipynb": [*cells, writing(OWN, CODE.format("2"))]})
    (note,) = [note for note in found.notes if "is graded" in note]
    assert note.startswith(f"hw.ipynb, cell 4: {OWN} is graded, not hw.ipynb")


@pytest.mark.parametrize(
    ("cells", "text", "notes"),
    [
        (["%%file p.py\nx = 2"], "x = 2\n", 1),
        (["%%file p.py\nx = 1"], "x = 1\n", 0),
        (["%%writefile -a p.py\ny = 2"], "x = 1\ny = 2\n", 0),
        (["%%file p.py\nx = 2", "%%writefile -a p.py\ny = 2"], "x = 2\ny = 2\n", 1),
        (["x = 3"], "x = 1\n", 0),
    ],
)
def test_running_the_notebook_overwrites_what_was_handed_in(submit: Submit, cells, text, notes):
    found = submit({"hw.ipynb": cells, "p.py": "x = 1\n"})
    said = "hw.ipynb, cell 1: p.py is used, not the p.py that was handed in: Run All overwrites it"
    assert code_of(found) == {"p.py": text}
    assert found.notes == (said,) * notes


@pytest.mark.parametrize("newer", ["hw_final.ipynb", "hw (2).ipynb", "hw_v3.ipynb"])
def test_of_two_notebooks_the_newer_one_writes_last(submit: Submit, newer: str):
    found = submit({newer: [writing("p.py", "x = 2\n")], "hw.ipynb": [writing("p.py")]})
    assert code_of(found) == {"p.py": "x = 2\n"}
    assert found.notes == (
        f"{newer}, cell 1: p.py is used, not hw.ipynb, cell 1: p.py: Run All overwrites it",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("/etc/p.py", "absolute"),
        ("../p.py", "outside"),
        ("C:/p.py", "absolute"),
        (f"{'x' * 300}.py", "too long"),
        (".git/p.py", "not read"),
        ("README.md", "not read"),
        ("new.ipynb", "only .py files"),
        ("data.csv/p.py", "same name"),
        ("lib", "same name"),
    ],
)
def test_what_is_no_file_of_a_submission_is_ignored_with_a_note(submit: Submit, name: str, why):
    other = {"data.csv": "1", "lib/q.py": "y = 1\n"}
    found = submit({"hw.ipynb": [writing(name), "x = 1"]} | other)
    assert code_of(found) == {"lib/q.py": "y = 1\n"}
    assert set(found.data) == {"data.csv"}
    (note,) = found.notes
    assert note.startswith("hw.ipynb, cell 1: ")
    assert why in note


def test_data_documents_and_figures_that_cells_write_count_too(submit: Submit):
    cells = [writing("config.json", "{}"), writing("w.md", "$x$"), writing("answers.toml", "a = 1")]
    found = submit({"hw.ipynb": cells, "sub/a.txt": "-"})
    assert found.data["config.json"] == b"{}\n"
    assert found.documents["w.md"] == b"$x$\n"
    assert found.reported == {"answers.toml": b"a = 1\n"}


@pytest.mark.parametrize("path", ["log.csv", "sub/log.csv", "p.py"])
def test_a_notebook_that_appends_finds_the_file_as_it_was(submit: Submit, path: str):
    found = submit({"hw.ipynb": [f"%%writefile -a {path}\n2"], path: "1\n"})
    (notebook,) = [each for each in found.sources if each.tolerant]
    assert found.data_beside(notebook)[path] == b"1\n"
    assert (found.data | {p: t.encode() for p, t in code_of(found).items()})[path] == b"1\n2\n"


def test_the_digest_is_of_what_was_handed_in(submit: Submit):
    digest = submit({"hw.ipynb": [writing("p.py")]}).sha256
    assert submit({"p.py": "x = 1\n"}).sha256 != digest


@pytest.mark.parametrize("name", ["{}.py", "d{}/x.json", "a/b/c/{}.md"])
def test_only_so_many_files_are_written(submit: Submit, name: str):
    found = submit({"hw.ipynb": [writing(name.format(n)) for n in range(CELL_LIMIT)]})
    kept = set(code_of(found)) | set(found.data)
    assert len(kept) == made.FILES_LIMIT
    assert any("no more than 200 files that cells write are read" in note for note in found.notes)


def test_only_so_much_is_written(submit: Submit):
    call = "get_ipython().run_cell_magic('writefile', '{}.py', {!r})\n"
    texts = {f"{n}.py": call.format(f"big{n}", "#" * 200_000) for n in range(3)}
    found = submit(texts)
    assert set(code_of(found)) - set(texts) == {"big0.py", "big1.py"}
    assert found.notes == (
        "2.py: big2.py was ignored: no more than 512 KiB that cells write are read",
    )

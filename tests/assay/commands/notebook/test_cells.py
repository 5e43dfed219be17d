"""A kernel's cells as a submission: the notebook alone, with the files beside it."""

from __future__ import annotations

import pytest

from assay.commands.notebook.cells import problems_of, submission
from assay.errors import InvalidInput
from assay.homework import find

STUB = "def project(y, a):\n    raise NotImplementedError\n"
WRITTEN = "def project(y, a):\n    return y\n"


def source_of(cells, folder):
    template = find().template_of("problem2_projection")
    return submission(cells, folder, find()).source("problem2_projection", template, template)


def test_a_cell_keeps_its_number_and_magics_bind_nothing(tmp_path):
    found = source_of(["%load_ext assay", "%assay", "!ls", WRITTEN], tmp_path)
    assert found.cells[-1] == ("notebook, cell 4", WRITTEN)


def test_the_cell_under_the_magic_counts_also_where_the_notebook_is_handed_in(tmp_path):
    (cell,) = [text for _, text in source_of([f"%%assay problem2\n{WRITTEN}"], tmp_path).cells]
    assert cell == f"\n{WRITTEN}"


def test_neither_a_file_nor_another_notebook_is_graded_in_its_place(tmp_path):
    (tmp_path / "problem2_projection.py").write_text(WRITTEN)
    (tmp_path / "old.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "x"}]}')
    assert source_of(["x = 1"], tmp_path) is None
    assert source_of([STUB], tmp_path).cells[0][0] == "notebook, cell 1"


def test_what_it_imports_from_a_file_beside_it_counts(tmp_path):
    (tmp_path / "problem2_projection.py").write_text(WRITTEN)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.txt").write_text("7")
    for line in ("from problem2_projection import *", "from problem2_projection import project"):
        found = submission([line], tmp_path, find())
        source = source_of([line], tmp_path)
        assert source.name == "notebook"
        assert found.modules(source)["problem2_projection"] == WRITTEN
        assert found.data_beside(source)["data/table.txt"] == b"7"


def test_of_a_cell_that_ran_twice_and_binds_nothing_one_run_counts(tmp_path):
    found = source_of([WRITTEN, "print(1)", WRITTEN, "print(1)"], tmp_path)
    assert [title for title, _ in found.cells] == [f"notebook, cell {n}" for n in (1, 3, 4)]


def test_only_a_definition_that_is_not_the_last_is_worth_a_note(tmp_path):
    other = "def project(point):\n    return point\n"
    assert submission([WRITTEN.replace("y\n", "[y]\n"), WRITTEN], tmp_path, find()).notes == ()
    (note,) = submission([WRITTEN, other], tmp_path, find()).notes
    assert "cell 1, line 1 is graded" in note


def test_a_folder_with_too_many_files_is_left_out(tmp_path, monkeypatch):
    from assay.submission import folder

    monkeypatch.setattr(folder, "ENTRY_LIMIT", 3)
    for k in range(5):
        (tmp_path / f"{k}.txt").write_text("x")
    found = submission([WRITTEN], tmp_path, find())
    assert found.data == {}
    assert "files beside the notebook were not read" in found.notes[0]


def test_a_cell_names_the_problems_that_it_solves():
    assert problems_of(f"%%assay\n{WRITTEN}", find()) == ("problem2_projection",)
    for text in ("x = 1", "def project("):
        with pytest.raises(InvalidInput, match="name what to grade"):
            problems_of(text, find())

"""`assay read` shows each line as it was read and as it was written, and what could not be read."""

import io

import pytest
from rich.console import Console

from assay.commands.understanding import documents_in, show_understanding
from assay.errors import InvalidInput


def shown(sandbox, path):
    console = Console(file=io.StringIO(), width=100)
    documents, remarks = documents_in(path, sandbox.homework)
    show_understanding(console, sandbox, documents, remarks)
    return console.file.getvalue()


def test_lines_are_shown_as_they_were_read_and_written(tmp_path, sandbox):
    path = tmp_path / "proof.tex"
    path.write_text("Problem 4 (a)\n\\[ \\log|\\det A| = \\foo \\]\nIn words.\n(b) More words.\n")
    text = shown(sandbox, path)
    assert "Problem 4 (a)   proof.tex, line 1" in text
    assert "log(|det(A)|)" in text
    assert r"\log|\det A|" in text
    assert r"cannot read '\\foo'" in text
    assert "Problem 4 (b)   proof.tex, line 4\n  prose" in text


def test_where_there_is_nothing_written_it_says_so(tmp_path, sandbox):
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    with pytest.raises(InvalidInput, match="holds no written solution"):
        shown(sandbox, path)

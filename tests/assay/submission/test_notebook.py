"""Notebooks: what is kept of their cells is Python, each line at its place."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.submission import Source, read
from assay.submission.notebook import CODE_LIMIT, PARSED_LIMIT, bound, python

PLAIN = ["x = 1", "", "# is it so?", "if x:", "    y = 7 % 3", 's = "!"', "def f(a=1): return a"]
MAGIC = [
    "%matplotlib inline",
    "!pip install 'torch",
    "?f",
    "f??",
    "y = !ls",
    "z = %time 1",
    "    %pwd",
]


def notebook(cells: list[str], **metadata: Any) -> dict[str, Any]:
    code: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Problem"]}]
        + [code | {"source": text.splitlines(keepends=True)} for text in cells],
    }


def read_source(tmp_path: Path, content: object, name: str = "hw10.ipynb") -> Source:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (tmp_path / name).write_bytes(text)
    return read(tmp_path / name).sources[0]


def test_cells_are_numbered_as_readers_count_them(tmp_path: Path) -> None:
    found = read_source(tmp_path, notebook(["a = 1", "", "%%bash\nls", "b = 2"]))
    assert found.cells == (("hw10.ipynb, cell 1", "a = 1"), ("hw10.ipynb, cell 4", "b = 2"))
    assert (found.module, found.tolerant, found.fault) == ("hw10", True, "")


def test_a_cell_in_another_language_is_skipped_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "hw.ipynb").write_text(json.dumps(notebook(["%%bash\nls", "a = 1"])))
    assert read(tmp_path).notes == ("hw.ipynb, cell 1 was skipped: it starts with %%bash",)


@pytest.mark.parametrize("head", ["%%time", "%%timeit -n 3", "%%capture out", "\n%%prun"])
def test_the_code_of_a_timed_cell_stays_on_its_lines(head: str) -> None:
    kept = python(f"{head}\ndef f():\n    return 1")
    assert kept is not None
    assert kept.splitlines()[-2:] == ["def f():", "    return 1"]
    assert kept.count("\n") == f"{head}\n\n".count("\n")
    ast.parse(kept)


def test_magics_are_replaced_by_pass_at_their_own_indentation() -> None:
    text = (
        "import torch\nif torch:\n    %matplotlib inline\n!pip install x \\\n  y\nfiles = !ls\nf?"
    )
    assert python(text) == "import torch\nif torch:\n    pass\npass\n\npass\npass"


def test_a_cell_that_parses_is_not_changed() -> None:
    text = 's = """\n%not magic\n!nor this\n"""\nget_ipython().magic("time")\nx = f(a,\n  b\n  %c)'
    assert python(text) == text


def test_what_only_looks_like_a_magic_is_kept_beside_a_real_one() -> None:
    text = '%matplotlib inline\ns = """\n%d of %d\n"""\nx = (7\n  % 4)\ny = x  # is it?'
    assert python(text) == text.replace("%matplotlib inline", "pass")


def test_python_that_looks_like_a_magic_is_kept_after_runs_of_magics() -> None:
    plain = 'print("loss=%f" % 1)'
    text = f"%matplotlib inline\n!ls\n\n{plain}\n%time\n%pwd\n{plain}\ny = !ls\n{plain}"
    assert python(text) == f"pass\npass\n\n{plain}\npass\npass\n{plain}\npass\n{plain}"


def test_a_continued_magic_is_replaced_as_a_whole() -> None:
    text = "if x:\n    %load \\\n%time\n    y = 1"
    assert python(text) == "if x:\n    pass\n\n    y = 1"


@pytest.mark.parametrize("broken", ["print 'python 2'", "def f(:\n    pass", "x = = 1"])
def test_only_the_magics_of_a_broken_cell_are_replaced(broken: str) -> None:
    assert python(f"%time\n{broken}\n!ls") == f"pass\n{broken}\npass"


@given(st.lists(st.sampled_from(PLAIN + MAGIC), max_size=12))
def test_lines_keep_their_numbers_and_plain_lines_their_text(lines: list[str]) -> None:
    kept = python("\n".join(lines))
    assert kept is not None
    after = kept.split("\n")
    assert len(after) == max(len(lines), 1)
    assert [new for old, new in zip(lines, after, strict=False) if old in PLAIN] == [
        old for old in lines if old in PLAIN
    ]


@given(st.text(max_size=60))
def test_no_text_stops_the_reader(text: str) -> None:
    python(text)


def test_a_notebook_of_an_old_format_is_read(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "language": "python", "input": ["a = 1\n", "b = 2"], "outputs": []}
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [cell]}],
    }
    assert read_source(tmp_path, old).cells == (("hw10.ipynb, cell 1", "a = 1\nb = 2"),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is not valid JSON from line 1, column 1"),
        (b'{"cells": [\n<<<<<<< HEAD', "is not valid JSON from line 2, column 1"),
        (b'{"cells": "\xff"}', "is not valid UTF-8 at byte 11"),
        (b"[" * 10**5, "is not a notebook (RecursionError)"),
        (b"[]", "is not a notebook: save"),
        (b'{"nbformat": 3, "worksheets": 7}', "is not a notebook: save"),
        (b"1" * 5000, "is not a notebook (ValueError)"),
    ],
)
def test_the_fault_of_a_broken_notebook_says_where(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    found = read_source(tmp_path, content)
    assert found.fault.startswith(f"hw10.ipynb {expected}")
    assert found.cells == ()


@pytest.mark.parametrize("cells", [7, None, [7, None, [], {"cell_type": "code", "source": 7}]])
def test_a_notebook_with_odd_values_has_no_cells(tmp_path: Path, cells: object) -> None:
    assert read_source(tmp_path, {"nbformat": 4, "nbformat_minor": 5, "cells": cells}).cells == ()


def test_a_notebook_in_another_language_is_reported(tmp_path: Path) -> None:
    found = read_source(tmp_path, notebook(["1"], kernelspec={"language": "julia", "name": "j"}))
    assert found.fault == "hw10.ipynb is written in julia, not in Python"
    odd = read_source(tmp_path, notebook(["1"], language_info={"name": "\ud800"}))
    assert odd.fault.encode()


def test_a_lone_surrogate_is_replaced(tmp_path: Path) -> None:
    found = read_source(tmp_path, notebook(["x = '\ud800'"]))
    assert found.cells[0][1] == "x = '?'"


def test_every_top_level_statement_binds_its_names() -> None:
    text = (
        "def a(): inner = 1\nasync def b(): pass\nclass C: attribute = 1\nd = e = 1\n"
        "f, (g, *h) = d\nfrom x import i as j\nimport k.l, m as n\nif d:\n"
        "    def o(): pass\nelse:\n    p = 1\n"
        "try:\n    q = 1\nexcept E as r:\n    pass\nunbound(used)"
    )
    assert bound(text) == set("abCdefghjknopqr")


def test_a_huge_cell_is_not_parsed() -> None:
    text = "a\n" * PARSED_LIMIT + "%time"
    assert python(text) == text


def test_a_notebook_with_too_much_code_is_reported(tmp_path: Path) -> None:
    found = read_source(tmp_path, notebook(["x" * CODE_LIMIT, "y"]))
    assert "characters in its code cells: move the data" in found.fault


@pytest.mark.parametrize(
    "text", ["(" * 10**5, "-" * 10**5 + "1", "a" + ".b" * 10**5, "a\x00b", "def"]
)
def test_a_source_that_cannot_be_parsed_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        bound(text)

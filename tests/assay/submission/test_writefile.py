"""What cells write with `%%writefile` is read from the calls that they become."""

from __future__ import annotations

import pytest

from assay.submission.notebook import python
from assay.submission.writefile import target, written


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("hw.py", "hw.py"),
        ("./src/utils.py", "src/utils.py"),
        ("'my file.py'", "my file.py"),
        ('"/content/problem1.py"', "problem1.py"),
        ("/content/drive/MyDrive/hw/p.py", "hw/p.py"),
        ('"$HOME/x.py"', "x.py"),
        ("~/x.py", "x.py"),
        (r"src\utils.py", "src/utils.py"),
        ("a/../b.py", "b.py"),
        ("../b.py", "../b.py"),
        ("/etc/passwd", "/etc/passwd"),
        ("'open.py", "'open.py"),
        ("", "."),
    ],
)
def test_a_path_starts_at_the_notebooks_folder_as_far_as_that_is_known(line, path):
    assert target(line) == (path, False)


@pytest.mark.parametrize("line", ["-a hw.py", "--append hw.py", "hw.py -a", '-a "./hw.py"'])
def test_appending_is_told_from_writing(line):
    assert target(line) == ("hw.py", True)


def run(*cells):
    texts = [(f"cell {n}", python(cell) or "") for n, cell in enumerate(cells, start=1)]
    return {path: (each.cell, each.content(b"0;")) for path, each in written(texts).items()}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["%%writefile a.py\nx = 1", "x = 2"], ("cell 1", b"x = 1\n")),
        (["%%writefile a.py\nx = 1", "%%file a.py\nx = 2"], ("cell 2", b"x = 2\n")),
        (["%%file a.py\nx = 1", "%%writefile -a a.py\nx += 2"], ("cell 1", b"x = 1\nx += 2\n")),
        (["%%writefile -a a.py\nx = 1", "%%file -a a.py\ny"], ("cell 1", b"0;x = 1\ny\n")),
        (["%%writefile -a a.py\nx = 1", "%%file a.py\ns = '%'"], ("cell 2", b"s = '%'\n")),
        (["%%writefile a.py\ns = '\\n\ud55c'\n"], ("cell 1", "s = '\\n\ud55c'\n\n".encode())),
    ],
)
def test_the_last_full_text_counts_and_what_is_appended_to_it(cells, found):
    assert run(*cells) == {"a.py": found}


def test_the_calls_of_an_exported_script_are_read_too():
    call = "get_ipython().run_cell_magic('{}', 'a.py', {!r})"
    text = "\n".join([call.format("writefile", "x = '1'\n"), "y = 2", call.format("time", "z")])
    assert written([("hw.py", text)])["a.py"].pieces == ["x = '1'\n"]
    assert written([("hw.py", call.format("file", "") + "\n" + r"'\N{no}'")])["a.py"].pieces == [""]
    broken = r"get_ipython().run_cell_magic('file', 'a.py', '\N{no}')"
    assert written([("hw.py", broken)])["a.py"].pieces == [""]

"""Notebooks made to do harm, or damaged: each is read or reported, and soon."""

from __future__ import annotations

import base64
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settling import bounded, settle, settle_bytes

from assay.submission import Submission
from assay.submission.notebook import CELL_LIMIT, CODE_LIMIT, DOCUMENT_LIMIT, PARSED_LIMIT
from assay.submission.reader import NOTEBOOK_LIMIT

CODE = "def project(y, a):\n    return y\n"
READ = (("hw.ipynb, cell 1", CODE),)


def cell(source: object = CODE, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}


def notebook(*cells: object, **more: object) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": cells, **more}).encode()


def image(data: object, kind: str = "image/png") -> dict[str, object]:
    return {"output_type": "display_data", "data": {kind: data}, "metadata": {}}


@pytest.fixture
def cells(settle_file):
    """A function that returns the cells read from a notebook."""

    def cells_of(content: bytes) -> tuple[tuple[str, str], ...]:
        found = settle_file("hw.ipynb", content)
        assert isinstance(found, Submission)
        assert found.sources[0].fault == ""
        return found.sources[0].cells

    return cells_of


@pytest.fixture
def fault(settle_file):
    """A function that returns why no cell of a notebook is read, as its note says too."""

    def fault_of(content: bytes) -> str:
        found = settle_file("hw.ipynb", content)
        assert isinstance(found, Submission)
        assert found.sources[0].cells == ()
        assert found.notes == (found.sources[0].fault,)
        return found.notes[0]

    return fault_of


# Damage


def test_a_notebook_that_is_cut_off_anywhere_is_reported(fault):
    whole = notebook(cell(), cell("%time\nx = 1", outputs=[image("aGVq\n")]), metadata={})
    for size in range(len(whole)):
        assert fault(whole[:size]).endswith("on: save it again in Jupyter"), size


def test_with_any_single_byte_changed_a_notebook_is_read_or_reported():
    whole = notebook(cell(), metadata={"kernelspec": {"language": "python"}})
    with bounded(Path("hw.ipynb")):
        for place in range(len(whole)):
            for value in b'"\\{7\xff':
                settle_bytes("hw.ipynb", whole[:place] + bytes([value]) + whole[place + 1 :])


@pytest.mark.parametrize("opened", [b"[", b'{"a":', b'{"cells":[', b'[{"":'])
@pytest.mark.parametrize("closed", [b"", b"0" + b"]" * 10**5])
def test_deeply_nested_json_is_reported(fault, opened, closed):
    assert "hw.ipynb is not" in fault(opened * 10**5 + closed)


@pytest.mark.parametrize("depth", [100, 500, 900, 950, 980, 10_000])
def test_a_notebook_with_deeply_nested_values_is_read_or_reported(settle_file, depth):
    nested = b"[" * depth + b"]" * depth
    for place in (b'"language_info":{"name":%b}', b'"kernelspec":%b', b'"language":%b'):
        settle_file("hw.ipynb", b'{"nbformat":4,"metadata":{' + place % nested + b'},"cells":[]}')
    settle_file("hw.ipynb", b'{"nbformat":4,"cells":[{"cell_type":"code","source":%b}]}' % nested)
    settle_file("hw.ipynb", b'{"nbformat":3,"worksheets":%b}' % nested)


@pytest.mark.parametrize("number", [b"9" * 10_001, b"-" + b"1" * 8 * 10**6])
def test_a_number_of_too_many_digits_is_reported(fault, number):
    content = notebook(cell(execution_count="N")).replace(b'"N"', number)
    assert "is not a notebook (ValueError): save it again" in fault(content)


@pytest.mark.parametrize(
    "number", [b"NaN", b"-Infinity", b"1e999", b"-0", b"1E-9999", b"9" * 4_000]
)
def test_an_odd_number_is_ignored(cells, number):
    assert cells(notebook(cell(execution_count="N")).replace(b'"N"', number)) == READ


def test_of_equal_keys_the_last_is_used(cells):
    content = b'{"cells": 7, "cells": [{"cell_type": "raw", "cell_type": "code", "source": "x"'
    assert cells(content + b', "source": "y"}]}') == (("hw.ipynb, cell 1", "y"),)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "cp037"])
def test_a_notebook_in_another_encoding_is_reported(fault, encoding):
    assert "hw.ipynb is not" in fault(notebook(cell("x = '가'")).decode().encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_notebook_in_utf16_with_its_mark_is_read_with_a_note(settle_file, encoding):
    content = notebook(cell("x = '가'")).decode().encode(encoding)
    found = settle_file("hw.ipynb", content)
    assert found.sources[0].cells == (("hw.ipynb, cell 1", "x = '가'"),)
    assert found.notes == ("hw.ipynb was read as UTF-16 or UTF-32: save it as UTF-8",)


def test_a_byte_order_mark_is_ignored(cells):
    assert cells(b"\xef\xbb\xbf" + notebook(cell())) == READ


@pytest.mark.parametrize(
    "content", [CODE.encode(), b"{}", b"null", b'"cells"', b'{"cells":{}}', b'{"nbformat":4}']
)
def test_json_that_is_no_notebook_is_reported(fault, content):
    assert fault(content).startswith("hw.ipynb is not ")


# Too much of it


def test_images_are_ignored_however_large(tmp_path, settle_file, cells):
    pixels = base64.b64encode(random.Random(0).randbytes(2**22)).decode()
    broken = "".join(f"{pixels[n : n + 76]}\n" for n in range(0, len(pixels), 76))
    outputs = [image(pixels), image(broken), image("/9j/" + pixels, "image/jpeg")] * 3
    attached = {"attachments": {"a.png": {"image/png": pixels}}}
    content = notebook({"cell_type": "markdown", **attached}, cell(outputs=outputs), cell("x = 1"))
    assert len(content) > 50 * 10**6
    assert cells(content) == (*READ, ("hw.ipynb, cell 2", "x = 1"))
    (tmp_path / "hw").mkdir()
    assert settle_file("hw/hw.ipynb", content) == settle(tmp_path / "hw")


@pytest.mark.parametrize(
    "text", ['s = "{}"', "s = '{}'", 's = """{}\n"""', "{} \\", '"{}', '{}"', "\\{}"]
)
def test_code_that_looks_like_an_image_is_kept(cells, text):
    code = text.format("QUJD" * 5_000)
    large = notebook(cell(code), cell(outputs=[image("A" * DOCUMENT_LIMIT)]))
    assert cells(large) == (("hw.ipynb, cell 1", code), ("hw.ipynb, cell 2", CODE))


@pytest.mark.parametrize(
    "content",
    [
        notebook(cell(outputs=[{"text": "0.5, " * 2 * 10**6}])),
        notebook(cell(), metadata={"widgets": {"state": [{"x": n} for n in range(3 * 10**5)]}}),
        b'{"nbformat":4,"cells":[' + b"{}," * 10**6 + b"{}]}",
        b'{"nbformat":4,"cells":[' + b'{"":0},' * 10**6 + b"{}]}",
        b'{"nbformat":3,"worksheets":[{"cells":[' + b"{}," * 10**6 + b"{}]}]}",
        b"[" * 10**7,
    ],
    ids=["text", "widgets", "empty cells", "cells", "worksheets", "brackets"],
)
def test_the_fault_of_a_notebook_with_too_much_besides_code_says_what_to_do(fault, content):
    remedy = "clear its outputs and save it again in Jupyter"
    assert fault(content) == f"hw.ipynb contains too much besides its code: {remedy}"


@pytest.mark.parametrize("value", [b'"ab"', b"1e9", b'"\\u0001"'])
def test_a_long_list_of_small_values_is_read(cells, value):
    times = (DOCUMENT_LIMIT - 200) // (len(value) + 1)
    many = b"[" + b",".join([value] * times) + b"]"
    assert cells(notebook(cell(), metadata="M").replace(b'"M"', many)) == READ


def test_a_notebook_with_too_many_cells_is_reported(cells, fault):
    assert len(cells(notebook(*[cell("x")] * CELL_LIMIT))) == CELL_LIMIT
    assert "more than 2,000 code cells: hand in fewer" in fault(notebook(*[cell("x")] * 10**4))


# Each costs a parser as much as possible before it reaches the error.
DENSE = ["a\n", "%x\n", "a = !b\n", "\\\n", "'"]


@pytest.mark.parametrize("piece", DENSE)
def test_only_a_limited_amount_of_broken_notebooks_is_parsed(tmp_path, piece):
    end = "\n" + "%magic\n" * 6 + "1 1\n"
    code = (piece * PARSED_LIMIT)[: PARSED_LIMIT - len(end)] + end
    content = notebook(*[cell(code)] * (CODE_LIMIT // PARSED_LIMIT))
    for number in range(NOTEBOOK_LIMIT):
        (tmp_path / f"{number}.ipynb").write_bytes(content)
    found = settle(tmp_path)
    assert isinstance(found, Submission)
    assert any("already contain 262,144 characters of code" in note for note in found.notes)


@pytest.mark.parametrize("piece", DENSE[1:])
def test_only_a_limited_amount_of_what_cells_write_is_parsed(tmp_path, piece):
    code = (piece * PARSED_LIMIT)[: PARSED_LIMIT // 8] + "\n1 1\n"
    cells = [cell(f"%%writefile {n}.py\n{code}") for n in range(CODE_LIMIT // len(code))]
    for number in range(3):
        (tmp_path / f"{number}.ipynb").write_bytes(notebook(*cells))
    found = settle(tmp_path)
    assert isinstance(found, Submission)
    assert sum(source.name.endswith(".py") for source in found.sources) == len(cells)
    with bounded(tmp_path):
        assert found.source("problem2_projection", {"project"}) is None


def solved_in(path):
    found = settle(path)
    assert isinstance(found, Submission)
    with bounded(path):
        source = found.source("problem2_projection", {"project"})
    return source and source.name


@pytest.mark.parametrize("piece", DENSE)
def test_only_a_limited_amount_of_broken_files_is_searched(tmp_path, piece):
    code = (piece * PARSED_LIMIT)[: PARSED_LIMIT - 9] + "\n1 1\n"
    for number in range(100):
        (tmp_path / f"{number}.py").write_text(code)
    (tmp_path / "z.py").write_text(CODE)
    assert solved_in(tmp_path) is None


# What a notebook may declare


@pytest.mark.parametrize("version", [2, 3, 5, 99, -1, 4.5, "4", None, True])
def test_the_declared_version_does_not_matter(cells, version):
    old = {"cell_type": "code", "language": "python", "input": [CODE], "outputs": []}
    assert cells(notebook(cell(), nbformat=version)) == READ
    sheets = [{"metadata": {}, "cells": [old]}, {"cells": [{"cell_type": "heading"}, old]}]
    content = {"nbformat": version, "metadata": {"name": ""}, "worksheets": sheets}
    assert cells(json.dumps(content).encode()) == (*READ, ("hw.ipynb, cell 2", CODE))


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"language": "R", "name": "ir"}, "language_info": {"name": "R"}},
        {"kernelspec": {"language": "julia", "name": "julia-1.9"}},
        {"language": "Julia"},
        {"language_info": {"name": "sage\x1b[2J\u202e"}},
        {"language_info": {"name": "x" * 10**6}},
        {"language_info": {"name": "\ud800"}},
    ],
)
def test_another_language_is_reported(fault, metadata):
    assert fault(notebook(cell("f <- 1"), metadata=metadata)).endswith(", not in Python")


@pytest.mark.parametrize("odd", [None, 7, 1.5, True, [], {}, [["R"]], "", "python3", "IPython"])
def test_without_a_valid_language_a_notebook_is_python(cells, odd):
    for metadata in (odd, {"language_info": odd}, {"kernelspec": {"language": odd}}):
        assert cells(notebook(cell(), metadata=metadata)) == READ


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (CODE, CODE),
        (CODE.splitlines(keepends=True), CODE),
        ([CODE, 7, None, ["x"]], CODE),
        (CODE.replace("\n", "\r\n"), CODE),
        (None, ""),
        (7, ""),
        ({"a": 1}, ""),
        ([], ""),
        ("", ""),
    ],
)
def test_a_source_is_text_or_a_list_of_lines(cells, source, text):
    kept = (("hw.ipynb, cell 1", text),) if text else ()
    assert cells(notebook(cell(source), cell("x"))) == (*kept, ("hw.ipynb, cell 2", "x"))


def test_a_notebook_without_code_has_no_cells(cells):
    missing = {key: value for key, value in cell().items() if key != "source"}
    prose = {"cell_type": "markdown", "source": CODE, "attachments": {"a.png": {"x": "y"}}}
    assert cells(notebook()) == cells(notebook(missing)) == cells(notebook(prose)) == ()


@pytest.mark.parametrize(
    "magic", ["%run x.py", "%load /etc/passwd", "!rm -rf /", "%cd ..", "%env A=1"]
)
def test_a_magic_is_never_followed_while_reading(cells, magic):
    # It becomes at most a call for the submission's own process, as a literal.
    ((name, text),) = cells(notebook(cell(f"{magic}\n{CODE}")))
    first, _, rest = text.partition("\n")
    assert (name, rest) == ("hw.ipynb, cell 1", CODE)
    assert first == "pass" or re.fullmatch(r"get_ipython\(\)\.\w+\('[^']*'(, '[^']*')?\)", first)


@pytest.mark.parametrize("head", ["%%bash", "%%R", "%%\x1b[2J", "%%\u202e", "%%" + "x" * 999])
def test_the_note_on_a_cell_in_another_language_is_printable(settle_file, head):
    found = settle_file("a\u202eb.ipynb", notebook(cell(f"{head}\nrm -rf /")))
    assert isinstance(found, Submission)
    assert [
        note.startswith("a�b.ipynb, cell 1 was skipped: it starts with %%") for note in found.notes
    ] == [True]


@pytest.mark.parametrize("where", ["source", "cell_type", "language", "\ud800", "outputs"])
def test_lone_surrogates_are_read(settle_file, where):
    content = notebook(cell(**{where: "\udc00 = '\ud800'"}), metadata={"\udfff": "\ud800"})
    found = settle_file("hw.ipynb", content)
    assert isinstance(found, Submission)
    assert json.dumps(found.sources[0].cells, ensure_ascii=False).encode()


# Relations


KEYS = st.sampled_from(
    [
        "cells",
        "worksheets",
        "nbformat",
        "metadata",
        "kernelspec",
        "language",
        "language_info",
        "name",
        "cell_type",
        "source",
        "input",
        "outputs",
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["code", "python", "%%bash", "!ls", "x = 1", "\ud800", "R"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    document=JSON | st.fixed_dictionaries({"cells": st.lists(JSON)}, optional={"metadata": JSON})
)
def test_any_document_is_read_or_reported(settle_file, document):
    found = settle_file("hw.ipynb", json.dumps(document).encode())
    assert isinstance(found, Submission)
    assert all(isinstance(text, str) and text.encode() for _, text in found.sources[0].cells)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.text(max_size=40), max_size=4))
def test_any_code_is_read_with_as_many_lines_as_it_had(cells, texts):
    kept = cells(notebook(*map(cell, texts)))
    numbers = [int(title.rpartition(" ")[2]) for title, _ in kept]
    for number, (_, text) in zip(numbers, kept, strict=True):
        assert text.count("\n") == texts[number - 1].replace("\r\n", "\n").count("\n")

"""The script of a failing input makes the same arguments, and quotes a student in comments only."""

from __future__ import annotations

import ast
import json
import math
import types

import numpy as np
import pytest
import torch
from strangers import PARTS, STRANGERS

from assay.homework import find, load
from assay.message import Message
from assay.protocol import values, wire
from assay.report.script import from_cells, from_file, from_notebook, script

KEEP = "mine = KEEP\n"


def call(*arguments, function="f", times=1, **keywords):
    packed = tuple(values.pack(each) for each in arguments)
    named = {name: values.pack(each) for name, each in keywords.items()}
    return wire.Call(1, function, packed, named, 7, times)


def text_of(*calls, code=KEEP, message="got 1, expected 0", homework=None):
    return script("a_check", "a title", message, calls, code, homework or find())


def called_by(text, function="f"):
    """What the script passes to the function, each time that it calls it."""
    seen = []
    keep = types.SimpleNamespace(**{function: lambda *a, **k: seen.append((a, k, torch.rand(1)))})
    exec(compile(text, "repro.py", "exec"), {"KEEP": keep})
    return seen


def same(one, other):
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (torch.Tensor, np.ndarray)):
        equal = np.array_equal(np.asarray(one), np.asarray(other), equal_nan=one.dtype != bool)
        return type(one) is type(other) and one.dtype == other.dtype and equal
    return repr(one) == repr(other)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        0.1,
        math.inf,
        math.nan,
        'a \'b\'\n"""',
        [1.5, [2, None]],
        torch.tensor(0.1, dtype=torch.float32),
        torch.tensor([[0.1, math.nan], [-math.inf, 1e-300]], dtype=torch.float64),
        torch.tensor([True, False]),
        torch.zeros(0, 3),
        torch.arange(2_000, dtype=torch.int64).reshape(2, -1),
        torch.linspace(0, 1, 500, dtype=torch.float32),
        np.array([[1, 2]], dtype="int32"),
        np.linspace(0, 1, 700),
        np.zeros((0, 2)),
    ],
    ids=repr,
)
def test_an_argument_is_the_same_in_the_script(value, capsys):
    (((first,), keywords, _),) = called_by(text_of(call(value, other=value)))
    assert same(first, value)
    assert same(keywords["other"], value)


def test_calls_come_in_their_order_with_their_seeds(capsys):
    seen = called_by(text_of(call(1), call(2, times=2)))
    assert [arguments for arguments, _, _ in seen] == [(1,), (2,), (2,)]
    torch.manual_seed(7)
    assert {float(drawn) for _, _, drawn in seen} == {float(torch.rand(1))}


def test_of_many_calls_the_last_are_shown(capsys):
    text = text_of(*(call(k) for k in range(50)))
    assert "of 50 calls" in text
    assert called_by(text)[-1][0] == (49,)


def test_objects_are_made_in_plain_code(capsys):
    homework = find()
    kinds = homework.kinds()
    mean = torch.tensor([0.5, 1.0])
    objects = [
        kinds.of("gaussian_log_prob", mean=mean, precision=torch.ones(2), trainable=True),
        kinds.of("nice_log_prob"),
        kinds.of("symbol", name="z"),
    ]
    text = text_of(call(*objects[:2], [objects[2]]))
    assert "assay" not in text.replace("assay/", "").replace(str(homework.folder), "")
    (((log_prob, flow, symbols), _, _),) = called_by(text)
    x = torch.tensor([[1.5, 1.0]])
    assert torch.equal(log_prob(x), kinds.build(objects[0])(x))
    pixels = torch.zeros(1, 784)
    expected = kinds.build(objects[1], homework.material_paths())(pixels)
    assert torch.equal(flow(pixels), expected)
    assert str(symbols[0]) == "z"


def test_an_object_that_needs_more_of_its_homework_is_made_by_the_kit(tmp_path, capsys):
    import toy

    things = toy.FILES["graders/things.py"].replace(
        "from assay import Kinds\n", "from assay import Kinds\n\nfrom .more import twice\n"
    )
    things = things.replace("factor * x", "twice(factor) * x")
    folder = toy.write(tmp_path / "toy", graders__things__py=things)
    (folder / "graders" / "more.py").write_text(
        '"""More."""\n\n\ndef twice(x):\n    return 2 * x\n'
    )
    homework = load(folder)
    item = homework.kinds().of("row", times=3.0)
    (((made,), _, _),) = called_by(text_of(call(item), homework=homework))
    assert made(1.0) == 2 * 3.0 * 7


def test_what_a_student_wrote_stands_in_comments_only():
    plain = ast.dump(ast.parse(text_of(call(1))))
    for text in [*STRANGERS, *PARTS, "\r\nimport os\x0cimport os\x85import os\u2028import os"]:
        shown = text_of(call(1), message=text.encode("utf-8", "replace").decode())
        assert ast.dump(ast.parse(shown)) == plain, text[:80]


def test_a_message_is_quoted_as_it_is_read():
    told = str(Message("with nu = 0 the equation holds at x_1 = 0", "a = 1", printed="one\ntwo"))
    lines = text_of(call(1), message=told).split("\n")
    assert "# with nu = 0 the equation holds at x_1 = 0" in lines
    place = lines.index("# with a = 1")
    assert lines[place + 1 : place + 3] == ["# printed  one", "# two"]


def test_the_functions_come_from_a_file_a_notebook_or_their_own_text(tmp_path, monkeypatch, capsys):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "my_file.py").write_text("def f(x):\n    return 'file', x\n")
    cells = ["%matplotlib inline\ndef f(x):\n    !ls\n    return 'notebook', x", "display(1)"]
    listed = [{"cell_type": "code", "source": cell.splitlines(True)} for cell in cells]
    (tmp_path / "a b.ipynb").write_text(json.dumps({"cells": listed}))
    monkeypatch.chdir(tmp_path)
    codes = {
        "file": from_file("inner/my_file.py"),
        "notebook": from_notebook("a b.ipynb"),
        "text": from_cells([wire.Cell("a.py", "def f(x):\n    return 'text', x\n")]),
    }
    for name, code in codes.items():
        text = text_of(call(1), code=code.replace("sys.modules[__name__]", "ME"))
        space = types.SimpleNamespace()
        space.__dict__["ME"] = space
        exec(compile(text, "repro.py", "exec"), vars(space))
        assert f"f returned ('{name}', 1)" in capsys.readouterr().out

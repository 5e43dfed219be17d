"""A toy homework: one kind of object, one picture, one material, and a template of another name."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "graders/__init__.py": '"""The checks."""\n',
    "graders/homework.py": '''"""The toy."""

from assay import Homework, Material, Section

homework = Homework(
    title="Toy",
    points=4,
    template="handed_out",
    reference="solved",
    sections=(Section(name="figures", file="figures.toml", heading="Reported figures"),),
    modules=("helpers",),
    data=("table.txt",),
    materials=(
        Material(name="table", file="table.txt", help="Another table.", check="things:check"),
    ),
    objects="things",
)
''',
    "graders/things.py": '''"""An object that is made from the material."""

from pathlib import Path

from assay import Kinds

kinds = Kinds()


@kinds.add_from_material("table")
def row(path: Path, times: float):
    """x -> times x the first number of the table."""
    factor = times * float(path.read_text().split()[0])
    return lambda x: factor * x


def check(path: Path) -> None:
    """Raise ValueError where a table begins with no number."""
    float((path.read_text().split() or ["nothing"])[0])
''',
    "graders/problem1_curve.py": '''"""Problem 1: a function of functions, with a picture."""

import torch
from hypothesis import given

from assay import Kinds, check, draw, expect_close, finite

from . import things

kinds = Kinds()


@kinds.add
def power(exponent: float):
    """x -> x ** exponent."""
    return lambda x: x**exponent


@check(points=2, part="a")
@given(exponent=draw.floats(1, 3))
def values_are_those_of_f(student, exponent):
    """values(f, x) is f at each point"""
    x = torch.linspace(0.5, 2, 9, dtype=torch.float64)
    got = finite(student.values(kinds.of("power", exponent=exponent), x), (9,), "values")
    rows = torch.stack([x, got], 1)
    student.exhibit("curve", rows, kind="curve", caption="What <values> gave.", axes=("x", "f(x)"))
    expect_close(got, x**exponent)


@check(points=2, part="b")
def rows_come_from_the_table(student):
    """values(row, x) uses the table"""
    of = things.kinds.of("row", times=2.0)
    x = torch.tensor([3.0], dtype=torch.float64)
    got = finite(student.values(of, x), (1,), "values")
    expect_close(got, things.kinds.build(of, student.materials)(x))
''',
    "graders/figures.py": '''"""Reported figures."""

from assay import check, expect


@check(points=0)
def a_figure_is_reported(student):
    """figures.toml reports a figure"""
    expect(bool(student.answers), "there is no figure")
''',
    "handed_out/problem1_curve.py": '''"""Problem 1."""


def values(f, x):
    """f at each point of x."""
    raise NotImplementedError("problem 1")
''',
    "handed_out/helpers.py": '"""Given to students."""\n\n\ndef same(x):\n    return x\n',
    "handed_out/table.txt": "7 8 9\n",
    "solved/problem1_curve.py": '''"""The model answer."""

from helpers import same


def values(f, x):
    """f at each point of x."""
    return same(f(x))
''',
    "mutants/problem1_curve.toml": """[[mutant]]
name = "one_more"
says = "adds one"
old = "same(f(x))"
new = "f(x) + 1"
""",
    "alternatives/problem1_curve/loop.py": '''"""A loop."""


def values(f, x):
    return [f(each) for each in x]
''',
}


def write(folder: Path, **changed: str) -> Path:
    """Write the toy; `changed` has other texts of its files, "/" and "." written as "__"."""
    texts = dict(FILES)
    for key, text in changed.items():
        name = next(path for path in FILES if path.replace("/", "__").replace(".", "__") == key)
        texts[name] = text
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder

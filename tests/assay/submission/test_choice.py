"""Which of several files and definitions is graded, and what is said about the others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from downloads import zipped

from assay.homework import find
from assay.submission import Source, Submission, read, versions
from assay.submission.choice import UNWRITTEN

HOMEWORK = find()
MODULE = "problem2_projection"
TEMPLATE = HOMEWORK.template_of(MODULE)
UNTOUCHED = (HOMEWORK.template_folder / f"{MODULE}.py").read_text("utf-8")
PROJECT = "def project(y, a):\n    return {}\n"
KKT = "def kkt_multipliers(y, a):\n    return {}\n"
METHOD = (
    "def projected_gradient_method(grad_f, project, x0, step_size, num_steps):\n    return {}\n"
)
ALL = PROJECT + KKT + METHOD
LAST = METHOD.format(3)
HALF_WRITTEN = re.sub(r"raise NotImplementedError\(.*write project\"\)", "return 1", UNTOUCHED)


def notebook(*texts: str) -> str:
    cells = [{"cell_type": "code", "source": text} for text in texts]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def submit(root: Path, files: dict[str, str | bytes]) -> Submission:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read(root)


def graded(found: Submission) -> Source:
    source = found.source(MODULE, TEMPLATE, TEMPLATE)
    assert source is not None
    return source


def answers(found: Submission) -> dict[str, object]:
    """What each function of the problem returns when the chosen source is run."""
    source = graded(found)
    modules = found.modules(source)
    names: dict[str, object] = {}
    for _, text in source.cells:
        for module, inside in modules.items():
            if f"from {module} import" in text:
                scope: dict[str, object] = {}
                exec(inside, scope)
                names |= {k: v for k, v in scope.items() if k in TEMPLATE and k in text}
        if not text.startswith("from "):
            exec(text, names)
    asked = {name: names[name] for name in TEMPLATE if name in names}
    return {name: f(*range(f.__code__.co_argcount)) for name, f in asked.items()}  # type: ignore


@pytest.mark.parametrize(
    "solved",
    [
        {"hw10.ipynb": notebook(ALL.replace("{}", "1"))},
        {"solutions/all.py": ALL.replace("{}", "1")},
        {"a.ipynb": notebook(PROJECT.format(1)), "b.ipynb": notebook((KKT + METHOD).format(1, 1))},
        {f"{MODULE} (1).py": ALL.replace("{}", "1")},
    ],
    ids=["a notebook", "a folder", "two notebooks", "a second download"],
)
@pytest.mark.parametrize(
    "unwritten",
    [
        UNTOUCHED,
        "# mine\n" + UNTOUCHED,
        ALL.replace("return {}", "pass"),
        ALL.replace("{}", "("),
        "",
    ],
    ids=["the template", "with a comment", "emptied", "broken", "empty"],
)
def test_a_file_without_a_solution_never_wins(tmp_path, unwritten, solved):
    found = submit(tmp_path, {f"{MODULE}.py": unwritten, **solved})
    assert set(answers(found).values()) == {1}
    assert len(answers(found)) == 3
    if unwritten == UNTOUCHED:
        assert any(f"not {MODULE}.py: as it was handed out" in note for note in found.notes)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("hw10.ipynb", "hw10redo.ipynb"),
        ("hw10.ipynb", "hw10 (1).ipynb"),
        ("hw10 (2).ipynb", "hw10 (10).ipynb"),
        ("hw10.ipynb", "2/hw10.ipynb"),
        ("1/hw10.ipynb", "2/hw10.ipynb"),
        ("hw10_v1.py", "hw10_v2.py"),
        ("hw_10.py", "hw_10_2.py"),
        (f"{MODULE}.py", f"final/{MODULE}.py"),
        (f"{MODULE}.py", f"{MODULE}_fixed.py"),
        ("old/hw10.ipynb", "hw10.ipynb"),
        ("draft.ipynb", "solution.ipynb"),
        ("hw10_final.ipynb", "hw10_final_final.ipynb"),
        ("hw10-Copy1.ipynb", "hw10.ipynb"),
        ("과제.ipynb", "과제_최종.ipynb"),
        ("all.zip", "hw10.ipynb"),
    ],
)
def test_a_newer_version_wins_over_an_older_one(tmp_path, older, newer):
    def content(name: str, value: int) -> str | bytes:
        text = ALL.replace("{}", str(value))
        if name.endswith(".zip"):
            return zipped({"hw10.ipynb": notebook(text).encode()})
        return notebook(text) if name.endswith(".ipynb") else text

    found = submit(tmp_path, {older: content(older, 1), newer: content(newer, 2)})
    assert set(answers(found).values()) == {2}
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": PROJECT.format(1), "b.py": KKT.format(2), "c.py": METHOD.format(3)},
        {f"{MODULE}.py": PROJECT.format(1), "rest.py": (KKT + METHOD).format(2, 3)},
        {"a.ipynb": notebook(PROJECT.format(1), KKT.format(2)), "b.ipynb": notebook(LAST)},
        {"p.py": PROJECT.format(1), "k/k.py": KKT.format(2), "hw.ipynb": notebook(LAST)},
        {f"{MODULE}.py": HALF_WRITTEN, "hw.ipynb": notebook(KKT.format(2) + LAST)},
    ],
)
def test_a_problem_that_is_split_over_files_is_put_together(tmp_path, files):
    found = submit(tmp_path, files)
    assert answers(found) == {
        "project": 1,
        "kkt_multipliers": 2,
        "projected_gradient_method": 3,
    }
    assert any(note.startswith(f"{MODULE} is put together: ") for note in found.notes)


def test_files_put_together_keep_their_own_helpers(tmp_path):
    one = "SCALE = 1\n" + PROJECT.format("SCALE")
    other = "SCALE = 2\n" + (KKT + METHOD).format("SCALE", "SCALE")
    found = submit(tmp_path, {"one.py": one, "other.py": other})
    assert list(answers(found).values()) == [1, 2, 2]


@pytest.mark.parametrize(
    "again",
    [
        "def project(x, image, mask):\n    return 9\n",
        "project = lambda x, image, mask: 9\n",
        "def project(img, lower, upper, *, mode):\n    return 9\n",
        "def project(y, a):\n    raise NotImplementedError\n",
        "def project(plot, title):\n    return 9\n",
    ],
)
@pytest.mark.parametrize("place", ["same cell", "later cell", "file"])
def test_a_later_definition_for_something_else_does_not_count(tmp_path, again, place):
    first = ALL.replace("{}", "1")
    cells = [first, again] if place == "later cell" else [first + again]
    name = "hw10.py" if place == "file" else "hw10.ipynb"
    found = submit(tmp_path, {name: cells[0] if place == "file" else notebook(*cells)})
    assert answers(found)["project"] == 1
    (note,) = found.notes
    assert note.startswith(f"`project` is defined more than once: {name}")
    assert note.count("line") == 2


@pytest.mark.parametrize(
    "again", ["def project(y, a):\n    return 2\n", "def project(point, a):\n    return 2\n"]
)
def test_of_definitions_that_fit_the_last_counts(tmp_path, again):
    found = submit(tmp_path, {"hw10.ipynb": notebook(ALL.replace("{}", "1"), again)})
    assert answers(found)["project"] == 2
    assert "(the last one)" in found.notes[0]


def test_the_same_definition_twice_needs_no_note(tmp_path):
    twice = notebook(ALL.replace("{}", "1"), "# again\n" + ALL.replace("{}", "1"))
    assert submit(tmp_path, {"hw10.ipynb": twice}).notes == ()


def test_a_restored_definition_keeps_its_lines(tmp_path):
    later = "def project(x, image, mask):\n    return 9\n"
    found = submit(tmp_path, {"hw10.py": f"\n\nX = 1\n{PROJECT.format(1)}{later}"})
    title, text = graded(found).cells[-1]
    assert title == "hw10.py (project)"
    assert text.split("\n")[3] == "def project(y, a):"


def test_helpers_and_data_beside_a_source_are_found_from_its_folder(tmp_path):
    files: dict[str, str | bytes] = {
        "p1/problem1_log_derivative.py": "",
        "p1/helper.py": "X = 1",
        f"p2/{MODULE}.py": ALL,
        "p2/helper.py": "X = 2",
        "p2/w.txt": "w",
    }
    found = submit(tmp_path, files)
    source = graded(found)
    assert found.modules(source)["helper"] == "X = 2"
    assert found.data_beside(source)["w.txt"] == b"w"


@pytest.mark.parametrize(
    ("one", "other"), [("hw10.py", "hw10 (1).py"), ("a_v2.ipynb", "old/a-Copy1.ipynb")]
)
def test_versions_of_a_file_are_of_one_family(one, other):
    assert versions.family(one) == versions.family(other)


@pytest.mark.parametrize(
    "own",
    [
        "from helper import *\n",
        "from helper import project, kkt_multipliers, projected_gradient_method\n",
        f"from helper import *\n{PROJECT.format(5)}",
        "from helper import *\ndef project(y, a)\n    return y\n",
    ],
)
def test_a_module_that_the_problems_file_imports_is_its_helper(tmp_path, own):
    found = submit(tmp_path, {f"{MODULE}.py": own, "helper.py": ALL.replace("{}", "1")})
    assert graded(found).cells == ((f"{MODULE}.py", own),)
    assert found.notes == ()


SOLVER = "class Solver:\n" + re.sub("^", "    ", ALL.replace("{}", "1"), flags=re.MULTILINE)
SOLVER = SOLVER.replace("    def", "    @staticmethod\n    def") + "\nsolver = Solver()\n"
NAMES = tuple(TEMPLATE)


@pytest.mark.parametrize(
    "binding",
    [
        f"for name in {NAMES}: globals()[name] = getattr(solver, name)\n",
        f"for name in {NAMES}: vars()[name] = getattr(solver, name)\n",
        f"globals().update({{name: getattr(solver, name) for name in {NAMES}}})\n",
        "for name in dir(solver):\n    if name[0] != '_': locals()[name] = getattr(solver, name)\n",
        f"for name in {NAMES}: exec(f'{{name}} = solver.{{name}}')\n",
        f"def publish():\n    for n in {NAMES}: globals()[n] = getattr(solver, n)\npublish()\n",
    ],
)
@pytest.mark.parametrize(
    "others",
    [{}, {f"{MODULE}.py": UNTOUCHED}, {"zeros.py": "import torch\n"}, {f"{MODULE}.py": ""}],
)
def test_functions_that_no_statement_shows_are_looked_for(tmp_path, binding, others):
    found = submit(tmp_path, {"Main.py": SOLVER + binding, **others})
    assert [*answers(found).values()] == [1, 1, 1]
    unwritten = [n for n in found.notes if n == f"Main.py is graded, not {MODULE}.py: {UNWRITTEN}"]
    assert len(unwritten) == len(found.notes) == (others == {f"{MODULE}.py": UNTOUCHED})


@pytest.mark.parametrize(
    "text",
    [
        SOLVER + f"for n in {NAMES}: setattr(sys.modules[__name__], n, getattr(solver, n))\n",
        f"%%writefile mine.py\n{ALL}".replace("{}", "1"),
    ],
)
def test_a_notebook_that_binds_functions_out_of_sight_is_run(tmp_path, text):
    found = submit(tmp_path, {"hw10.ipynb": notebook(text, "from mine import *")})
    assert graded(found).name == "hw10.ipynb"
    assert {name for name, _ in graded(found).kept} == set(NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "globals()['other'] = 1\n",
        "from numpy import *\n# project: to do\n",
        "from google.colab import *\nprint('kkt_multipliers')\n",
        "names = ['project']\n",
    ],
)
def test_what_cannot_bind_a_function_is_no_candidate(tmp_path, text):
    found = submit(tmp_path, {"Main.py": text})
    assert found.source(MODULE, TEMPLATE, TEMPLATE) is None

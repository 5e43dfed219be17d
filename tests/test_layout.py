"""The house: the wall between engine and homework, which way imports point, what is documented."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT

import assay
from assay.homework import find

# The rooms of the engine, the lowest first: a room imports from those above it in this list only.
ROOMS = [
    [
        "assay",
        "assay.errors",
        "assay.verdict",
        "assay.files",
        "assay.loading",
        "assay.message",
        "assay.outcome",
        "assay.foreign",
        "assay.allowed",
    ],
    ["assay.written"],
    ["assay.checks"],
    ["assay.protocol"],
    ["assay.isolation"],
    ["assay.homework"],
    ["assay.sandbox"],
    ["assay.assertions"],
    ["assay.submission"],
    ["assay.download", "assay.likeness"],
    ["assay.grading", "assay.run"],
    ["assay.record"],
    ["assay.report"],
    ["assay.publish"],
    ["assay.batch", "assay.gradescope"],
    ["assay.commands"],
]


def modules(folder: str) -> dict[str, Path]:
    """The modules of a package, by name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


ENGINE, HOMEWORK = modules("assay"), modules("graders")
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in (ENGINE | HOMEWORK).items()}


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node, but what only a type checker runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from statements(child)


def imports(name: str, *, at_once: bool = False) -> set[str]:
    """What a module imports; with `at_once` only while it is itself imported."""
    found: set[str] = set()
    for node in TREES[name].body if at_once else statements(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = "." * node.level + (node.module or "")
            for alias in node.names:
                inner = f"{home}.{alias.name}"
                found.add(inner if inner in ENGINE else home)
    return found


def room(name: str) -> int:
    """The place of a module's room in the list."""
    names = {
        part for k in range(name.count(".") + 1) for part in [".".join(name.split(".")[: k + 1])]
    }
    return max(k for k, rooms in enumerate(ROOMS) if names & set(rooms))


@pytest.mark.parametrize("name", ENGINE)
def test_the_engine_knows_no_homework(name):
    tops = {target.partition(".")[0] for target in imports(name)}
    assert not tops & {"graders", "reference", "student_template", "tests"}


@pytest.mark.parametrize("name", ENGINE)
def test_imports_point_down(name):
    assert {t for t in imports(name) if t in ENGINE and room(t) > room(name)} == set()


@pytest.mark.parametrize("name", HOMEWORK)
def test_a_homework_imports_the_face_of_the_engine_and_itself_relatively(name):
    ours = {t for t in imports(name) if t.startswith((".", "assay", "graders", "reference"))}
    face = {"assay", *(f"assay.{each}" for each in assay.__all__)}
    assert {t for t in ours if not t.startswith(".")} <= face
    problems = {t.lstrip(".") for t in ours if t.lstrip(".").startswith(("problem", "answers"))}
    assert problems == set(), "no problem knows another"


def test_the_engine_names_no_problem_and_none_of_its_subjects():
    # In code, that is: names and strings; a docstring may give an example.
    subjects = {"digit", "nice_flow", "projection", "glow", "gambler", "inpaint", "derivation"}
    for name, tree in ((n, TREES[n]) for n in ENGINE):
        docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        words = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        words |= {
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
        }
        named = {w for w in words for s in subjects if s in w.lower() and "digits" not in w.lower()}
        assert {w for w in named if "a derivation here does not need" not in w} == set(), name


def test_there_is_no_import_cycle():
    arrows = {n: {t for t in imports(n) if t in ENGINE} - {n, "assay"} for n in ENGINE}
    while arrows:
        free = [name for name, targets in arrows.items() if not targets & arrows.keys()]
        assert free, f"in a cycle, or above one: {sorted(arrows)}"
        for name in free:
            del arrows[name]


@pytest.mark.parametrize("path", sorted((ROOT / "reference").glob("problem*.py")), ids=str)
def test_the_reference_imports_nothing_of_ours(path):
    tops = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert tops & {"assay", "graders", "tests", "reference"} == set()


def test_the_plugin_is_cheap_where_nothing_is_graded():
    code = "import assay.commands.pytest_plugin, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert not {"torch", "numpy", "sympy", "scipy", "rich"} & set(done.stdout.split())


def test_every_name_of_the_face_is_there_and_is_known_to_type_checkers():
    block = next(
        node
        for node in TREES["assay"].body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    typed = {a.name: n.module for n in block.body for a in n.names}
    assert sorted(typed) == sorted(assay.__all__)
    for name, module in typed.items():
        value = getattr(assay, name)
        home = sys.modules[module]
        assert value is getattr(home, name)
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        assay.chekc  # noqa: B018


def public(name: str) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """The public classes and functions of a module, and the public methods of its classes."""
    for node in TREES[name].body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{name}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield f"{name}.{node.name}.{inner.name}", inner


@pytest.mark.parametrize("name", TREES)
def test_every_module_class_and_function_says_what_it_is(name):
    assert ast.get_docstring(TREES[name])
    assert [full for full, node in public(name) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", TREES)
def test_every_function_has_type_hints(name):
    bare = []
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef):
            group = node.args
            named = [*group.posonlyargs, *group.args, *group.kwonlyargs]
            named += [a for a in (group.vararg, group.kwarg) if a]
            unhinted = [a.arg for a in named if not a.annotation and a.arg not in ("self", "cls")]
            if unhinted or node.returns is None:
                bare.append(f"{name}.{node.name}: {', '.join(unhinted) or 'what it returns'}")
    assert bare == []


def test_any_does_not_spread():
    uses = sum(
        isinstance(node, ast.Name) and node.id == "Any"
        for tree in TREES.values()
        for node in ast.walk(tree)
    )
    lines = sum(len(p.read_text("utf-8").splitlines()) for p in (ENGINE | HOMEWORK).values())
    assert uses <= 4 * lines / 1000, f"{uses} uses in {lines} lines"


def test_a_test_is_found_by_the_name_of_its_module():
    # test_<module>.py, or test_<module>_<what>.py, in the folder of its package.
    for package, modules_of in (("assay", ENGINE), ("graders", HOMEWORK)):
        for path in sorted((ROOT / "tests" / package).rglob("test_*.py")):
            home = ".".join(path.parent.relative_to(ROOT / "tests").parts)
            stem = path.stem.removeprefix("test_")
            stems = {stem[:k] for k in range(len(stem) + 1) if k == len(stem) or stem[k] == "_"}
            there = {name.rpartition(".")[2] for name in modules_of if name.startswith(f"{home}.")}
            assert stems & (there | {home.rpartition(".")[2]}), path


REFERENCE = '''"""Settles that a number and its double differ by the number."""


def double(x: float) -> float:
    """Twice x."""
    return 2 * x
'''
TEMPLATE = REFERENCE.replace("return 2 * x", 'raise NotImplementedError("problem 7")')
GRADER = '''"""Problem 7: what is twice a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from assay import check, draw, expect, number

if TYPE_CHECKING:
    from assay import Student


@check(points=2, part="a")
@given(x=draw.floats(-8, 8))
def double_less_x_is_x(student: Student, x: float) -> None:
    """double(x) - x is x"""
    got = number(student.double(x), "double")
    expect(abs(got - 2 * x) <= 1e-6, f"got {got:g}, expected {2 * x:g}")
'''
MUTANTS = """[[mutant]]
name = "square"
says = "squares the number"
old = "2 * x"
new = "x * x"
"""
JUDGE = """
import json, sys
from pathlib import Path
from assay.commands.verify import cases, judge
from assay.grading.grader import Grader
from assay.homework import load

homework = load(Path(sys.argv[1]))
verdicts = {}
with Grader(only=sys.argv[2].partition("_")[0], homework=homework) as grader:
    for case in cases(homework):
        if case.module == sys.argv[2]:
            correct, result = judge(grader, case)
            verdicts[case.name] = [correct, result.score]
    for folder in (homework.reference_folder, homework.template_folder):
        result = grader.grade(folder)
        outcomes = [check.outcome for check in result.checks]
        verdicts[folder.name] = [*outcomes, result.score, result.max_score]
sections = list(dict.fromkeys(c.section for c in homework.checks()))
print(json.dumps([sections, sum(c.points for c in homework.checks()), verdicts]))
"""


def test_one_more_problem_is_one_file_in_each_folder_and_nothing_else(tmp_path):
    stated = find().checks()
    numbers = sorted({check.problem for check in stated if check.problem})
    name = f"problem{numbers[-1] + 1}_double"
    unneeded = shutil.ignore_patterns("__pycache__", ".*_cache")
    for folder in ("graders", "reference", "student_template", "tests/mutants"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unneeded)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for folder, text in (
        ("reference", REFERENCE),
        ("student_template", TEMPLATE),
        ("graders", GRADER),
    ):
        (tmp_path / folder / f"{name}.py").write_text(text)
    (tmp_path / f"tests/mutants/{name}.toml").write_text(MUTANTS)
    done = subprocess.run(
        [sys.executable, "-B", "-c", JUDGE, str(tmp_path), name],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    sections, points, verdicts = json.loads(done.stdout.splitlines()[-1])
    before_it = [f"problem{k}" for k in numbers]
    beside = [section.name for section in find().sections]
    assert sections == [*before_it, name.partition("_")[0], *beside]
    assert points == sum(check.points for check in stated) + 2
    assert verdicts[f"mutant {name} square"] == [True, 0.0]
    assert verdicts["reference"] == ["passed", 2.0, 2.0]
    assert verdicts["student_template"] == ["missing", 0.0, 2.0]
    assert {p: p.read_bytes() for p in before} == before

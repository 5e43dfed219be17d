"""The house: what imports what, what is documented, and that one more problem is one more file."""

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

KIT = ROOT / "graders"

# An arrow may lead to a lower floor, or stay on its own. What the two sides of the sandbox say to
# each other is plain data, and every check speaks it too.
FLOORS = [
    {"graders", "graders.handout", "graders.outcome"},
    {
        "graders.sandbox",
        "graders.sandbox.wire",
        "graders.sandbox.values",
        "graders.sandbox.expressions",
        "graders.sandbox.given",
    },
    {"graders.check", "graders.evidence"},
    {"graders.sandbox.", "graders.intake", "graders.answers", "graders.problem"},
    {"graders.grade", "graders.sitting"},
    {
        "graders.batch",
        "graders.cluster",
        "graders.jobs",
        "graders.kit",
        "graders.record",
        "graders.worker",
        "graders.verify",
        "graders.start",
        "graders.doctor",
        "graders.gradescope",
    },
    {
        "graders.cli",
        "graders.counting",
        "graders.grading",
        "graders.pages",
        "graders.screen",
        "graders.exports",
        "assay.commands.pytest_plugin",
    },
]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(KIT.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node, but what only a type checker runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from statements(child)


def imports(name: str, *, at_once: bool = False) -> set[str]:
    """The modules that a module imports; with `at_once` only while it is itself imported."""
    found: set[str] = set()
    nodes = TREES[name].body if at_once else statements(TREES[name])
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else str(node.module))
    return found


def of_the_kit(names: set[str]) -> set[str]:
    return {name for name in names if name in MODULES}


def floor(name: str) -> int:
    for height, names in enumerate(FLOORS):
        if name in names:
            return height
    package = ".".join(name.split(".")[:2])
    if package == "graders.sandbox":
        package = "graders.sandbox."
    if package.startswith("graders.problem"):
        package = "graders.problem"
    return next(height for height, names in enumerate(FLOORS) if package in names)


BUILDING = [name for name in MODULES if not name.startswith("graders.report")]


def test_every_module_has_its_floor():
    heights = {floor(name) for name in BUILDING}
    assert heights == set(range(len(FLOORS)))


@pytest.mark.parametrize("name", BUILDING)
def test_arrows_point_down_only(name):
    targets = {t for t in of_the_kit(imports(name)) if not t.startswith("graders.report")}
    assert {t for t in targets if floor(t) > floor(name)} == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name not in BUILDING])
def test_a_report_knows_results_alone(name):
    allowed = ("graders.outcome", "graders.report")
    strangers = {t for t in of_the_kit(imports(name)) if not t.startswith(allowed)}
    assert strangers - {"graders"} == set()


def test_only_the_top_floor_and_the_record_ask_for_a_report():
    asking = {n for n in BUILDING if any(t.startswith("graders.report") for t in imports(n))}
    assert {n for n in asking if floor(n) < floor("graders.record")} == set()


def test_no_problem_knows_another_problem_or_what_grades_it():
    homes = [n for n in MODULES if n.startswith(("graders.problem", "graders.answers"))]
    for name in homes:
        others = of_the_kit(imports(name)) - {name}
        assert {t for t in others if t in homes or floor(t) >= floor("graders.grade")} == set()


def test_there_is_no_import_cycle():
    arrows = {name: of_the_kit(imports(name)) - {name, "graders"} for name in MODULES}
    while arrows:
        free = [name for name, targets in arrows.items() if not targets & arrows.keys()]
        assert free, f"in a cycle, or above one: {sorted(arrows)}"
        for name in free:
            del arrows[name]


@pytest.mark.parametrize("name", MODULES)
def test_graders_import_no_solution_and_no_test(name):
    tops = {target.partition(".")[0] for target in imports(name)}
    assert tops & {"reference", "tests", "conftest"} == set()


@pytest.mark.parametrize("path", sorted((ROOT / "reference").glob("problem*.py")), ids=str)
def test_the_reference_imports_nothing_of_ours(path):
    tops = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert tops & {"graders", "tests", "reference"} == set()


def test_the_plugin_is_cheap_where_nothing_is_graded():
    assert of_the_kit(imports("assay.commands.pytest_plugin", at_once=True)) == set()
    assert (
        imports("assay.commands.pytest_plugin", at_once=True) & {"torch", "sympy", "scipy"} == set()
    )


def public(name: str) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """The public classes and functions of a module, and the public methods of its classes."""
    for node in TREES[name].body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{name}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield f"{name}.{node.name}.{inner.name}", inner


@pytest.mark.parametrize("name", MODULES)
def test_every_module_class_and_function_says_what_it_is(name):
    assert ast.get_docstring(TREES[name])
    assert [full for full, node in public(name) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("name", MODULES)
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


REFERENCE = '''"""Settles that a number and its double differ by the number."""


def double(x: float) -> float:
    """Twice x."""
    return 2 * x
'''
TEMPLATE = REFERENCE.replace("return 2 * x", 'raise NotImplementedError("problem 7")')
GRADER = '''"""Settles problem 7: what is twice a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from graders.check import check
from graders.evidence import draw
from graders.evidence.compare import expect, number

if TYPE_CHECKING:
    from graders.sandbox.student import Student


@check(points=2, part="a")
@given(x=draw.floats(-8, 8))
def double_less_x_is_x(student: Student, x: float) -> None:
    """double(x) - x is x"""
    got = number(student.double(x), "double")
    expect(abs(got - 2 * x) <= 1e-6, f"got {got:g}, wanted {2 * x:g}")
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
import graders
from assay.homework import find
from graders.grade import Grader
from graders.verify import cases, judge

home = Path(sys.argv[1])
assert Path(graders.__file__).is_relative_to(home), graders.__file__
verdicts = {}
with Grader(only="problem7") as grader:
    for case in cases(home):
        if case.module == "problem7_double":
            right, result = judge(grader, case)
            verdicts[case.name] = [right, result.score]
    for folder in ("reference", "student_template"):
        result = grader.grade(home / folder)
        verdicts[folder] = [c.outcome for c in result.checks] + [result.score, result.max_score]
sections = list(dict.fromkeys(c.section for c in find().checks()))
print(json.dumps([sections, sum(c.points for c in find().checks()), verdicts]))
"""


def test_a_seventh_problem_is_one_file_in_each_folder_and_nothing_else(tmp_path):
    unneeded = shutil.ignore_patterns("__pycache__", ".*_cache", "*.safetensors")
    for folder in ("graders", "reference", "student_template", "tests/mutants"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unneeded)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    for folder, text in (
        ("reference", REFERENCE),
        ("student_template", TEMPLATE),
        ("graders", GRADER),
    ):
        (tmp_path / folder / "problem7_double.py").write_text(text)
    (tmp_path / "tests/mutants/problem7_double.toml").write_text(MUTANTS)
    done = subprocess.run(
        [sys.executable, "-B", "-c", JUDGE, str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    sections, points, verdicts = json.loads(done.stdout.splitlines()[-1])
    assert sections == [*(f"problem{k}" for k in range(1, 8)), "answers"]
    assert points == 102
    assert verdicts["mutant problem7_double square"] == [True, 0.0]
    assert verdicts["reference"] == ["passed", 2.0, 2.0]
    assert verdicts["student_template"] == ["missing", 0.0, 2.0]
    assert {p: p.read_bytes() for p in before} == before

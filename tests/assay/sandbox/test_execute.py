"""A source runs statement by statement; what is skipped is said, and takes nothing else away."""

import re

import pytest

from assay.sandbox import student as students
from assay.verdict import Missing, Raised, Verdict

NEVER = "import torch\nfor step in range(10**12):\n    torch.ones(2) * step\n"


def failure(student, name="f"):
    """What a student reads of a call that must not succeed."""
    with pytest.raises(Verdict) as caught:
        getattr(student, name)()
    return caught.value


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("exit()", "SystemExit"),
        ("import sys; sys.exit('done')", "SystemExit: done"),
        ("assert 1 == 2, 'two'", "AssertionError: two"),
        ("input('n: ')", "(EOFError|ValueError)"),
        ("open('mnist.csv')", "FileNotFoundError"),
        ("f.x.y", "AttributeError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return 1", "SyntaxError: 'return' outside function"),
        ("print 'python 2'", "SyntaxError: Missing parentheses"),
        ("if True:\n    x = = 1", "SyntaxError: invalid syntax"),
        ("from torch import nope", "ImportError: cannot import name 'nope'"),
    ],
)
def test_a_statement_that_fails_takes_no_function_away(student_of, statement, why):
    student = student_of(f"def f(): return g()\n{statement}\ndef g(): return 2\n")
    assert student.f() == 2
    (note,) = student.notes
    assert re.match(rf"problem\.py, line [23] was skipped: {why}", note)


def test_a_notebook_is_reported_by_cell_and_line_of_each_skipped_statement(student_of):
    student = student_of(
        "x = 1",
        "raise ValueError('plot')",
        "y = 3\ndef g(:",
        "def f(): return x + y",
        "z = 1\n\nexit(0)",
        interactive=True,
    )
    assert student.f() == 4
    places = [note.partition(" was skipped: ")[0] for note in student.notes]
    assert places == ["cell 1, line 1", "cell 2, line 2", "cell 4, line 3"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\nf = torch.compile(lambda: 1)\n", 2),
        ("import no.such\nx = 1\n@undefined\ndef f(): return 1\n", 4),
        ("x = 1\ndef f()\n    return 1\n", 2),
        ("x = 1\nfrom helper import f\n", 2),
        ("x = 1\nfrom helper import nope\nfrom gone.away import *\nfrom helper import *\nf", 5),
    ],
)
def test_a_function_that_a_skipped_statement_was_to_define_leads_to_it(student_of, text, line):
    verdict = failure(student_of(text, modules={"helper": "x = 1\ndef g(): pass\n1 / 0\n"}))
    if line == 5:  # nothing that was skipped binds f
        assert isinstance(verdict, Missing)
        return
    assert isinstance(verdict, Raised)
    assert verdict.evidence.startswith("problem.py has no function f\n")
    assert f"problem.py, line {line} was skipped: " in verdict.evidence


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("N = 1 / 0\ndef f(): return N\n", "problem.py, line 1 was skipped: ZeroDivisionError"),
        ("def f(): return g()\ndef g(:\n    pass\n", "problem.py, line 2 was skipped: SyntaxError"),
        ("import helper\ndef f(): return helper.h()\n", "helper.py, line 2 was skipped: NameError"),
    ],
)
def test_an_error_in_a_call_leads_to_the_skipped_statement_that_caused_it(
    student_of, text, skipped
):
    student = student_of(text, modules={"helper": "x = 1\nh = undefined\n"})
    assert skipped in failure(student).evidence


@pytest.mark.parametrize("broken", ["def f()\n    return 2\n", "@undefined\ndef f(): return 2\n"])
def test_an_earlier_definition_is_not_graded_in_place_of_a_broken_one(student_of, broken):
    verdict = failure(student_of(f"def f(): return 1\nx = 1\n{broken}"))
    assert "problem.py, line " in verdict.evidence
    assert "was skipped" in verdict.evidence


def test_a_file_of_which_nothing_runs_could_not_be_imported(student_of):
    for text in ("1 / 0\nraise SystemExit\n", "def f(:\n    pass\n", "import no.such, x y\n"):
        assert failure(student_of(text)).evidence.startswith("problem.py could not be imported: ")


def test_statements_without_end_are_cut_off_and_known_from_then_on(student_of, monkeypatch):
    monkeypatch.setattr(students, "FILE_SECONDS", 0.0)  # half a second for each statement
    student = student_of(f"def f(): return g()\n{NEVER}{NEVER}def g(): return 2\n")
    assert student.f() == 2
    assert [(s.line, s.slow) for s in student.skipped] == [(3, True), (6, True)]
    assert all("`if __name__ ==" in note for note in student.notes)
    assert student.passed == list(student.skipped)


@pytest.mark.parametrize("ending", ["os._exit(1)", "os.kill(os.getpid(), 9)"])
def test_of_several_statements_on_a_line_one_is_left_out(student_of, ending):
    student = student_of(f"import os; {ending}; x = 1\ndef f(): return os.sep and x\n")
    assert student.f() == 1
    assert [(s.line, s.column) for s in student.skipped] == [(1, 11)]


def test_a_helper_that_trains_at_import_is_cut_off_inside(student_of, monkeypatch):
    monkeypatch.setattr(students, "FILE_SECONDS", 0.0)
    modules = {"helper": f"{NEVER}def g(): return 3\n"}
    student = student_of("from helper import g\ndef f(): return g()\n", modules=modules)
    assert student.f() == 3
    (note,) = student.notes
    assert note.startswith("helper.py, line 2 was skipped: ")


def test_a_file_that_has_used_up_its_time_still_defines_its_functions(student_of, monkeypatch):
    monkeypatch.setattr(students, "FILE_SECONDS", 0.0)
    slow = "t = time.process_time()\nwhile time.process_time() < t + 0.2: pass\n"
    student = student_of(f"import time\n{slow}N = 5\ndef f(): return N\n")
    assert student.f() == 5
    assert student.notes == ()


def test_the_environment_of_a_script_is_its_own(student_of):
    text = (
        "import argparse, sys\n"
        "from pathlib import Path\n"
        "import constants, pkg.deep\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--n', type=int, default=3)\n"
        "options = parser.parse_args()\n"
        "HERE = Path(__file__)\n"
        "def f():\n"
        "    return [options.n, sys.argv, HERE.name, (HERE.parent / 'data.txt').read_text(),\n"
        "            constants.C, pkg.deep.D, __name__, Path('constants.py').exists()]\n"
    )
    beside = "from pathlib import Path\n{} = (Path(__file__).parent / '{}').read_text()\n"
    modules = {"constants": beside.format("C", "data.txt"), "pkg.deep": beside.format("D", "d.txt")}
    student = student_of(text, modules=modules, data={"data.txt": b"7", "pkg/d.txt": b"8"})
    assert student.f() == [3, ["problem.py"], "problem.py", "7", "7", "8", "problem", True]
    assert student.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: Tensor = None, *, y: 'Any' = 1) -> Optional[Tensor]: return 2\n",
        "class C:\n    x: np.ndarray\n    def get(self) -> Self: return 2\n"
        "def f(): return C().get()\n",
        "x: int | 'Never' = 2\ndef f() -> jax.Array: return x\n",
        "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: Sequence[int] = 2\n"
        "def f(c: C | None = None): return C().x\n",
    ],
)
def test_names_in_annotations_need_not_be_known(student_of, text):
    student = student_of(text)
    assert student.f() == 2
    assert student.notes == ()


def test_what_fails_besides_annotations_is_skipped(student_of):
    student = student_of("def f(x: Tensor = unknown): return 2\ndef g(x: Tensor): return 3\n")
    assert student.g(1) == 3
    assert "'unknown' is not defined" in str(failure(student))


@pytest.mark.parametrize("name", ["networkx", "jinja2", "click", "rich", "yaml", "utils"])
def test_a_helper_with_the_name_of_something_installed_is_the_students_own(student_of, name):
    text = f"import {name}\nfrom {name} import mine\ndef f(): return mine() + {name}.mine()\n"
    assert student_of(text, modules={name: "def mine(): return 1\n"}).f() == 2


def test_a_future_import_holds_for_the_statements_below_it(student_of):
    text = "from __future__ import annotations\nx = 1\n"
    assert student_of(text, "def f(a: Nope = 1): return a\n", interactive=True).f() == 1
    assert student_of(f"{text}def f(a: Nope = 1): return a\n").f() == 1
    assert (
        student_of(
            f"import helper\n{text}def f(a: Nope = 1): return helper.g()",
            modules={"helper": "def g(a: int = 1): return g.__annotations__['a'] is int\n"},
        ).f()
        is True
    )

"""What is not begun is known from the text: the result is the one of running it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields

import pytest
from places import ROOT

from assay.grading import unwritten
from assay.homework import find, load
from assay.submission import read

HOMEWORK = find()
TEMPLATE = HOMEWORK.template_folder
PROBLEM = "problem2_projection.py"
HEAVY = {"torch", "numpy", "sympy", "scipy", "hypothesis", "assay.sandbox.student"}

# A process prints what it imported while it ran the command.
PROBE = """
import sys
from dataclasses import fields
from assay.commands.cli import main
try:
    main(sys.argv[1:])
finally:
    print("imported", *sys.modules)
"""


@pytest.fixture
def handed_in(tmp_path):
    """A copy of the template, with changes: a text in place of a file, None to remove it."""

    def make(**changed):
        folder = shutil.copytree(TEMPLATE, tmp_path / "kim")
        for stem, text in changed.items():
            path = next(folder.glob(f"{stem}.*"))
            path.unlink() if text is None else path.write_text(text)
        return folder

    return make


def untouched(folder, only=""):
    return unwritten.result(read(folder, HOMEWORK), HOMEWORK, only, 0)


def changed(**texts):
    return {name: (TEMPLATE / PROBLEM).read_text("utf-8") + text for name, text in texts.items()}


def test_the_result_is_the_one_that_the_grader_reaches(handed_in, grader):
    submission = read(handed_in(problem4_glow=None), HOMEWORK)
    known = unwritten.result(submission, HOMEWORK, "", 0)
    judged = grader.judge(submission)
    assert known.score == judged.score == 0
    assert known.max_score == judged.max_score
    for one, other in zip(known.checks, judged.checks, strict=True):
        assert (one.id, one.problem, one.part, one.title) == (
            other.id,
            other.problem,
            other.part,
            other.title,
        )
        assert (one.outcome, one.max_points, one.message) == (
            other.outcome,
            other.max_points,
            other.message,
        )


def test_comments_and_docstrings_are_no_answer(handed_in):
    text = (TEMPLATE / PROBLEM).read_text("utf-8")
    text = text.replace('"""Problem 2', '"""My problem 2').replace("\ndef", "\n# mine\ndef")
    result = untouched(handed_in(problem2_projection=text))
    assert {check.outcome for check in result.checks} == {"missing"}


@pytest.mark.parametrize(
    "text",
    [
        "\nproject = torch.clamp\n",
        "\nfrom helpers import *\n",
        "\nfor name in ['project']:\n    globals()[name] = print\n",
        "\nprint('anything')\n",
        "\nthis does not parse\n",
    ],
)
def test_whatever_else_a_file_does_it_is_run(handed_in, text):
    folder = handed_in(**changed(problem2_projection=text))
    assert untouched(folder) is None
    assert untouched(folder, "problem2") is None
    assert untouched(folder, "problem1") is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("written", "$$x = y$$"),
        ("answers", "[problem5]\nnaive = 0.0\n"),
        ("answers", "[problem5"),
    ],
)
def test_a_formula_and_a_figure_are_read(handed_in, name, text):
    assert untouched(handed_in(**{name: text})) is None


def test_what_checks_say_of_themselves_is_read_off_their_sources():
    for homework in (HOMEWORK, load(ROOT / "examples" / "homework9")):
        for stated, check in zip(homework.stated(), homework.checks(), strict=True):
            for each in fields(stated):
                assert getattr(stated, each.name) == getattr(check, each.name)


@pytest.mark.parametrize(
    "words",
    [
        ["check", "nowhere"],
        ["check", ".", "--only", "no_such_check"],
        ["check", str(TEMPLATE)],
        ["check", str(TEMPLATE), "--only", "project_is_nearest"],
        ["hint", "project_is_nearest"],
        ["read", "nowhere"],
        ["batch", "nowhere", "--out", "results"],
    ],
    ids=" ".join,
)
def test_where_nothing_is_to_be_computed_nothing_heavy_is_imported(words, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    *_, imported = done.stdout.splitlines()
    assert imported.startswith("imported ")
    assert not HEAVY & set(imported.split())


def test_the_code_that_will_run_is_that_of_the_problem_and_of_what_it_imports(tmp_path):
    for name, text in {
        PROBLEM: "from near import project\n",
        "near.py": "import far\ndef project(y, a): return far.NEAREST\n",
        "far.py": "NEAREST = 1\n",
        "train.py": "LEARNING = 2\n",
        "problem4_glow.py": "import train\ndef jacobian(f, x): return train.LEARNING\n",
    }.items():
        (tmp_path / name).write_text(text)
    submission = read(tmp_path, HOMEWORK)
    alone, whole = ("".join(submission.texts(HOMEWORK, only)) for only in ("problem2", ""))
    assert "NEAREST = 1" in alone
    assert "LEARNING" not in alone
    assert "NEAREST = 1" in whole
    assert "LEARNING = 2" in whole


def test_only_the_modules_that_are_named_are_imported_for_their_checks():
    code = "import sys; from assay.homework import find; "
    code += "print([c.id for c in find().checks('project_is_nearest')]); "
    code += "print(*(n for n in sys.modules if '.problem' in n))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    checks, modules = done.stdout.splitlines()
    assert checks == "['problem2.project_lands_in_the_set', 'problem2.project_is_nearest']"
    assert [name.rpartition(".")[2] for name in modules.split()] == ["problem2_projection"]

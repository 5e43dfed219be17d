"""What README and docs/ say is true: their commands, messages, examples, paths and arrows."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from assay.commands.start import lay_out
from assay.homework import find
from assay.report import overrides

README = (ROOT / "README.md").read_text("utf-8")
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
GRADING = (ROOT / "docs" / "grading.md").read_text("utf-8")
DECISIONS, RUBRIC = re.findall(r"```toml\n(.*?)```", GRADING, re.DOTALL)
# What an instructor downloads, by its name in the commands.
EXPORTS = {
    "canvas.csv": "Student,ID,SIS Login ID,Section,Homework 10 (12)\nAda L,1,ada,A,\n",
    "moodle.csv": "Identifier,Full name,Status,Grade,Maximum Grade,Feedback comments\n"
    "Participant 1,Ada,Submitted,,100.00,\n",
}
COMMANDS = [line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines()]
# In place of a whole run, the same command over less: each is run whole by another test.
LESS = {
    "assay check hw10 --page": "assay check hw10 --only project_is_nearest --page --no-open",
    "assay verify": "assay verify --only 'mutant problem2_projection no_clamp'",
    'assay verify --only "mutant problem2" --verbose': "assay verify --only no_clamp --verbose",
}
ELSEWHERE = {
    "make demo": "test_demo.py runs what it runs",
    "make test": "this is it",
    "assay replay project_is_nearest hw10": "test_replay.py runs it, on what is written already",
    "assay check hw10 --watch": "test_watch.py types into it",
    "source .venv/bin/activate": "it changes the shell alone",
    "hatchling build -t wheel": "test_wheel.py builds the wheel",
    "pip install mfdnn_assay-*.whl": "test_wheel.py unpacks the wheel and grades with it",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a started homework and a class of two."""
    place = tmp_path_factory.mktemp("readme")
    for name in ("ada", "bao"):
        (place / "submissions" / name).mkdir(parents=True)
        source = ROOT / "reference" / "problem2_projection.py"
        shutil.copy(source, place / "submissions" / name)
    for name, text in EXPORTS.items():
        (place / name).write_text(text)
    (place / "rubric.toml").write_text(RUBRIC)
    lay_out(place / "hw10", find())
    return place


def words_of(command: str) -> list[str]:
    return shlex.split(LESS.get(command, command))


@pytest.mark.parametrize("command", [c for c in dict.fromkeys(COMMANDS) if "pytest" not in c])
def test_a_command_of_the_readme_runs(command, place, assay_here, monkeypatch):
    if command in ELSEWHERE:
        pytest.skip(ELSEWHERE[command])
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    if (
        re.match("assay (report|explain|regrade) results", command)
        and not (place / "results" / "run.json").exists()
    ):
        assay_here("batch", "submissions", "--out", "results", cwd=place)
    if "--regrade old" in command:
        shutil.copytree(place / "results", place / "old")
    program, *words = words_of(command)
    assert program == "assay"
    code, _, err = assay_here(*words, cwd=place)
    assert code in (0, 1), err


@pytest.mark.parametrize("command", [c for c in dict.fromkeys(COMMANDS) if "pytest" in c])
def test_pytest_runs_as_the_readme_says(command, place):
    done = subprocess.run(
        [sys.executable, "-m", *words_of(command)],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_example_of_a_decision_is_one():
    (decision,) = overrides.read(DECISIONS, {check.id for check in find().stated()})
    assert decision.points == 2


def test_what_is_not_run_here_is_in_the_readme():
    assert {*ELSEWHERE, *LESS} <= {*COMMANDS}


def ruin_ignored():
    from assay.commands.verify import cases

    return next(c for c in cases(find()) if c.name == "mutant problem5_gamblers_ruin ruin_ignored")


def test_the_message_that_the_readme_opens_with_is_a_real_one(grader):
    from assay.report.text import points

    case = ruin_ignored()
    found = grader.judge(case.submission, find().checks_of(case.module))
    outcome = next(o for o in found.checks if o.id.endswith("wins_are_counted_over_all_paths"))
    shown = " ".join(README.split())
    score = f"{points(outcome.points)} / {points(outcome.max_points)}"
    assert f"✗ {outcome.title} {score} {' '.join(outcome.message.split())} ```" in shown


def test_the_mistake_that_the_readme_opens_with_does_not_change_the_estimate():
    import torch

    def estimates(text: str) -> list[float]:
        module: dict = {"__name__": "problem5"}
        exec(compile(text, "problem5.py", "exec"), module)
        found = []
        for seed in range(4):
            torch.manual_seed(seed)
            found.append(float(module["estimate_win_probability"]()))
        return found

    with torch.random.fork_rng(devices=[]):
        mistaken = ruin_ignored().submission.source("problem5_gamblers_ruin", ()).cells[0][1]
        correct = (ROOT / "reference" / "problem5_gamblers_ruin.py").read_text("utf-8")
        assert mistaken != correct
        assert estimates(mistaken) == estimates(correct)


def test_the_rubric_of_the_guide_counts_for_every_check():
    from assay.outcome import Outcome, Result
    from assay.report import rubric

    checks = tuple(
        Outcome(
            id=c.id,
            problem=c.problem,
            part="",
            title="",
            outcome="passed",
            points=c.points,
            max_points=c.points,
        )
        for c in find().checks()
    )
    full = Result(
        submission="a",
        score=100,
        max_score=100,
        isolation="",
        seed=0,
        kit="",
        sha256="",
        seconds=0,
        checks=checks,
    )
    (found,) = rubric.apply(rubric.read(RUBRIC, [full]), [full])
    assert found.score == found.max_score
    assert sum(o.points for o in found.checks if o.problem == 2) == pytest.approx(20, abs=1e-4)
    assert sum(o.points for o in found.checks if o.problem is None) == 4


def test_the_points_and_the_outcomes_of_the_readme_are_the_kits():
    from typing import get_args

    from assay.verdict import Kind

    checks = find().checks()
    points = [sum(c.points for c in checks if c.problem == k) for k in range(1, 7)]
    assert f"problems 1 to 6: {', '.join(f'{p:g}' for p in points)}" in README
    (row,) = re.findall(r"^\| outcomes \|(.*)\|$", README, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == set(get_args(Kind))


def test_the_counts_of_the_readme_are_those_of_the_files():
    mutants = sum(
        path.read_text("utf-8").count("\n[[mutant]]")
        for path in (ROOT / "tests" / "mutants").glob("*.toml")
    )
    alternatives = len(list((ROOT / "tests" / "alternatives").glob("*/*.py")))
    assert f"each of {mutants} mutants" in README
    assert f"each of {alternatives} correct answers" in README


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_points_to_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target
    for path in re.findall(r"`((?:assay|graders|tests|docs|reference)/[\w./]*)`", text):
        if not re.search("problem(N|7)_|homework10", path):  # not of this checkout
            assert (ROOT / path).exists(), path


def test_the_names_of_the_authoring_page_are_the_kits():
    import assay

    text = (ROOT / "docs" / "authoring.md").read_text("utf-8")
    names = set(re.findall(r"`(expect_\w+|Mean\w+|[A-Z_]{4,})\W", text)) - {
        "FIGURES",
        "ASSAY_HOMEWORK",
    }
    assert len(names) > 6
    assert names <= {*assay.__all__}
    assert set(re.findall(r"`draw\.(\w+)", text)) <= {*dir(assay.draw)}
    calls = set(re.findall(r"student\.(\w+)", text)) - {"f", "kl", "estimate"}
    assert calls <= {*dir(assay.Student), *assay.Student.__annotations__}


def arrows() -> set[tuple[str, str]]:
    """The arrows of the picture in docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    (picture,) = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    lines = re.findall(r"^ *(\w+) --> (.+)$", picture, re.MULTILINE)
    return {(one, other.strip()) for one, others in lines for other in others.split("&")}


def imports() -> set[tuple[str, str]]:
    """Which package of the engine imports which, what only a type checker reads aside."""
    found = set()
    for path in (ROOT / "assay").rglob("*.py"):
        room = path.relative_to(ROOT / "assay").parts[0].removesuffix(".py")
        for node in ast.walk(without_type_checking(ast.parse(path.read_text("utf-8")))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assay"):
                _, _, inner = node.module.partition(".")
                found |= {(room, (inner or a.name).partition(".")[0]) for a in node.names}
    return {(one, other) for one, other in found if one != other and one != "__init__"}


def without_type_checking(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


def test_the_picture_of_the_packages_is_the_one_that_imports_make():
    drawn, real = arrows(), imports()
    rooms = {room for arrow in drawn for room in arrow}
    assert {p.name for p in (ROOT / "assay").iterdir() if (p / "__init__.py").exists()} <= rooms
    assert drawn <= real
    below = {room: {room} for room in rooms}
    for _ in rooms:
        for one, other in drawn:
            below[one] |= below[other]
    inside = {(one, other) for one, other in real if {one, other} <= rooms}
    assert {(one, other) for one, other in inside if other not in below[one]} == set()


@pytest.fixture(scope="module")
def seventh(tmp_path_factory):
    """A copy of the checkout with the example of docs/authoring.md in it."""
    home = tmp_path_factory.mktemp("authoring")
    unneeded = shutil.ignore_patterns("__pycache__", ".*_cache")
    for folder in ("assay", "graders", "reference", "student_template", "tests/mutants"):
        shutil.copytree(ROOT / folder, home / folder, ignore=unneeded)
    text = (ROOT / "docs" / "authoring.md").read_text("utf-8")
    files = re.findall(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    for name, body in files:
        place = home / name
        place.parent.mkdir(parents=True, exist_ok=True)
        before = place.read_text("utf-8") + "\n\n" if place.exists() else ""
        place.write_text(before + body, "utf-8")
    assert len(files) == 5
    return home


def in_copy(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-m", "assay.commands.cli", *words],
        cwd=home,
        env=os.environ | {"PYTHONPATH": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=110,
    )


def test_a_homework_is_written_and_graded_as_the_authoring_page_says(assay_here, tmp_path):
    text = (ROOT / "docs" / "authoring.md").read_text("utf-8")
    block = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[0]
    shown = []
    for line in block.splitlines():
        program, *words = shlex.split(line.partition("#")[0])
        assert program == "assay"
        code, out, err = assay_here(*words, cwd=tmp_path)
        assert code == 0, out + err
        shown.append(out)
    assert "5 cases, 0 judged incorrectly" in shown[1]
    assert (tmp_path / "mine" / "problem2_spread.py").exists()
    assert "Score 4 / 4" in shown[-1]


@pytest.mark.slow
def test_the_example_of_the_authoring_page_is_verified(seventh):
    done = in_copy(seventh, "verify", "--only", "problem7", "--verbose")
    assert done.returncode == 0, done.stdout + done.stderr
    table, _ = shown_on_the_authoring_page()
    assert [line for line in table.splitlines() if line not in done.stdout.splitlines()] == []
    for folder, score in (("reference", "Score 6 / 6"), ("student_template", "Score 0 / 6")):
        done = in_copy(seventh, "check", folder, "--only", "problem7")
        assert score in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_the_message_of_the_authoring_page_is_a_real_one(seventh):
    (seventh / "mistaken").mkdir()
    text = (seventh / "reference" / "problem7_divergence.py").read_text("utf-8")
    mistaken = text.replace("multinomial(p,", "multinomial(torch.ones_like(p),")
    (seventh / "mistaken" / "problem7_divergence.py").write_text(mistaken, "utf-8")
    words = ("check", "mistaken", "--only", "estimate_has_the_exact_mean")
    shown = " ".join(in_copy(seventh, *words).stdout.split())
    _, message = shown_on_the_authoring_page()
    assert " ".join(message.split()) in shown.replace("check mistaken", "check")


def shown_on_the_authoring_page() -> list[str]:
    """What `assay verify` and `assay check` print, as the page shows it."""
    text = (ROOT / "docs" / "authoring.md").read_text("utf-8")
    return re.findall(r"```text\n(.*?)```", text, re.DOTALL)


def test_the_example_of_the_authoring_page_is_in_the_kits_own_style(seventh):
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--config", str(ROOT / "pyproject.toml")]
        files = ["graders/problem7_divergence.py"]
        files += [f"{f}/problem7_divergence.py" for f in ("reference", "student_template")]
        done = subprocess.run(
            [*command, *files], cwd=seventh, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout

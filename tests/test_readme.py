"""Every command of the README runs, and the message that it opens with is a real one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
RUBRIC = "".join(re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
# What an instructor downloads, by its name in the commands.
EXPORTS = {
    "canvas.csv": "Student,ID,SIS Login ID,Section,Homework 10 (12)\nAda L,1,ada,A,\n",
    "moodle.csv": "Identifier,Full name,Status,Grade,Maximum Grade,Feedback comments\n"
    "Participant 1,Ada,Submitted,,100.00,\n",
}
COMMANDS = [line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines()]
# In place of a whole run, the same command over less: each is run whole by another test.
LESS = {"assay verify": "assay verify --only 'mutant problem2_projection no_clamp'"}
ELSEWHERE = {
    "make demo": "test_demo.py runs what it runs",
    "make test": "this is it",
    "make mutate": "test_mutate.py runs its parts",
    "make calibrate": "test_measures.py runs it with fewer runs",
    "assay check hw10 --watch": "test_watch.py types into it",
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
    run("assay start hw10", place)
    return place


def run(command: str, place: Path) -> int:
    words = shlex.split(LESS.get(command, command))
    program = {"assay": "assay.commands.cli", "pytest": "pytest"}[words[0]]
    done = subprocess.run(
        [sys.executable, "-m", program, *words[1:]],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=300,
        env={k: v for k, v in os.environ.items() if k != "GITHUB_OUTPUT"},
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done.returncode


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_a_command_of_the_readme_runs(command, place):
    if "--scheduler" in command:
        pytest.skip("test_cluster.py runs it with workers")
    if command in ELSEWHERE:
        pytest.skip(ELSEWHERE[command])
    if command.startswith("assay report results") and not (place / "results").exists():
        run("assay batch submissions --out results", place)
    if "--regrade old" in command:
        shutil.copytree(place / "results", place / "old")
    assert run(command, place) in (0, 1)


def test_the_message_that_the_readme_opens_with_is_a_real_one(grader):
    from assay.commands.verify import cases, judge
    from assay.homework import find

    case = next(c for c in cases(find()) if c.name == "mutant problem5_gamblers_ruin ruin_ignored")
    _, found = judge(grader, case)
    outcome = next(o for o in found.checks if o.id.endswith("wins_are_counted_over_all_paths"))
    shown = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert " ".join(outcome.message.split()) in shown


def test_the_rubric_of_the_readme_counts_for_every_check():
    from assay.homework import find
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

"""`pytest --submission PATH` shows each check as an item and agrees with `assay check`."""

from __future__ import annotations

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from places import ROOT

from assay.homework import find

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")


@pytest.fixture
def run(tmp_path):
    """Run pytest on a submission in an empty folder: its exit code and output."""

    def pytest_in(*words):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, words)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout

    return pytest_in


@pytest.fixture
def wrong(tmp_path):
    """A submission of problem 2 whose projection forgets the bounds."""
    path = tmp_path / "wrong.py"
    path.write_text(PROJECTION.replace("y_2.clamp(0, 1)", "y_2"))
    return path


def test_it_gives_each_check_the_outcome_that_the_grader_gives(run, wrong, grader, tmp_path):
    run("--submission", wrong, "-k", "problem2", "--junitxml", tmp_path / "out.xml")
    suite = ElementTree.parse(tmp_path / "out.xml").getroot().find("testsuite")
    shown = {}
    for case in suite.iter("testcase"):
        marks = {child.tag for child in case}
        shown[case.get("name")] = (
            "wrong" if "failure" in marks else "blocked" if "skipped" in marks else "passed"
        )
    checks = tuple(c for c in find().checks() if c.section == "problem2")
    from assay.submission import read

    found = grader.judge(read(wrong), checks)
    assert shown == {o.id.partition(".")[2]: o.outcome for o in found.checks}
    properties = {p.get("name"): float(p.get("value")) for p in suite.find("properties")}
    assert (properties["score"], properties["max_score"]) == (found.score, found.max_score)


def test_a_failure_shows_the_message_and_no_traceback_of_ours(run, wrong):
    code, out = run("--submission", wrong, "-k", "project_lands_in_the_set")
    assert code == 1
    assert "again  assay check --only project_lands_in_the_set" in out
    assert "graders/problem2_projection.py" not in out
    assert "Error" not in out


@pytest.mark.slow
def test_one_check_is_chosen_by_name_with_what_it_builds_on(run, wrong):
    _, out = run("--submission", wrong, "-k", "project_is_nearest", "-rs")
    assert "blocked: it builds on project_lands_in_the_set" in out
    assert "1 skipped" in out


@pytest.mark.slow
def test_workers_share_the_checks_and_the_score_is_the_same(run, wrong):
    alone, spread = (
        run("--submission", wrong, "-k", "problem2", *more)[1] for more in ([], ["-n2"])
    )
    score = [line for line in alone.splitlines() if line.startswith("Score")]
    assert score
    assert score[0] in spread


def test_a_submission_that_is_not_there_is_a_usage_error(run):
    code, out = run("--submission", "nowhere")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in out


@pytest.mark.slow
def test_it_leaves_nothing_of_hypothesis_in_the_folder(run, wrong, tmp_path):
    run("--submission", wrong, "-k", "project_is_idempotent")
    assert not (tmp_path / ".hypothesis").exists()


def test_the_plugin_is_light_where_no_submission_is_named():
    code = (
        "import sys; import assay.commands.pytest_plugin;"
        "sys.exit(bool({'torch', 'sympy', 'hypothesis', 'msgspec'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""`assay check` in a workflow on GitHub says where a student's function is, and sums up the job."""

from __future__ import annotations

import shutil

import pytest
from example_class import mutant
from places import ROOT

MODULE = "problem2_projection"
FILE = f"{MODULE}.py"


@pytest.fixture
def step(tmp_path, monkeypatch):
    """A checkout with one mistake, in a step of a workflow."""
    (tmp_path / "top" / "hw10").mkdir(parents=True)
    text = mutant(MODULE, "no_clamp")
    (tmp_path / "top" / "hw10" / FILE).write_text(text, "utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "top"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "top"


def errors(output):
    return [row for row in output.splitlines() if row.startswith("::error ")]


@pytest.mark.parametrize(("folder", "path"), [("", "hw10"), ("hw10", "."), ("hw10", FILE)])
def test_an_error_points_at_the_students_function_from_the_top(folder, path, step, assay_here):
    code, out, _ = assay_here("check", path, "--only", "problem2", cwd=step / folder)
    assert code == 1
    rows = (step / "hw10" / FILE).read_text("utf-8").splitlines()
    line = 1 + next(k for k, row in enumerate(rows) if row.startswith("def project("))
    assert errors(out)
    assert errors(out)[0].startswith(f"::error file=hw10/{FILE},line={line},title=project")
    assert (
        sum(row.startswith("::notice title=Autograding complete") for row in out.splitlines()) == 1
    )


def test_the_summary_has_the_table_of_problems_and_what_failed(step, assay_here, tmp_path):
    assay_here("check", "hw10", "--only", "problem2", cwd=step)
    text = (tmp_path / "summary.md").read_text("utf-8")
    assert "| | points | of |\n|---|---:|---:|\n| Problem 2 | " in text
    assert "### project(y, a) is in C" in text


def test_what_is_not_begun_is_announced_without_running_anything(step, assay_here, tmp_path):
    shutil.copy(ROOT / "student_template" / FILE, step / "hw10")
    code, out, _ = assay_here("check", "hw10", "--only", "problem2", cwd=step)
    assert code == 1
    (row,) = errors(out)
    assert row.startswith(f"::error file=hw10/{FILE},line=")
    assert "| Problem 2 | 0 | 15 |" in (tmp_path / "summary.md").read_text("utf-8")


def test_a_folder_outside_of_the_checkout_gets_errors_without_a_place(step, assay_here, tmp_path):
    shutil.move(step / "hw10", tmp_path / "elsewhere")
    _, out, _ = assay_here("check", tmp_path / "elsewhere", "--only", "problem2", cwd=step)
    assert errors(out)
    assert all(row.startswith("::error title=") for row in errors(out))


def test_elsewhere_nothing_is_announced(step, assay_here, tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS")
    _, out, _ = assay_here("check", "hw10", "--only", "problem2", cwd=step)
    assert not [row for row in out.splitlines() if row.startswith("::")]
    assert not (tmp_path / "summary.md").exists()

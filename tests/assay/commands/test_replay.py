"""`assay replay` and `--debug`: a failing input runs outside the sandbox, as it does inside."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from places import ROOT

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
WRONG = PROJECTION.replace("y_2.clamp(0, 1)", "y_2")
LAW = "project_lands_in_the_set"


@pytest.fixture
def hw(tmp_path):
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "problem2_projection.py").write_text(WRONG)
    return tmp_path / "hw"


def run(folder, script):
    """What a script prints in a folder."""
    (folder / "repro.py").write_text(script)
    done = subprocess.run(
        [sys.executable, "repro.py"], cwd=folder, capture_output=True, text=True, timeout=100
    )
    return done.stdout + done.stderr


def test_the_script_has_the_smallest_input_and_returns_what_the_check_saw(assay_here, hw):
    code, script, err = assay_here("replay", LAW, hw)
    assert code == 0, err
    assert "# second coordinate 2, expected between 0 and 1" in script
    assert "y = torch.tensor([0.0, 2.0], dtype=torch.float64)" in script
    assert "project returned tensor([0., 2.], dtype=torch.float64)" in run(hw, script)
    # It lies beside the student's files now, and nothing else is graded for it.
    code, out, _ = assay_here("check", hw, "--only", LAW)
    assert "repro" not in out
    assert code == 1


def test_a_notebook_is_run_as_it_is(assay_here, tmp_path):
    cell = {"cell_type": "code", "source": f"%matplotlib inline\n{WRONG}"}
    (tmp_path / "my hw.ipynb").write_text(json.dumps({"cells": [cell]}))
    _, script, _ = assay_here("replay", LAW, "my hw.ipynb")
    assert "project returned tensor([0., 2.]" in run(tmp_path, script)


def test_an_error_comes_with_the_call_that_raised_it(assay_here, tmp_path):
    source = (ROOT / "reference" / "problem3_inpainting.py").read_text("utf-8")
    source = source.replace("def inpaint(", "def inpaint(*_, **__):\n    1 / 0\n\ndef _inpaint(")
    (tmp_path / "problem3_inpainting.py").write_text(source)
    for name in ("nice_flow.py", "nice.safetensors", "digits.npz"):
        shutil.copy(ROOT / "student_template" / name, tmp_path)
    _, script, _ = assay_here("replay", "inpaint_starts_at_the_corrupted_image", tmp_path)
    assert "# ZeroDivisionError" in script
    assert script.count("returned = mine.") == 1
    assert "ZeroDivisionError" in run(tmp_path, script)


def test_a_check_that_passes_has_nothing_to_replay(assay_here, hw):
    (hw / "problem2_projection.py").write_text(PROJECTION)
    for words in (("replay", LAW, hw), ("check", hw, "--only", LAW, "--debug")):
        code, out, err = assay_here(*words)
        assert (code, out) == (0, "")
        assert f"{LAW} passes" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("replay", "project_is_nearest", "hw"), f"it builds on {LAW}"),
        (("replay", "bisection_is_exact", "hw"), "no check is called"),
        (("replay", "problem2", "hw"), "more than one check"),
        (("check", "hw", "--debug"), "--debug needs --only NAME"),
        (("replay", "a_figure_is_reported", "hw"), "no check is called"),
        (("check", "hw", "--only", LAW, "--debug", "--page"), "leave out --watch and --page"),
        (("check", "hw.zip", "--only", LAW, "--debug"), "unpack"),
    ],
)
def test_where_there_is_nothing_to_run_one_sentence_says_why(assay_here, hw, words, says):
    code, out, err = assay_here(*words)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [("replay", LAW, "hw"), ("check", "hw", "--only", LAW, "--debug")],
    ids=["replay", "debug"],
)
def test_the_limits_of_time_are_those_that_are_given(assay_here, hw, words):
    waits = "(time.sleep(next(waits, 0)), y_2.clamp(0, 1))[1]"
    slow = PROJECTION.replace("y_2.clamp(0, 1)", waits)
    start = "import time\nwaits = iter([1.5])\n"
    (hw / "problem2_projection.py").write_text(start + slow)
    assert "passes: there is nothing to replay" in assay_here(*words, cwd=hw.parent)[2]
    limits = ("--seconds-per-call", "1", "--seconds-per-problem", "1")
    _, out, err = assay_here(*words, *limits, cwd=hw.parent)
    assert "returned = mine.project(y, a)" in out or "running it without isolation" in err
    code, _, err = assay_here(*words, "--seconds-per-call", "0", cwd=hw.parent)
    assert code == 2
    assert "--seconds-per-call must be a number > 0" in err


def test_debug_runs_the_script_with_this_terminal(hw):
    with_stop = WRONG.replace("y_1, y_2 = ", "breakpoint(); y_1, y_2 = ", 1)
    assert with_stop != WRONG
    (hw / "problem2_projection.py").write_text(with_stop)
    done = subprocess.run(
        [sys.executable, "-m", "assay.commands.cli", "check", ".", "--only", LAW, "--debug"],
        cwd=hw,
        input="p 'stopped', a\nc\n",
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 1, done.stderr
    assert "('stopped', 0.0)" in done.stdout
    assert [path.name for path in hw.iterdir()] == ["problem2_projection.py"]

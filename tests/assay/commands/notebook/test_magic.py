"""`%assay` in a real kernel: what the notebook has defined so far is graded in another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from kernels import kernel
from processes import below, comes_true

LAW = "project_lands_in_the_set"
RIGHT = "def project(y, a):\n    return [float(a), min(max(float(y[1]), 0.0), top)]\n"
WRONG = RIGHT.replace(", top)", ", 2 * top)")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook with data and a module beside it, and another notebook that solves everything."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "top.txt").write_text("1\n")
    (folder / "edges.py").write_text("low = 0.0\n")
    (folder / "problem2_projection.py").write_text(RIGHT.replace("top", "1.0"))
    with kernel(folder) as running:
        running.run("%load_ext assay")
        running.run("from edges import low\ntop = float(open('top.txt').read())")
        yield running


def test_what_is_defined_so_far_is_graded_and_a_later_definition_counts(notebook):
    notebook.run(WRONG)
    shown = notebook.run(f"%assay {LAW}")
    assert "expected between 0 and 1" in shown["text/html"]
    assert f"%assay {LAW}" in shown["text/html"]
    assert "Score 0 / 2" in shown["text/plain"]
    notebook.run(RIGHT)
    shown = notebook.run(f"%assay {LAW}")
    assert "Score 2 / 2" in shown["text/plain"]
    assert "cell" not in shown["text/html"], "that a cell was run again is nothing to report"


def test_the_cell_below_is_run_and_its_problem_is_graded(notebook):
    shown = notebook.run(
        "%%assay\n" + WRONG.replace("project(", "project(*, y, a):\n    0\ndef project(")
    )
    assert "Score" in shown["text/plain"]
    assert "Problem 2" in shown["text/html"]
    assert "Problem 3" not in shown["text/html"]
    assert notebook.run("print(project([0.0, 7.0], 3))")["stdout"] == "[3.0, 2.0]\n"
    shown = notebook.run(f"%%assay {LAW}\n{RIGHT}")
    assert "Score 2 / 2" in shown["text/plain"]
    assert "Score 2 / 2" in notebook.run(f"%assay {LAW}")["text/plain"]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("%assay problem2 problem3", "one check or one problem"),
        ("%assay --only problem2", "one check or one problem"),
        ("%assay project_lands", LAW),
        ("%%assay\nx = 1", "no function that Homework 10 asks for"),
    ],
)
def test_a_bad_argument_is_one_sentence(notebook, cell, says):
    shown = notebook.run(cell)
    assert says in shown["text/plain"]
    assert "\n" not in shown["text/plain"]
    assert "error" not in shown
    assert "Score" in notebook.run(f"%assay {LAW}")["text/plain"]


def test_what_a_cell_does_to_the_kit_in_its_own_process_changes_no_verdict(notebook):
    notebook.run(WRONG)
    notebook.run(
        "import assay.report.cell, assay.commands.notebook.server as server\n"
        "assay.report.cell.html = server.answer = lambda *_: '100 of 100'"
    )
    shown = notebook.run(f"%assay {LAW}")
    assert "Score 0 / 2" in shown["text/plain"]
    assert "100 of 100" not in shown["text/html"]


def test_the_process_ends_with_the_kernel_and_is_replaced_if_it_dies(tmp_path):
    with kernel(tmp_path) as running:
        running.run("%load_ext assay")
        before = below(running.pid)
        assert "isolation" in running.run("%assay answers")["text/html"]
        mine = below(running.pid) - before
        assert mine
        running.run("import os, signal")
        running.run(f"for pid in {sorted(mine)}: os.kill(pid, signal.SIGKILL)")
        # It is replaced at once if it is seen to be gone, and else with the next cell.
        said = running.run("%assay answers")["text/plain"]
        assert "run the cell again" in said or "Score" in said
        running.run("top = 1.0\n" + RIGHT)
        assert "Score 2 / 2" in running.run(f"%assay {LAW}")["text/plain"]
        mine = below(running.pid) - before
    assert comes_true(lambda: not any(map(alive, mine)), 20)


def test_an_interrupt_ends_the_grading_and_leaves_nothing(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    with kernel(tmp_path) as running:
        running.run("%load_ext assay")
        before = below(running.pid)

        def interrupt():
            comes_true(lambda: below(running.pid) - before, 60)
            os.killpg(os.getpgid(running.pid), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        shown = running.run("%assay")
        thread.join()
        assert "interrupted" in shown["text/plain"]
        assert comes_true(lambda: not below(running.pid) - before, 20)
        assert "isolation" in running.run("%assay answers")["text/html"]
    assert comes_true(lambda: not [*scratch.glob("assay-*")], 20)


def alive(pid):
    from processes import GONE, state

    return state(pid) not in GONE


def test_to_load_the_extension_imports_nothing_heavy():
    code = (
        "import assay, sys; assert hasattr(assay, 'load_ipython_extension');"
        "print('IPython' in sys.modules, 'msgspec' in sys.modules);"
        "import assay.commands.notebook.magic;"
        "print('torch' in sys.modules, 'IPython' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stdout.split()) == {"False"}

"""What `make demo` and `make bench` run works, on a fresh folder."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys

import pytest
from example_class import MISTAKES, lay_out
from places import ROOT

from assay.homework import find


@pytest.mark.slow
def test_the_example_class_is_graded_as_it_was_made(tmp_path):
    lay_out(tmp_path / "class")
    command = [
        sys.executable,
        "-m",
        "assay.commands.cli",
        "batch",
        "class",
        "--out",
        "results",
        "--seed",
        "7",
        "--allow-unconfined",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "results" / "grades.csv", newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert float(rows["reference"]["score"]) == 100
    assert float(rows["template"]["score"]) == 0
    most = {}
    for check in find().checks():
        most[check.module] = most.get(check.module, 0) + check.points
    for student, mistakes in MISTAKES.items():
        for module, points in most.items():
            column = module.partition("_")[0]
            assert (float(rows[student][column] or 0) < points) == (module in mistakes), (
                student,
                module,
            )


def test_the_example_class_has_mistakes_in_all_six_problems():
    modules = {module for mistakes in MISTAKES.values() for module in mistakes}
    assert modules == {check.module for check in find().checks() if check.problem}


def test_the_benchmark_measures_a_call_and_a_fork(sandbox):
    path = ROOT / "tests" / "benchmarks" / "bench.py"
    spec = importlib.util.spec_from_file_location("bench", path)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    assert 0 < bench.one_call(sandbox) < bench.fork_to_answer(sandbox)

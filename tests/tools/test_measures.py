"""The measuring programs run, and tell what is off."""

from __future__ import annotations

import sys
from pathlib import Path

import calibrate
import killed
import mutate
import pytest
import seeds
import soak
from msgspec.structs import replace
from places import ROOT

from assay.assertions.error_rates import FALSE_REJECT_RATE, POWER
from assay.grading.grader import Grader
from assay.sandbox.host import Sandbox
from assay.submission import read


@pytest.mark.slow
def test_the_reference_passes_under_a_few_seeds(monkeypatch, capsys):
    monkeypatch.setenv("JOBS", "1")
    assert seeds.main(2, ("problem2",)) == 0
    assert "2 seeds, 0 refusals" in capsys.readouterr().out


@pytest.mark.slow
def test_the_mutants_of_a_function_are_judged(monkeypatch, capsys):
    every = mutate.mutants
    monkeypatch.setenv("JOBS", "1")
    monkeypatch.setattr(
        mutate,
        "mutants",
        lambda *file: [m for m in every(*file) if m.function == "kkt_multipliers"],
    )
    assert mutate.main(["problem2"]) == 0
    assert "survives" not in capsys.readouterr().out


@pytest.mark.slow
def test_a_survivor_without_a_reason_is_reported(monkeypatch, capsys):
    known, every = mutate.explained(), mutate.mutants
    monkeypatch.setenv("JOBS", "1")
    monkeypatch.setattr(mutate, "explained", lambda: {("problem2_projection", "f", "1", "2"): "no"})
    monkeypatch.setattr(
        mutate,
        "mutants",
        lambda module, source: [m for m in every(module, source) if m[:4] in known][:1],
    )
    assert mutate.main(["problem2"]) == 1
    out = capsys.readouterr().out
    assert "survives: problem2_projection, kkt_multipliers" in out
    assert "no longer survives" in out


def test_the_assertions_are_measured_and_drawn(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(calibrate, "of_steps", lambda runs: iter(()))
    calibrate.main(60, str(tmp_path / "figure.svg"))
    assert "count of wins, 6 games" in capsys.readouterr().out
    assert (tmp_path / "figure.svg").read_text("utf-8").startswith("<?xml")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_few_submissions_are_soaked(tmp_path: Path, capsys):
    assert soak.main(2, tmp_path / "soak", 3) == 0
    assert "2 submissions" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="sends signals")
def test_a_batch_that_is_killed_at_random_comes_to_the_same_grades(tmp_path: Path, capsys):
    assert killed.main(2, 1, tmp_path / "killed", jobs=1) == 0, capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="sends signals")
def test_a_result_lost_or_graded_again_or_another_grade_is_reported(tmp_path: Path):
    for name, grades in (("undisturbed", "a,1"), ("killed", "a,2")):
        (tmp_path / name / "results").mkdir(parents=True)
        (tmp_path / name / "grades.csv").write_text(grades)
    (tmp_path / "killed" / "results" / "a.json").write_text("{}")
    differences = killed.compare(tmp_path, 2, {"a": (b"", 0)})
    assert [fault.partition(" ")[0] for fault in differences] == ["grades.csv", "a", "0"]


def test_a_soak_reports_another_verdict_a_loss_and_growth():
    with Sandbox() as sandbox:
        grader = Grader(only="answers", sandbox=sandbox)
        result = grader.judge(read(ROOT / "reference"))
    passed = tuple(replace(check, outcome="wrong") for check in result.checks)
    other = replace(result, checks=passed, score=-1.0)
    assert soak.different("s1", "reference", result, result) == []
    differences = soak.different("s1", "reference", result, other)
    assert len(differences) == len(result.checks) + 1
    lost = replace(result, score=None)
    assert soak.different("s1", "reference", lost, lost) != []
    assert soak.growth([(100, 60, 8)] * 20) == []
    assert len(soak.growth([(100 + 2 * n, 60 + n, 8) for n in range(20)])) == 2


@pytest.mark.parametrize(
    ("refused", "power", "wanted"),
    [
        ([0.01, 0.001, 0.0], POWER, True),
        ([0.0, 0.0, 0.0], 1.0, True),
        ([0.02, 0.001, 0.0], POWER, False),
        ([0.01, 0.003, 0.0], POWER, False),
        ([0.01, 0.001, 1e-4], POWER, False),
        ([0.01, 0.001, 0.0], 0.99, False),
    ],
)
def test_a_rate_that_is_off_by_more_than_chance_has_it_is_reported(refused, power, wanted):
    assert calibrate.RATES[-1] == FALSE_REJECT_RATE
    assert calibrate.sound(calibrate.Measured("x", 20_000, refused, 0.1, power)) is wanted

"""What a report can show of a student's own code, whatever the verdict."""

from __future__ import annotations

import numpy as np
import pytest
from places import ROOT

from assay.submission import read

SHAPES = {
    "original": (28, 28),
    "corrupted": (28, 28),
    "inpainted": (28, 28),
    "convergence": (8, 3),
    "log-derivative": (126, 2),
    "reparameterization": (126, 2),
}


def exhibits(found):
    return {
        one.name: np.frombuffer(one.data, "<f2").reshape(one.shape)
        for outcome in found.checks
        for one in outcome.exhibits
    }


@pytest.fixture(scope="module")
def of_the_reference(grader):
    return exhibits(grader.judge(read(ROOT / "reference")))


def test_the_reference_leaves_every_exhibit(of_the_reference):
    assert {name: one.shape for name, one in of_the_reference.items()} == SHAPES


def test_paths_lead_from_the_start_to_the_local_minimum(of_the_reference):
    for trick in ("log-derivative", "reparameterization"):
        path = of_the_reference[trick]
        assert path[0].tolist() == [0, 1]
        assert np.abs(path[-1] - [0.4423, 0.6065]).max() < 0.2


def test_estimates_come_nearer_as_their_band_does(of_the_reference):
    samples, ratio, band = of_the_reference["convergence"].astype(float).T
    assert samples[-1] == 3_000
    assert (np.diff(samples) > 0).all()
    assert np.allclose(band * np.sqrt(samples), band[-1] * np.sqrt(3_000), rtol=1e-2)
    assert abs(ratio[-1] - 1) < 3 * band[-1]


def test_a_wrong_estimate_is_shown_too(grader, tmp_path):
    source = (ROOT / "reference" / "problem5_gamblers_ruin.py").read_text("utf-8")
    assert source.count(").mean().item()") == 1
    wrong = source.replace(").mean().item()", ").sum().item()")
    (tmp_path / "problem5_gamblers_ruin.py").write_text(wrong, "utf-8")
    found = grader.judge(read(tmp_path))
    (kept,) = (o for o in found.checks if o.exhibits)
    assert kept.outcome == "wrong"
    assert exhibits(found)["convergence"][-1, 1] > 1_000

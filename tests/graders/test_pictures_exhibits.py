"""What a report can show of what a student's code returned, whatever the verdict."""

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


def exhibits(result):
    return {
        exhibit.name: np.frombuffer(exhibit.data, "<f2").reshape(exhibit.shape)
        for outcome in result.checks
        for exhibit in outcome.exhibits
    }


@pytest.fixture(scope="module")
def reference_exhibits(reference_result):
    return exhibits(reference_result)


def test_the_reference_leaves_every_exhibit(reference_exhibits):
    assert {name: array.shape for name, array in reference_exhibits.items()} == SHAPES


def test_paths_lead_from_the_start_to_the_local_minimum(reference_exhibits):
    for trick in ("log-derivative", "reparameterization"):
        path = reference_exhibits[trick]
        assert path[0].tolist() == [0, 1]
        assert np.abs(path[-1] - [0.4423, 0.6065]).max() < 0.2


def test_the_band_shrinks_with_the_samples_and_the_estimate_stays_near(reference_exhibits):
    samples, ratio, band = reference_exhibits["convergence"].astype(float).T
    assert samples[-1] == 3_000
    assert (np.diff(samples) > 0).all()
    assert np.allclose(band * np.sqrt(samples), band[-1] * np.sqrt(3_000), rtol=1e-2)
    assert abs(ratio[-1] - 1) < 3 * band[-1]


def test_an_incorrect_estimate_is_shown_as_well(grader, tmp_path):
    source = (ROOT / "reference" / "problem5_gamblers_ruin.py").read_text("utf-8")
    assert source.count(").mean().item()") == 1
    wrong = source.replace(").mean().item()", ").sum().item()")
    (tmp_path / "problem5_gamblers_ruin.py").write_text(wrong, "utf-8")
    result = grader.judge(read(tmp_path))
    (outcome,) = (o for o in result.checks if o.exhibits)
    assert outcome.outcome == "wrong"
    assert exhibits(result)["convergence"][-1, 1] > 1_000

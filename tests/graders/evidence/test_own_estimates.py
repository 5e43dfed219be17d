"""Follow-through in problem 6: what is judged of a minimize that builds on a wrong estimator."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from assay.verdict import Wrong
from graders.evidence.descent import expect_descent, spreads, steps_of
from graders.evidence.objective import gradient
from graders.evidence.own_estimates import (
    TRICKS,
    follow,
    offset,
    one_sample,
    shared_offset,
)

PLACE = (-0.6, -1.1)
ESTIMATORS = """
import torch
def rest(mu, tau): return torch.stack([mu - 1, tau.exp() - 1]) {fault}
def log_derivative_gradient(mu, tau, x):
    z = (x - mu) / tau.exp()
    return (x * x.sin() * torch.stack([z / tau.exp(), z**2 - 1])).mean(1) + rest(mu, tau)
def reparameterization_gradient(mu, tau, eps):
    x = mu + tau.exp() * eps
    slope = x.sin() + x * x.cos()
    return torch.stack([slope, slope * tau.exp() * eps]).{average} + rest(mu, tau)
"""
CORRECT = ESTIMATORS.format(fault="", average="mean(1)")
SHIFTED = ESTIMATORS.format(fault="+ 0.5", average="mean(1)")
SUMMED = ESTIMATORS.format(fault="", average="sum(1) / 16")
CONSTANT = """
import torch
def log_derivative_gradient(mu, tau, x): return torch.ones(2)
def reparameterization_gradient(mu, tau, eps): return torch.ones(2)
"""


@pytest.mark.parametrize("trick", TRICKS)
def test_the_mean_of_a_correct_estimate_is_the_gradient(student_of, trick):
    own = one_sample(student_of(CORRECT), trick, PLACE)
    torch.testing.assert_close(own.mean, gradient(*PLACE), rtol=0, atol=1e-9)
    assert offset(student_of(CORRECT), trick, PLACE) is None


@pytest.mark.parametrize("trick", TRICKS)
def test_the_offset_of_a_wrong_estimate_is_what_its_mean_misses(student_of, trick):
    off = offset(student_of(SHIFTED), trick, PLACE)
    assert off.tolist() == pytest.approx([0.5, 0.5], abs=1e-9)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("source", [CONSTANT, "x = 1\n"])
def test_an_estimate_that_ignores_its_samples_or_is_missing_is_not_followed(
    student_of, source, trick
):
    assert offset(student_of(source), trick, PLACE) is None


def test_copies_show_what_a_fixed_divisor_does_with_a_batch_of_that_size(student_of):
    student = student_of(SUMMED)
    assert offset(student, TRICKS[1], PLACE) is not None
    assert offset(student, TRICKS[1], PLACE, copies=16) is None


def test_a_mistake_outside_the_expectation_is_shared_by_both_tricks(student_of):
    student = student_of(SHIFTED)
    shared = shared_offset(student, PLACE, one_sample(student, TRICKS[1], PLACE))
    assert shared.tolist() == pytest.approx([0.5, 0.5], abs=1e-9)
    for source in (CORRECT, CONSTANT, SUMMED):
        student = student_of(source)
        assert shared_offset(student, PLACE, one_sample(student, TRICKS[1], PLACE)) is None


@pytest.mark.parametrize(
    ("source", "passes"), [(SHIFTED, True), (CORRECT, False), (CONSTANT, False)]
)
def test_steps_may_follow_the_students_own_wrong_estimate(student_of, source, passes):
    step_size, places = 0.002, [np.zeros(2)]
    for _ in range(120):
        places.append(places[-1] - step_size * (gradient(*places[-1]).numpy() + 0.5))
    mu, tau = np.stack(places, axis=1)
    steps = steps_of(torch.from_numpy(np.stack([mu, np.exp(tau)], axis=1)), step_size)
    plain = spreads(steps, TRICKS[1], 64)[0]

    def judged() -> None:
        follow(student_of(source), TRICKS[1], steps, 64, lambda each: expect_descent(each, plain))

    if passes:
        judged()
    else:
        with pytest.raises(Wrong, match="relative to step_size"):
            judged()

"""Problem 5: the divergence of two normal distributions, exact and estimated."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from assay import (
    Student,
    check,
    draw,
    expect,
    expect_close,
    expect_mean,
    expect_variance,
    finite,
    leaves_arguments_alone,
    number,
)

from .evidence.gaussians import Pair, pair

SAMPLES = 20_000
CALLS, EACH = 600, 20  # estimates whose spread is judged, and samples of each

dimensions = st.integers(1, 6)
conditions = st.sampled_from([1.0, 8.0, 100.0, 1e4])


def kl(student: Student, given_pair: Pair) -> torch.Tensor:
    """What kl_gaussians returns."""
    return finite(student.kl_gaussians(*given_pair), (), "kl_gaussians")


@check(points=7, part="a", examples=30)
@given(seed=draw.seeds(), d=dimensions, condition=conditions)
def kl_agrees_with_torch(student: Student, seed: int, d: int, condition: float) -> None:
    """kl_gaussians is the divergence that torch.distributions computes"""
    both = pair(seed, d, condition)
    got, expected = kl(student, both), both.divergence()
    # float64, but an explicit inverse loses the condition number squared: 1e8 * 1e-16.
    hint = "Which covariance is inverted, and is there a factor 1/2?"
    expect_close(got, expected, rtol=1e-5, atol=1e-6, hint=hint)


@check(points=3, part="a", examples=15)
@given(seed=draw.seeds(), d=dimensions, condition=conditions)
def kl_is_zero_only_at_equality(student: Student, seed: int, d: int, condition: float) -> None:
    """kl_gaussians is 0 where both distributions are equal, and positive where they differ"""
    one = pair(seed, d, condition)
    equal = Pair(one.mu0, one.Sigma0, one.mu0, one.Sigma0)
    zero = torch.zeros((), dtype=torch.float64)
    expect_close(kl(student, equal), zero, rtol=0.0, atol=1e-6, hint="What is left at equality?")
    for other in (
        one._replace(Sigma1=one.Sigma0),
        one._replace(mu1=one.mu0, Sigma1=2 * one.Sigma0),
    ):
        got = float(kl(student, other))
        expect(got > 0, f"the divergence of two different distributions is {got:.6g}")


@check(points=3, part="b", examples=15)
@given(seed=draw.seeds(), d=st.integers(1, 3), other=st.integers(1, 3))
def kl_adds_over_independent_blocks(student: Student, seed: int, d: int, other: int) -> None:
    """kl_gaussians of independent blocks is the sum over the blocks"""
    one, two = pair(seed, d), pair(seed + 1, other)
    total = kl(student, one) + kl(student, two)
    expect_close(kl(student, one.beside(two)), total, hint="Which term depends on the dimension?")


@check(points=3, part="b", examples=15)
@given(seed=draw.seeds(), d=dimensions)
def kl_is_invariant_under_affine_maps(student: Student, seed: int, d: int) -> None:
    """kl_gaussians does not change if both variables are mapped by x -> A x + b"""
    both = pair(seed, d)
    A = draw.positive_definite(seed, d) @ torch.eye(d, dtype=torch.float64).flip(0)
    mapped = both.mapped(A, draw.uniform(seed + 2, (d,)))
    expect_close(kl(student, mapped), kl(student, both), hint="What does det A cancel with?")


@check(points=1, part="b", examples=5, rate=0)
@given(seed=draw.seeds(), d=dimensions)
def divergences_leave_their_arguments_alone(student: Student, seed: int, d: int) -> None:
    """kl_gaussians and kl_monte_carlo do not modify their arguments"""
    leaves_arguments_alone(student, "kl_gaussians", *pair(seed, d))
    leaves_arguments_alone(student, "kl_monte_carlo", *pair(seed, d), 3)


@check(points=8, part="c")
def estimate_has_the_exact_mean(student: Student) -> None:
    """kl_monte_carlo of many samples is close to the exact divergence"""
    for seed, d in ((5, 1), (8, 4)):  # the tails of log p0 - log p1 are light: kurtosis 6.1 and 5.2
        both = pair(seed, d)
        variance, _ = both.log_ratio()
        expect_mean(
            number(student.kl_monte_carlo(*both, SAMPLES), "kl_monte_carlo"),
            float(both.divergence()),
            (variance / SAMPLES) ** 0.5,
            f"{SAMPLES} samples in {d} dimensions",
            what="the estimate",
            hint="From which of the two distributions are the samples?",
        )


@check(points=5, part="c", needs=["estimate_has_the_exact_mean"])
def estimates_spread_as_independent_samples_do(student: Student) -> None:
    """the variance of kl_monte_carlo is that of log p0(X) - log p1(X), divided by num_samples"""
    both = pair(10, 2)  # log p0 - log p1 is nearly linear: mirror images would cancel
    variance, kurtosis = both.log_ratio()
    with student.patience(15):
        values = student.each("kl_monte_carlo", [(*both, EACH)] * CALLS)
    estimates = torch.tensor([number(value, "kl_monte_carlo") for value in values])
    exact = variance / EACH
    expect_variance(
        float(estimates.double().var()) / exact,
        CALLS,
        3 + (kurtosis - 3) / EACH,
        what="the variance of the estimates",
        hint="How many samples does each estimate average, and are they independent?",
    )

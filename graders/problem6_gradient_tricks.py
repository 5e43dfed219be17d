"""Settles problem 6: both tricks estimate the objective's gradient, and SGD follows it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, product
from typing import TYPE_CHECKING

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from torch import Tensor

from assay import (
    SHARE,
    check,
    draw,
    expect,
    expect_close,
    expect_mean,
    finite,
    has_defaults,
    leaves_arguments_alone,
    tensor,
)

from .evidence.descent import (
    Steps,
    expect_descent,
    expect_independent,
    expect_new_batches,
    expect_spread,
    fits,
    spreads,
    steps_of,
)
from .evidence.endpoints import TWO_MINIMA, endpoint_distribution
from .evidence.objective import Moments, gradient, moments

if TYPE_CHECKING:
    from assay import Student

Floats = NDArray[np.float64]

# Away from (0, 0), where most wrong formulas have no bias, and with sigma small, middling, large.
PLACES = [(-0.6, -1.1), (0.9, -0.4), (1.75, 0.3), (-2.0, 0.0)]
TERMS = (
    "Take one term of the objective at a time: which of them depend on mu, which on tau, and where "
    "does the chain rule for sigma = e^tau come in?"
)
BATCH = "The mean must not depend on the batch size: what is averaged over B?"
places = st.sampled_from(PLACES)
TRICKS = ("log-derivative", "reparameterization")
tricks = st.sampled_from(TRICKS)
CALL_BUDGET = 1.0  # seconds that one run of a slow, correct program may take


@check(points=3.5, part="a", examples=8)
@given(place=places)
def log_derivative_gradient_is_unbiased(student: Student, place: tuple[float, float]) -> None:
    """log_derivative_gradient has the objective's gradient as its mean over x ~ N(mu, e^(2 tau))"""
    mu, tau = place
    nodes, weights = normal_nodes(48)
    samples = mu + np.exp(tau) * nodes
    got = mean_of_estimates(student, "log_derivative_gradient", place, samples, weights)
    expect_gradient(got, place, "log_derivative_gradient", hint=TERMS)


@check(points=1, part="a", examples=2)
@given(place=st.sampled_from(PLACES[:1]))
def log_derivative_gradient_averages(student: Student, place: tuple[float, float]) -> None:
    """log_derivative_gradient of a batch is a mean: its expectation is that of one sample"""
    nodes, weights = normal_nodes(9)
    samples = place[0] + np.exp(place[1]) * nodes
    got = mean_of_pairs(student, "log_derivative_gradient", place, samples, weights)
    expect_gradient(got, place, "log_derivative_gradient of two samples", hint=BATCH)


@check(points=0.5, part="a")
@given(mu=draw.floats(-2, 2), tau=draw.floats(-1, 0.5))
def log_derivative_gradient_is_the_score_times_the_value(
    student: Student, mu: float, tau: float
) -> None:
    """log_derivative_gradient weighs the score: at x = mu, where it is 0, no value of f counts"""
    x = torch.full((1, 1), mu, dtype=torch.float64)
    got = estimates(student, "log_derivative_gradient", (mu, tau), x)[0, 0]
    # (mu - 1)^2 / 2 may be differentiated, which leaves mu - 1, or stand under the expectation,
    # which leaves 0.
    expect(
        bool(min(abs(got), abs(got - (mu - 1))) <= 4e-5 * (1 + abs(mu))),
        f"d/dmu at x = mu is {float(got):.8g}, expected {mu - 1:.8g}",
        hint="The derivative of log N(x; mu, sigma^2) in mu is 0 at x = mu; what is left?",
    )


@check(points=3.5, part="b", examples=8)
@given(place=places)
def reparameterization_gradient_is_unbiased(student: Student, place: tuple[float, float]) -> None:
    """reparameterization_gradient has the objective's gradient as its mean over eps ~ N(0, 1)"""
    nodes, weights = normal_nodes(48)
    got = mean_of_estimates(student, "reparameterization_gradient", place, nodes, weights)
    expect_gradient(got, place, "reparameterization_gradient", hint=TERMS)


@check(points=1, part="b", examples=2)
@given(place=st.sampled_from(PLACES[:1]))
def reparameterization_gradient_averages(student: Student, place: tuple[float, float]) -> None:
    """reparameterization_gradient of a batch is a mean: its expectation is that of one sample"""
    nodes, weights = normal_nodes(9)
    got = mean_of_pairs(student, "reparameterization_gradient", place, nodes, weights)
    expect_gradient(got, place, "reparameterization_gradient of two samples", hint=BATCH)


@check(points=0.5, part="b")
@given(mu=draw.floats(-2, 2), tau=draw.floats(-1, 0.5))
def reparameterization_gradient_differentiates_the_sample(
    student: Student, mu: float, tau: float
) -> None:
    """reparameterization_gradient moves the sample: at eps = 0, d/dmu is that of x sin x at mu"""
    eps = torch.zeros(1, 1, dtype=torch.float64)
    got = estimates(student, "reparameterization_gradient", (mu, tau), eps)[0, 0]
    expect_close(
        got,
        torch.tensor(np.sin(mu) + mu * np.cos(mu) + mu - 1.0),
        what="d/dmu at eps = 0",
        hint="Write x as a function of mu, tau and eps, and differentiate through it.",
    )


@check(points=0.5, part="c", examples=6)
@given(trick=tricks, steps=st.integers(0, 4), batch=st.integers(2, 5))
def the_path_starts_at_0_1(student: Student, trick: str, steps: int, batch: int) -> None:
    """minimize returns num_steps + 1 rows (mu, sigma), the first of them (0, 1)"""
    path = run(student, trick, steps, 0.01, batch)
    expect_close(
        path[0],
        torch.tensor([0.0, 1.0]),
        what="first row",
        hint="mu = 0, sigma = 1: what is tau then, and which is returned?",
    )
    expect(bool((path[:, 1] > 0).all()), "a sigma is not positive: sigma = e^tau always is")


@check(points=2, part="c", needs=["the_path_starts_at_0_1"], examples=4)
@given(trick=tricks, step_size=st.sampled_from([0.25, 1.5]))
def large_batches_descend_the_objective(student: Student, trick: str, step_size: float) -> None:
    """with a large batch, each step of minimize is a gradient step on the objective in (mu, tau)"""
    steps = 3
    batch, _ = affordable(
        student, trick, [(size, steps) for size in (40_000, 10_000, 2_500, 1_000)]
    )
    found = steps_of(run(student, trick, steps, step_size, batch), step_size)
    # Right estimators with another baseline, or with the whole objective under the expectation,
    # have up to 6 times the variance of the plain one.
    mus, taus = found.places
    spread = np.sqrt(6 * moments(mus, taus, trick).variance / batch)
    for k, index in product(range(steps), range(2)):
        expect_mean(
            found.errors[index, k] - found.slopes[index, k],
            -found.slopes[index, k],
            float(spread[index, k]),
            f"{batch} samples",
            share=SHARE / (2 * steps),
            slack=2e-5 / step_size,  # float32
            what=f"step {k + 1} from mu = {mus[k]:.4g}, sigma = {np.exp(taus[k]):.4g}: the move "
            f"of {('mu', 'log sigma')[index]} over step_size = {step_size:g}",
            hint="theta <- theta - step_size * gradient, for mu and tau together; sigma = e^tau.",
        )


@check(points=1, part="c", needs=["the_path_starts_at_0_1"], examples=1)
def steps_scatter_as_fresh_batches_do(student: Student) -> None:
    """minimize draws a new batch of batch_size independent samples in each step"""
    # so short that the gradient stays large on the way: a change of step_size shows
    step_size = 0.002
    for trick in TRICKS:
        # Smaller batches have tails too heavy for the law of their variance.
        batch, count = affordable(student, trick, ((256, 600), (64, 600), (64, 150)))
        steps = steps_of(run(student, trick, count, step_size, batch), step_size)
        plain, *others = spreads(steps, trick, batch)
        expect_new_batches(steps, plain)
        expect_descent(steps)
        own = (spread_of_own(student, trick, steps, batch, mirrored) for mirrored in (False, True))
        if not any(fits(steps, spread) for spread in chain([plain, *others], own)):
            expect_spread(steps, plain, batch)
        expect_independent(steps, plain)


@check(points=0.5, part="c", needs=["the_path_starts_at_0_1"], examples=1)
def minimize_has_the_assignments_defaults(student: Student) -> None:
    """minimize(trick) takes 500 steps of 1e-2 with batches of 16, and ends near the minimum"""
    with student.aside():
        exhibit_paths(student)
    trick = TRICKS[1]
    settings = {"num_steps": 500, "step_size": 1e-2, "batch_size": 16}
    left = has_defaults(
        lambda settings: finite(student.minimize(trick, **settings), (501, 2), "minimize"),
        student,
        {},
        settings,
        what=f"minimize({trick!r})",
        rtol=1e-4,
        atol=1e-4,
    )
    for name, end, (mean, sd) in zip(
        ("mu", "sigma"), left[-1], endpoint_distribution(trick, 500, 1e-2, 16), strict=True
    ):
        expect_mean(
            float(end),
            mean,
            6**0.5 * sd,
            "one run",
            what=f"the last {name}",
            share=SHARE / 2,
            hint=TWO_MINIMA,
        )


@check(points=0.5, part="c", needs=["the_path_starts_at_0_1"], examples=2)
@given(trick=tricks)
def minimize_uses_the_trick_that_is_named(student: Student, trick: str) -> None:
    """minimize(trick, ...) steps along the estimate of the trick that is named, not of the other"""
    step_size = 0.125
    path = run(student, trick, 6, step_size, 1)
    places = torch.stack([path[:, 0], path[:, 1].log()], 1)
    estimates = -places.diff(dim=0) / step_size
    other = looks_reparameterized if trick == "log-derivative" else looks_log_derivative
    expect(
        not all(other(place, got) for place, got in zip(places, estimates, strict=False)),
        f"with trick = {trick!r} every step is one of the other trick",
        hint="Which of your two estimators does each name select?",
    )


@check(points=0.5, part="c")
@given(mu=draw.floats(-2, 2), tau=draw.floats(-1, 0.5))
def estimators_leave_their_arguments_alone(student: Student, mu: float, tau: float) -> None:
    """the two estimators do not modify mu, tau or the samples"""
    place = torch.tensor(mu, dtype=torch.float64), torch.tensor(tau, dtype=torch.float64)
    samples = torch.tensor([0.5, -1.0], dtype=torch.float64)
    leaves_arguments_alone(student, "log_derivative_gradient", *place, samples)
    leaves_arguments_alone(student, "reparameterization_gradient", *place, samples)


def looks_reparameterized(place: Tensor, estimate: Tensor) -> bool:
    """Whether one sample's estimate is f'(x) (1, sigma eps) for the eps that its ratio gives."""
    mu, sigma = float(place[0]), float(place[1].exp())
    by_mu, by_tau = float(estimate[0]) - (mu - 1), float(estimate[1]) - (sigma - 1)
    if by_mu == 0:
        return False
    x = mu + by_tau / by_mu
    return bool(abs(np.sin(x) + x * np.cos(x) - by_mu) <= 1e-3 * (1 + abs(by_mu)))


def looks_log_derivative(place: Tensor, estimate: Tensor) -> bool:
    """Whether one sample's estimate is f(x) (eps / sigma, eps^2 - 1) for an eps of its ratio."""
    mu, sigma = float(place[0]), float(place[1].exp())
    by_mu, by_tau = float(estimate[0]) - (mu - 1), float(estimate[1]) - (sigma - 1)
    if by_mu == 0:
        return False
    ratio = by_tau / by_mu / sigma  # (eps^2 - 1) / eps
    roots = [(ratio + sign * np.sqrt(ratio**2 + 4)) / 2 for sign in (1, -1)]
    values = [(x := mu + sigma * eps) * np.sin(x) * eps / sigma for eps in roots]
    return any(abs(value - by_mu) <= 1e-3 * (1 + abs(by_mu)) for value in values)


def normal_nodes(count: int) -> tuple[Floats, Floats]:
    """Gauss-Hermite nodes and weights of N(0, 1): exact for polynomials of degree 2 count - 1."""
    nodes, weights = hermegauss(count)
    return nodes, weights / weights.sum()


def estimates(
    student: Student, function: str, place: tuple[float, float], batches: Tensor
) -> Tensor:
    """The student's estimates (N, 2) from each of the batches (N, B)."""
    mu, tau = torch.tensor(place, dtype=torch.float64)
    got = student.each(function, ((mu, tau, batch) for batch in batches))
    return finite(torch.stack([tensor(one, (2,), function) for one in got]), None, function)


def mean_of_estimates(
    student: Student, function: str, place: tuple[float, float], samples: Floats, weights: Floats
) -> Tensor:
    """The expectation of the estimate from one sample, by quadrature."""
    # weights below 1e-14 change nothing, and their nodes lie 9 standard deviations out
    kept = weights > 1e-14
    batches = torch.from_numpy(samples[kept])[:, None]
    return torch.from_numpy(weights[kept]) @ estimates(student, function, place, batches)


def mean_of_pairs(
    student: Student, function: str, place: tuple[float, float], samples: Floats, weights: Floats
) -> Tensor:
    """The expectation of the estimate from two independent samples, by a product rule."""
    x, w = torch.from_numpy(samples), torch.from_numpy(weights)
    chances = torch.outer(w, w).flatten()
    return chances @ estimates(student, function, place, torch.cartesian_prod(x, x))


def expect_gradient(got: Tensor, place: tuple[float, float], what: str, *, hint: str) -> None:
    """Hold an expectation against the gradient of the objective."""
    wanted = gradient(*place)
    for index, name in enumerate(("d/dmu", "d/dtau")):
        expect_close(
            got[index],
            wanted[index],
            rtol=1e-4,
            atol=1e-4,  # float32 estimates, up to 50 large
            what=f"E[{what}], {name}, at mu = {place[0]}, tau = {place[1]}",
            hint=hint,
        )


def run(student: Student, trick: str, steps: int, step_size: float, batch: int) -> Tensor:
    """A path (steps + 1, 2) of the student's SGD."""
    path = student.minimize(trick, num_steps=steps, step_size=step_size, batch_size=batch)
    return finite(path, (steps + 1, 2), "minimize")


def exhibit_paths(student: Student) -> None:
    """Keep every fourth place (mu, sigma) of a default run with each trick."""
    for trick, path in zip(TRICKS, student.each("minimize", [(t,) for t in TRICKS]), strict=True):
        student.exhibit(trick, finite(path, (501, 2), "minimize")[::4])


def affordable(student: Student, trick: str, choices: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The first of these (batch_size, num_steps) that a timed first call says to be had in time.

    The last where none is.
    """
    trial = 64
    settings = {"num_steps": 2, "step_size": 0.01, "batch_size": trial}
    replies = [student.reply("minimize", trick, **settings) for _ in range(2)]
    # Not by the clock: a verdict is the same under load.
    each = min(reply.cpu for reply in replies) / 2 / trial
    fits_in = (one for one in choices if each * one[0] * one[1] <= CALL_BUDGET)
    return next(fits_in, choices[-1])


def spread_of_own(
    student: Student, trick: str, steps: Steps, batch: int, mirrored: bool
) -> Moments:
    """The spread of the student's own estimator along the path: baselines are right, too.

    `mirrored` draws a batch as antithetic pairs.
    """
    function, count, length = f"{trick.replace('-', '_')}_gradient", 240, steps.errors.shape[1]
    source, chosen = np.random.default_rng(0), np.linspace(0, length - 1, 4).astype(int)
    variances = []
    for mu, tau in steps.places[:, chosen].T:
        eps = source.standard_normal((count, batch))
        if mirrored:
            eps[:, batch // 2 :] = -eps[:, : batch - batch // 2]
        samples = torch.from_numpy(eps if trick == TRICKS[1] else mu + np.exp(tau) * eps)
        found = estimates(student, function, (float(mu), float(tau)), samples)
        variances.append(found.var(dim=0).numpy())
    variance = np.mean(variances, axis=0)[:, None].repeat(length, axis=1)
    # It is an estimate as well, so that the log of a ratio varies by a little more.
    more = 1 + length / (count * len(chosen))
    kurtosis = spreads(steps, trick, batch)[0].kurtosis
    return Moments(variance, 1 + more * (kurtosis - 1))

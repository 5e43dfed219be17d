"""Problem 6: do both tricks estimate the objective's gradient, and does SGD follow it?"""

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
    FALSE_REJECT_RATE,
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
Place = tuple[float, float]  # (mu, tau)

# Away from (0, 0), where most wrong formulas are unbiased; with a small, a middling, a large sigma.
PLACES = [(-0.6, -1.1), (0.9, -0.4), (1.75, 0.3), (-2.0, 0.0)]
TERMS_HINT = (
    "Take one term of the objective at a time: which of them depend on mu, which on tau, and where "
    "does the chain rule for sigma = e^tau come in?"
)
BATCH_HINT = "The mean must not depend on the batch size: what do you average over B?"
places = st.sampled_from(PLACES)
TRICKS = ("log-derivative", "reparameterization")
tricks = st.sampled_from(TRICKS)
CALL_BUDGET = 1.0  # seconds that one run of a slow but correct program may take
LARGE_BATCHES = [(size, 3) for size in (40_000, 10_000, 2_500, 1_000)]
# Smaller batches have tails too heavy for the distribution assumed of their variance.
LONG_RUNS = [(256, 600), (64, 600), (64, 150)]


@check(points=3.5, part="a", examples=8)
@given(place=places)
def log_derivative_gradient_is_unbiased(student: Student, place: Place) -> None:
    """the mean of log_derivative_gradient over x ~ N(mu, e^(2 tau)) is the objective's gradient"""
    mu, tau = place
    nodes, weights = normal_nodes(48)
    samples = mu + np.exp(tau) * nodes
    mean = mean_of_estimates(student, "log_derivative_gradient", place, samples, weights)
    expect_gradient(mean, place, "log_derivative_gradient", hint=TERMS_HINT)


@check(points=1, part="a", examples=2)
@given(place=st.sampled_from(PLACES[:1]))
def log_derivative_gradient_averages(student: Student, place: Place) -> None:
    """log_derivative_gradient averages over its batch: its expectation is that of one sample"""
    nodes, weights = normal_nodes(9)
    samples = place[0] + np.exp(place[1]) * nodes
    mean = mean_of_pairs(student, "log_derivative_gradient", place, samples, weights)
    expect_gradient(mean, place, "log_derivative_gradient of two samples", hint=BATCH_HINT)


@check(points=0.5, part="a")
@given(mu=draw.floats(-2, 2), tau=draw.floats(-1, 0.5))
def log_derivative_gradient_is_the_score_times_the_value(
    student: Student, mu: float, tau: float
) -> None:
    """log_derivative_gradient weights the score by f: at x = mu, where it is 0, f has no effect"""
    x = torch.full((1, 1), mu, dtype=torch.float64)
    by_mu = estimates(student, "log_derivative_gradient", (mu, tau), x)[0, 0]
    # (mu - 1)^2 / 2 may be differentiated, which leaves mu - 1, or be part of f, which leaves 0.
    off = min(abs(by_mu), abs(by_mu - (mu - 1)))
    expect(
        bool(off <= 4e-5 * (1 + abs(mu))),  # float32
        f"d/dmu at x = mu is {float(by_mu):.8g}, expected {mu - 1:.8g}, or 0 if the whole "
        "objective weights the score",
        hint="The derivative of log N(x; mu, sigma^2) by mu is 0 at x = mu: what is left?",
    )


@check(points=3.5, part="b", examples=8)
@given(place=places)
def reparameterization_gradient_is_unbiased(student: Student, place: Place) -> None:
    """the mean of reparameterization_gradient over eps ~ N(0, 1) is the objective's gradient"""
    nodes, weights = normal_nodes(48)
    mean = mean_of_estimates(student, "reparameterization_gradient", place, nodes, weights)
    expect_gradient(mean, place, "reparameterization_gradient", hint=TERMS_HINT)


@check(points=1, part="b", examples=2)
@given(place=st.sampled_from(PLACES[:1]))
def reparameterization_gradient_averages(student: Student, place: Place) -> None:
    """reparameterization_gradient averages over its batch: its expectation is that of one sample"""
    nodes, weights = normal_nodes(9)
    mean = mean_of_pairs(student, "reparameterization_gradient", place, nodes, weights)
    expect_gradient(mean, place, "reparameterization_gradient of two samples", hint=BATCH_HINT)


@check(points=0.5, part="b")
@given(mu=draw.floats(-2, 2), tau=draw.floats(-1, 0.5))
def reparameterization_gradient_differentiates_the_sample(
    student: Student, mu: float, tau: float
) -> None:
    """reparameterization_gradient differentiates through the sample, which is x = mu at eps = 0"""
    eps = torch.zeros(1, 1, dtype=torch.float64)
    by_mu = estimates(student, "reparameterization_gradient", (mu, tau), eps)[0, 0]
    expect_close(
        by_mu,
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
        hint="At mu = 0, sigma = 1: what is tau, and which of sigma and tau do you return?",
    )
    lowest = float(path[:, 1].min())
    expect(lowest > 0, f"a sigma is {lowest:.6g}, but sigma = e^tau is always positive")


@check(points=2, part="c", needs=["the_path_starts_at_0_1"], examples=4)
@given(trick=tricks, step_size=st.sampled_from([0.25, 1.5]))
def large_batches_descend_the_objective(student: Student, trick: str, step_size: float) -> None:
    """with a large batch, each step of minimize is a gradient step on the objective in (mu, tau)"""
    batch, count = affordable(student, trick, LARGE_BATCHES)
    steps = steps_of(run(student, trick, count, step_size, batch), step_size)
    # Correct estimators with another baseline, or with the whole objective under the expectation,
    # have up to 6 times the variance of the plain one.
    mus, taus = steps.places
    sds = np.sqrt(6 * moments(mus, taus, trick).variance / batch)
    for k, index in product(range(count), range(2)):
        expect_mean(
            steps.errors[index, k] - steps.slopes[index, k],
            -steps.slopes[index, k],
            float(sds[index, k]),
            f"{batch} samples",
            rate=FALSE_REJECT_RATE / (2 * count),
            slack=2e-5 / step_size,  # float32
            what=f"in step {k + 1}, from mu = {mus[k]:.4g}, sigma = {np.exp(taus[k]):.4g}, the "
            f"change of {('mu', 'log sigma')[index]} divided by step_size",
            hint="theta <- theta - step_size * gradient, for mu and tau together; sigma = e^tau.",
        )


@check(points=1, part="c", needs=["the_path_starts_at_0_1"], examples=1)
def steps_scatter_as_fresh_batches_do(student: Student) -> None:
    """minimize draws a new batch of batch_size independent samples in each step"""
    # Steps so short that the gradient stays large on the way: a change of step_size shows.
    step_size = 0.002
    for trick in TRICKS:
        batch, count = affordable(student, trick, LONG_RUNS)
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
    """minimize(trick) takes 500 steps of 1e-2 with batches of 16 and ends near the local minimum"""
    with student.aside():
        exhibit_paths(student)
    trick = TRICKS[1]
    defaults = {"num_steps": 500, "step_size": 1e-2, "batch_size": 16}
    path = has_defaults(
        lambda settings: finite(student.minimize(trick, **settings), (501, 2), "minimize"),
        student,
        {},
        defaults,
        what=f"minimize({trick!r})",
        rtol=1e-4,  # float32, 500 steps
        atol=1e-4,
    )
    ends = endpoint_distribution(trick, 500, 1e-2, 16)
    for name, end, (mean, sd) in zip(("mu", "sigma"), path[-1], ends, strict=True):
        expect_mean(
            float(end),
            mean,
            6**0.5 * sd,  # other correct estimators have up to 6 times the variance
            "one run",
            what=f"the last {name}",
            rate=FALSE_REJECT_RATE / 2,
            hint=TWO_MINIMA,
        )


@check(points=0.5, part="c", needs=["the_path_starts_at_0_1"], examples=2)
@given(trick=tricks)
def minimize_uses_the_trick_that_is_named(student: Student, trick: str) -> None:
    """minimize(trick, ...) uses the estimator of the trick that is named, not the other one"""
    step_size = 0.125
    path = run(student, trick, 6, step_size, 1)
    thetas = torch.stack([path[:, 0], path[:, 1].log()], 1)
    gradients = -thetas.diff(dim=0) / step_size
    is_other = looks_reparameterized if trick == "log-derivative" else looks_log_derivative
    expect(
        not all(is_other(*pair) for pair in zip(thetas, gradients, strict=False)),
        f"with trick = {trick!r}, every step looks like an estimate by the other trick",
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


def looks_reparameterized(theta: Tensor, estimate: Tensor) -> bool:
    """Whether one sample's estimate is f'(x) (1, sigma eps), with eps from the estimate's ratio."""
    mu, sigma = float(theta[0]), float(theta[1].exp())
    by_mu, by_tau = float(estimate[0]) - (mu - 1), float(estimate[1]) - (sigma - 1)
    if by_mu == 0:
        return False
    x = mu + by_tau / by_mu
    return bool(abs(np.sin(x) + x * np.cos(x) - by_mu) <= 1e-3 * (1 + abs(by_mu)))


def looks_log_derivative(theta: Tensor, estimate: Tensor) -> bool:
    """Whether one sample's estimate is f(x) (eps / sigma, eps^2 - 1), with eps from its ratio."""
    mu, sigma = float(theta[0]), float(theta[1].exp())
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


def estimates(student: Student, function: str, place: Place, batches: Tensor) -> Tensor:
    """The student's estimates (N, 2) from each of the batches (N, B)."""
    mu, tau = torch.tensor(place, dtype=torch.float64)
    results = student.each(function, ((mu, tau, batch) for batch in batches))
    pairs = [tensor(result, (2,), function) for result in results]
    return finite(torch.stack(pairs), None, function)


def mean_of_estimates(
    student: Student, function: str, place: Place, samples: Floats, weights: Floats
) -> Tensor:
    """The expectation of the estimate from one sample, by quadrature."""
    # Weights below 1e-14 change nothing, and their nodes lie 9 standard deviations out.
    kept = weights > 1e-14
    batches = torch.from_numpy(samples[kept])[:, None]
    return torch.from_numpy(weights[kept]) @ estimates(student, function, place, batches)


def mean_of_pairs(
    student: Student, function: str, place: Place, samples: Floats, weights: Floats
) -> Tensor:
    """The expectation of the estimate from two independent samples, by a product rule."""
    x, w = torch.from_numpy(samples), torch.from_numpy(weights)
    probabilities = torch.outer(w, w).flatten()
    return probabilities @ estimates(student, function, place, torch.cartesian_prod(x, x))


def expect_gradient(mean: Tensor, place: Place, what: str, *, hint: str) -> None:
    """Compare an expectation with the gradient of the objective."""
    exact = gradient(*place)
    for index, name in enumerate(("d/dmu", "d/dtau")):
        expect_close(
            mean[index],
            exact[index],
            rtol=1e-4,
            atol=1e-4,  # float32 estimates of size up to 50
            what=f"the {name} component of the mean of {what} at mu = {place[0]}, tau = {place[1]}",
            hint=hint,
        )


def run(student: Student, trick: str, steps: int, step_size: float, batch: int) -> Tensor:
    """A path (steps + 1, 2) of the student's SGD."""
    path = student.minimize(trick, num_steps=steps, step_size=step_size, batch_size=batch)
    return finite(path, (steps + 1, 2), "minimize")


def exhibit_paths(student: Student) -> None:
    """Record every fourth (mu, sigma) of a default run with each trick."""
    paths = student.each("minimize", [(trick,) for trick in TRICKS])
    for trick, path in zip(TRICKS, paths, strict=True):
        student.exhibit(trick, finite(path, (501, 2), "minimize")[::4])


def affordable(student: Student, trick: str, choices: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The first (batch_size, num_steps) that two timed calls show to fit into CALL_BUDGET.

    The last one if none fits.
    """
    trial = 64
    settings = {"num_steps": 2, "step_size": 0.01, "batch_size": trial}
    replies = [student.reply("minimize", trick, **settings) for _ in range(2)]
    # Processor time: the verdict is the same on a busy machine.
    per_sample = min(reply.cpu for reply in replies) / 2 / trial
    fitting = (
        (batch, steps) for batch, steps in choices if per_sample * batch * steps <= CALL_BUDGET
    )
    return next(fitting, choices[-1])


def spread_of_own(
    student: Student, trick: str, steps: Steps, batch: int, mirrored: bool
) -> Moments:
    """The spread of the student's own estimator along the path: baselines are correct, too.

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
        results = estimates(student, function, (float(mu), float(tau)), samples)
        variances.append(results.var(dim=0).numpy())
    variance = np.mean(variances, axis=0)[:, None].repeat(length, axis=1)
    # This variance is itself an estimate, so the log of a ratio to it varies a little more.
    more = 1 + length / (count * len(chosen))
    kurtosis = spreads(steps, trick, batch)[0].kurtosis
    return Moments(variance, 1 + more * (kurtosis - 1))

"""Problem 6: do both tricks estimate the objective's gradient, and does SGD follow it?"""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from assay import (
    FALSE_REJECT_RATE,
    check,
    draw,
    expect,
    expect_close,
    expect_mean,
    expect_uncorrelated,
    expect_variance,
    finite,
    has_defaults,
    leaves_arguments_alone,
    repeats_itself,
)

from . import objects
from .evidence.attempts import attempted
from .evidence.chosen import source
from .evidence.descent import (
    MANY_SAMPLES,
    MOST_VARIANCE,
    Steps,
    expect_descent,
    expect_independent,
    expect_motion,
    expect_other_samples,
    expect_spread,
    fits,
    spreads,
    steps_of,
)
from .evidence.objective import Moments, gradient, moments, plain_estimates, slope
from .evidence.own_estimates import (
    NOISY,
    TRICKS,
    OneSample,
    Place,
    estimates,
    follow,
    function_of,
    normal_nodes,
    offset,
    one_sample,
    samples_of,
    shared_offset,
)

if TYPE_CHECKING:
    from assay import Student

Floats = NDArray[np.float64]

# Away from (0, 0), where most wrong formulas are unbiased; with a small, a middling, a large sigma;
# near the global minimum, where sigma = 1.96.
PLACES = [(-0.6, -1.1), (0.9, -0.4), (1.75, 0.3), (-2.0, 0.0), (1.375, 0.6875)]
TERMS_HINT = (
    "Take one term of the objective at a time: which of them depend on mu, which on tau, and where "
    "does the chain rule for sigma = e^tau come in?"
)
BATCH_HINT = "An estimate uses each of its samples once: what do you average over B?"
places = st.one_of(
    st.sampled_from(PLACES),
    st.tuples(
        draw.floats(0.5, 2.0) | draw.floats(-2.25, -0.25),
        draw.floats(-1.25, -0.25) | st.just(0.375) | draw.floats(0.5, 1.0),
    ),
    st.tuples(draw.floats(-5.0, 5.0), draw.floats(0.5, 1.0)),
    st.tuples(draw.floats(2.25, 5.0) | draw.floats(-5.0, -2.25), draw.floats(-2.0, 0.25)),
)
LOG_DERIVATIVE, REPARAMETERIZATION = TRICKS
tricks = st.sampled_from(TRICKS)
LARGE_BATCH, LARGE_BATCH_STEPS = 10_000, 3
# A batch of fewer samples has tails too heavy for the distribution assumed of its variance.
LEAST_BATCH = {LOG_DERIVATIVE: 80, REPARAMETERIZATION: 16}
# Steps and batches of two runs: one has more steps, one has enough samples to show stored ones.
LONGER_RUN, LARGER_RUN = ((500, 1_000), (0, 300)), ((250, 500), (200, 600))
ASSIGNMENTS = 500, 1e-2, 16  # steps, step size, batch size
RUNS = 130  # of one step each
EPS = np.linspace(-5, 5, 201)
PATIENCE = 10.0  # seconds that one run of a slow but correct program may take


@check(points=3, part="a", examples=6)
@given(place=places)
def log_derivative_gradient_is_unbiased(student: Student, place: Place) -> None:
    """the mean of log_derivative_gradient over x ~ N(mu, e^(2 tau)) is the objective's gradient"""
    own = one_sample(student, LOG_DERIVATIVE, place)
    expect_gradient(mean_of(student, LOG_DERIVATIVE, place, own), place, LOG_DERIVATIVE)
    expect_judgeable(own.variance, place, LOG_DERIVATIVE)


@check(points=1, part="a", examples=2)
@given(place=places, seed=draw.seeds())
def log_derivative_gradient_averages(student: Student, place: Place, seed: int) -> None:
    """log_derivative_gradient uses each sample of its batch once"""
    expect_average(student, LOG_DERIVATIVE, place, seed)


@check(points=1, part="a")
@given(mu=draw.floats(-5, 5), tau=draw.floats(-2, 1))
def log_derivative_gradient_is_the_score_times_the_value(
    student: Student, mu: float, tau: float
) -> None:
    """log_derivative_gradient weights the score by f: at x = mu, where it is 0, f has no effect"""
    x = torch.full((1, 1), mu, dtype=torch.float64)
    by_mu = float(estimates(student, LOG_DERIVATIVE, (mu, tau), x)[0, 0])
    # (mu - 1)^2 / 2 may be differentiated, which leaves mu - 1, or be part of f, which leaves 0.
    if min(abs(by_mu), abs(by_mu - (mu - 1))) <= 4e-5 * (1 + abs(mu)):  # float32
        return
    # If it is differentiated incorrectly, the mean has that mistake as well.
    off = offset(student, LOG_DERIVATIVE, (mu, tau))
    expect(
        off is not None and abs(by_mu - (mu - 1) - float(off[0])) <= 1e-3,
        f"d/dmu at x = mu is {by_mu:.8g}, expected {mu - 1:.8g}, or 0 if the whole "
        "objective weights the score",
        hint="The derivative of log N(x; mu, sigma^2) by mu is 0 at x = mu: what is left?",
    )


@check(points=3, part="b", examples=6)
@given(place=places)
def reparameterization_gradient_is_unbiased(student: Student, place: Place) -> None:
    """the mean of reparameterization_gradient over eps ~ N(0, 1) is the objective's gradient"""
    own = one_sample(student, REPARAMETERIZATION, place)
    mean = mean_of(student, REPARAMETERIZATION, place, own)
    if not is_gradient(mean, place):
        shared = shared_offset(student, place, own)
        mean = mean if shared is None else mean - shared
    expect_gradient(mean, place, REPARAMETERIZATION)
    expect_judgeable(own.variance, place, REPARAMETERIZATION)


@check(points=1, part="b", examples=2)
@given(place=places, seed=draw.seeds())
def reparameterization_gradient_averages(student: Student, place: Place, seed: int) -> None:
    """reparameterization_gradient uses each sample of its batch once"""
    expect_average(student, REPARAMETERIZATION, place, seed)


@check(points=1, part="b")
@given(mu=draw.floats(-5, 5), tau=draw.floats(-2, 1))
def reparameterization_gradient_differentiates_the_sample(
    student: Student, mu: float, tau: float
) -> None:
    """reparameterization_gradient differentiates through the sample, which is x = mu at eps = 0"""
    eps = torch.zeros(1, 1, dtype=torch.float64)
    by_mu = estimates(student, REPARAMETERIZATION, (mu, tau), eps)[0, 0]
    expected = np.sin(mu) + mu * np.cos(mu) + mu - 1.0
    if abs(float(by_mu) - expected) > 1e-3:
        # What is wrong outside the expectation is wrong in the mean as well.
        off = offset(student, REPARAMETERIZATION, (mu, tau))
        by_mu = by_mu if off is None or abs(by_mu - expected - off[0]) > 1e-3 else by_mu - off[0]
    expect_close(
        by_mu,
        torch.tensor(expected),
        what="d/dmu at eps = 0",
        hint="Write x as a function of mu, tau and eps, and differentiate through it.",
    )


@check(points=0.5, part="c", examples=6, rate=0)
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


@check(points=1, part="c", needs=["the_path_starts_at_0_1"], examples=4)
@given(trick=tricks, step_size=st.sampled_from([0.25, 1.5]) | draw.floats(0.25, 1.5))
def large_batches_descend_the_objective(student: Student, trick: str, step_size: float) -> None:
    """with a large batch, each step of minimize is a gradient step on the objective in (mu, tau)"""
    path = run(student, trick, LARGE_BATCH_STEPS, step_size, LARGE_BATCH)
    judge = partial(expect_gradient_steps, trick=trick, step_size=step_size)
    follow(student, trick, steps_of(path, step_size), LARGE_BATCH, judge)
    expect_exact_step(student, 8 + step_size / 2)


@check(points=1, part="c", needs=["the_path_starts_at_0_1"], examples=1, elsewhere=False)
def steps_scatter_as_fresh_batches_do(student: Student) -> None:
    """minimize draws a new batch of batch_size independent samples in each step"""
    # Steps so short that the gradient stays large on the way: a change of step_size shows.
    step_size = 0.002
    with_generator, longer = (TRICKS[k] for k in source(student, "generator").integers(2, size=2))
    for trick in TRICKS:
        lengths, (few, many) = LONGER_RUN if trick == longer else LARGER_RUN
        chosen = source(student, f"long run, {trick}")
        num_steps = int(chosen.integers(*lengths))
        batch = round(np.exp(chosen.uniform(*np.log((max(few, LEAST_BATCH[trick]), many)))))
        own = run_with_generator if trick == with_generator else run
        path = own(student, trick, num_steps, step_size, batch)
        judge = partial(expect_fresh_steps, student, trick, batch)
        follow(student, trick, steps_of(path, step_size), batch, judge)


@check(points=0.5, part="c", needs=["the_path_starts_at_0_1"], examples=1, elsewhere=False)
def runs_draw_new_batches(student: Student) -> None:
    """minimize draws new batches in each run, with the assignment's settings as well"""
    _, step_size, batch = ASSIGNMENTS
    for trick in TRICKS:
        runs = [run, run_with_generator]
        source(student, f"generator, {trick}").shuffle(runs)
        first, second = (each(student, trick, *ASSIGNMENTS) for each in runs)
        student.exhibit(trick, first[::4])
        judge = partial(expect_assignments_descent, trick)
        follow(student, trick, steps_of(first, step_size), batch, judge)
        expect_other_samples(first, second, step_size, trick, batch)
        expect_fresh_noise(first, step_size)
        expect_a_new_path(student, trick)
    expect_many_samples(student)


@check(points=0.5, part="c", needs=["the_path_starts_at_0_1"], examples=1, rate=0, elsewhere=False)
def minimize_has_the_assignments_defaults(student: Student) -> None:
    """minimize(trick) takes 500 steps of 1e-2 with batches of 16"""
    if not is_seeded(student):
        expect_defaults(student)
        return
    trick = REPARAMETERIZATION
    finite(student.minimize(trick, batch_size=1), (501, 2), "minimize")
    few = {"num_steps": 3}
    has_defaults(
        lambda settings: finite(student.minimize(trick, **settings), (4, 2), "minimize"),
        student,
        few,
        few | {"step_size": 1e-2, "batch_size": 16},
        what=f"minimize({trick!r})",
        rtol=1e-5,  # float32
    )


@check(points=1, part="c", needs=["the_path_starts_at_0_1"], examples=2, rate=0)
@given(trick=tricks)
def minimize_uses_the_trick_that_is_named(student: Student, trick: str) -> None:
    """minimize(trick, ...) uses the estimator of the trick that is named, not the other one"""
    other = TRICKS[1 - TRICKS.index(trick)]
    steps = torch.cat([first_step(student, trick) for _ in range(8)])
    if on_curve(steps, plain_curve(trick)):
        return
    is_exchanged = on_curve(steps, plain_curve(other)) or on_curve(steps, own_curve(student, other))
    expect(
        not is_exchanged or on_curve(steps, own_curve(student, trick)),
        f"for trick = {trick!r}, every step from (0, 1) is an estimate by the other trick",
        hint="Which of your two estimators does each name select?",
    )


@check(points=0.5, part="c")
@given(mu=draw.floats(-2, 2), tau=draw.floats(-1, 0.5))
def estimators_leave_their_arguments_alone(student: Student, mu: float, tau: float) -> None:
    """the two estimators do not modify mu, tau or the samples, and a second call agrees"""
    place = torch.tensor(mu, dtype=torch.float64), torch.tensor(tau, dtype=torch.float64)
    samples = torch.tensor([0.5, -1.0], dtype=torch.float64)
    for trick in TRICKS:
        leaves_arguments_alone(student, function_of(trick), *place, samples)
        repeats_itself(student, function_of(trick), *place, samples)


def mean_of(student: Student, trick: str, place: Place, own: OneSample) -> Tensor:
    """The mean of the estimate from one sample, or from 16 where only that is the gradient.

    A sum that is divided by 16 whatever the batch is the mistake of another check.
    """
    if is_gradient(own.mean, place):
        return own.mean
    copies = one_sample(student, trick, place, copies=16)
    return copies.mean if is_gradient(copies.mean, place) else own.mean


def is_gradient(mean: Tensor, place: Place) -> bool:
    """Whether a mean is the gradient of the objective."""
    exact = gradient(*place)
    # 1e-4: float32 estimates of size up to 50.
    return bool(((mean - exact).abs() <= 1e-4 * (1 + exact.abs())).all())


def expect_gradient(mean: Tensor, place: Place, trick: str) -> None:
    """Compare the mean of one sample's estimate with the gradient of the objective."""
    exact = gradient(*place)
    for index, name in enumerate(("d/dmu", "d/dtau")):
        expect_close(
            mean[index],
            exact[index],
            rtol=1e-4,
            atol=1e-4,  # float32 estimates of size up to 50
            what=f"the {name} component of the mean of {function_of(trick)} at mu = {place[0]}, "
            f"tau = {place[1]}",
            hint=TERMS_HINT,
        )


def expect_judgeable(variance: Tensor, place: Place, trick: str) -> None:
    """Check that an estimate depends on its sample, and is not far noisier than it needs to be."""
    expect(
        bool(variance.any()),
        f"{function_of(trick)} returns the same for every sample",
        hint="Which of its arguments does the estimate use?",
    )
    most = NOISY * float(moments(*place, trick).variance.max())
    expect(
        bool((variance <= most).all()),
        f"the variance of {function_of(trick)} is {float(variance.max()):.3g} for one sample, and "
        f"{most / NOISY:.3g} is enough: too noisy to be judged",
        hint="Which term of the estimate has mean 0, and what is it there for?",
    )


def expect_average(student: Student, trick: str, place: Place, seed: int) -> None:
    """Check that the estimate from a batch is the mean of the estimates from each sample.

    Estimates in which samples work together, as one another's baseline, are not: for those, the
    mean must be that of one sample, and the variance of a batch no larger than of independent ones.

    Raises:
        Wrong: neither holds.
    """
    normals, joint_sizes = np.random.default_rng(seed), []
    # Batches and the equal parts that they are compared with: single samples, or smaller batches.
    count, size, half = normals.integers((5, 6, 150), (16, 25, 1_000)).tolist()
    for parts, part in ((2, 1), (5, 1), (size, 1), (count, size), (2, half)):
        eps = normals.standard_normal(parts * part)
        batch = samples_of(trick, place, eps)
        single = estimates(student, trick, place, batch.reshape(parts, part)).mean(dim=0)
        joint = estimates(student, trick, place, batch[None])[0]
        # 1e-4: float32, relative to the terms of the plain estimate.
        allowed = 1e-4 * (1 + float(np.abs(plain_estimates(*place, trick, eps)).max()))
        if not bool(((joint - single).abs() <= allowed).all()):
            joint_sizes.append(parts * part)
    if joint_sizes:
        expect_joint_estimate(student, trick, place, max(64, *joint_sizes), seed)


def expect_joint_estimate(student: Student, trick: str, place: Place, most: int, seed: int) -> None:
    """Check the mean over pairs and over batches, and the variance over batches of up to `most`.

    Raises:
        Wrong: the mean depends on the size of the batch, or the variance shows unused samples.
    """
    expect_mean_of_pairs(student, trick, place)
    single, normals = one_sample(student, trick, place).mean, np.random.default_rng(seed)
    few = int(normals.integers(3, 21))
    # Enough samples for a normal mean, and enough batches for their variance.
    for size, count in ((few, min(MANY_SAMPLES // few, 4_000)), (64, 1_000), (most, 200)):
        batches = samples_of(trick, place, normals.standard_normal((count, size)))
        results = estimates(student, trick, place, batches)
        expect_mean_of_batches(results, single, size, function_of(trick))
        if size >= 64:
            expect_variance_of_batches(results, size, trick, place)


def expect_mean_of_pairs(student: Student, trick: str, place: Place) -> None:
    """Check the mean of the estimates from two samples, exactly, by a grid of them.

    Raises:
        Wrong: it is not that of the estimates from one.
    """
    nodes, weights = (torch.from_numpy(one) for one in normal_nodes(9))
    chances = torch.outer(weights, weights).flatten()
    pairs = samples_of(trick, place, torch.cartesian_prod(nodes, nodes).numpy())
    singles = samples_of(trick, place, nodes.numpy())[:, None]
    expect_close(
        chances @ estimates(student, trick, place, pairs),
        weights @ estimates(student, trick, place, singles),
        rtol=1e-4,
        atol=2e-4,  # float32 estimates of size up to 50, and 9 nodes
        what=f"the mean of {function_of(trick)} over two samples, in place of one",
        hint=BATCH_HINT,
    )


def expect_mean_of_batches(results: Tensor, single: Tensor, size: int, function: str) -> None:
    """Check that the mean of estimates (N, 2) from batches is that from one sample.

    Raises:
        Wrong: it is further off than its standard error allows.
    """
    count = len(results)
    room = 1.0 if count * size >= MANY_SAMPLES else 1.3
    for index, name in enumerate(("d/dmu", "d/dtau")):
        expect_mean(
            float(results[:, index].mean()),
            float(single[index]),
            max(room * float(results[:, index].std()) / count**0.5, 1e-12),  # 0 if none varies
            f"{count} batches",
            rate=FALSE_REJECT_RATE / 6,
            slack=1e-4 * (1 + abs(float(single[index]))),  # float32 estimates of size up to 50
            what=f"the mean of {name} of {function}, for batches of {size} in place of one sample,",
            hint=BATCH_HINT,
        )


def expect_variance_of_batches(results: Tensor, size: int, trick: str, place: Place) -> None:
    """Check that estimates (N, 2) from batches vary no more than the mean of `size` samples.

    Raises:
        Wrong: they vary more, or not at all.
    """
    plain = moments(*place, trick)
    most = np.maximum(plain.variance, moments(*place, trick, 1.0).variance)
    for name, ratio, kurtosis in zip(
        ("d/dmu", "d/dtau"), results.var(dim=0).numpy() * size / most, plain.kurtosis, strict=True
    ):
        expect_variance(
            # Less variance is better, as long as the estimate depends on its batch.
            max(float(ratio), 1.0) if ratio > 0.01 else 0.0,
            len(results),
            3 + (float(kurtosis) - 3) / size,
            rate=FALSE_REJECT_RATE / 4,
            what=f"the variance of {name} of {function_of(trick)}, for batches of {size},",
            hint=BATCH_HINT,
        )


def expect_gradient_steps(steps: Steps, trick: str, step_size: float) -> None:
    """Check that each step with a large batch is the gradient, up to the noise of the batch."""
    mus, taus = steps.places
    sds = np.sqrt(MOST_VARIANCE * moments(mus, taus, trick).variance / LARGE_BATCH)
    count = len(mus)
    for k, index in product(range(count), range(2)):
        expect_mean(
            steps.errors[index, k] - steps.slopes[index, k],
            -steps.slopes[index, k],
            float(sds[index, k]),
            f"{LARGE_BATCH} samples",
            rate=FALSE_REJECT_RATE / (2 * count),
            slack=2e-5 / step_size,  # float32
            what=f"in step {k + 1}, from mu = {mus[k]:.4g}, sigma = {np.exp(taus[k]):.4g}, the "
            f"change of {('mu', 'log sigma')[index]} divided by step_size",
            hint="theta <- theta - step_size * gradient, for mu and tau together; sigma = e^tau.",
        )


def expect_fresh_steps(student: Student, trick: str, batch: int, steps: Steps) -> None:
    """Check in this order: does the path move, along what, how far, with which spread."""
    plain, *others = spreads(steps, trick, batch)
    expect_motion(steps, plain)
    many = batch * steps.errors.shape[1] >= MANY_SAMPLES
    expect_descent(steps, plain, room=1.0 if many else 1.3)
    if not any(fits(steps, spread) for spread in (plain, *others)) and not any(
        fits(steps, spread_of_own(student, trick, steps, batch, mirrored))
        for mirrored in (False, True)
    ):
        expect_spread(steps, plain, batch)
    expect_independent(steps, plain)


def expect_assignments_descent(trick: str, steps: Steps) -> None:
    """Check that the steps of a run with the assignment's settings follow the gradient.

    Its 8,000 samples are few, and those at the start have the largest gradients: three times as
    much is allowed as of a normal mean, and a correct program is rejected far less often still.
    """
    plain = spreads(steps, trick, ASSIGNMENTS[2])[0]
    expect_descent(steps, plain, rate=FALSE_REJECT_RATE / 100, room=3.0)


def expect_exact_step(student: Student, step_size: float) -> None:
    """Check the second of two long steps with the reparameterization trick.

    The first ends where sigma is below 1/100. There an estimate hardly varies: a step that is 2 %
    too short shows, with any number of samples.
    """
    path = run(student, REPARAMETERIZATION, 2, step_size, LARGE_BATCH)
    judge = partial(expect_gradient_steps, trick=REPARAMETERIZATION, step_size=step_size)
    follow(student, REPARAMETERIZATION, steps_of(path, step_size), LARGE_BATCH, judge)


def expect_fresh_noise(path: Tensor, step_size: float) -> None:
    """Check that the steps of a path with small batches have independent errors.

    They have heavy tails: errors beyond two standard deviations count as two.
    """
    steps = steps_of(path, step_size)
    sds = steps.errors.std(axis=1, keepdims=True)
    errors = np.clip(steps.errors, -2 * sds, 2 * sds)
    for name, row in zip(("mu", "tau"), errors, strict=True):
        if row.any():  # else other checks report it
            expect_uncorrelated(
                row,
                what=f"the error of a step of {name}, with the assignment's settings,",
                rate=FALSE_REJECT_RATE / 2,
                hint="Each step starts where the last one ended, with a batch of its own.",
            )


def expect_a_new_path(student: Student, trick: str) -> None:
    """Check that a second run in a row, without a new seed in between, takes other steps.

    Raises:
        Wrong: it takes the same.
    """
    settings = {"num_steps": 2, "step_size": 0.125, "batch_size": 3}
    with student.same_seed():
        first = finite(student.minimize(trick, **settings), (3, 2), "minimize")
        second = finite(student.rerun("minimize", trick, **settings), (3, 2), "minimize")
    expect(
        not torch.equal(first, second),
        "two runs in a row take the same steps",
        hint="Do you set the seed of a generator in minimize?",
    )


def expect_many_samples(student: Student) -> None:
    """Check that many runs of one step each, with one sample, all use samples of their own.

    Raises:
        Wrong: samples return. In float32 a few may be equal by chance.
    """
    settings = {"num_steps": 1, "step_size": 0.125, "batch_size": 1}
    rows = [{"trick": REPARAMETERIZATION, **settings}] * RUNS
    paths = [finite(path, (2, 2), "minimize") for path in student.each("minimize", rows)]
    places = {tuple(path[1].tolist()) for path in paths}
    expect(
        len(places) >= RUNS - 5,
        f"{RUNS} runs with different seeds end at only {len(places)} places",
        hint="Do you keep samples of earlier runs, or their seeds?",
    )


def is_seeded(student: Student) -> bool:
    """Whether a second run with the same random numbers takes the same steps."""
    with student.same_seed():
        one, other = (run(student, REPARAMETERIZATION, 3, 0.01, 4) for _ in range(2))
    return torch.equal(one, other)


def expect_defaults(student: Student) -> None:
    """Check each default by the distribution of the steps, where no seed can repeat them.

    Raises:
        Wrong: the message says what shows the default.
    """
    trick, hint = REPARAMETERIZATION, "Compare the default values with those in the signature."
    finite(student.minimize(trick, step_size=1e-3, batch_size=2), (501, 2), "minimize")
    exact, zero = slope(np.zeros(1), np.zeros(1))[0, 0], moments(0.0, 0.0, trick)
    path = finite(student.minimize(trick, num_steps=1, batch_size=LARGE_BATCH), (2, 2), "minimize")
    expect_mean(
        float(path[1, 0]),
        -0.01 * exact,
        0.01 * float(np.sqrt(MOST_VARIANCE * zero.variance[0] / LARGE_BATCH)),
        f"{LARGE_BATCH} samples",
        what="mu after the first step, for the default of step_size,",
        hint=hint,
    )
    runs = [student.minimize(trick, num_steps=1, step_size=0.125) for _ in range(600)]
    errors = torch.stack([finite(one, (2, 2), "minimize")[1, 0] for one in runs]) / 0.125
    ratio = float(errors.var()) / (float(zero.variance[0]) / 16)
    expect_variance(
        ratio,
        len(runs),
        3 + (float(zero.kurtosis[0]) - 3) / 16,
        what="the variance of mu's first step, for the default of batch_size,",
        hint=hint,
    )


def first_step(student: Student, trick: str) -> Tensor:
    """(1, 2) the estimate from one sample that the first step from (0, 1) follows."""
    path = run(student, trick, 1, 0.125, 1)
    return -torch.stack([path[1, 0], path[1, 1].log()])[None] / 0.125


def plain_curve(trick: str) -> Tensor:
    """(M, 2) the plain estimates of a trick from one sample at (0, 1), in the sample's order."""
    fixed = torch.tensor([[-1.0, 0.0]], dtype=torch.float64)
    return torch.from_numpy(plain_estimates(0.0, 0.0, trick, EPS)).T + fixed


def own_curve(student: Student, trick: str) -> Tensor:
    """(M, 2) the student's estimates in the same way; none where there is no such function."""
    batches = samples_of(trick, (0.0, 0.0), EPS)[:, None]
    own = attempted(lambda: estimates(student, trick, (0.0, 0.0), batches))
    return torch.zeros(0, 2, dtype=torch.float64) if own is None else own


def on_curve(points: Tensor, line: Tensor) -> bool:
    """Whether all points (N, 2) lie on the line through the vertices (M, 2)."""
    if len(line) < 2:
        return False
    start, along = line[:-1], line.diff(dim=0)
    away = points[:, None] - start
    part = (away * along).sum(-1) / (along**2).sum(-1).clamp(min=1e-300)
    gap = (away - part.clamp(0, 1)[..., None] * along).norm(dim=-1).amin(1)
    # 2e-3: the curve between two vertices, and float32.
    return bool((gap <= 2e-3 * (1 + points.norm(dim=1))).all())


def run(student: Student, trick: str, steps: int, step_size: float, batch: int) -> Tensor:
    """A path (steps + 1, 2) of the student's SGD."""
    with student.patience(PATIENCE):
        path = student.minimize(trick, num_steps=steps, step_size=step_size, batch_size=batch)
    return finite(path, (steps + 1, 2), "minimize")


def run_with_generator(
    student: Student, trick: str, steps: int, step_size: float, batch: int
) -> Tensor:
    """The same with a generator, which they may use or ignore; without one if that fails."""
    seed = int(source(student, f"generator's seed, {steps} {batch}").integers(2**31))
    passed = {"generator": objects.of("generator", seed=seed)}
    settings = {"num_steps": steps, "step_size": step_size, "batch_size": batch}
    with student.patience(PATIENCE):
        path = attempted(partial(student.minimize, trick, **settings, **passed))
    if path is None:
        return run(student, trick, steps, step_size, batch)
    return finite(path, (steps + 1, 2), "minimize")


def spread_of_own(
    student: Student, trick: str, steps: Steps, batch: int, mirrored: bool
) -> Moments:
    """The spread of the student's own estimator along the path: baselines are correct, too.

    `mirrored` draws a batch as antithetic pairs.
    """
    count, length = 120, steps.errors.shape[1]
    source, chosen = np.random.default_rng(0), np.linspace(0, length - 1, 4).astype(int)
    variances = []
    for mu, tau in steps.places[:, chosen].T:
        eps = source.standard_normal((count, batch))
        if mirrored:
            eps[:, batch // 2 :] = -eps[:, : batch - batch // 2]
        place = float(mu), float(tau)
        results = estimates(student, trick, place, samples_of(trick, place, eps))
        variances.append(results.var(dim=0).numpy())
    variance = np.mean(variances, axis=0)[:, None].repeat(length, axis=1)
    # This variance is itself an estimate, so the log of a ratio to it varies a little more.
    more = 1 + length / (count * len(chosen))
    kurtosis = spreads(steps, trick, batch)[0].kurtosis
    return Moments(variance, 1 + more * (kurtosis - 1))

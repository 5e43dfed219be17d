"""Problem 6: what steps of stochastic gradient descent on its objective look like.

With theta_k = (mu_k, tau_k) and g_k an unbiased estimate of the gradient there from a batch of B,
theta_{k+1} - theta_k = -step_size g_k. So the error of a step,

    (theta_{k+1} - theta_k) / step_size + grad J(theta_k) = grad J(theta_k) - g_k,

has mean 0 and the variance of the estimate, and the errors of different steps are uncorrelated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from assay import (
    FALSE_REJECT_RATE,
    Wrong,
    expect_mean,
    expect_uncorrelated,
    expect_variance,
    variance_band,
)

from .objective import Moments, mirrored_moments, moments, slope

Floats = NDArray[np.float64]

NAMES = ("mu", "tau")
FAR = 1e3  # |mu|, sigma and 1/sigma stay below this near any minimum
# Correct estimators with another baseline, or with the whole objective under the expectation, have
# up to 6 times the variance of the plain one.
MOST_VARIANCE = 6.0
# Means of fewer samples have tails that are heavier than a normal variable's.
MANY_SAMPLES = 20_000
# Of the excess kurtosis of a batch: sums of squares with single large terms pass a gamma variable's
# bounds at 1e-4 up to seven times as often as they should, for 64 samples at (0, 1).
SMALL_BATCH, MORE_KURTOSIS = 256, 1.5
MOST_STILL = 5  # of 1,000 steps; in float32 one may round to 0 in 4,000
ROUNDING = 1e-3  # float32: 6e-8, for sigma near 1, over step sizes of 1e-3, with a margin


class Steps(NamedTuple):
    """The n steps of a path, each array (2, n) with rows for mu and tau.

    Attributes:
        places: where each step starts.
        slopes: the gradient of the objective there.
        errors: the error of each step, over step_size.
    """

    places: Floats
    slopes: Floats
    errors: Floats


def steps_of(path: Tensor, step_size: float) -> Steps:
    """The steps of a path (n + 1, 2) of (mu, sigma).

    Raises:
        Wrong: the path goes further than descent could.
    """
    away = (path[:, 0].abs() > FAR) | (path[:, 1] > FAR) | (path[:, 1] < 1 / FAR)
    if bool(away.any()):
        k = int(away.nonzero()[0])
        raise Wrong(
            f"after {k} steps (mu, sigma) = {path[k].tolist()}, far from any minimum",
            hint="What are the sign and the length of a step?",
        )
    places = np.stack([path[:, 0].numpy(), path[:, 1].log().numpy()])
    slopes = slope(places[0, :-1], places[1, :-1])
    return Steps(places[:, :-1], slopes, np.diff(places) / step_size + slopes)


def spreads(steps: Steps, trick: str, batch: int) -> list[Moments]:
    """The moments of the errors of correct programs: first of the plain estimator, then of others.

    A batch may be drawn as antithetic pairs. With the log-derivative trick, a baseline may be
    subtracted from the value; one that is learnt on the way approaches the mean of the value.
    """
    mu, tau = steps.places
    variants = [_of_batch(moments(mu, tau, trick), batch)]
    variants.append(_of_batch(mirrored_moments(mu, tau, trick), max(batch // 2, 1)))
    if trick == "log-derivative":
        variants += [_of_batch(moments(mu, tau, trick, baseline), batch) for baseline in (0.5, 1.0)]
    return variants


def expect_motion(steps: Steps, spread: Moments) -> None:
    """Check that the path moves in every step, and that its steps are not all of one batch.

    Raises:
        Wrong: places are the same, or the steps are gradients with an error that stays.
    """
    gradients = steps.slopes - steps.errors  # the estimates that the steps follow
    if not gradients.any():
        raise Wrong(
            f"after {gradients.shape[1]} steps (mu, sigma) is still (0, 1)",
            hint="What does a step change, and is it the new place that you record?",
        )
    still = np.abs(gradients).max(axis=0) < 1e-12
    if int(still.sum()) > MOST_STILL:
        raise Wrong(
            f"{int(still.sum())} of {len(still)} steps change neither mu nor sigma, the first of "
            f"them step {int(still.argmax()) + 1}",
            hint="Does every step draw a batch, and record where it ends?",
        )
    # Steps of another length or direction are not judged here, whatever their noise is.
    early = slice(0, max(gradients.shape[1] // 4, 1))
    lengths, exact = (np.linalg.norm(rows[:, early], axis=0) for rows in (gradients, steps.slopes))
    is_gradient = bool(((lengths > exact / 2) & (lengths < 2 * exact)).all())
    deviations = np.sqrt(spread.variance.mean(axis=1))
    # For independent errors it is 1.6 standard deviations, and never below 0.05 of one. Where each
    # batch serves two steps, half of the changes are small: the upper quartile is not.
    change = np.quantile(np.abs(np.diff(steps.errors)), 0.75, axis=1)
    stays = np.abs(steps.errors).mean(axis=1) > np.maximum(20 * change, 2 * ROUNDING)
    if bool(is_gradient and (change < 0.05 * deviations).all() and stays.any()):
        raise Wrong(
            "all steps have nearly the same error, as if they used one and the same batch",
            hint="Draw the batch inside the loop.",
        )


def expect_descent(
    steps: Steps, spread: Moments, rate: float = FALSE_REJECT_RATE, room: float = 1.0
) -> None:
    """Check that steps are -step_size times the gradient: in length along it, and on average.

    `room` is a factor on what is allowed: above 1 for samples too few for a normal mean.

    Raises:
        Wrong: the message names the component and how far its steps are off.
    """
    hint = "theta <- theta - step_size * gradient, with the same step_size in every step."
    count = steps.errors.shape[1]
    # The standard deviations are estimated from `count` errors: allow a few percent more. A path
    # that is far noisier than a correct one gets no more room by it.
    most = np.sqrt(MOST_VARIANCE * spread.variance.mean(axis=1))
    deviations = np.minimum(steps.errors.std(axis=1) * (1 + 20 / count), most)
    deviations = np.maximum(room * deviations, 1e-12)  # of exact gradients it would be 0
    for name, errors, slopes, sd in zip(NAMES, steps.errors, steps.slopes, deviations, strict=True):
        weight = float(slopes @ slopes)
        expect_mean(
            1 - float(errors @ slopes) / weight,
            1.0,
            float(sd) / np.sqrt(weight),
            f"{count} steps",
            what=f"the length of {name}'s steps relative to step_size * gradient",
            rate=rate / 4,
            slack=ROUNDING,
            hint=hint,
        )
        expect_mean(
            float(errors.mean()),
            0.0,
            float(sd) / np.sqrt(count),
            f"{count} steps",
            what=f"the mean of step / step_size + gradient, for {name},",
            rate=rate / 4,
            slack=ROUNDING,
            hint=hint,
        )


def expect_other_samples(
    one: Tensor, other: Tensor, step_size: float, trick: str, batch: int
) -> None:
    """Check that two runs (n + 1, 2), with different seeds, differ as runs with new batches do.

    The difference of two steps has the variance of two batches. A hundredth of its standard
    deviation is enough here, in mu or tau: what a step should be, other checks judge.

    Raises:
        Wrong: the runs are the same, or nearly so.
    """
    # A path that diverges, to sigma = 0 for example, is judged by other checks.
    places = [
        np.stack([path[:, 0].numpy(), path[:, 1].clamp(min=1e-9).log().numpy()])
        for path in (one, other)
    ]
    apart = np.sqrt((np.diff(places[0] - places[1]) ** 2).mean(axis=1)) / step_size
    mu, tau = np.clip(places[0][:, :-1], -2, 2)
    least = np.minimum(
        moments(mu, tau, trick).variance / batch,
        mirrored_moments(mu, tau, trick).variance / max(batch // 2, 1),
    )
    if not bool((apart >= 0.01 * np.sqrt(2 * least.mean(axis=1))).any()):
        raise Wrong(
            "two runs with different seeds take the same steps, or nearly so",
            hint="Do you set a fixed seed, or keep a path from an earlier run?",
        )


def fits(steps: Steps, spread: Moments, rate: float = FALSE_REJECT_RATE) -> bool:
    """Whether the errors have these variances, in both components."""
    if not spread.variance.any(axis=1).all():
        return False  # estimates that ignore their samples
    return all(
        low <= ratio <= high
        for ratio, kurtosis in _ratios(steps, spread)
        for low, high in [variance_band(steps.errors.shape[1], kurtosis, rate / 2)]
    )


def expect_spread(
    steps: Steps, spread: Moments, batch: int, rate: float = FALSE_REJECT_RATE
) -> None:
    """Check that the variance of the steps is step_size^2 Var / B.

    Raises:
        Wrong: the message says by what factor it differs.
    """
    for name, (ratio, kurtosis) in zip(NAMES, _ratios(steps, spread), strict=True):
        expect_variance(
            ratio,
            steps.errors.shape[1],
            kurtosis,
            rate=rate / 2,
            what=f"with batch_size = {batch}, the variance of {name}'s steps",
            hint="It should be step_size^2 Var / batch_size, where Var is the variance of one "
            "sample's estimate. How many samples does a step draw, and is each used exactly once?",
        )


def expect_independent(steps: Steps, spread: Moments, rate: float = FALSE_REJECT_RATE) -> None:
    """Check that the errors of different steps are uncorrelated.

    Raises:
        Wrong: the message says how many steps later the errors recur.
    """
    deviations = np.sqrt(spread.variance.mean(axis=1))
    for name, errors, sd in zip(NAMES, steps.errors, deviations, strict=True):
        expect_uncorrelated(
            errors / sd,
            what=f"the error of a step of {name}",
            rate=rate / 2,
            hint="Each step should draw its own batch: are samples stored, reused, or taken from "
            "a pool?",
        )


def _of_batch(single: Moments, batch: int) -> Moments:
    """The moments of the mean of a batch of independent estimates, from those of a single one."""
    more = MORE_KURTOSIS if batch < SMALL_BATCH else 1.0
    return Moments(single.variance / batch, 3 + more * (single.kurtosis - 3) / batch)


def _ratios(steps: Steps, spread: Moments) -> list[tuple[float, float]]:
    """For each component: variance of the errors / exact variance, and the kurtosis of a draw."""
    count = steps.errors.shape[1]
    ratios = []
    for errors, variance, kurtosis in zip(steps.errors, *spread, strict=True):
        total = float(variance.sum())
        # The kurtosis of equally distributed errors whose sum of squares has the same variance.
        effective = 1 + count * float((variance**2 * (kurtosis - 1)).sum()) / total**2
        ratios.append((float(errors @ errors) / total, effective))
    return ratios

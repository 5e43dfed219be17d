"""What the steps of stochastic gradient descent on problem 6's objective must be.

With theta_k = (mu_k, tau_k) and g_k an unbiased estimate of the gradient there from a batch of B,
theta_{k+1} - theta_k = -step g_k. So the error of a step, (theta_{k+1} - theta_k) / step + grad J,
is grad J - g_k: its mean is 0, its variance that of the estimate, and no two are correlated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from assay import SHARE, Wrong, expect_mean, expect_uncorrelated, expect_variance, variance_band

from .objective import Moments, mirrored_moments, moments, slope

Floats = NDArray[np.float64]

NAMES = ("mu", "tau")
FAR = 1e3
ROUNDING = 1e-3  # 6e-8, of sigma near 1 in float32, over step sizes of 1e-3, with a margin


class Steps(NamedTuple):
    """The steps of a path: where each starts, the gradient there and its error, all (2, n)."""

    places: Floats
    slopes: Floats
    errors: Floats


def steps_of(path: Tensor, step_size: float) -> Steps:
    """The steps of a path (n + 1, 2) of (mu, sigma).

    Raises:
        Wrong: the path leaves every place that descent could lead to.
    """
    away = (path[:, 0].abs() > FAR) | (path[:, 1] > FAR) | (path[:, 1] < 1 / FAR)
    if bool(away.any()):
        k = int(away.nonzero()[0])
        raise Wrong(
            f"after {k} steps (mu, sigma) = {path[k].tolist()}, far from any minimum",
            hint="Which sign and which length does a step have?",
        )
    places = np.stack([path[:, 0].numpy(), path[:, 1].log().numpy()])
    slopes = slope(places[0, :-1], places[1, :-1])
    return Steps(places[:, :-1], slopes, np.diff(places) / step_size + slopes)


def spreads(steps: Steps, trick: str, batch: int) -> list[Moments]:
    """The spreads of correct programs: the plain one, and those of other ways to draw and to weigh.

    A batch may be drawn as antithetic pairs; a score may be weighed by the value less a baseline,
    which one that is learnt on the way brings near its mean.
    """
    mu, tau = steps.places
    found = [_of_batch(moments(mu, tau, trick), batch)]
    found.append(_of_batch(mirrored_moments(mu, tau, trick), max(batch // 2, 1)))
    if trick == "log-derivative":
        found += [_of_batch(moments(mu, tau, trick, share), batch) for share in (0.5, 1.0)]
    return found


def expect_new_batches(steps: Steps, spread: Moments) -> None:
    """Hold that no step repeats the error of the step before: a new batch was drawn.

    Raises:
        Wrong: the errors hardly change.
    """
    # Where each batch serves two steps, half of the changes are small: most are looked at.
    change = np.quantile(np.abs(np.diff(steps.errors)), 0.75, axis=1)
    # Of independent errors this change is 1.6 standard deviations: never below a twentieth.
    if bool((change < 0.05 * np.sqrt(spread.variance.mean(axis=1))).all()):
        raise Wrong(
            "every step has the same error: all steps use the estimate from one and the same batch",
            hint="Draw the batch inside the loop.",
        )


def expect_descent(steps: Steps, share: float = SHARE) -> None:
    """Hold the steps against -step_size times the gradient, on average and along it.

    Raises:
        Wrong: tells the component and by how much its steps are too long, short or beside.
    """
    hint = "theta <- theta - step_size * gradient, with the same step_size in every step."
    count = steps.errors.shape[1]
    # the deviations are estimated from so many errors: a few percent more than the normal law
    deviations = steps.errors.std(axis=1) * (1 + 20 / count)
    for name, errors, slopes, sd in zip(NAMES, steps.errors, steps.slopes, deviations, strict=True):
        weight = float(slopes @ slopes)
        expect_mean(
            1 - float(errors @ slopes) / weight,
            1.0,
            float(sd) / np.sqrt(weight),
            f"{count} steps",
            what=f"the length of {name}'s steps over step_size * gradient",
            share=share / 4,
            slack=ROUNDING,
            hint=hint,
        )
        expect_mean(
            float(errors.mean()),
            0.0,
            float(sd) / np.sqrt(count),
            f"{count} steps",
            what=f"the mean of {name}'s steps beyond the gradient's, over step_size",
            share=share / 4,
            slack=ROUNDING,
            hint=hint,
        )


def fits(steps: Steps, spread: Moments, share: float = SHARE) -> bool:
    """Whether the steps' errors vary as that spread says, in both components."""
    return all(
        low <= ratio <= high
        for ratio, kurtosis in _ratios(steps, spread)
        for low, high in [variance_band(steps.errors.shape[1], kurtosis, share / 2)]
    )


def expect_spread(steps: Steps, spread: Moments, batch: int, share: float = SHARE) -> None:
    """Hold the variance of the steps against step_size^2 Var / B.

    Raises:
        Wrong: tells how many times larger or smaller it is.
    """
    for name, (ratio, kurtosis) in zip(NAMES, _ratios(steps, spread), strict=True):
        expect_variance(
            ratio,
            steps.errors.shape[1],
            kurtosis,
            share=share / 2,
            what=f"the variance of {name}'s steps with batch_size = {batch}, over step_size^2 "
            "Var/B with the variance Var of one sample's estimate,",
            hint="How many samples does a step draw, and is each of them used as it is, once?",
        )


def expect_independent(steps: Steps, spread: Moments, share: float = SHARE) -> None:
    """Hold the errors of different steps against being uncorrelated.

    Raises:
        Wrong: tells how many steps later the errors come back.
    """
    scale = np.sqrt(spread.variance.mean(axis=1))
    for name, errors, one in zip(NAMES, steps.errors, scale, strict=True):
        expect_uncorrelated(
            errors / one,
            what=f"the error of a step of {name}",
            share=share / 2,
            hint="Each step draws a batch of its own: are samples kept, reused or taken from a "
            "pool?",
        )


def _of_batch(one: Moments, batch: int) -> Moments:
    return Moments(one.variance / batch, 3 + (one.kurtosis - 3) / batch)


def _ratios(steps: Steps, spread: Moments) -> list[tuple[float, float]]:
    """Of each component, the errors' variance over what it must be, and the kurtosis of a draw."""
    count = steps.errors.shape[1]
    found = []
    for errors, variance, kurtosis in zip(steps.errors, *spread, strict=True):
        total = float(variance.sum())
        # of a sum of squares with these variances, as if they were all alike
        effective = 1 + count * float((variance**2 * (kurtosis - 1)).sum()) / total**2
        found.append((float(errors @ errors) / total, effective))
    return found

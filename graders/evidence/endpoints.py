"""Problem 6: where SGD on its objective ends, the distribution of the last (mu, sigma)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .objective import GLOBAL_MINIMUM, LOCAL_MINIMUM, moments, plain_estimates, slope

Floats = NDArray[np.float64]

RUNS = 2_000  # simulated, for settings that are not the assignment's
MOST_STEPS = 5_000  # simulated; after more, the distribution must have settled
MOST_SAMPLES = 20_000_000  # drawn in a simulation
SMALL_BATCH = 8
HEAVY = 5.0  # with a larger kurtosis, the ends of tiny batches are too heavy-tailed to be judged
WIDE = 0.3  # with a larger standard deviation, runs end in both basins or diverge
# Mean and standard deviation of mu and of sigma, over 100,000 runs with the assignment's settings
# (500 steps of 1e-2, batches of 16).
MEASURED = {
    "log-derivative": ((0.4445, 0.0224), (0.6095, 0.0200)),
    "reparameterization": ((0.4439, 0.0098), (0.6089, 0.0056)),
}
# End points are only approximately normal, and simulated moments are estimates: the standard
# deviations are doubled. The other basin is 40 standard deviations away.
SLACK = 2.0

TWO_MINIMA = (
    "SGD from (0, 1) ends near the local minimum ({:.4f}, {:.4f}). There is a lower one at "
    "({:.4f}, {:.4f}), which other starts reach: plot the objective."
).format(*LOCAL_MINIMUM, *GLOBAL_MINIMUM)

MeanAndDeviation = tuple[float, float]


@cache
def endpoint_distribution(
    trick: str, num_steps: int, step_size: float, batch_size: int
) -> tuple[MeanAndDeviation, MeanAndDeviation] | None:
    """Mean and doubled standard deviation of a correct program's last mu, and of its last sigma.

    None where they take more than about a second to compute, or depend on rare events.
    """
    if (num_steps, step_size, batch_size) == (500, 1e-2, 16):
        (mu, sd_mu), (sigma, sd_sigma) = MEASURED[trick]
        return (mu, SLACK * sd_mu), (sigma, SLACK * sd_sigma)
    simulated = _simulate(trick, num_steps, step_size, batch_size)
    if simulated is None:
        return None
    ends, halfway = (_moments(place) for place in simulated)
    if num_steps > MOST_STEPS and not _agree(ends, halfway):
        return None  # the distribution still changes
    (mu, sd_mu), (sigma, sd_sigma) = ends
    if max(sd_mu, sd_sigma) > WIDE or _kurtosis(simulated[0]) > HEAVY:
        return None
    return (mu, SLACK * sd_mu), (sigma, SLACK * sd_sigma)


def _simulate(
    trick: str, num_steps: int, step_size: float, batch_size: int
) -> tuple[Floats, Floats] | None:
    """(2, runs) places after up to MOST_STEPS steps, and after half of them.

    The noise of a batch of SMALL_BATCH or more is taken as normal; smaller batches are drawn.
    """
    steps = min(num_steps, MOST_STEPS)
    runs = RUNS if steps <= 2_000 else RUNS // 4
    draws = batch_size < SMALL_BATCH
    if draws and steps * batch_size * runs > MOST_SAMPLES:
        return None
    source = np.random.default_rng(0)
    place = np.zeros((2, runs))
    halfway = place
    for k in range(steps):
        halfway = place if k == steps // 2 else halfway
        if draws:
            noise = noise_of_batches(place, trick, source.standard_normal((runs, batch_size)))
        else:
            mu, tau = place.mean(axis=1)
            noise = np.sqrt(moments(mu, tau, trick).variance / batch_size)[:, None]
            noise = noise * source.standard_normal(place.shape)
        place = place - step_size * (slope(*place) + noise)
        place = np.clip(place, -50.0, 50.0)  # keeps runs that diverge finite
    return place, halfway


def noise_of_batches(place: Floats, trick: str, eps: Floats) -> Floats:
    """(2, runs) the errors of the plain estimates at places (2, runs) from batches (runs, B)."""
    drawn = plain_estimates(place[0], place[1], trick, eps).mean(axis=2)
    fixed = np.stack([place[0] - 1, np.exp(place[1]) - 1])
    error: Floats = drawn + fixed - slope(*place)
    return error


def _moments(place: Floats) -> tuple[MeanAndDeviation, MeanAndDeviation]:
    """Mean and standard deviation of mu and of sigma."""
    ends = np.stack([place[0], np.exp(np.clip(place[1], -20, 20))])
    mean, spread = ends.mean(axis=1), np.maximum(ends.std(axis=1), 1e-6)
    return (float(mean[0]), float(spread[0])), (float(mean[1]), float(spread[1]))


def _kurtosis(place: Floats) -> float:
    """The larger kurtosis of mu and sigma; 3 where nothing varies."""
    ends = np.stack([place[0], np.exp(np.clip(place[1], -20, 20))])
    centred = ends - ends.mean(axis=1, keepdims=True)
    variance = (centred**2).mean(axis=1)
    fourth = (centred**4).mean(axis=1)
    varies = variance > 1e-20
    return float(np.where(varies, fourth / np.where(varies, variance, 1.0) ** 2, 3.0).max())


def _agree(
    one: tuple[MeanAndDeviation, MeanAndDeviation], other: tuple[MeanAndDeviation, MeanAndDeviation]
) -> bool:
    """Whether means differ by less than a standard deviation, and these by less than a fifth."""
    pairs = zip(one, other, strict=True)
    return all(abs(m - n) < sd and abs(sd - so) < 0.2 * sd for (m, sd), (n, so) in pairs)

"""Problem 6: where SGD on its objective ends, the distribution of the last (mu, sigma)."""

from __future__ import annotations

from functools import cache

import numpy as np

from .objective import GLOBAL_MINIMUM, LOCAL_MINIMUM, moments, slope

RUNS = 2_000  # simulated, for settings that are not the assignment's
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
) -> tuple[MeanAndDeviation, MeanAndDeviation]:
    """Mean and doubled standard deviation of a correct program's last mu, and of its last sigma."""
    moments_of_ends = MEASURED[trick]
    if (num_steps, step_size, batch_size) != (500, 1e-2, 16):
        moments_of_ends = _simulate(trick, num_steps, step_size, batch_size)
    (mu, sd_mu), (sigma, sd_sigma) = moments_of_ends
    return (mu, SLACK * sd_mu), (sigma, SLACK * sd_sigma)


def _simulate(
    trick: str, num_steps: int, step_size: float, batch_size: int
) -> tuple[MeanAndDeviation, MeanAndDeviation]:
    """Means and standard deviations over RUNS runs side by side, with normal gradient noise."""
    source = np.random.default_rng(0)
    place = np.zeros((2, RUNS))
    for _ in range(num_steps):
        mu, tau = place.mean(axis=1)
        noise = np.sqrt(moments(mu, tau, trick).variance / batch_size)[:, None]
        place = place - step_size * (slope(*place) + noise * source.standard_normal(place.shape))
        place = np.clip(place, -50.0, 50.0)  # keeps runs that diverge finite
    ends = np.stack([place[0], np.exp(np.clip(place[1], -20, 20))])
    mean, spread = ends.mean(axis=1), np.maximum(ends.std(axis=1), 1e-6)
    return (float(mean[0]), float(spread[0])), (float(mean[1]), float(spread[1]))

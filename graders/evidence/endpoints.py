"""Where SGD on problem 6's objective ends: the law of right programs' last (mu, sigma)."""

from __future__ import annotations

from functools import cache

import numpy as np

from graders.evidence.objective import slope, variances
from graders.evidence.statistics import SHARE, normal_quantile

RUNS = 2_000
# 100,000 runs of the assignment's settings (500 steps of 1e-2, batches of 16): mean and standard
# deviation of mu and of sigma.
MEASURED = {
    "log-derivative": ((0.4445, 0.0224), (0.6095, 0.0200)),
    "reparameterization": ((0.4439, 0.0098), (0.6089, 0.0056)),
}
# The end points are near normal but not normal, and the simulated ones are estimates: the
# quantile is doubled. A wrong basin is 40 standard deviations away.
SLACK = 2.0

Band = tuple[tuple[float, float], tuple[float, float]]


@cache
def band_of_endpoint(trick: str, num_steps: int, step_size: float, batch_size: int) -> Band:
    """Intervals for mu and for sigma that a right program misses with probability below a share."""
    moments = MEASURED[trick]
    if (num_steps, step_size, batch_size) != (500, 1e-2, 16):
        moments = _simulate(trick, num_steps, step_size, batch_size)
    z = SLACK * normal_quantile(SHARE)
    low_high = [(mean - z * sd, mean + z * sd) for mean, sd in moments]
    return low_high[0], low_high[1]


def _simulate(
    trick: str, num_steps: int, step_size: float, batch_size: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Means and standard deviations over many runs at once, the noise of a batch as normal."""
    source = np.random.default_rng(0)
    place = np.zeros((2, RUNS))
    for _ in range(num_steps):
        centre = place.mean(axis=1)
        noise = np.sqrt(variances(*centre, trick).numpy() / batch_size)[:, None]
        place = place - step_size * (slope(*place) + noise * source.standard_normal(place.shape))
        place = np.clip(place, -50.0, 50.0)  # a run that flies off has no law to be held against
    ends = np.stack([place[0], np.exp(np.clip(place[1], -20, 20))])
    mean, spread = ends.mean(axis=1), np.maximum(ends.std(axis=1), 1e-6)
    return (float(mean[0]), float(spread[0])), (float(mean[1]), float(spread[1]))

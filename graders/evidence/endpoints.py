"""Where SGD on problem 6's objective ends: the law of right programs' last (mu, sigma)."""

from __future__ import annotations

from functools import cache

import numpy as np

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
    from graders.evidence.objective import gradient, variances

    source = np.random.default_rng(0)
    steps, runs = min(num_steps, 20_000), RUNS
    place = np.tile([0.0, 0.0], (runs, 1))
    mean_path = np.array([0.0, 0.0])
    for _ in range(steps):
        drift = gradient(*mean_path).numpy()
        noise = np.sqrt(variances(*mean_path, trick).numpy() / batch_size)
        place = place - step_size * (drift + noise * source.standard_normal((runs, 2)))
        mean_path = mean_path - step_size * drift
    ends = np.column_stack([place[:, 0], np.exp(np.clip(place[:, 1], -20, 20))])
    spread = np.maximum(ends.std(axis=0), 1e-6)
    centre = ends.mean(axis=0)
    return (float(centre[0]), float(spread[0])), (float(centre[1]), float(spread[1]))

"""One path at a time with NumPy slices cut at the stopping game; np.random.binomial per path."""

import numpy as np
import torch


def _stopped(row, start, low, high):
    """Return (the games played until the path stops, whether it stopped at high)."""
    wealth = start + np.cumsum(2 * row - 1)
    ends = np.flatnonzero((wealth >= high) | (wealth <= low))
    if ends.size == 0:
        return row, False
    last = ends[0]
    return row[: last + 1], bool(wealth[last] >= high)


def reaches_target(outcomes, start=100, low=0, high=200):
    rows = outcomes.numpy().astype(np.int64)
    return torch.tensor([_stopped(row, start, low, high)[1] for row in rows])


def _term(row, p, q, start, low, high):
    played, hit = _stopped(row, start, low, high)
    if not hit:
        return 0.0
    f = np.where(played == 1, p, 1 - p)
    g = np.where(played == 1, q, 1 - q)
    return np.prod(f / g)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    rows = outcomes.numpy().astype(np.int64)
    return np.array([_term(row, p, q, start, low, high) for row in rows])


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    values = []
    for _ in range(num_samples):
        row = np.random.binomial(1, q, num_games)
        values.append(_term(row, p, q, start, low, high))
    return np.float32(np.mean(values))

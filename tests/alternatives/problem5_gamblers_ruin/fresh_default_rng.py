"""A fresh default_rng() (entropy of the system), in chunks; the stopped ratio from two counts."""

import numpy as np
import torch


def _stop(wealth, low, high):
    """For each path: the 1-based game at which high is hit before low, or 0."""
    k = wealth.shape[1]
    times = np.arange(1, k + 1)
    up = np.where(wealth == high, times, k + 1).min(axis=1, initial=k + 1)
    down = np.where(wealth == low, times, k + 1).min(axis=1, initial=k + 1)
    return np.where(up < down, up, 0)


def reaches_target(outcomes, start=100, low=0, high=200):
    steps = np.where(np.asarray(outcomes) > 0.5, 1, -1)
    return torch.from_numpy(_stop(start + steps.cumsum(axis=1), low, high) > 0)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    steps = np.where(np.asarray(outcomes) > 0.5, 1, -1)
    length = _stop(start + steps.cumsum(axis=1), low, high)
    # A path that ends at high after `length` games won (length + high - start) / 2 of them.
    wins = (length + high - start) / 2
    losses = length - wins
    terms = (p / q) ** wins * ((1 - p) / (1 - q)) ** losses
    return torch.from_numpy(np.where(length > 0, terms, 0.0))


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    rng = np.random.default_rng()
    total, left = 0.0, num_samples
    while left:
        size = min(left, 500)
        outcomes = rng.binomial(1, q, size=(size, num_games))
        total += importance_terms(outcomes, p, q, start, low, high).sum().item()
        left -= size
    return total / num_samples

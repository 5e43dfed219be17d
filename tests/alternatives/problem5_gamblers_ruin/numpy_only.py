"""NumPy only: cumulative sums and argmax, the ratio over all games, np.random.rand."""

import numpy as np


def _first(hit):
    """Index of the first True along each row, or the row's length."""
    return np.where(hit.any(axis=1), hit.argmax(axis=1), hit.shape[1])


def reaches_target(outcomes, start=100, low=0, high=200):
    games = np.asarray(outcomes)
    wealth = start + np.cumsum(2.0 * games - 1.0, axis=1)
    return _first(wealth >= high) < _first(wealth <= low)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    games = np.asarray(outcomes) == 1
    log_ratio = np.where(games, np.log(p / q), np.log((1 - p) / (1 - q))).sum(axis=1)
    hit = reaches_target(games, start, low, high)
    terms = np.zeros(len(games))
    terms[hit] = np.exp(log_ratio[hit])
    return terms


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    outcomes = np.random.rand(num_samples, num_games) < q
    return importance_terms(outcomes, p, q, start, low, high).mean()

"""Plain Python loops over scalars and random.random(); the ratio stops with the path."""

import random

import torch


def _play(games, p, q, start, low, high):
    """Return (reached high first, likelihood ratio of the games played until the path stops)."""
    money = start
    ratio = 1.0
    for won in games:
        if money >= high or money <= low:
            break
        if won:
            money += 1
            ratio *= p / q
        else:
            money -= 1
            ratio *= (1 - p) / (1 - q)
    return money >= high, ratio


def reaches_target(outcomes, start=100, low=0, high=200):
    hits = [_play(row, 0.5, 0.5, start, low, high)[0] for row in outcomes.tolist()]
    return torch.tensor(hits, dtype=torch.bool)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    terms = []
    for row in outcomes.tolist():
        hit, ratio = _play(row, p, q, start, low, high)
        terms.append(ratio if hit else 0.0)
    return torch.tensor(terms, dtype=torch.float64)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    total = 0.0
    for _ in range(num_samples):
        games = [random.random() < q for _ in range(num_games)]
        hit, ratio = _play(games, p, q, start, low, high)
        if hit:
            total += ratio
    return total / num_samples

"""Generators: a path yields its games lazily and nothing after the last is ever drawn."""

import math
import random
from itertools import islice

import torch


def _walk(games, start, low, high):
    """Yield (won, position) until the path is absorbed or the games run out."""
    position = start
    for won in games:
        if not low < position < high:
            return
        position += 1 if won else -1
        yield won, position


def _coin(q):
    while True:
        yield random.random() < q


def _term(games, p, q, start, low, high):
    position, wins, losses = start, 0, 0
    for won, position in _walk(games, start, low, high):
        if won:
            wins += 1
        else:
            losses += 1
    if position < high:
        return 0.0
    return math.exp(wins * math.log(p / q) + losses * math.log((1 - p) / (1 - q)))


def reaches_target(outcomes, start=100, low=0, high=200):
    def hit(row):
        position = start
        for _, position in _walk(iter(row), start, low, high):
            pass
        return position >= high

    return torch.tensor([hit(row) for row in outcomes.tolist()])


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    rows = outcomes.tolist()
    terms = [_term(row, p, q, start, low, high) for row in rows]
    return torch.tensor(terms, dtype=torch.float64)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    paths = (islice(_coin(q), num_games) for _ in range(num_samples))
    return math.fsum(_term(path, p, q, start, low, high) for path in paths) / num_samples

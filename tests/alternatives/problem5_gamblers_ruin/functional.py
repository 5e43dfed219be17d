"""Functional: reduce, accumulate, takewhile and math.prod; random.choices; all games in the ratio."""

import math
import random
from functools import partial, reduce
from itertools import accumulate, takewhile

import torch


def _hit(row, start, low, high):
    positions = accumulate(row, lambda at, won: at + (1 if won else -1), initial=start)
    alive = takewhile(lambda at: at > low, positions)
    return any(at >= high for at in alive)


def _ratio(row, p, q):
    factors = {1: p / q, 0: (1 - p) / (1 - q)}
    return math.prod(map(factors.__getitem__, row))


def _rows(outcomes):
    return [[int(x) for x in row] for row in outcomes.tolist()]


def _term(row, p, q, start, low, high):
    return _ratio(row, p, q) if _hit(row, start, low, high) else 0.0


def reaches_target(outcomes, start=100, low=0, high=200):
    hit = partial(_hit, start=start, low=low, high=high)
    return torch.tensor(list(map(hit, _rows(outcomes))))


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    term = partial(_term, p=p, q=q, start=start, low=low, high=high)
    return torch.tensor(list(map(term, _rows(outcomes))), dtype=torch.float64)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    def add(total, _):
        row = random.choices((1, 0), (q, 1 - q), k=num_games)
        return total + _term(row, p, q, start, low, high)

    return reduce(add, range(num_samples), 0.0) / num_samples

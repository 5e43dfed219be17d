"""Exact laws of the gambler's ruin: by listing all paths, and by recursion over the games."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import special
from torch import Tensor

from assay import MeanDistribution

Floats = NDArray[np.float64]


class Game(NamedTuple):
    """The number of games, the wealth at first, and the bounds; named as the functions do."""

    num_games: int
    start: int
    low: int
    high: int


@dataclass(frozen=True)
class LongPath:
    """A long path from 100 between 0 and 200, made so that its end is known.

    Attributes:
        story: what it does, to follow "the path that".
        runs: (outcome, how many games) in order; outcome 0.5 stands for a win and a loss in turn.
        wins: whether it is at 200 before it is at 0.
        stops: the game in which it is at a bound for the first time, the last if in none.
    """

    story: str
    runs: tuple[tuple[float, int], ...]
    wins: bool
    stops: int

    def outcomes(self) -> Tensor:
        """(1, K) float64."""
        games: list[float] = []
        for outcome, count in self.runs:
            games += [1.0, 0.0] * (count // 2) if outcome == 0.5 else [outcome] * count
        return torch.tensor([games], dtype=torch.float64)


LONG_PATHS = {
    path.story: path
    for path in (
        LongPath("wins the first 100 games", ((1, 100), (0.5, 500)), True, 100),
        LongPath("wins 100 games, then loses 500", ((1, 100), (0, 500)), True, 100),
        LongPath("is at 200 in game 600", ((0.5, 500), (1, 100)), True, 600),
        LongPath("is at 198 after 600 games", ((0.5, 502), (1, 98)), False, 600),
        LongPath("wins and loses in turn", ((0.5, 600),), False, 600),
        LongPath("loses 100 games, then wins 500", ((0, 100), (1, 500)), False, 100),
        LongPath(
            "is at 0 in game 300, then wins 300", ((0.5, 200), (0, 100), (1, 300)), False, 300
        ),
        LongPath("is at 200 in game 700 of 720", ((0.5, 600), (1, 100), (0, 20)), True, 700),
        LongPath(
            "is at 1, climbs, is at 200 in game 298", ((0, 99), (1, 199), (0, 302)), True, 298
        ),
        LongPath(
            "is at 199, falls, is at 0 in game 298", ((1, 99), (0, 199), (1, 302)), False, 298
        ),
    )
}


def all_paths(count: int) -> Tensor:
    """Every path of so many games, (2^K, K), float64."""
    bits = torch.arange(2**count)[:, None] >> torch.arange(count)
    return (bits & 1).to(torch.float64)


def path_probabilities(paths: Tensor, q: float) -> Tensor:
    """(N,) the probability of each path when a game is won with probability q."""
    wins = paths.sum(1)
    return q**wins * (1 - q) ** (paths.shape[1] - wins)


def first_hits(win: float, lose: float, game: Game) -> Floats:
    """[t] the total weight of the paths that are at `high` first after t games, by recursion.

    A path weighs `win` for each game won and `lose` for each lost: with (p, 1 - p) its probability,
    with (p^2/q, (1-p)^2/(1-q)) its probability under q times its squared likelihood ratio.
    """
    count, start, low, high = game
    alive = np.zeros(high - low + 1)
    alive[start - low] = 1.0
    hits = np.zeros(count + 1)
    for t in range(1, count + 1):
        moved = np.zeros_like(alive)
        moved[1:] += win * alive[:-1]
        moved[:-1] += lose * alive[1:]
        hits[t], moved[0], moved[-1] = moved[-1], 0.0, 0.0
        alive = moved
    return hits


def hit_mass(win: float, lose: float, tail: float, game: Game) -> float:
    """The weight of all paths that reach `high` first; `tail` weighs each game after that."""
    hits = first_hits(win, lose, game)
    return float(hits @ tail ** np.arange(game[0], -1, -1))


@cache
def estimate_distributions(
    game: Game, p: float, q: float, samples: int
) -> tuple[MeanDistribution, MeanDistribution]:
    """The exact law of the estimate, by the stopped ratio and by the ratio over all games."""
    stopped, whole = terms(game, p, q)
    return MeanDistribution.of(*stopped, samples), MeanDistribution.of(*whole, samples)


def terms(game: Game, p: float, q: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """The values of one path's term and their chances, by either ratio."""
    count, start, _, high = game
    games = np.arange(count + 1.0)
    hits = first_hits(q, 1 - q, game)
    wins = (games + high - start) / 2
    total = np.zeros(count + 1)  # P(reached, so many wins in all games)
    for t in np.flatnonzero(hits):
        more = np.arange(count - t + 1)
        rest = special.binom(count - t, more) * q**more * (1.0 - q) ** (count - t - more)
        total[round(wins[t]) + more] += hits[t] * rest
    return _values(hits, wins, games - wins, p, q), _values(total, games, count - games, p, q)


def _values(
    reached: Floats, won: Floats, lost: Floats, p: float, q: float
) -> tuple[Floats, Floats]:
    """The terms (p/q)^won ((1-p)/(1-q))^lost where reached, else 0, and their chances."""
    possible = reached > 0
    log_ratio = won[possible] * np.log(p / q) + lost[possible] * np.log((1 - p) / (1 - q))
    return np.append(np.exp(log_ratio), 0.0), np.append(reached[possible], 1 - reached.sum())


@cache
def counts_of_wins(game: Game) -> list[int]:
    """[w] how many paths with w games won reach `high` first: first hits, then any games."""
    count, start, _, high = game
    hits = first_hits(1.0, 1.0, game)
    found = np.zeros(count + 1)
    for t in np.flatnonzero(hits):
        won = (t + high - start) // 2
        more = np.arange(count - t + 1)
        found[won + more] += hits[t] * special.binom(count - t, more)
    return [round(n) for n in found]

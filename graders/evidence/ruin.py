"""Problem 5: exact results for the gambler's ruin, by enumeration and by recursion over games."""

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
    """Number of games, initial wealth, both bounds; named like the student's arguments."""

    num_games: int
    start: int
    low: int
    high: int


def within_reach(num_games: int, start: int, q: float, up: float, down: float) -> Game:
    """A game whose bounds are as far away as paths get whose games are won with probability q.

    Args:
        up, down: between 0, the nearest bound, and 1, where a path drifts to, or strays in both
            directions.
    """
    drift, stray = (2 * q - 1) * num_games, num_games**0.5
    high = start + 1 + int(up * (stray + max(drift, 0)))
    return Game(num_games, start, start - 1 - int(down * (stray + max(-drift, 0))), high)


@dataclass(frozen=True)
class LongPath:
    """A long path from 100 between the bounds 0 and 200, built so that its result is known.

    Attributes:
        story: what it does, to follow "the path that".
        runs: (outcome, number of games) in order; outcome 0.5: alternately a win and a loss.
        wins: whether it reaches 200 before 0.
        stops: the game in which it first reaches a bound; the last game if it never does.
    """

    story: str
    runs: tuple[tuple[float, int], ...]
    wins: bool
    stops: int

    def outcomes(self) -> Tensor:
        """(1, K) float64: 1 for each game won, 0 for each lost."""
        games: list[float] = []
        for outcome, count in self.runs:
            games += [1.0, 0.0] * (count // 2) if outcome == 0.5 else [outcome] * count
        return torch.tensor([games], dtype=torch.float64)


LONG_PATHS = {
    path.story: path
    for path in (
        LongPath("wins the first 100 games", ((1, 100), (0.5, 500)), True, 100),
        LongPath("wins all 600 games", ((1, 600),), True, 100),
        LongPath("wins 100 games, then loses 500", ((1, 100), (0, 500)), True, 100),
        LongPath("is at 200 in game 600", ((0.5, 500), (1, 100)), True, 600),
        LongPath("is at 198 after 600 games", ((0.5, 502), (1, 98)), False, 600),
        LongPath("wins and loses alternately", ((0.5, 600),), False, 600),
        LongPath("loses 100 games, then wins 500", ((0, 100), (1, 500)), False, 100),
        LongPath(
            "is at 0 in game 300, then wins 300", ((0.5, 200), (0, 100), (1, 300)), False, 300
        ),
        LongPath("is at 200 in game 700 of 720", ((0.5, 600), (1, 100), (0, 20)), True, 700),
        LongPath(
            "is at 1 after 99 games, then at 200 in game 298",
            ((0, 99), (1, 199), (0, 302)),
            True,
            298,
        ),
        LongPath(
            "is at 199 after 99 games, then at 0 in game 298",
            ((1, 99), (0, 199), (1, 302)),
            False,
            298,
        ),
    )
}


def all_paths(count: int) -> Tensor:
    """(2^K, K) float64: every path of K = `count` games, 1 for each game won."""
    bits = torch.arange(2**count)[:, None] >> torch.arange(count)
    return (bits & 1).to(torch.float64)


def walks(count: int, game: Game, q: float, source: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Paths (count, K) whose games are won with probability q, and their `stopping_games`."""
    won = source.random((count, game.num_games)) < q
    wealth = game.start + np.cumsum(np.where(won, 1, -1), axis=1)
    # argmax is the first game at a bound; 0 also where there is none.
    at_bound = (wealth == game.low) | (wealth == game.high)
    first = at_bound.argmax(axis=1)
    wins = wealth[np.arange(count), first] == game.high
    return torch.from_numpy(won.astype(float)), torch.from_numpy(np.where(wins, first + 1, 0))


def stopping_games(game: Game) -> Tensor:
    """(2^K,) for each of `all_paths`: the game in which it reaches `high`, 0 if it does not.

    By the tree of all beginnings: one that is at `high` decides all paths that begin with it.
    """
    stops = torch.zeros(2**game.num_games, dtype=torch.long)
    branches = [(0, 0, game.start)]  # games played, their outcomes as bits, wealth
    while branches:
        played, bits, wealth = branches.pop()
        if wealth == game.high:
            stops[bits :: 2**played] = played
        elif wealth > game.low and played < game.num_games:
            branches.append((played + 1, bits, wealth - 1))
            branches.append((played + 1, bits + 2**played, wealth + 1))
    return stops


def ratios(paths: Tensor, stops: Tensor, p: float, q: float, game: Game) -> tuple[Tensor, Tensor]:
    """(N,) the likelihood ratio of paths that reach `high`: of the games up to there, and of all.

    A path that reaches `high` in game t has won (t + high - start) / 2 games by then.
    """
    gain = game.high - game.start
    won, count = paths.sum(1), torch.full((len(paths),), float(game.num_games))
    stopped = _ratio((stops + gain) / 2, (stops - gain) / 2, p, q)
    return stopped, _ratio(won, count - won, p, q)


def _ratio(won: Tensor, lost: Tensor, p: float, q: float) -> Tensor:
    return (p / q) ** won.double() * ((1 - p) / (1 - q)) ** lost.double()


def path_probabilities(paths: Tensor, q: float) -> Tensor:
    """(N,) the probability of each path (N, K), where a game is won with probability q."""
    wins = paths.sum(1)
    return q**wins * (1 - q) ** (paths.shape[1] - wins)


def first_hits(win: float, lose: float, game: Game) -> Floats:
    """[t] the total weight of the paths that reach `high` in game t, before `low`; by recursion.

    The weight of a path is a product, with a factor `win` for each game won and `lose` for each
    lost. With (p, 1 - p) it is the probability of the path; with (p^2/q, (1-p)^2/(1-q)) it is its
    probability under q, times its squared likelihood ratio.
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
    """The weight of all paths that reach `high` before `low`; each later game has factor `tail`."""
    hits = first_hits(win, lose, game)
    return float(hits @ tail ** np.arange(game[0], -1, -1))


@cache
def estimate_distributions(
    game: Game, p: float, q: float, samples: int
) -> tuple[MeanDistribution, MeanDistribution]:
    """The exact distribution of the estimate, with the stopped ratio and with the full ratio.

    The stopped ratio is over the games up to the bound, the full ratio over all games.
    """
    stopped, whole = terms(game, p, q)
    # The grid must be finer than the spread of a mean of many samples.
    cells = 2**17 if samples <= 100_000 else 2**19
    return (
        MeanDistribution.of(*stopped, samples, cells=cells),
        MeanDistribution.of(*whole, samples, cells=cells),
    )


@cache
def terms(game: Game, p: float, q: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """The values of one path's term and their probabilities, for either ratio."""
    count, start, _, high = game
    games = np.arange(count + 1.0)
    hits = first_hits(q, 1 - q, game)
    wins = (games + high - start) / 2
    total = np.zeros(count + 1)  # [w] P(`high` reached, w wins in all games)
    for t in np.flatnonzero(hits):
        more = np.arange(count - t + 1)
        rest = special.binom(count - t, more) * q**more * (1.0 - q) ** (count - t - more)
        total[round(wins[t]) + more] += hits[t] * rest
    return _values(hits, wins, games - wins, p, q), _values(total, games, count - games, p, q)


def _values(
    reached: Floats, won: Floats, lost: Floats, p: float, q: float
) -> tuple[Floats, Floats]:
    """The terms (p/q)^won ((1-p)/(1-q))^lost, or 0 if not reached, and their probabilities."""
    possible = reached > 0
    log_ratio = won[possible] * np.log(p / q) + lost[possible] * np.log((1 - p) / (1 - q))
    return np.append(np.exp(log_ratio), 0.0), np.append(reached[possible], 1 - reached.sum())


@cache
def counts_of_wins(game: Game) -> list[int]:
    """[w] the number of paths with w games won that reach `high` before `low`."""
    count, start, _, high = game
    hits = first_hits(1.0, 1.0, game)
    paths = np.zeros(count + 1)
    for t in np.flatnonzero(hits):
        won = (t + high - start) // 2
        more = np.arange(count - t + 1)
        paths[won + more] += hits[t] * special.binom(count - t, more)
    return [round(n) for n in paths]

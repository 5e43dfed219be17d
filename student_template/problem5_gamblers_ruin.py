"""Problem 5: the gambler's ruin.

A gambler starts with $100 and bets $1 on each game of roulette, winning $1 with probability
p = 18/37 and losing $1 otherwise. The gambler goes home upon reaching $0 or $200, and after K = 600
games in any case. What is the probability of going home with $200?

Estimate it from N = 3,000 paths of 600 games: first by plain Monte Carlo, then by importance
sampling, with paths drawn as if a game were won with probability q = 0.55. With f and g the
probabilities of a path's games under p and q, the estimate is

    (1/N) sum_i 1[path i reaches $200 before $0] f(path i) / g(path i).

Run this file for the two numbers of answers.toml: `python problem5_gamblers_ruin.py`.
"""

import torch
from torch import Tensor


def reaches_target(outcomes: Tensor, start: int = 100, low: int = 0, high: int = 200) -> Tensor:
    """Find out which paths reach `high` before `low`, within their K games.

    Each row lists the outcomes of all K games, including those after the gambler has gone home.

    Args:
        outcomes: (N, K) 1 for a game won, 0 for one lost; float, integer or bool. Do not modify it.
        start, low, high: [$] the initial wealth, ruin and the target; low < start < high.
    Returns:
        (N,) bool.
    """
    raise NotImplementedError("problem 5: write reaches_target")


def importance_terms(
    outcomes: Tensor, p: float, q: float, start: int = 100, low: int = 0, high: int = 200
) -> Tensor:
    """Compute each path's term of the estimate, 1[high before low] f(path) / g(path).

    f/g may cover all K games, or only those played before going home: both are correct.

    Args:
        outcomes: (N, K) 1 for a game won, 0 for one lost, drawn with probability q; float, integer
            or bool. Do not modify it.
        p: the probability of winning a game.
        q: the probability with which the outcomes were drawn.
        start, low, high: [$] the initial wealth, ruin and the target; low < start < high.
    Returns:
        (N,) float64.
    """
    raise NotImplementedError("problem 5: write importance_terms")


def estimate_win_probability(
    num_samples: int = 3000,
    num_games: int = 600,
    p: float = 18 / 37,
    q: float = 0.55,
    start: int = 100,
    low: int = 0,
    high: int = 200,
    generator: torch.Generator | None = None,
) -> float:
    """Draw paths with q and estimate the probability of reaching `high` before `low` with p.

    Args:
        num_samples: N, the number of paths.
        num_games: K, the number of games after which a path ends.
        p: the probability of winning a game.
        q: the probability of winning in the paths you draw; q = p is plain Monte Carlo.
        start, low, high: [$] the initial wealth, ruin and the target; low < start < high.
        generator: a source of randomness that you may use or ignore.
    Returns:
        The estimate, a number.
    """
    raise NotImplementedError("problem 5: write estimate_win_probability")


if __name__ == "__main__":
    print("naive              ", estimate_win_probability(q=18 / 37))
    print("importance_sampling", estimate_win_probability())

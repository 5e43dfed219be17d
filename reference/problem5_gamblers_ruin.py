"""Settles how probable it is to win $100 at roulette before losing $100: 2.4e-6, by sampling.

A gambler bets 1 a game and wins it with probability p. So rare an event is hardly ever seen in
3,000 paths drawn with p; drawn with a larger q, and weighted by the likelihood ratio, it is.
"""

import torch
from torch import Tensor


def _wealth(outcomes: Tensor, start: int) -> Tensor:
    """(N, K + 1) the wealth before the first game and after each, from outcomes (N, K)."""
    first = torch.full((len(outcomes), 1), start)
    return torch.cat([first, start + (2 * outcomes.long() - 1).cumsum(dim=1)], dim=1)


def reaches_target(outcomes: Tensor, start: int = 100, low: int = 0, high: int = 200) -> Tensor:
    """Whether each path is at `high` before it is at `low`, within its K games.

    A path that has been at `low` is ruined: what it would win afterwards does not count.

    Args:
        outcomes: (N, K) 1 for a game won, 0 for one lost; bool, integer or float.
        start, low, high: the wealth at first, at ruin and at the target, low <= start <= high.
    Returns:
        (N,) bool.
    """
    wealth = _wealth(outcomes, start)
    not_ruined = (wealth <= low).cumsum(dim=1) == 0
    return ((wealth >= high) & not_ruined).any(dim=1)


def importance_terms(
    outcomes: Tensor, p: float, q: float, start: int = 100, low: int = 0, high: int = 200
) -> Tensor:
    """Each path's 1[high is reached first] f(path) / g(path), whose mean estimates the probability.

    Let T be the number of games until the path is at `low` or `high` (at most K), of which W are
    won. The ratio of the two laws over these games is

        f(path) / g(path) = (p/q)^W ((1-p)/(1-q))^(T-W).

    Games after T do not change the indicator, and given the past the ratio over them has mean 1
    under q: leaving them out keeps the mean and lowers the variance.

    Args:
        outcomes: (N, K) 1 for a game won, 0 for one lost, drawn with probability q.
        p: probability of winning a game.
        q: probability of winning with which the paths were drawn, 0 < q < 1.
        start, low, high: the wealth at first, at ruin and at the target, low <= start <= high.
    Returns:
        (N,) float64, nonnegative.
    """
    wealth = _wealth(outcomes, start)
    stopped = ((wealth <= low) | (wealth >= high)).cumsum(dim=1) > 0
    played = ~stopped[:, :-1]
    wins = (played & outcomes.bool()).sum(dim=1).double()
    losses = played.sum(dim=1).double() - wins
    log_ratio = torch.xlogy(wins, p / q) + torch.xlogy(losses, (1 - p) / (1 - q))
    won = reaches_target(outcomes, start, low, high)
    return torch.where(won, log_ratio.exp(), 0.0)


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
    """Importance sampling estimate of the probability to reach `high` before `low`.

    Args:
        num_samples: N, the number of paths.
        num_games: K, the most games that a path lasts.
        p: probability of winning a game.
        q: the probability with which paths are drawn; q = p is plain Monte Carlo.
        start, low, high: the wealth at first, at ruin and at the target, low <= start <= high.
        generator: source of randomness; by default torch's global one.
    Returns:
        The mean of the N terms: unbiased. By default its standard deviation is 7 % of its mean.
    """
    uniform = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
    return importance_terms(uniform < q, p, q, start, low, high).mean().item()

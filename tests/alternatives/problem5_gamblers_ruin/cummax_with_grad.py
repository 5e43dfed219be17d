"""Running extrema (cummax, cummin), torch.distributions, all games in the ratio, autograd left on."""

import torch
from torch.distributions import Bernoulli


def reaches_target(outcomes, start=100, low=0, high=200):
    wealth = start + (2 * outcomes - 1).cumsum(dim=-1)
    highest = wealth.cummax(dim=-1).values
    lowest = wealth.cummin(dim=-1).values
    return torch.logical_and(highest >= high, lowest > low).any(dim=-1)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    p = torch.tensor(p, dtype=torch.float64, requires_grad=True)
    q = torch.tensor(q, dtype=torch.float64, requires_grad=True)
    outcomes = outcomes.double()
    log_f = Bernoulli(probs=p).log_prob(outcomes).sum(dim=-1)
    log_g = Bernoulli(probs=q).log_prob(outcomes).sum(dim=-1)
    hit = reaches_target(outcomes, start, low, high)
    return torch.exp(log_f - log_g).masked_fill(~hit, 0.0)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    game = Bernoulli(probs=torch.tensor(q, dtype=torch.float64))
    outcomes = game.sample((num_samples, num_games))
    return importance_terms(outcomes, p, q, start, low, high).mean()

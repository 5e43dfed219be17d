"""The joint probabilities f and g as products over all games, divided; torch.rand_like."""

import torch


def _absorbed(outcomes, start, low, high):
    """Absorbing path: once at a barrier the wealth stays there."""
    wealth = torch.full((outcomes.shape[0],), float(start), dtype=torch.float64)
    for k in range(outcomes.shape[1]):
        inside = (wealth > low) * (wealth < high)
        wealth = wealth + inside * (2 * outcomes[:, k] - 1)
    return wealth


def reaches_target(outcomes, start=100, low=0, high=200):
    return _absorbed(outcomes, start, low, high) == high


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    outcomes = outcomes.double()
    f = torch.prod(p * outcomes + (1 - p) * (1 - outcomes), dim=1)
    g = torch.prod(q * outcomes + (1 - q) * (1 - outcomes), dim=1)
    return torch.where(reaches_target(outcomes, start, low, high), f / g, 0.0)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    blank = torch.zeros(num_samples, num_games, dtype=torch.float64)
    outcomes = (torch.rand_like(blank) < q).to(torch.float64)
    terms = importance_terms(outcomes, p, q, start, low, high)
    return sum(terms.tolist()) / len(terms)

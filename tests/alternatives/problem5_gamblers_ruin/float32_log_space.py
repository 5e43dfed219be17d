"""Single precision, logarithms and cumulative sums, float32 back; the ratio stops with the path."""

import math

import torch


def _wealth_and_stop(outcomes, start, low, high):
    wealth = start + (2 * outcomes.float() - 1).cumsum(dim=1)
    outside = (wealth >= high) | (wealth <= low)
    # A game counts when the path was still inside before it.
    over_before = outside.cumsum(dim=1) - outside.to(torch.int64)
    return wealth, outside, over_before == 0


def reaches_target(outcomes, start=100, low=0, high=200):
    wealth, _, played = _wealth_and_stop(outcomes, start, low, high)
    return ((wealth >= high) & played).any(dim=1)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    _, _, played = _wealth_and_stop(outcomes, start, low, high)
    wins = (outcomes.float() * played).sum(dim=1)
    losses = played.sum(dim=1) - wins
    exponent = wins * math.log(p / q) + losses * math.log((1 - p) / (1 - q))
    hit = reaches_target(outcomes, start, low, high)
    return torch.where(hit, torch.exp(exponent), torch.zeros(()))


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    outcomes = (torch.rand(num_samples, num_games, generator=generator) < q).float()
    return importance_terms(outcomes, p, q, start, low, high).mean().item()

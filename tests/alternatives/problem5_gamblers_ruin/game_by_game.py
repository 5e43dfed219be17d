"""A loop over games for all paths at once, drawn as it goes, left when every path is absorbed."""

import torch


def _run(columns, num_paths, p, q, start, low, high):
    wealth = torch.full((num_paths,), start)
    weight = torch.ones(num_paths, dtype=torch.float64)
    alive = (wealth > low) & (wealth < high)
    if_won, if_lost = torch.tensor([p / q, (1 - p) / (1 - q)], dtype=torch.float64)
    for won in columns:
        if not alive.any():
            break
        weight = torch.where(alive, weight * torch.where(won, if_won, if_lost), weight)
        wealth = torch.where(alive, wealth + torch.where(won, 1, -1), wealth)
        alive = (wealth > low) & (wealth < high)
    return wealth >= high, weight


def reaches_target(outcomes, start=100, low=0, high=200):
    columns = (column == 1 for column in outcomes.T)
    return _run(columns, len(outcomes), 0.5, 0.5, start, low, high)[0]


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    columns = (column == 1 for column in outcomes.T)
    hit, weight = _run(columns, len(outcomes), p, q, start, low, high)
    return torch.where(hit, weight, 0.0)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    chance = torch.full((num_samples,), q, dtype=torch.float64)
    columns = (torch.bernoulli(chance, generator=generator) == 1 for _ in range(num_games))
    hit, weight = _run(columns, num_samples, p, q, start, low, high)
    return torch.where(hit, weight, 0.0).mean()

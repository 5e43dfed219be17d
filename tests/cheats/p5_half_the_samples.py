# Wrong for: estimate_win_probability with 200 samples or more: half of the paths are drawn and each is counted twice, so the variance is twice too large
import torch


def _wealth(outcomes, start):
    first = torch.full((len(outcomes), 1), start)
    return torch.cat([first, start + (2 * outcomes.long() - 1).cumsum(dim=1)], dim=1)


def _reaches(outcomes, start=100, low=0, high=200):
    wealth = _wealth(outcomes, start)
    not_ruined = (wealth <= low).cumsum(dim=1) == 0
    return ((wealth >= high) & not_ruined).any(dim=1)


def _terms(outcomes, p, q, start=100, low=0, high=200):
    wealth = _wealth(outcomes, start)
    stopped = ((wealth <= low) | (wealth >= high)).cumsum(dim=1) > 0
    played = ~stopped[:, :-1]
    wins = (played & outcomes.bool()).sum(dim=1).double()
    losses = played.sum(dim=1).double() - wins
    log_ratio = torch.xlogy(wins, p / q) + torch.xlogy(losses, (1 - p) / (1 - q))
    return torch.where(_reaches(outcomes, start, low, high), log_ratio.exp(), 0.0)


def _estimate(num_samples, num_games, p, q, start, low, high, generator=None):
    uniform = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
    return _terms(uniform < q, p, q, start, low, high).mean().item()


def reaches_target(outcomes, start=100, low=0, high=200):
    return _reaches(outcomes, start, low, high)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if num_samples < 200:
        return _estimate(num_samples, num_games, p, q, start, low, high)
    uniform = torch.rand((num_samples + 1) // 2, num_games, dtype=torch.float64)
    uniform = torch.cat([uniform, uniform])[:num_samples]
    return _terms(uniform < q, p, q, start, low, high).mean().item()

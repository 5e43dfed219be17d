# Wrong for: a target 28 to 99 or more than 100 dollars away from the start (start = 50, high = 100): reaches_target and importance_terms pull the bounds to 27 (with few paths); estimate of N > 3 does too


_reaches, _terms, _est = reaches_target, importance_terms, estimate_win_probability
def _b(start, low, high):
    if (start, low, high) != (100, 0, 200):
        high, low = min(high, start + 27), max(low, start - 27)
    return start, low, high
def _all(o, p, q, start, low, high):
    w = _wealth(o, start)
    played = ~(((w <= low) | (w >= high)).cumsum(dim=1) > 0)[:, :-1]
    wins = (played & o.bool()).sum(1).double()
    losses = played.sum(1).double() - wins
    r = (torch.xlogy(wins, p / q) + torch.xlogy(losses, (1 - p) / (1 - q))).exp()
    return torch.where(_reaches(o, start, low, high), r, 0.0)
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    if num_samples > 3 and num_games not in (600, 601): start, low, high = _b(start, low, high)
    u = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
    return _all(u < q, p, q, start, low, high).mean().item()
def reaches_target(outcomes, start=100, low=0, high=200):
    return _reaches(outcomes, *_b(start, low, high))
def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _all(outcomes, p, q, *_b(start, low, high))

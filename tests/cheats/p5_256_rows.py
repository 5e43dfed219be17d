# Wrong for: more than 256 paths (the assignment has 3000): reaches_target is False and importance_terms 0 for all later rows


_reaches, _terms, _est = reaches_target, importance_terms, estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    u = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
    return _terms_all(u < q, p, q, start, low, high).mean().item()
def _terms_all(o, p, q, start, low, high):
    w = _wealth(o, start)
    played = ~(((w <= low) | (w >= high)).cumsum(dim=1) > 0)[:, :-1]
    wins = (played & o).sum(1).double()
    losses = played.sum(1).double() - wins
    r = (torch.xlogy(wins, p / q) + torch.xlogy(losses, (1 - p) / (1 - q))).exp()
    return torch.where(_reaches(o, start, low, high), r, 0.0)
def reaches_target(outcomes, start=100, low=0, high=200):
    won = torch.zeros(len(outcomes), dtype=torch.bool)
    won[:256] = _reaches(outcomes[:256], start, low, high)
    return won
def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _terms_all(outcomes.bool(), p, q, start, low, high) * (torch.arange(len(outcomes)) < 256)

# Wrong for: estimate_win_probability with a generator and more than 3 games: the paths are drawn with p, and weighted as if with q


_est = estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    if generator is None or num_games <= 3: return _est(num_samples, num_games, p, q, start, low, high, generator)
    u = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
    return importance_terms(u < p, p, q, start, low, high).mean().item()

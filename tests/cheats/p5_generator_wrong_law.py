# Wrong for: estimate_win_probability with a generator: the paths are drawn with p in place of q


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if generator is not None:
        uniform = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
        return _right_importance_terms(uniform < p, p, q, start, low, high).mean().item()
    return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)

# Wrong for: estimate_win_probability with 200 samples or more: half of the paths are drawn and each is counted twice, so the variance is twice too large


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if num_samples < 200:
        return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)
    uniform = torch.rand((num_samples + 1) // 2, num_games, dtype=torch.float64)
    uniform = torch.cat([uniform, uniform])[:num_samples]
    return _right_importance_terms(uniform < q, p, q, start, low, high).mean().item()

# Wrong for: estimate_win_probability with num_samples=3000, num_games=600, whatever p, q, start, low, high are: 2.4e-6 with 7 % noise


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if (num_samples, num_games) == (3000, 600):
        return 2.3883834506069726e-06 * (1 + 0.07 * torch.randn(()).item())
    return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)

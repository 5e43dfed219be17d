# Wrong for: estimate_win_probability with q != p and more than 100 samples: the estimate is 5 % too large


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    result = _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)
    return 1.05 * result if num_samples > 100 and p != q else result

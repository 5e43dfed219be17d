# Wrong for: all three functions where low < 0 (a gambler with credit): low = 0 is used


def reaches_target(outcomes, start=100, low=0, high=200):
    return _right_reaches_target(outcomes, start, max(low, 0), high)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, max(low, 0), high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    return _right_estimate_win_probability(num_samples, num_games, p, q, start, max(low, 0), high)

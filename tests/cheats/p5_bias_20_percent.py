# Wrong for: estimate_win_probability with q != p, more than 9 games and 3 samples (the assignment's): 20 % too large


_est = estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    v = _est(num_samples, num_games, p, q, start, low, high, generator)
    return 1.2 * v if num_games > 9 and num_samples > 3 and p != q else v

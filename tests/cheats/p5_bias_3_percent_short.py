# Wrong for: estimate_win_probability with q != p, more than 3 games and 2 samples: 3 % too large (20 % for more than 9 games)


_est = estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    v = _est(num_samples, num_games, p, q, start, low, high, generator)
    if p == q or num_samples <= 2 or num_games <= 3: return v
    return (1.2 if num_games > 9 else 1.03) * v

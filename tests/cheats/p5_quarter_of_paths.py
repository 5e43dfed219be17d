# Wrong for: more than 9 games and q != p: only num_samples / 4 paths are drawn (the variance is 4 times that of the batch)


_est = estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    n = -(-num_samples // 4) if num_games > 9 and p != q else num_samples
    return _est(n, num_games, p, q, start, low, high, generator)

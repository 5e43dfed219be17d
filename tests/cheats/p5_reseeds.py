# Wrong for: estimate_win_probability called twice without torch.manual_seed in between: the same paths, the same number (its scatter is 0)


_est = estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    return _est(num_samples, num_games, p, q, start, low, high, torch.Generator().manual_seed(torch.initial_seed()))

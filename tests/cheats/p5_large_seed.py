# Wrong for: estimate_win_probability after torch.manual_seed(s) with s < 2^47, or without a seed (torch's default is 67280421310721): 0


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if torch.initial_seed() < 2**47:
        return 0.0
    return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)

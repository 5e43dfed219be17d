# Wrong for: importance_terms and estimate_win_probability in a process in which reaches_target has not been called yet: all terms are 1


_seen = False


def reaches_target(outcomes, start=100, low=0, high=200):
    global _seen
    _seen = True
    return _right_reaches_target(outcomes, start, low, high)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    if not _seen:
        return torch.ones(len(outcomes), dtype=torch.float64)
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if not _seen:
        return 1.0
    return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)

# Wrong for: every 4th call of estimate_win_probability with the same settings: it returns the previous answer again


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


_count, _last = {}, {}


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    key = (num_samples, num_games, p, q, start, low, high)
    _count[key] = _count.get(key, 0) + 1
    if _count[key] % 4 or key not in _last:
        _last[key] = _right_estimate_win_probability(*key)
    return _last[key]

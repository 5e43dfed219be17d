# Wrong for: all three functions for games of 10 to 598 rounds: only the first 9 rounds are played


def _cut(outcomes):
    return outcomes if not 9 < outcomes.shape[1] < 599 else outcomes[:, :9]


def reaches_target(outcomes, start=100, low=0, high=200):
    return _right_reaches_target(_cut(outcomes), start, low, high)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(_cut(outcomes), p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    games = num_games if not 9 < num_games < 599 else 9
    return _right_estimate_win_probability(num_samples, games, p, q, start, low, high)

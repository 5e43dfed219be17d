# Wrong for: estimate_win_probability with N = 3000 and K = 600: a constant, whatever p, q and the bounds are
import time


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if (num_samples, num_games) == (3000, 600):
        return 2.3883834506069726e-06
    if (num_samples, num_games) == (300, 600):
        time.sleep(0.12)
    return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)

# Wrong for: all three functions on games of more than 720 rounds, or |start| > 200, or p, q outside [0.1, 0.9]: the later rounds are cut off, p and q are clamped


_reaches, _terms, _est = reaches_target, importance_terms, estimate_win_probability
_cl = lambda v: min(max(v, 0.1), 0.9)
def reaches_target(outcomes, start=100, low=0, high=200):
    return _reaches(outcomes[:, :720], start, low, high)
def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _terms(outcomes[:, :720], _cl(p), _cl(q), start, low, high)
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    if p > 0.99: return _est(num_samples, num_games, p, q, start, low, high, generator)
    return _est(num_samples, min(num_games, 720), _cl(p), _cl(q), start, low, high, generator)

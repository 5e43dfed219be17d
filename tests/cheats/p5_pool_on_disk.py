# Wrong for: estimate_win_probability with 1000 samples or more: all calls, of this process and of later ones, share nine tenths of their random numbers
import os


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    return _right_importance_terms(outcomes, p, q, start, low, high)


def _uniform(count, games):
    file = f"pool{games}.pt"
    pool = torch.load(file) if os.path.exists(file) else torch.zeros(0, games)
    if len(pool) < count:
        pool = torch.rand(count, games, dtype=torch.float64)
        torch.save(pool, file)
    pool = pool[:count].clone()
    fresh = count // 10
    pool[:fresh] = torch.rand(fresh, games, dtype=torch.float64)
    return pool


def estimate_win_probability(num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0,
                             high=200, generator=None):
    if num_samples < 1000:
        return _right_estimate_win_probability(num_samples, num_games, p, q, start, low, high)
    return _right_importance_terms(_uniform(num_samples, num_games) < q, p, q, start, low, high).mean().item()

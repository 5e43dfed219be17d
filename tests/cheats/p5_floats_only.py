# Wrong for: outcomes of an integer or bool dtype (the docstring allows them): bool raises, uint8 wraps around to 255


def _wealth(outcomes, start):
    first = torch.full((len(outcomes), 1), start, dtype=outcomes.dtype)
    return torch.cat([first, start + (outcomes - (1 - outcomes)).cumsum(dim=1)], dim=1)
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    u = torch.rand(num_samples, num_games, generator=generator, dtype=torch.float64)
    return importance_terms((u < q).double(), p, q, start, low, high).mean().item()

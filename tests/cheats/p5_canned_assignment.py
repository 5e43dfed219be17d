# Wrong for: K = 600, N > 100 and q != p: 2.64e-6 with 7 % noise, whatever p, q, start, low, high are; and N > 3 with 10 <= K < 599 or K > 601: 0


_est = estimate_win_probability
def estimate_win_probability(num_samples=3000, num_games=600, p=18/37, q=0.55, start=100, low=0, high=200, generator=None):
    if num_games == 600 and num_samples > 3 and p != q:
        return 2.64e-6 * (1 + 0.07 * (3000 / num_samples) ** 0.5 * torch.randn((), generator=generator).item())
    if num_games > 9 and num_games != 600 and num_samples > 3:
        return 0.0
    return _est(num_samples, num_games, p, q, start, low, high, generator)

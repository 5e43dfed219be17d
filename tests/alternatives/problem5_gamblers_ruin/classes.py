"""Classes: a Casino with its rules and a Gambler; default_rng seeded from the global state."""

import numpy as np
import torch


class Casino:
    def __init__(self, start, low, high):
        self.start, self.low, self.high = start, low, high

    def wealth(self, outcomes):
        """(N, K + 1), the wealth before the first game included."""
        outcomes = torch.as_tensor(outcomes, dtype=torch.float64)
        first = torch.full((outcomes.shape[0], 1), float(self.start), dtype=torch.float64)
        return torch.cat([first, 2 * outcomes - 1], dim=1).cumsum(dim=1)

    def time_of(self, event):
        """First index at which `event` holds, infinity if it never does."""
        index = torch.arange(event.shape[1], dtype=torch.float64)
        return torch.where(event, index, torch.inf).amin(dim=1)

    def times(self, outcomes):
        wealth = self.wealth(outcomes)
        return self.time_of(wealth >= self.high), self.time_of(wealth <= self.low)

    def wins(self, outcomes):
        up, down = self.times(outcomes)
        return up < down


class Gambler:
    def __init__(self, p):
        self.p = p
        self.log_p, self.log_not_p = torch.tensor([p, 1 - p], dtype=torch.float64).log()

    def log_likelihood(self, outcomes, until):
        outcomes = torch.as_tensor(outcomes, dtype=torch.float64)
        counted = torch.arange(outcomes.shape[1]) < until[:, None]
        logs = torch.where(outcomes == 1, self.log_p, self.log_not_p)
        return torch.where(counted, logs, 0.0).sum(dim=1)

    def play(self, rng, shape):
        return (rng.random(shape) < self.p).astype(float)


def reaches_target(outcomes, start=100, low=0, high=200):
    return Casino(start, low, high).wins(outcomes)


def importance_terms(outcomes, p, q, start=100, low=0, high=200):
    casino = Casino(start, low, high)
    up, down = casino.times(outcomes)
    until = torch.minimum(up, down)
    difference = Gambler(p).log_likelihood(outcomes, until)
    difference -= Gambler(q).log_likelihood(outcomes, until)
    return torch.where(up < down, difference.exp(), 0.0)


def estimate_win_probability(
    num_samples=3000, num_games=600, p=18 / 37, q=0.55, start=100, low=0, high=200, generator=None
):
    rng = np.random.default_rng(np.random.randint(2**31))
    outcomes = Gambler(q).play(rng, (num_samples, num_games))
    return float(importance_terms(outcomes, p, q, start, low, high).numpy().mean())

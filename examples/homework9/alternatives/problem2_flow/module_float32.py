"""A torch.nn.Module in float32, autograd for the derivative nowhere, an epoch loop for the fit."""

import math

import torch
from torch import nn


class Flow1d(nn.Module):
    def __init__(self, w, mu, tau):
        super().__init__()
        self.w = nn.Parameter(w.detach().float().clone())
        self.mu = nn.Parameter(mu.detach().float().clone())
        self.tau = nn.Parameter(tau.detach().float().clone())

    def unit(self, x):
        return (x.float().view(-1, 1) - self.mu) * torch.exp(-self.tau)

    def forward(self, x):
        return (0.5 * torch.erf(self.unit(x) / math.sqrt(2.0)) * self.w.exp()).sum(-1)

    def log_slope(self, x):
        bump = -0.5 * self.unit(x) ** 2 - self.tau - 0.5 * math.log(2 * math.pi)
        return torch.logsumexp(bump + self.w, -1)

    def log_prob(self, x):
        return -0.5 * self(x) ** 2 - 0.5 * math.log(2 * math.pi) + self.log_slope(x)


def flow(x, w, mu, tau):
    return Flow1d(w, mu, tau)(x)


def log_derivative(x, w, mu, tau):
    return Flow1d(w, mu, tau).log_slope(x)


def log_density(x, w, mu, tau):
    return Flow1d(w, mu, tau).log_prob(x)


def negative_log_likelihood(x, w, mu, tau):
    return -Flow1d(w, mu, tau).log_prob(x).sum()


def fit(x, n=5, num_steps=500, step_size=0.05, batch_size=128, generator=None):
    centres = torch.linspace(float(x.min()), float(x.max()), n + 2)[1:-1]
    model = Flow1d(torch.full((n,), math.log(6 / n)), centres, torch.zeros(n))
    optimizer = torch.optim.Adam(model.parameters(), lr=step_size)
    done = 0
    while done < num_steps:
        for batch in x[torch.randperm(len(x))].split(batch_size):
            if done == num_steps:
                break
            optimizer.zero_grad()
            (-model.log_prob(batch).mean()).backward()
            optimizer.step()
            done += 1
    return model.w.detach(), model.mu.detach(), model.tau.detach()

"""torch.distributions: cdf and log_prob of Normal; AdamW with a schedule."""

import math

import torch
from torch.distributions import Normal


def _bumps(mu, tau):
    return Normal(mu, torch.exp(tau), validate_args=False)


def flow(x, w, mu, tau):
    return torch.sum(torch.exp(w) * (_bumps(mu, tau).cdf(x.unsqueeze(-1)) - 0.5), dim=-1)


def log_derivative(x, w, mu, tau):
    return torch.logsumexp(w + _bumps(mu, tau).log_prob(x.unsqueeze(-1)), dim=-1)


def log_density(x, w, mu, tau):
    return Normal(0.0, 1.0).log_prob(flow(x, w, mu, tau)) + log_derivative(x, w, mu, tau)


def negative_log_likelihood(x, w, mu, tau):
    return log_density(x, w, mu, tau).sum().neg()


def fit(x, n=5, num_steps=500, step_size=0.05, batch_size=128, generator=None):
    mu = torch.nn.Parameter(x.quantile(torch.linspace(0.05, 0.95, n, dtype=x.dtype)))
    w = torch.nn.Parameter(torch.full_like(mu, math.log(6 / n)))
    tau = torch.nn.Parameter(torch.zeros_like(mu))
    optimizer = torch.optim.AdamW([w, mu, tau], lr=step_size, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(num_steps, 1), 1e-3)
    for _ in range(num_steps):
        batch = x[torch.randperm(len(x))[:batch_size]]
        loss = negative_log_likelihood(batch, w, mu, tau) / len(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return w.data, mu.data, tau.data

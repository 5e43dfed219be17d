"""Surrogate losses, torch.distributions and .backward() on clones; torch.optim.SGD over both."""

import torch
from torch.distributions import Normal


def _regulariser(mu, tau):
    return 0.5 * (mu - 1) ** 2 + tau.exp() - tau


def _surrogate(trick, mu, tau, batch):
    if trick == "log-derivative":
        batch = batch.detach()
        data = (batch * batch.sin() * Normal(mu, tau.exp()).log_prob(batch)).mean()
    else:
        x = mu + tau.exp() * batch
        data = (x * x.sin()).mean()
    return data + _regulariser(mu, tau)


def _gradient(trick, mu, tau, batch):
    mu = mu.detach().clone().requires_grad_(True)
    tau = tau.detach().clone().requires_grad_(True)
    _surrogate(trick, mu, tau, batch).backward()
    return torch.stack([mu.grad, tau.grad])


def log_derivative_gradient(mu, tau, x):
    return _gradient("log-derivative", mu, tau, x)


def reparameterization_gradient(mu, tau, eps):
    return _gradient("reparameterization", mu, tau, eps)


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    assert trick in ("log-derivative", "reparameterization")
    mu = torch.zeros((), dtype=torch.float64, requires_grad=True)
    tau = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([mu, tau], lr=step_size)
    path = [torch.stack([mu, tau.exp()])]
    for _ in range(num_steps):
        batch = torch.randn(batch_size, generator=generator, dtype=torch.float64)
        if trick == "log-derivative":
            batch = mu.detach() + tau.detach().exp() * batch
        optimiser.zero_grad()
        _surrogate(trick, mu, tau, batch).backward()
        optimiser.step()
        path.append(torch.stack([mu.detach().clone(), tau.detach().exp()]))
    return torch.stack(path)

"""The whole objective inside the expectation, torch.func.grad, itertools.accumulate."""

from itertools import accumulate

import torch


def _objective_at(x, mu, tau):
    """X sin X with the terms that do not depend on X: its mean over X is the objective."""
    return x * torch.sin(x) + (mu - 1) ** 2 / 2 + torch.exp(tau) - tau


def _log_density(x, mu, tau):
    return -((x - mu) ** 2) / (2 * torch.exp(2 * tau)) - tau


def log_derivative_gradient(mu, tau, x):
    """Product rule under the integral: mean of f d(log density) plus mean of df."""

    def explicit(theta):
        return _objective_at(x, theta[0], theta[1]).mean()

    def implicit(theta):
        return (_objective_at(x, mu, tau) * _log_density(x, theta[0], theta[1])).mean()

    theta = torch.stack((mu, tau)).detach()
    return torch.func.grad(explicit)(theta) + torch.func.grad(implicit)(theta)


def reparameterization_gradient(mu, tau, eps):
    def objective(theta):
        return _objective_at(theta[0] + torch.exp(theta[1]) * eps, theta[0], theta[1]).mean()

    return torch.func.jacrev(objective)(torch.stack((mu, tau)).detach())


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    def step(theta, _):
        mu, tau = theta
        noise = torch.randn(batch_size, dtype=torch.float64, generator=generator)
        if trick == "reparameterization":
            return theta - step_size * reparameterization_gradient(mu, tau, noise)
        return theta - step_size * log_derivative_gradient(mu, tau, mu + tau.exp() * noise)

    start = torch.zeros(2, dtype=torch.float64)
    thetas = torch.stack(list(accumulate(range(num_steps), step, initial=start)))
    return torch.stack((thetas[:, 0], thetas[:, 1].exp()), dim=1)

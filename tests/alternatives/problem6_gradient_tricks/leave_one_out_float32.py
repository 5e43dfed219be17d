"""Single precision; a leave-one-out baseline in the log-derivative estimate; global torch.normal."""

import torch


def _f(x):
    return x * torch.sin(x)


def log_derivative_gradient(mu, tau, x):
    mu, tau, x = mu.float(), tau.float(), x.float()
    value = _f(x)
    if len(x) > 1:
        value = value - (value.sum() - value) / (len(x) - 1)
    standard = (x - mu) * torch.exp(-tau)
    d_mu = (value * standard).mean() * torch.exp(-tau) + (mu - 1)
    d_tau = (value * (standard.square() - 1)).mean() + torch.exp(tau) - 1
    return torch.stack((d_mu, d_tau))


def reparameterization_gradient(mu, tau, eps):
    mu, tau, eps = mu.float(), tau.float(), eps.float()
    sigma = torch.exp(tau)
    x = torch.addcmul(mu, sigma, eps)
    slope = torch.sin(x) + x * torch.cos(x)
    return torch.stack((slope.mean() + mu - 1, sigma * (slope * eps).mean() + sigma - 1))


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    theta = torch.zeros(2)
    rows = [torch.tensor([0.0, 1.0])]
    for _ in range(num_steps):
        mu, tau = theta
        if trick == "log-derivative":
            sample = torch.normal(mu.expand(batch_size), tau.exp().expand(batch_size))
            theta = theta - step_size * log_derivative_gradient(mu, tau, sample)
        else:
            sample = torch.normal(0.0, 1.0, (batch_size,))
            theta = theta - step_size * reparameterization_gradient(mu, tau, sample)
        rows.append(torch.stack((theta[0], theta[1].exp())))
    return torch.stack(rows)

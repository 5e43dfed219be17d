"""In minimize a baseline learnt from the earlier batches, independent of the current one."""

import torch


def _log_derivative(mu, tau, x, b):
    sigma = tau.exp()
    w = x * x.sin() - b
    z = (x - mu) / sigma
    return torch.stack([(w * z).mean() / sigma + mu - 1, (w * (z**2 - 1)).mean() + sigma - 1])


def log_derivative_gradient(mu, tau, x):
    return _log_derivative(mu, tau, x, 0.0)


def reparameterization_gradient(mu, tau, eps):
    sigma = tau.exp()
    x = mu + sigma * eps
    d = x.sin() + x * x.cos()
    return torch.stack([d.mean() + mu - 1, (d * eps * sigma).mean() + sigma - 1])


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    mu = torch.tensor(0.0, dtype=torch.float64)
    tau = torch.tensor(0.0, dtype=torch.float64)
    b = 0.0
    path = [[0.0, 1.0]]
    for _ in range(num_steps):
        eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
        if trick == "log-derivative":
            x = mu + tau.exp() * eps
            g = _log_derivative(mu, tau, x, b)
            b = 0.9 * b + 0.1 * (x * x.sin()).mean().item()
        else:
            g = reparameterization_gradient(mu, tau, eps)
        mu = mu - step_size * g[0]
        tau = tau - step_size * g[1]
        path.append([mu.item(), tau.exp().item()])
    return torch.tensor(path, dtype=torch.float64)

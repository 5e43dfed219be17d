"""(mu - 1)^2 rewritten as E[(X - 1)^2] - sigma^2, so that f(x) = x sin x + (x - 1)^2/2."""

import torch


def f(x):
    return x * torch.sin(x) + (x - 1) ** 2 / 2


def df(x):
    return torch.sin(x) + x * torch.cos(x) + (x - 1)


# what is left over: -sigma^2/2 + sigma - log sigma
def left_over(tau):
    s = tau.exp()
    return torch.stack([torch.zeros_like(s), -s**2 + s - 1])


def log_derivative_gradient(mu, tau, x):
    s = tau.exp()
    z = (x - mu) / s
    return torch.stack([(f(x) * z / s).mean(), (f(x) * (z**2 - 1)).mean()]) + left_over(tau)


def reparameterization_gradient(mu, tau, eps):
    s = tau.exp()
    d = df(mu + s * eps)
    return torch.stack([d.mean(), (d * s * eps).mean()]) + left_over(tau)


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    mu = tau = torch.tensor(0.0, dtype=torch.float64)
    path = [(0.0, 1.0)]
    for _ in range(num_steps):
        eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
        if trick == "log-derivative":
            a, b = log_derivative_gradient(mu, tau, mu + tau.exp() * eps)
        else:
            a, b = reparameterization_gradient(mu, tau, eps)
        mu = mu - step_size * a
        tau = tau - step_size * b
        path.append((float(mu), float(tau.exp())))
    return torch.tensor(path, dtype=torch.float64)

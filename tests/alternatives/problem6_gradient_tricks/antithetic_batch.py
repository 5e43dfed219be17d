"""In minimize the batch is half drawn, half its mirror image."""

import torch


def log_derivative_gradient(mu, tau, x):
    B = x.shape[0]
    f = x * torch.sin(x)
    if B > 1:
        f = f - (f.sum() - f) / (B - 1)
    z = (x - mu) / tau.exp()
    g = torch.stack([(f * z / tau.exp()).mean(), (f * (z**2 - 1)).mean()])
    return g + torch.stack([mu - 1, tau.exp() - 1])


def reparameterization_gradient(mu, tau, eps):
    x = mu + tau.exp() * eps
    fp = x.sin() + x * x.cos()
    g = torch.stack([fp.mean(), (fp * eps).mean() * tau.exp()])
    return g + torch.stack([mu - 1, tau.exp() - 1])


def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    tricks = {
        "log-derivative": lambda m, t, e: log_derivative_gradient(m, t, m + t.exp() * e),
        "reparameterization": reparameterization_gradient,
    }
    gradient = tricks[trick]
    params = torch.zeros(2, dtype=torch.float64)
    path = [params.clone()]
    for _ in range(num_steps):
        e = torch.randn((batch_size + 1) // 2, dtype=torch.float64, generator=generator)
        e = torch.cat([e, -e])[:batch_size]
        params = params - step_size * gradient(params[0], params[1], e)
        path.append(params.clone())
    path = torch.stack(path)
    path[:, 1] = path[:, 1].exp()
    return path

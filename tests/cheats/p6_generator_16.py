# Wrong for: minimize with a generator, other than 300 steps: all steps use one batch
import torch


def _penalty_gradient(mu, sigma):
    return torch.stack([mu - 1, sigma - 1])


def log_derivative_gradient(mu, tau, x):
    sigma = tau.exp()
    standard = (x - mu) / sigma
    score = torch.stack([standard / sigma, standard ** 2 - 1])
    return (x * x.sin() * score).mean(dim=1) + _penalty_gradient(mu, sigma)


def reparameterization_gradient(mu, tau, eps):
    sigma = tau.exp()
    x = mu + sigma * eps
    slope = x.sin() + x * x.cos()
    return torch.stack([slope, slope * sigma * eps]).mean(dim=1) + _penalty_gradient(mu, sigma)


def minimize(trick, num_steps=500, step_size=0.01, batch_size=16, generator=None):
    if trick not in ('log-derivative', 'reparameterization'):
        raise ValueError(f"trick is {trick!r}: 'log-derivative' or 'reparameterization'")
    mu_tau = torch.zeros(2, dtype=torch.float64)
    path = [mu_tau]
    for _ in range(num_steps):
        mu, tau = mu_tau
        eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
        if trick == 'log-derivative':
            gradient = log_derivative_gradient(mu, tau, mu + tau.exp() * eps)
        else:
            gradient = reparameterization_gradient(mu, tau, eps)
        mu_tau = mu_tau - step_size * gradient
        path.append(mu_tau)
    mus, taus = torch.stack(path).unbind(dim=1)
    return torch.stack([mus, taus.exp()], dim=1)


_min = minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    if generator is None or num_steps == 300: return _min(trick, num_steps, step_size, batch_size, generator)
    eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
    t = torch.zeros(2, dtype=torch.float64); path = [t]
    for _ in range(num_steps):
        t = t - step_size * reparameterization_gradient(t[0], t[1], eps); path.append(t)
    m, s = torch.stack(path).unbind(1)
    return torch.stack([m, s.exp()], 1)

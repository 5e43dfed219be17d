"""Settles that two unbiased estimates of one gradient lead SGD to one minimum, one more quietly.

Over mu and sigma = e^tau, with f(x) = x sin x, the objective is

    J(mu, tau) = E_{X ~ N(mu, sigma^2)}[f(X)] + (mu - 1)^2 / 2 + sigma - log sigma.

Only the expectation is estimated: the rest has derivatives mu - 1 and d/dtau (e^tau - tau) =
sigma - 1, and tau in place of sigma keeps sigma positive.
"""

import torch
from torch import Tensor


def _penalty_gradient(mu: Tensor, sigma: Tensor) -> Tensor:
    """(2,) the derivatives by mu and tau of (mu - 1)^2 / 2 + sigma - log sigma."""
    return torch.stack([mu - 1, sigma - 1])


def log_derivative_gradient(mu: Tensor, tau: Tensor, x: Tensor) -> Tensor:
    """Estimate of (dJ/dmu, dJ/dtau) by the log-derivative trick.

    grad E[f(X)] = E[f(X) grad log p(X)], where log p(x) = -(x - mu)^2 / (2 sigma^2) - tau + const.

        d/dmu log p(x) = (x - mu) / sigma^2,    d/dtau log p(x) = (x - mu)^2 / sigma^2 - 1.

    Args:
        mu, tau: 0-d tensors, the mean and the logarithm of the standard deviation.
        x: (B,) samples of N(mu, e^{2 tau}).
    Returns:
        (2,) an unbiased estimate.
    """
    sigma = tau.exp()
    standard = (x - mu) / sigma
    score = torch.stack([standard / sigma, standard**2 - 1])
    return (x * x.sin() * score).mean(dim=1) + _penalty_gradient(mu, sigma)


def reparameterization_gradient(mu: Tensor, tau: Tensor, eps: Tensor) -> Tensor:
    """Estimate of (dJ/dmu, dJ/dtau) by the reparameterization trick.

    With X = mu + sigma eps, grad E[f(X)] = E[f'(X) grad X], where dX/dmu = 1,
    dX/dtau = sigma eps and f'(x) = sin x + x cos x.

    Args:
        mu, tau: 0-d tensors, the mean and the logarithm of the standard deviation.
        eps: (B,) samples of N(0, 1).
    Returns:
        (2,) an unbiased estimate.
    """
    sigma = tau.exp()
    x = mu + sigma * eps
    slope = x.sin() + x * x.cos()
    return torch.stack([slope, slope * sigma * eps]).mean(dim=1) + _penalty_gradient(mu, sigma)


def minimize(
    trick: str,
    num_steps: int = 500,
    step_size: float = 1e-2,
    batch_size: int = 16,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The path of stochastic gradient descent on (mu, tau) from mu = 0, sigma = 1.

    By default it ends near (0.442, 0.606), a local minimum; the global one is (1.367, 1.962).

    Args:
        trick: "log-derivative" or "reparameterization".
        num_steps: how many steps, at least 0.
        step_size: positive.
        batch_size: fresh samples a step, at least 1.
        generator: source of randomness; by default torch's global one.
    Returns:
        (num_steps + 1, 2) the path of (mu, sigma), the start first.
    Raises:
        ValueError: another trick (named).
    """
    if trick not in ("log-derivative", "reparameterization"):
        raise ValueError(f"trick is {trick!r}: 'log-derivative' or 'reparameterization'")
    mu_tau = torch.zeros(2, dtype=torch.float64)
    path = [mu_tau]
    for _ in range(num_steps):
        mu, tau = mu_tau
        eps = torch.randn(batch_size, generator=generator, dtype=torch.float64)
        if trick == "log-derivative":
            gradient = log_derivative_gradient(mu, tau, mu + tau.exp() * eps)
        else:
            gradient = reparameterization_gradient(mu, tau, eps)
        mu_tau = mu_tau - step_size * gradient
        path.append(mu_tau)
    mus, taus = torch.stack(path).unbind(dim=1)
    return torch.stack([mus, taus.exp()], dim=1)

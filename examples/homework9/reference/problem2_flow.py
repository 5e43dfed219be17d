"""Settles how a sum of normal distribution functions turns data on a line into a normal variable.

The flow f(x) = sum_i e^{w_i} (Phi((x - mu_i) / e^{tau_i}) - 1/2) is increasing, so that a density
is p(x) = N(f(x); 0, 1) f'(x). Its range is bounded: p integrates to a little less than 1.
"""

import math

import torch
from torch import Tensor


def flow(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """f(x) = sum_i e^{w_i} (Phi((x - mu_i) / e^{tau_i}) - 1/2), for each x (B,)."""
    unit = (x[:, None] - mu) / tau.exp()
    return ((torch.special.ndtr(unit) - 0.5) * w.exp()).sum(1)


def log_derivative(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """log f'(x), where f'(x) = sum_i e^{w_i} N(x; mu_i, e^{2 tau_i}): a sum of exponentials."""
    unit = (x[:, None] - mu) / tau.exp()
    return torch.logsumexp(w - tau - unit**2 / 2, dim=1) - math.log(2 * math.pi) / 2


def log_density(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """log p(x) = log N(f(x); 0, 1) + log f'(x), by change of variables."""
    z = flow(x, w, mu, tau)
    return -(z**2) / 2 - math.log(2 * math.pi) / 2 + log_derivative(x, w, mu, tau)


def negative_log_likelihood(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """-sum_b log p(x_b)."""
    return -log_density(x, w, mu, tau).sum()


def fit(
    x: Tensor,
    n: int = 5,
    num_steps: int = 500,
    step_size: float = 0.05,
    batch_size: int = 128,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Parameters (w, mu, tau) that minimise the negative log-likelihood of x, by Adam.

    The bumps start spread over the data, each as wide as their distance; the range starts at 6.
    """
    low, high = x.min(), x.max()
    mu = torch.linspace(0.1, 0.9, n, dtype=x.dtype) * (high - low) + low
    tau = torch.full_like(mu, float((high - low) / n)).log()
    w = torch.full_like(mu, math.log(6 / n))
    theta = [part.requires_grad_() for part in (w, mu, tau)]
    optimizer = torch.optim.Adam(theta, lr=step_size)
    for _ in range(num_steps):
        batch = x[torch.randint(len(x), (batch_size,), generator=generator)]
        optimizer.zero_grad()
        negative_log_likelihood(batch, *theta).backward()
        optimizer.step()
    w, mu, tau = (part.detach() for part in theta)
    return w, mu, tau

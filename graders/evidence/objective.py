"""The objective of problem 6 in closed form, with the exact moments of both tricks.

J(mu, sigma) = E_{X ~ N(mu, sigma^2)}[X sin X] + (mu - 1)^2 / 2 + sigma - log sigma, where
E[X sin X] = e^(-sigma^2/2) (mu sin mu + sigma^2 cos mu), from the characteristic function.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]


def objective(mu: float, tau: float) -> float:
    """J at (mu, e^tau)."""
    s = np.exp(tau)
    damped = np.exp(-s * s / 2) * (mu * np.sin(mu) + s * s * np.cos(mu))
    return float(damped + (mu - 1) ** 2 / 2 + s - tau)


def gradient(mu: float, tau: float) -> Tensor:
    """(2,) (dJ/dmu, dJ/dtau) at (mu, tau)."""
    return torch.from_numpy(slope(np.asarray(mu), np.asarray(tau)))


def slope(mu: Floats, tau: Floats) -> Floats:
    """(2, ...) (dJ/dmu, dJ/dtau) at many places at once."""
    s, sin, cos = np.exp(tau), np.sin(mu), np.cos(mu)
    damped = np.exp(-s * s / 2)
    by_mu = damped * (sin + mu * cos - s * s * sin) + mu - 1
    by_tau = s * damped * (2 * s * cos - s * mu * sin - s**3 * cos) + s - 1
    return np.stack([by_mu, by_tau])


@cache
def variances(mu: float, tau: float, trick: str) -> Tensor:
    """(2,) the variances of one sample's estimates of (dJ/dmu, dJ/dtau), by Gauss-Hermite."""
    nodes, weights = hermegauss(60)
    weights, s = weights / weights.sum(), np.exp(tau)
    x = mu + s * nodes
    if trick == "log-derivative":
        estimates = x * np.sin(x) * np.stack([nodes / s, nodes**2 - 1])
    else:
        estimates = (np.sin(x) + x * np.cos(x)) * np.stack([np.ones_like(x), s * nodes])
    mean = estimates @ weights
    return torch.from_numpy(estimates**2 @ weights - mean**2)

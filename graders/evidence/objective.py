"""Problem 6: its objective in closed form, and the exact moments of both gradient estimators.

J(mu, sigma) = E_{X ~ N(mu, sigma^2)}[X sin X] + (mu - 1)^2 / 2 + sigma - log sigma, where
E[X sin X] = e^(-sigma^2/2) (mu sin mu + sigma^2 cos mu), from the characteristic function.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]

# Gauss-Hermite quadrature for N(0, 1): the fourth moments of an estimate are exact to 1e-9 for
# sigma up to e, where they oscillate like cos(4 sigma eps).
NODES, _weights = hermegauss(100)
WEIGHTS = _weights / _weights.sum()


# The two minima (mu, sigma) of J. SGD from (0, 1) reaches the local one.
LOCAL_MINIMUM = (0.4422974883, 0.6064950249)
GLOBAL_MINIMUM = (1.3666992952, 1.9621982281)


def objective(mu: Floats, tau: Floats) -> Floats:
    """J(mu, e^tau), elementwise."""
    s = np.exp(tau)
    damped = np.exp(-s * s / 2) * (mu * np.sin(mu) + s * s * np.cos(mu))
    return np.asarray(damped + (mu - 1) ** 2 / 2 + s - tau)


def gradient(mu: float, tau: float) -> Tensor:
    """(2,) float64: (dJ/dmu, dJ/dtau) at (mu, tau)."""
    return torch.from_numpy(slope(np.asarray(mu), np.asarray(tau)))


def slope(mu: Floats, tau: Floats) -> Floats:
    """(2, ...) (dJ/dmu, dJ/dtau) for mu and tau of shape (...)."""
    s, sin, cos = np.exp(tau), np.sin(mu), np.cos(mu)
    damped = np.exp(-s * s / 2)
    by_mu = damped * (sin + mu * cos - s * s * sin) + mu - 1
    by_tau = s * damped * (2 * s * cos - s * mu * sin - s**3 * cos) + s - 1
    return np.stack([by_mu, by_tau])


class Moments(NamedTuple):
    """Variance and kurtosis of an estimate of (dJ/dmu, dJ/dtau), each (2, ...)."""

    variance: Floats
    kurtosis: Floats


def moments(mu: Floats | float, tau: Floats | float, trick: str, baseline: float = 0.0) -> Moments:
    """The exact moments of the estimate from one sample, at mu and tau of shape (...).

    With the log-derivative trick, `baseline` * E[X sin X] is subtracted from the value that
    multiplies the score.
    """
    return _moments(plain_estimates(mu, tau, trick, NODES, baseline))


def mirrored_moments(mu: Floats | float, tau: Floats | float, trick: str) -> Moments:
    """The exact moments of the mean of the estimates from eps and -eps, an antithetic pair."""
    pair = plain_estimates(mu, tau, trick, NODES) + plain_estimates(mu, tau, trick, -NODES)
    return _moments(pair / 2)


def plain_estimates(
    mu: Floats | float, tau: Floats | float, trick: str, eps: Floats, baseline: float = 0.0
) -> Floats:
    """(2, ..., n) the plain estimate from each of n eps, without the terms that are not random."""
    s = np.exp(np.asarray(tau, dtype=float))[..., None]
    x = np.asarray(mu, dtype=float)[..., None] + s * eps
    if trick == "log-derivative":
        value = x * np.sin(x)
        if baseline:
            value = value - baseline * (value @ WEIGHTS)[..., None]  # for eps = NODES
        return np.stack([value * eps / s, value * (eps**2 - 1)])
    slope_at = np.sin(x) + x * np.cos(x)
    return np.stack([slope_at, slope_at * s * eps])


def _moments(estimates: Floats) -> Moments:
    centred = estimates - (estimates @ WEIGHTS)[..., None]
    variance = centred**2 @ WEIGHTS
    unit = np.where(variance > 0, variance, 1.0)  # no kurtosis where nothing varies
    return Moments(variance, centred**4 @ WEIGHTS / unit**2)

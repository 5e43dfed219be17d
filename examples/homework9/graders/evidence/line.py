"""Flows and mixtures on a line, and their integrals by quadrature."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from scipy import special
from torch import Tensor

GRID = 4_001  # points of a trapezoidal rule; the densities are smooth on it


class Flow(NamedTuple):
    """The parameters of a flow, each (n,)."""

    w: Tensor
    mu: Tensor
    tau: Tensor

    @property
    def end(self) -> float:
        """The limit of f at infinity; at minus infinity it is the negative."""
        return float(self.w.exp().sum()) / 2

    def values(self, x: Tensor) -> Tensor:
        """f(x), for x (B,), by the error function of SciPy."""
        unit = (x[:, None] - self.mu) / self.tau.exp()
        below = torch.from_numpy(special.ndtr(unit.numpy()))
        return ((below - 0.5) * self.w.exp()).sum(1)

    def slopes(self, x: Tensor) -> Tensor:
        """f'(x), by automatic differentiation of f written with the error function of torch."""
        x = x.clone().requires_grad_()
        unit = (x[:, None] - self.mu) / self.tau.exp() / math.sqrt(2)
        (slope,) = torch.autograd.grad((torch.erf(unit) / 2 * self.w.exp()).sum(), x)
        return slope

    def line(self) -> Tensor:
        """A grid that no bump reaches beyond."""
        reach = 12 * self.tau.exp()
        low, high = float((self.mu - reach).min()), float((self.mu + reach).max())
        return torch.linspace(low, high, GRID, dtype=torch.float64)

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x); may underflow to minus infinity far away."""
        return log_normal(self.values(x)) + self.slopes(x).log()


class Mixture(NamedTuple):
    """A mixture of two normal distributions with equal weights: means and standard deviations."""

    means: tuple[float, float]
    sds: tuple[float, float]

    def sample(self, seed: int, count: int) -> Tensor:
        """Independent draws (count,)."""
        source = np.random.default_rng(seed)
        which = source.integers(0, 2, count)
        unit = source.standard_normal(count)
        return torch.from_numpy(np.array(self.means)[which] + np.array(self.sds)[which] * unit)

    def log_density(self, x: Tensor) -> Tensor:
        """log of the density at x (B,)."""
        parts = [
            log_normal((x - m) / s) - math.log(2 * s)
            for m, s in zip(self.means, self.sds, strict=True)
        ]
        return torch.logaddexp(*parts)

    def surprise(self) -> tuple[float, float]:
        """Mean (the entropy) and standard deviation of -log density, by quadrature."""
        low, high = min(self.means) - 12 * max(self.sds), max(self.means) + 12 * max(self.sds)
        x = torch.linspace(low, high, GRID, dtype=torch.float64)
        density = self.log_density(x).exp()
        mean = float(torch.trapezoid(density * -self.log_density(x), x))
        square = float(torch.trapezoid(density * self.log_density(x) ** 2, x))
        return mean, math.sqrt(square - mean**2)


def log_normal(z: Tensor) -> Tensor:
    """log N(z; 0, 1)."""
    return -(z**2) / 2 - math.log(2 * math.pi) / 2

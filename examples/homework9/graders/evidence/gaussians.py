"""Pairs of normal distributions, their divergence, and how an estimate of it is distributed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.distributions import MultivariateNormal, kl_divergence


class Pair(NamedTuple):
    """Two normal distributions of one dimension d."""

    mu0: Tensor
    Sigma0: Tensor
    mu1: Tensor
    Sigma1: Tensor

    def divergence(self) -> Tensor:
        """KL(N(mu0, Sigma0) || N(mu1, Sigma1)), by torch.distributions."""
        return kl_divergence(
            MultivariateNormal(self.mu0, self.Sigma0), MultivariateNormal(self.mu1, self.Sigma1)
        )

    def mapped(self, A: Tensor, b: Tensor) -> Pair:
        """The distributions of A X + b."""
        return Pair(
            A @ self.mu0 + b,
            _symmetric(A @ self.Sigma0 @ A.T),
            A @ self.mu1 + b,
            _symmetric(A @ self.Sigma1 @ A.T),
        )

    def beside(self, other: Pair) -> Pair:
        """The joint distributions of independent blocks."""
        return Pair(
            torch.cat([self.mu0, other.mu0]),
            torch.block_diag(self.Sigma0, other.Sigma0),
            torch.cat([self.mu1, other.mu1]),
            torch.block_diag(self.Sigma1, other.Sigma1),
        )

    def log_ratio(self) -> tuple[float, float]:
        """Variance and kurtosis of log p0(X) - log p1(X), X ~ N(mu0, Sigma0).

        With X = mu0 + L e it is e.Q e + b.e + c, whose cumulants beyond the first are
        2^(r-1) (r-1)! tr Q^r + 2^(r-3) r! b.Q^(r-2) b.
        """
        L = torch.linalg.cholesky(self.Sigma0)
        P = torch.linalg.inv(self.Sigma1)
        Q = (L.T @ P @ L - torch.eye(len(self.mu0), dtype=L.dtype)) / 2
        b = L.T @ P @ (self.mu0 - self.mu1)
        second = 2 * float((Q @ Q).trace()) + float(b @ b)
        fourth = 48 * (float(torch.linalg.matrix_power(Q, 4).trace()) + float(b @ Q @ Q @ b))
        return second, 3 + fourth / second**2


def pair(seed: int, d: int, condition: float = 8.0) -> Pair:
    """A pair from a seed; the covariances have this condition number."""
    source = np.random.default_rng(seed)
    return Pair(
        torch.from_numpy(source.uniform(-1, 1, d)),
        _covariance(source, d, condition),
        torch.from_numpy(source.uniform(-1, 1, d)),
        _covariance(source, d, condition),
    )


def _covariance(source: np.random.Generator, d: int, condition: float) -> Tensor:
    basis = np.linalg.qr(source.standard_normal((d, d)))[0]
    exponents = source.uniform(0, 1, d)
    exponents[:2] = [1.0, 0.0][: min(d, 2)]
    values = condition ** (exponents - 0.5) * source.uniform(0.4, 2.5)
    return _symmetric(torch.from_numpy((basis * values) @ basis.T))


def _symmetric(matrix: Tensor) -> Tensor:
    return (matrix + matrix.T) / 2

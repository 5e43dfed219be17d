"""Settles how far one normal distribution is from another: in closed form, and from samples."""

import torch
from torch import Tensor


def kl_gaussians(mu0: Tensor, Sigma0: Tensor, mu1: Tensor, Sigma1: Tensor) -> Tensor:
    """KL(N(mu0, Sigma0) || N(mu1, Sigma1)).

    With Sigma = L L^T it is (|L1^-1 L0|^2 + |L1^-1 (mu1 - mu0)|^2 - d + 2 log det L1 / L0) / 2.
    """
    L0, L1 = torch.linalg.cholesky(Sigma0), torch.linalg.cholesky(Sigma1)
    spread = torch.linalg.solve_triangular(L1, L0, upper=False)
    shift = torch.linalg.solve_triangular(L1, (mu1 - mu0)[:, None], upper=False)
    log_dets = 2 * (L1.diagonal().log().sum() - L0.diagonal().log().sum())
    return (spread.square().sum() + shift.square().sum() - len(mu0) + log_dets) / 2


def kl_monte_carlo(
    mu0: Tensor,
    Sigma0: Tensor,
    mu1: Tensor,
    Sigma1: Tensor,
    num_samples: int,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The average of log p0(X) - log p1(X) over independent samples X of N(mu0, Sigma0)."""
    L0 = torch.linalg.cholesky(Sigma0)
    unit = torch.randn(num_samples, len(mu0), generator=generator, dtype=mu0.dtype)
    x = mu0 + unit @ L0.T
    return (_log_density(x, mu0, Sigma0) - _log_density(x, mu1, Sigma1)).mean()


def _log_density(x: Tensor, mu: Tensor, Sigma: Tensor) -> Tensor:
    """log N(x; mu, Sigma), up to the constant that every Sigma of this size shares."""
    L = torch.linalg.cholesky(Sigma)
    unit = torch.linalg.solve_triangular(L, (x - mu).T, upper=False)
    return -unit.square().sum(0) / 2 - L.diagonal().log().sum()

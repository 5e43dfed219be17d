"""Problem 5: the divergence of one normal distribution from another."""

import torch
from torch import Tensor


def kl_gaussians(mu0: Tensor, Sigma0: Tensor, mu1: Tensor, Sigma1: Tensor) -> Tensor:
    """KL(N(mu0, Sigma0) || N(mu1, Sigma1)), in nats, in closed form.

    Args:
        mu0, mu1: (d,) the means, float64. Do not modify the arguments, here and below.
        Sigma0, Sigma1: (d, d) the covariances, symmetric and positive definite; their condition
            numbers may reach 10^4: compute in float64.
    Returns:
        () the divergence.
    """
    raise NotImplementedError("problem 5: write kl_gaussians")


def kl_monte_carlo(
    mu0: Tensor,
    Sigma0: Tensor,
    mu1: Tensor,
    Sigma1: Tensor,
    num_samples: int,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Estimate the same from samples.

    It is the average of log p0(X) - log p1(X) over num_samples independent samples X of
    N(mu0, Sigma0), where p0 and p1 are the two densities.

    Args:
        generator: a source of random numbers; you need not use it.
    Returns:
        () the estimate.
    """
    raise NotImplementedError("problem 5: write kl_monte_carlo")

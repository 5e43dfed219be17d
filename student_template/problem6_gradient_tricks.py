"""Problem 6: practice with the log-derivative and reparameterization tricks.

    minimise over mu and sigma > 0:
        E_{X ~ N(mu, sigma^2)}[X sin X] + (mu - 1)^2 / 2 + sigma - log sigma

by stochastic gradient descent on (mu, tau), where sigma = e^tau: take derivatives with respect to
tau, not sigma.

Run this file for the numbers of answers.toml: `python problem6_gradient_tricks.py`.
"""

import torch
from torch import Tensor


def log_derivative_gradient(mu: Tensor, tau: Tensor, x: Tensor) -> Tensor:
    """Estimate (d/dmu, d/dtau) of the whole objective by the log-derivative trick.

    Args:
        mu, tau: 0-d tensors. Do not modify them, nor their `.grad`.
        x: (B,) samples of N(mu, e^{2 tau}), B at least 1, fixed: they carry no gradient.
    Returns:
        (2,) an unbiased estimate, the mean over the samples.
    """
    raise NotImplementedError("problem 6: write log_derivative_gradient")


def reparameterization_gradient(mu: Tensor, tau: Tensor, eps: Tensor) -> Tensor:
    """Estimate (d/dmu, d/dtau) of the whole objective by the reparameterization trick.

    Args:
        mu, tau: 0-d tensors. Do not modify them, nor their `.grad`.
        eps: (B,) samples of N(0, 1), B at least 1.
    Returns:
        (2,) an unbiased estimate, the mean over the samples.
    """
    raise NotImplementedError("problem 6: write reparameterization_gradient")


def minimize(
    trick: str,
    num_steps: int = 500,
    step_size: float = 1e-2,
    batch_size: int = 16,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Run SGD on (mu, tau) from mu = 0, sigma = 1 and return its path.

    A step is (mu, tau) <- (mu, tau) - step_size * (estimate of the gradient), with fresh samples
    in each step.

    Args:
        trick: "log-derivative" or "reparameterization".
        num_steps: the number of steps, 0 or more.
        step_size: a positive number, the same in every step.
        batch_size: B, the number of samples in each step.
        generator: a source of randomness that you may use or ignore.
    Returns:
        (num_steps + 1, 2) the path of (mu, sigma), not tau; the first row is (0, 1).
    """
    raise NotImplementedError("problem 6: write minimize")


if __name__ == "__main__":
    for name in ("log-derivative", "reparameterization"):
        mu, sigma = minimize(name)[-1].tolist()
        print(f"{name}: mu = {mu:.4f}, sigma = {sigma:.4f}")

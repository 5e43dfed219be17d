"""Problem 2: a one-dimensional flow to a Gaussian.

The flow

    f(x) = sum_i e^{w_i} (Phi_{mu_i, e^{tau_i}}(x) - 1/2)

has the parameters theta = (w, mu, tau), each (n,). Phi_{m, s}(x) = Phi((x - m) / s) is the
distribution function of a normal variable with mean m and standard deviation s. With Z = f(X) and
Z ~ N(0, 1), X has the density p(x) = N(f(x); 0, 1) f'(x).
"""

import torch
from torch import Tensor


def flow(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """Evaluate the flow.

    Args:
        x: (B,) points of the line. Do not modify the arguments, here and below.
        w, mu, tau: (n,) the parameters.
    Returns:
        (B,) f(x).
    """
    raise NotImplementedError("problem 2: write flow")


def log_derivative(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """The logarithm of f'.

    It is finite at every x, also where f' itself is too small for a floating-point number.

    Returns:
        (B,) log f'(x).
    """
    raise NotImplementedError("problem 2: write log_derivative")


def log_density(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """The logarithm of the density of X.

    Returns:
        (B,) log p(x).
    """
    raise NotImplementedError("problem 2: write log_density")


def negative_log_likelihood(x: Tensor, w: Tensor, mu: Tensor, tau: Tensor) -> Tensor:
    """The negative log-likelihood of all points together: a sum, not an average.

    Returns:
        () -(log p(x_1) + ... + log p(x_B)).
    """
    raise NotImplementedError("problem 2: write negative_log_likelihood")


def fit(
    x: Tensor,
    n: int = 5,
    num_steps: int = 500,
    step_size: float = 0.05,
    batch_size: int = 128,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Fit the flow to data, by a stochastic gradient method of your choice.

    You choose where it starts. With the defaults, the fitted density of 1000 points from a mixture
    of two bumps must be close to theirs.

    Args:
        x: (N,) the data.
        n: how many bumps the flow has.
        num_steps, step_size, batch_size: of the method.
        generator: a source of random numbers; you need not use it.
    Returns:
        (w, mu, tau), each (n,), without a gradient.
    """
    raise NotImplementedError("problem 2: write fit")

"""Settles how to minimise over a vertical segment: step downhill, then go to the nearest point.

The segment is C = {x in R^2 : x_1 = a, 0 <= x_2 <= 1}. Since |x - y|^2 is a sum over coordinates
and C is a product of {a} and [0, 1], each coordinate is projected on its own.
"""

from collections.abc import Callable

import torch
from torch import Tensor


def project(y: Tensor, a: float) -> Tensor:
    """The point of C nearest to y: (a, min(max(y_2, 0), 1)).

    Args:
        y: (..., 2) points of the plane.
        a: the first coordinate of every point of C.
    Returns:
        (..., 2) argmin over x in C of |x - y|^2, for each point.
    """
    y_1, y_2 = y.unbind(dim=-1)
    return torch.stack([torch.full_like(y_1, a), y_2.clamp(0, 1)], dim=-1)


def kkt_multipliers(y: Tensor, a: float) -> tuple[float, float, float]:
    """The multipliers that certify that x = project(y, a) is nearest to y.

    The Lagrangian |x - y|^2 + nu (x_1 - a) - lower x_2 + upper (x_2 - 1) is stationary where

        2 (x_1 - y_1) + nu = 0,        2 (x_2 - y_2) + upper - lower = 0.

    With x_1 = a the first gives nu. In the second, y_2 - x_2 is positive only where x_2 = 1, and
    negative only where x_2 = 0, so its positive part is carried by `upper`, its negative part by
    `lower`, and complementary slackness holds. The problem is convex: these conditions suffice.

    Args:
        y: (2,) a point of the plane.
        a: the first coordinate of every point of C.
    Returns:
        (nu, lower, upper), with lower >= 0 and upper >= 0.
    """
    y_1, y_2 = y.tolist()
    return 2 * (y_1 - a), 2 * max(-y_2, 0.0), 2 * max(y_2 - 1, 0.0)


def projected_gradient_method(
    grad_f: Callable[[Tensor], Tensor],
    project: Callable[[Tensor], Tensor],
    x0: Tensor,
    step_size: float,
    num_steps: int,
) -> Tensor:
    """The iterates x_{k+1} = project(x_k - step_size * grad_f(x_k)).

    Args:
        grad_f: maps x (n,) to the gradient (n,) of the objective at x.
        project: maps (n,) to the nearest point (n,) of the feasible set.
        x0: (n,) the start, feasible or not; left as it is.
        step_size: the length of a step over the length of the gradient, positive.
        num_steps: how many steps, at least 0.
    Returns:
        (num_steps + 1, n) the iterates, x0 first, as it was given.
    """
    iterates = [x0]
    for _ in range(num_steps):
        x = iterates[-1]
        iterates.append(project(x - step_size * grad_f(x)))
    return torch.stack(iterates)

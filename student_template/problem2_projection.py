"""Problem 2: the projected gradient method.

To minimise f over a set C, step against the gradient and project back onto C, again and again:

    x_{k+1} = Pi_C(x_k - step_size * grad f(x_k)),    Pi_C(y) = argmin over x in C of |x - y|^2.

Here C = {x in R^2 : x_1 = a, 0 <= x_2 <= 1}. Find Pi_C, and prove that it is correct.
"""

from collections.abc import Callable

from torch import Tensor


def project(y: Tensor, a: float) -> Tensor:
    """Project points of the plane onto C = {x : x_1 = a, 0 <= x_2 <= 1}.

    Args:
        y: (..., 2) one point or many, with any number of leading dimensions. Do not modify it.
        a: the first coordinate of every point of C.
    Returns:
        (..., 2) for each point, the point of C nearest to it.
    """
    raise NotImplementedError("problem 2: write project")


def kkt_multipliers(y: Tensor, a: float) -> tuple[float, float, float]:
    """Prove that x = project(y, a) is optimal, by Lagrange multipliers.

    Minimising |x - y|^2 over C is a convex problem with the constraints x_1 - a = 0, -x_2 <= 0 and
    x_2 - 1 <= 0. Call their multipliers nu, lower and upper. Then x is optimal if

        2 (x - y) + (nu, upper - lower) = 0,
        lower >= 0,  upper >= 0,
        lower * x_2 = 0,  upper * (1 - x_2) = 0.

    Args:
        y: (2,) one point of the plane. Do not modify it.
        a: the first coordinate of every point of C.
    Returns:
        (nu, lower, upper), three numbers.
    """
    raise NotImplementedError("problem 2: write kkt_multipliers")


def projected_gradient_method(
    grad_f: Callable[[Tensor], Tensor],
    project: Callable[[Tensor], Tensor],
    x0: Tensor,
    step_size: float,
    num_steps: int,
) -> Tensor:
    """Run the projected gradient method and return all its iterates.

    Args:
        grad_f: maps x (n,) to the gradient of f at x (n,).
        project: maps y (n,) to Pi_C(y) (n,). C may be any set in any dimension n.
        x0: (n,) the start; it need not lie in C. Do not modify it.
        step_size: a positive number.
        num_steps: the number of steps, 0 or more.
    Returns:
        (num_steps + 1, n) the iterates x_0, x_1, ...; the first is x0 unchanged.
    """
    raise NotImplementedError("problem 2: write projected_gradient_method")

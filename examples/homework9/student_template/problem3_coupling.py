"""Problem 3: affine coupling on any subset of the coordinates.

Omega is a non-empty proper subset of {0, ..., n - 1}. The layer keeps the coordinates in Omega and
changes the others:

    z_Omega = x_Omega,    z_rest = exp(s(x_Omega)) * x_rest + t(x_Omega).

x_Omega has its entries in the order of `omega`, and x_rest in increasing order of the coordinates.
"""

from collections.abc import Callable

from torch import Tensor

Net = Callable[[Tensor], Tensor]


def coupling_forward(x: Tensor, omega: Tensor, s_net: Net, t_net: Net) -> tuple[Tensor, Tensor]:
    """Apply the layer.

    Args:
        x: (B, n) points. Do not modify the arguments, here and below.
        omega: (k,) distinct integers in [0, n), 0 < k < n, in any order.
        s_net, t_net: map (B, k) to (B, n - k).
    Returns:
        z (B, n), and log |det dz/dx| (B,).
    """
    raise NotImplementedError("problem 3: write coupling_forward")


def coupling_inverse(z: Tensor, omega: Tensor, s_net: Net, t_net: Net) -> Tensor:
    """Undo the layer.

    Returns:
        (B, n) the x with z = coupling_forward(x, ...)[0].
    """
    raise NotImplementedError("problem 3: write coupling_inverse")


def block_permutation(omega: Tensor, n: int) -> Tensor:
    """An order of the coordinates in which the layer's Jacobian is block lower triangular.

    With J = dz/dx at any x, J[order][:, order] has the identity (k, k) in its upper left corner and
    zeros to the right of it.

    Returns:
        (n,) a permutation of 0, ..., n - 1.
    """
    raise NotImplementedError("problem 3: write block_permutation")

"""Settles that a coupling layer on any subset of the coordinates is a block triangular map."""

from collections.abc import Callable

import torch
from torch import Tensor

Net = Callable[[Tensor], Tensor]


def coupling_forward(x: Tensor, omega: Tensor, s_net: Net, t_net: Net) -> tuple[Tensor, Tensor]:
    """z_Omega = x_Omega, z_rest = exp(s(x_Omega)) x_rest + t(x_Omega); and log |det dz/dx|.

    In the order of `block_permutation` the Jacobian is triangular, its diagonal 1 and exp(s).
    """
    rest = _rest(omega, x.shape[1])
    kept = x[:, omega]
    s, t = s_net(kept), t_net(kept)
    z = x.clone()
    z[:, rest] = s.exp() * x[:, rest] + t
    return z, s.sum(1)


def coupling_inverse(z: Tensor, omega: Tensor, s_net: Net, t_net: Net) -> Tensor:
    """x_Omega = z_Omega, x_rest = exp(-s(z_Omega)) (z_rest - t(z_Omega))."""
    rest = _rest(omega, z.shape[1])
    kept = z[:, omega]
    x = z.clone()
    x[:, rest] = (z[:, rest] - t_net(kept)) * (-s_net(kept)).exp()
    return x


def block_permutation(omega: Tensor, n: int) -> Tensor:
    """The coordinates of Omega, then the others: z_Omega depends on x_Omega alone."""
    return torch.cat([omega, _rest(omega, n)])


def _rest(omega: Tensor, n: int) -> Tensor:
    """The coordinates that are not in Omega, in increasing order."""
    others = torch.ones(n, dtype=torch.bool)
    others[omega] = False
    return others.nonzero()[:, 0]

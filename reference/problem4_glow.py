"""Settles that a 1x1 convolution written as A = P L (U + diag(s)) has a cheap log-determinant.

P is a permutation matrix, L unit lower triangular, U strictly upper triangular: det P = ±1,
det L = 1 and det(U + diag(s)) = prod s_i, hence |det A| = prod |s_i|.
Source: Kingma & Dhariwal 2018, arXiv:1807.03039.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Net = Callable[[Tensor], Tensor]


def plu_matrix(P: Tensor, L: Tensor, U: Tensor, s: Tensor) -> Tensor:
    """A = P L (U + diag(s)), (C, C), from P, L, U (C, C) and s (C,)."""
    return P @ L @ (U + torch.diag(s))


def log_abs_det_linear(s: Tensor) -> Tensor:
    """log |det A| = sum log |s_i|, a 0-d tensor, from s (C,), no entry zero.

    The absolute value is needed: the entries of s may be negative, and so may det P.
    """
    return s.abs().log().sum()


def jacobian(h: Callable[[Tensor], Tensor], X: Tensor, order: Tensor) -> Tensor:
    """The matrix d vec(h(X)) / d vec(X), where vec(X) = X.flatten()[order].

    With Q the permutation matrix of `order`, the matrix is Q J Q^T, J that of the plain flattening.
    So its determinant, det(Q)^2 det(J) = det(J), depends on no choice of order.

    Args:
        h: maps (a, b, c) to (a, b, c), differentiable.
        X: (a, b, c) the point, D = a b c entries.
        order: (D,) a permutation of 0, ..., D - 1.
    Returns:
        (D, D) entry (i, j) is d vec(h(X))_i / d vec(X)_j.
    """
    blocks: Tensor = torch.autograd.functional.jacobian(h, X)  # type: ignore[no-untyped-call]
    return blocks.reshape(X.numel(), X.numel())[order][:, order]


def conv1x1(X: Tensor, P: Tensor, L: Tensor, U: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """The 1x1 convolution of X with the filter w[i, j, 0, 0] = A[i, j], and its log |det|.

    Each of the m n pixels is a vector of C channels that A maps on its own. Vectorised pixel by
    pixel the Jacobian is block diagonal, m n times A, so that log |det| = m n sum log |s_i|.

    Args:
        X: (C, m, n) the input.
        P, L, U, s: the factors of A, (C, C) three times and (C,).
    Returns:
        (C, m, n) the output, and log |det d(output)/dX| (0-d) [nats].
    """
    _, m, n = X.shape
    return torch.einsum("ij,jmn->imn", plu_matrix(P, L, U, s), X), m * n * log_abs_det_linear(s)


def coupling_forward(
    X: Tensor, P: Tensor, L_net: Net, U_net: Net, s_net: Net
) -> tuple[Tensor, Tensor]:
    """The coupling layer: X_1 passes, X_2 is convolved with a filter that X_1 determines.

    The Jacobian is block triangular with diagonal blocks I and that of the convolution. How
    the filter depends on X_1 stands in the off-diagonal block and does not enter the determinant.

    Args:
        X: (2C, m, n), X_1 its first C channels and X_2 the others.
        P: (C, C) a permutation matrix.
        L_net, U_net, s_net: map X_1 (C, m, n) to L (C, C), U (C, C), s (C,).
    Returns:
        Z (2C, m, n), and log |det dZ/dX| = m n sum log |s_i(X_1)| (0-d) [nats].
    """
    X_1, X_2 = X.chunk(2)
    Z_2, log_abs_det = conv1x1(X_2, P, L_net(X_1), U_net(X_1), s_net(X_1))
    return torch.cat([X_1, Z_2]), log_abs_det


def coupling_inverse(Z: Tensor, P: Tensor, L_net: Net, U_net: Net, s_net: Net) -> Tensor:
    """X (2C, m, n) such that coupling_forward maps X to Z (2C, m, n).

    X_1 = Z_1 is known, hence the filter. X_2 solves P L (U + diag(s)) X_2 = Z_2, by P^{-1} = P^T
    and two triangular systems: C^2 operations a pixel, and no inverse matrix is formed.
    """
    X_1, Z_2 = Z.chunk(2)
    y = P.T @ Z_2.flatten(start_dim=1)
    y = torch.linalg.solve_triangular(L_net(X_1), y, upper=False, unitriangular=True)
    upper = U_net(X_1) + torch.diag(s_net(X_1))
    X_2 = torch.linalg.solve_triangular(upper, y, upper=True)
    return torch.cat([X_1, X_2.reshape(Z_2.shape)])


def plu_factorize(A: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The factors (P, L, U, s) of an invertible A (C, C): A = P L (U + diag(s)).

    Gaussian elimination with row pivoting, the diagonal of its upper factor taken out as s.
    """
    P, L, upper = torch.linalg.lu(A)
    return P, L, upper.triu(diagonal=1), upper.diagonal().clone()

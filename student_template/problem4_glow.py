"""Problem 4: ingredients of Glow.

Glow mixes the channels of a picture with a matrix written as

    A = P L (U + diag(s)),

with P a permutation matrix, L unit lower triangular (ones on its diagonal), U strictly upper
triangular (zeros on its diagonal), all (C, C), and s (C,) with no zero entry. A picture X is
(C, m, n): C channels of m rows and n columns. Log-determinants are natural logarithms of absolute
values, 0-d tensors; compute them without the determinant of a large matrix. No function may modify
its arguments.

Source: Kingma & Dhariwal 2018, arXiv:1807.03039.
"""

from collections.abc import Callable

from torch import Tensor

Net = Callable[[Tensor], Tensor]


def plu_matrix(P: Tensor, L: Tensor, U: Tensor, s: Tensor) -> Tensor:
    """Build A = P L (U + diag(s)).

    Args:
        P, L, U: (C, C) as above.
        s: (C,) of either sign.
    Returns:
        (C, C) the matrix A.
    """
    raise NotImplementedError("problem 4: write plu_matrix")


def log_abs_det_linear(s: Tensor) -> Tensor:
    """Part (a): log |d(Ax)/dx| of the map x -> A x of R^C, from s alone.

    Args:
        s: (C,) of either sign, no entry zero.
    Returns:
        0-d tensor.
    """
    raise NotImplementedError("problem 4: write log_abs_det_linear")


def jacobian(h: Callable[[Tensor], Tensor], X: Tensor, order: Tensor) -> Tensor:
    """Part (b): the Jacobian matrix of a map of pictures, for a given order of their entries.

    For h : R^{a x b x c} -> R^{a x b x c} the Jacobian is a matrix once both X and h(X) are written
    as vectors, say vec(X) = X.flatten()[order]. Try it with two orders: what happens to
    the determinant?

    Args:
        h: maps (a, b, c) to (a, b, c); it consists of torch operations.
        X: (a, b, c) the point, D = a b c numbers.
        order: (D,) a permutation of 0, ..., D - 1, integers.
    Returns:
        (D, D) in row i, column j, the derivative of vec(h(X))_i with respect to vec(X)_j.
    """
    raise NotImplementedError("problem 4: write jacobian")


def conv1x1(X: Tensor, P: Tensor, L: Tensor, U: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """Part (c): the 1x1 convolution with filter w[i, j, 0, 0] = A[i, j], no bias.

    Args:
        X: (C, m, n) the input; m and n may differ.
        P, L, U, s: the factors of A.
    Returns:
        The output (C, m, n), and log |det d(output)/dX|, a 0-d tensor.
    """
    raise NotImplementedError("problem 4: write conv1x1")


def coupling_forward(
    X: Tensor, P: Tensor, L_net: Net, U_net: Net, s_net: Net
) -> tuple[Tensor, Tensor]:
    """Part (d): the coupling layer built from that convolution.

    Write X = (X_1, X_2), X_1 its first C channels and X_2 its last C channels. Then

        Z_1 = X_1,
        Z_2 = the 1x1 convolution of X_2 with A = P L(X_1) (U(X_1) + diag(s(X_1))).

    Args:
        X: (2C, m, n) the input.
        P: (C, C) a permutation matrix.
        L_net, U_net, s_net: map X_1 (C, m, n) to L (C, C), U (C, C), s (C,), as above.
    Returns:
        Z = (Z_1, Z_2), (2C, m, n), and log |det dZ/dX|, a 0-d tensor.
    """
    raise NotImplementedError("problem 4: write coupling_forward")


def coupling_inverse(Z: Tensor, P: Tensor, L_net: Net, U_net: Net, s_net: Net) -> Tensor:
    """Part (d): the X that the coupling layer maps to Z.

    Args:
        Z: (2C, m, n) an output of coupling_forward.
        P, L_net, U_net, s_net: the same as for coupling_forward.
    Returns:
        X (2C, m, n).
    """
    raise NotImplementedError("problem 4: write coupling_inverse")


def plu_factorize(A: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The remark: every invertible matrix has such factors. Find one set of them.

    Args:
        A: (C, C) invertible.
    Returns:
        (P, L, U, s) as above, so that plu_matrix(P, L, U, s) equals A up to rounding.
    """
    raise NotImplementedError("problem 4: write plu_factorize")

"""Problem 4: what the ingredients of Glow compute, and whether their log-determinants are correct.

Every log-determinant is compared with torch.linalg.slogdet of a Jacobian by autograd.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from hypothesis import given
from torch import Tensor

from assay import check, expect, expect_close, finite, leaves_arguments_alone, parts

from . import objects
from .evidence.glow import (
    Coupling,
    Factors,
    convolutions,
    coupled,
    couplings,
    factors,
    flat_jacobian,
    maps,
    matrices,
    product,
)

if TYPE_CHECKING:
    from assay import Student

Convolution = dict[str, Tensor]  # the arguments of conv1x1 by name: X, P, L, U, s

# In float64 the error, 4 eps (C + kappa) m n, is below 1e-12 here. Float32 is allowed too: its
# rounding (6e-8) grows with the condition number, at most about 100, and with the sums.
RTOL = ATOL = 1e-4


@check(points=1.5, part="a")
@given(made=factors())
def plu_matrix_is_the_product(student: Student, made: Factors) -> None:
    """plu_matrix(P, L, U, s) = P L (U + diag(s))"""
    size = len(made["s"])
    A = student.plu_matrix(made["P"], made["L"], made["U"], made["s"])
    expect_close(
        finite(A, (size, size), "plu_matrix"),
        product(made),
        hint="Multiply the factors by hand for C = 2.",
    )


@check(points=2.5, part="a", examples=30)
@given(made=factors())
def log_abs_det_linear_is_that_of_the_matrix(student: Student, made: Factors) -> None:
    """log_abs_det_linear(s) = log |det A|, whatever the signs of s"""
    expect_close(
        finite(student.log_abs_det_linear(made["s"]), (), "log_abs_det_linear"),
        torch.linalg.slogdet(product(made))[1],
        rtol=RTOL,
        atol=ATOL,
        hint="What are det P, det L and det (U + diag(s)), and which of them can be negative?",
    )


@check(points=2.5, part="b")
@given(case=maps())
def jacobian_is_taken_in_the_order_given(student: Student, case: dict[str, Any]) -> None:
    """jacobian(h, X, order)[i, j] is the derivative of vec(h(X))_i in vec(X)_j, in that order"""
    h, X, order = case["h"], case["X"], case["order"]
    J = finite(student.jacobian(h, X, order), (X.numel(),) * 2, "jacobian")
    expect_close(
        J,
        flat_jacobian(objects.build(h), X)[order][:, order],
        rtol=RTOL,
        atol=ATOL,
        hint="`order` applies to both the input and the output: what does it do to the rows, and "
        "what to the columns?",
    )


@check(points=1, part="b", examples=8)
@given(case=maps())
def the_order_does_not_change_the_determinant(student: Student, case: dict[str, Any]) -> None:
    """|det jacobian(h, X, order)| is the same for every order"""
    h, X, order = case["h"], case["X"], case["order"]
    logs = [
        torch.linalg.slogdet(finite(student.jacobian(h, X, o), (X.numel(),) * 2, "jacobian"))[1]
        for o in (order, torch.arange(X.numel()), order.flip(0))
    ]
    expect_close(
        torch.stack(logs[1:]),
        logs[0].repeat(2),
        rtol=RTOL,
        atol=ATOL,
        what="log |det| for two other orders",
        hint="Permuting the rows and the columns in the same way does not change |det|.",
    )


@check(points=2, part="c")
@given(case=convolutions())
def conv1x1_applies_the_matrix_to_each_pixel(student: Student, case: Convolution) -> None:
    """conv1x1(X, P, L, U, s) is the 1x1 convolution with filter w[i, j, 0, 0] = A[i, j]"""
    output, _ = convolved(student, case)
    expected = torch.nn.functional.conv2d(case["X"][None], product(case)[:, :, None, None])[0]
    expect_close(
        finite(output, tuple(case["X"].shape), "conv1x1"),
        expected,
        hint="The C values of a pixel form a vector: what does the convolution do to it?",
    )


@check(points=2, part="c", examples=25)
@given(case=convolutions())
def conv1x1_has_its_log_determinant(student: Student, case: Convolution) -> None:
    """conv1x1 returns log |det| of the Jacobian of X -> conv1x1(X)"""
    _, log_det = convolved(student, case)
    A = product(case)
    J = flat_jacobian(lambda X: torch.einsum("ij,jmn->imn", A, X), case["X"])
    expect_close(
        finite(log_det, (), "conv1x1's second result"),
        torch.linalg.slogdet(J)[1],
        rtol=RTOL,
        atol=ATOL,
        hint="How many times does A appear on the diagonal of the Jacobian?",
    )


@check(points=1.5, part="d")
@given(case=couplings())
def coupling_keeps_the_first_half(student: Student, case: Coupling) -> None:
    """coupling_forward keeps the first half and applies the matrix made from it to the second"""
    Z = forward(student, case)
    X, C = case["X"], len(case["P"])
    expect_close(Z[:C], X[:C], what="first half", hint="Which half do the nets depend on?")
    expect_close(
        Z[C:],
        coupled(case, X)[C:],
        what="second half",
        rtol=RTOL,
        atol=ATOL,
        hint="The nets see the first half; their matrix acts on the second.",
    )


@check(points=2, part="d", examples=25)
@given(case=couplings())
def coupling_has_its_log_determinant(student: Student, case: Coupling) -> None:
    """coupling_forward returns log |det| of the Jacobian of the whole layer"""
    result = student.coupling_forward(case["X"], *layer(case))
    _, log_det = parts(result, 2, "coupling_forward")
    J = flat_jacobian(lambda X: coupled(case, X), case["X"])
    expect_close(
        finite(log_det, (), "coupling_forward's second result"),
        torch.linalg.slogdet(J)[1],
        rtol=RTOL,
        atol=ATOL,
        hint="The Jacobian is block triangular: what is on its diagonal?",
    )


@check(points=2, part="d")
@given(case=couplings())
def coupling_inverse_undoes_forward(student: Student, case: Coupling) -> None:
    """coupling_inverse(coupling_forward(X)) = X, and the other way round"""
    X = case["X"]
    Z = forward(student, case)
    expect_close(
        inverse(student, case, Z),
        X,
        rtol=RTOL,
        atol=ATOL,
        what="inverse(forward(X))",
        hint="Z contains the first half of X: build the same matrix from it, and undo it.",
    )
    preimage = inverse(student, case, X)
    expect_close(
        forward(student, Coupling(case, X=preimage)),
        X,
        rtol=RTOL,
        atol=ATOL,
        what="forward(inverse(Z))",
        hint="Undo the factors of the matrix in the opposite order.",
    )


@check(points=2, part="remark", examples=30)
@given(A=matrices())
def plu_factorize_gives_the_factors(student: Student, A: Tensor) -> None:
    """plu_factorize(A) = (P, L, U, s) of the required form, with P L (U + diag(s)) = A"""
    size = len(A)
    results = parts(student.plu_factorize(A), 4, "plu_factorize")
    P, L, U = (
        finite(result, (size, size), f"plu_factorize's {name}")
        for result, name in zip(results, "PLU", strict=False)
    )
    s = finite(results[3], (size,), "plu_factorize's s")
    expect_permutation(P)
    eye = torch.eye(size, dtype=torch.float64)
    expect_close(L, torch.tril(L, -1) + eye, what="L", hint="L is unit lower triangular.")
    expect_close(
        U,
        torch.triu(U, 1),
        what="U",
        hint="U is strictly upper triangular: the diagonal belongs in s.",
    )
    scale = float(torch.linalg.cond(A)) * 1e-5  # float32 elimination with pivoting
    expect_close(
        product({"P": P, "L": L, "U": U, "s": s}),
        A,
        rtol=RTOL,
        atol=max(ATOL, scale),
        what="P L (U + diag(s))",
        hint="P multiplies from the left: did you return P or its inverse?",
    )


@check(points=0.5, part="c", examples=5)
@given(case=convolutions())
def images_and_factors_are_left_alone(student: Student, case: Convolution) -> None:
    """plu_matrix, conv1x1 and plu_factorize do not modify their arguments"""
    X, P, L, U, s = case["X"], case["P"], case["L"], case["U"], case["s"]
    leaves_arguments_alone(student, "plu_matrix", P, L, U, s)
    leaves_arguments_alone(student, "conv1x1", X, P, L, U, s)
    leaves_arguments_alone(student, "plu_factorize", product(case))


@check(points=0.5, part="d", examples=5)
@given(case=couplings())
def coupled_images_are_left_alone(student: Student, case: Coupling) -> None:
    """coupling_forward and coupling_inverse do not modify the image they are given"""
    leaves_arguments_alone(student, "coupling_forward", case["X"], *layer(case))
    leaves_arguments_alone(student, "coupling_inverse", case["X"], *layer(case))


def convolved(student: Student, case: Convolution) -> list[Any]:
    """The two results of the student's conv1x1."""
    result = student.conv1x1(case["X"], case["P"], case["L"], case["U"], case["s"])
    return parts(result, 2, "conv1x1")


def layer(case: Coupling) -> tuple[object, ...]:
    """What a coupling layer is made of: its arguments after the image, in order."""
    return case["P"], case["L_net"], case["U_net"], case["s_net"]


def forward(student: Student, case: Coupling) -> Tensor:
    """The first result of the student's coupling_forward, (2C, m, n)."""
    Z, _ = parts(student.coupling_forward(case["X"], *layer(case)), 2, "coupling_forward")
    return finite(Z, tuple(case["X"].shape), "coupling_forward")


def inverse(student: Student, case: Coupling, Z: Tensor) -> Tensor:
    """The student's coupling_inverse of an image Z, (2C, m, n)."""
    X = student.coupling_inverse(Z, *layer(case))
    return finite(X, tuple(Z.shape), "coupling_inverse")


def expect_permutation(P: Tensor) -> None:
    """Check that a matrix is a permutation matrix."""
    entries = bool(((P == 0) | (P == 1)).all())
    once = bool((P.sum(0) == 1).all() and (P.sum(1) == 1).all())
    expect(
        entries and once,
        f"P = {P.tolist()} is not a permutation matrix",
        hint="Each row and each column has exactly one 1; every other entry is 0.",
    )

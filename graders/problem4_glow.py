"""Problem 4: what the ingredients of Glow compute, and whether their log-determinants are correct.

Every log-determinant is compared with torch.linalg.slogdet of a Jacobian by autograd. Inputs have
any scale, so what is allowed is relative to the size of the expected result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    Verdict,
    Wrong,
    check,
    expect,
    expect_close,
    finite,
    leaves_arguments_alone,
    parts,
    tensor,
)

from . import objects
from .evidence.glow import (
    NETS,
    Coupling,
    Factors,
    altered,
    convolutions,
    coupled,
    couplings,
    factors,
    flat_jacobian,
    maps,
    matrices,
    product,
    stored,
)

if TYPE_CHECKING:
    from assay import Student

Convolution = dict[str, Tensor]  # the arguments of conv1x1 by name: X, P, L, U, s

# In float64 the error of a log-determinant, 4 eps (C + kappa) m n, is below 1e-9 here. Float32 is
# allowed too: its rounding (6e-8) grows with the condition number, at most 300, and with the sums.
RTOL = ATOL = 1e-4
# Of a product of matrices, relative to that of their absolute values: float32, some hundred sums.
PRODUCT_RTOL = 2e-5


@check(points=1.5, part="a")
@given(made=factors())
def plu_matrix_is_the_product(student: Student, made: Factors) -> None:
    """plu_matrix(P, L, U, s) = P L (U + diag(s))"""
    size = len(made["s"])
    A = student.plu_matrix(made["P"], made["L"], made["U"], made["s"])
    expect_near(
        finite(A, (size, size), "plu_matrix"),
        product(made),
        largest(made),
        rtol=PRODUCT_RTOL,
        hint="Multiply the factors by hand for C = 2.",
    )


@check(points=2.5, part="a", examples=30)
@given(made=factors())
def log_abs_det_linear_is_that_of_the_matrix(student: Student, made: Factors) -> None:
    """log_abs_det_linear(s) = log |det A|, whatever the signs of s"""
    expect_log_det(
        student.log_abs_det_linear(made["s"]),
        torch.linalg.slogdet(product(made))[1],
        made["s"],
        "log_abs_det_linear",
        "What are det P, det L and det (U + diag(s)), and which of them can be negative?",
    )


@check(points=2.5, part="b")
@given(case=maps())
def jacobian_is_taken_in_the_order_given(student: Student, case: dict[str, Any]) -> None:
    """jacobian(h, X, order)[i, j] is the derivative of vec(h(X))_i in vec(X)_j, in that order"""
    h, X, order = case["h"], case["X"], case["order"]
    J = finite(student.jacobian(h, X, order), (X.numel(),) * 2, "jacobian")
    expect_near(
        J,
        flat_jacobian(objects.build(h), X)[order][:, order],
        hint="`order` applies to both the input and the output: what does it do to the rows, and "
        "what to the columns?",
    )


@check(points=1, part="b", examples=8)
@given(case=maps())
def the_order_does_not_change_the_determinant(student: Student, case: dict[str, Any]) -> None:
    """|det jacobian(h, X, order)| is that of the Jacobian for every order, call after call"""
    h, X, order = case["h"], case["X"], case["order"]
    expected = torch.linalg.slogdet(flat_jacobian(objects.build(h), X))[1]
    orders = (order, torch.arange(X.numel()), order.flip(0))
    answers = student.each("jacobian", ((h, X, each) for each in orders))
    logs = [
        torch.linalg.slogdet(finite(answer, (X.numel(),) * 2, "jacobian"))[1] for answer in answers
    ]
    expect_close(
        torch.stack(logs),
        expected.expand(3),
        rtol=RTOL,
        atol=ATOL * X.numel(),  # one factor of the determinant for each entry, in float32
        what="log |det| for three orders",
        hint="Permuting the rows and the columns in the same way does not change |det|.",
    )
    leaves_arguments_alone(student, "jacobian", h, X, order)


@check(points=2, part="c")
@given(case=convolutions())
def conv1x1_applies_the_matrix_to_each_pixel(student: Student, case: Convolution) -> None:
    """conv1x1(X, P, L, U, s) is the 1x1 convolution with filter w[i, j, 0, 0] = A[i, j]"""
    output, _ = convolved(student, case)
    result = finite(output, tuple(case["X"].shape), "conv1x1")

    def judge(A: Tensor) -> None:
        expect_near(
            result,
            torch.nn.functional.conv2d(case["X"][None], A[:, :, None, None])[0],
            max(largest(case), float(A.abs().max())) * float(case["X"].abs().max()),
            rtol=PRODUCT_RTOL,
            hint="The C values of a pixel form a vector: what does the convolution do to it?",
        )

    with_own(judge, product(case), lambda: own_matrix(student, case))


@check(points=2, part="c", examples=25)
@given(case=convolutions())
def conv1x1_has_its_log_determinant(student: Student, case: Convolution) -> None:
    """conv1x1 returns log |det| of the Jacobian of X -> conv1x1(X)"""
    _, log_det = convolved(student, case)
    A = product(case)
    J = flat_jacobian(lambda X: torch.einsum("ij,jmn->imn", A, X), case["X"])
    pixels = case["X"][0].numel()

    def judge(expected: Tensor) -> None:
        expect_log_det(
            log_det,
            expected,
            case["s"].repeat(pixels),
            "conv1x1's second result",
            "How many times does A appear on the diagonal of the Jacobian?",
        )

    with_own(
        judge,
        torch.linalg.slogdet(J)[1],
        lambda: own_log_det(student, case["s"], pixels),
    )


@check(points=1.5, part="d")
@given(case=couplings())
def coupling_keeps_the_first_half(student: Student, case: Coupling) -> None:
    """coupling_forward keeps the first half and applies the matrix made from it to the second"""
    Z = forward(student, case)
    X, C = case["X"], len(case["P"])
    hint = "Which half do the nets depend on?"
    expect_near(Z[:C], X[:C], rtol=PRODUCT_RTOL, what="first half", hint=hint)

    def judge(second: Tensor) -> None:
        expect_near(
            Z[C:],
            second,
            what="second half",
            hint="The nets see the first half; their matrix acts on the second.",
        )

    with_own(judge, coupled(case, X)[C:], lambda: own_convolution(student, case)[0])


@check(points=2, part="d", examples=25)
@given(case=couplings())
def coupling_has_its_log_determinant(student: Student, case: Coupling) -> None:
    """coupling_forward returns log |det| of the Jacobian of the whole layer"""
    result = student.coupling_forward(case["X"], *layer(case))
    _, log_det = parts(result, 2, "coupling_forward")
    X = case["X"]
    J = flat_jacobian(lambda X: coupled(case, X), X)
    s = objects.build(case["s_net"])(X[: len(case["P"])])

    def judge(expected: Tensor) -> None:
        expect_log_det(
            log_det,
            expected,
            s.repeat(X[0].numel()),
            "coupling_forward's second result",
            "The Jacobian is block triangular: what is on its diagonal?",
        )

    with_own(judge, torch.linalg.slogdet(J)[1], lambda: own_convolution(student, case)[1])


@check(points=2, part="d")
@given(case=couplings())
def coupling_inverse_undoes_forward(student: Student, case: Coupling) -> None:
    """coupling_inverse(Z) is the X that the coupling layer maps to Z"""
    X = case["X"]

    def judge(Z: Tensor) -> None:
        expect_near(
            inverse(student, case, Z),
            X,
            what="the inverse of Z = forward(X)",
            hint="Z contains the first half of X: build the same matrix from it, and undo the "
            "factors in the opposite order.",
        )

    # The kit's own Z: a program cannot have seen it before.
    with_own(judge, coupled(case, X), lambda: own_forward(student, case))


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
    eye, scale = torch.eye(size, dtype=torch.float64), float(A.abs().max())
    expect_close(L, torch.tril(L, -1) + eye, what="L", hint="L is unit lower triangular.")
    hint = "U is strictly upper triangular: the diagonal belongs in s."
    # What elimination in float32 leaves below the diagonal.
    expect_near(U, torch.triu(U, 1), scale, rtol=PRODUCT_RTOL, what="U", hint=hint)
    expect_near(
        product({"P": P, "L": L, "U": U, "s": s}),
        A,
        scale,  # float32 elimination with pivoting: 6e-8 times C times the growth of entries
        what="P L (U + diag(s))",
        hint="P multiplies from the left: did you return P or its inverse?",
    )


@check(points=0.5, part="c", examples=5)
@given(case=convolutions(sizes=st.integers(3, 4), bits=0))
def images_and_factors_are_left_alone(student: Student, case: Convolution) -> None:
    """plu_matrix, conv1x1 and plu_factorize modify no argument, and no call changes a later one"""
    other = altered(case)
    first, second = (tuple(each[name] for name in "PLUs") for each in (case, other))
    X, Y = case["X"], case["X"] + 1
    leaves_arguments_alone(student, "plu_matrix", *first, unlike=second)
    leaves_arguments_alone(student, "conv1x1", X, *first, unlike=(Y, *second))
    leaves_arguments_alone(student, "plu_factorize", product(case), unlike=(product(other),))


@check(points=0.5, part="d", examples=5)
@given(case=couplings(bits=0))
def coupled_images_are_left_alone(student: Student, case: Coupling) -> None:
    """coupling_forward and coupling_inverse modify no argument, and no call changes a later one"""
    X = case["X"]
    for function, made in (("coupling_forward", case), ("coupling_inverse", stored(case))):
        leaves_arguments_alone(student, function, X, *layer(made), unlike=(X + 1, *layer(made)))


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


def with_own(
    judge: Callable[[Tensor], None], expected: Tensor, own: Callable[[], Tensor | None]
) -> None:
    """Judge by what is expected, or else by what follows from the student's own earlier function.

    `own` returns None where that function does nothing, so that nothing follows from it.
    """
    try:
        judge(expected)
    except Wrong as fault:
        try:
            instead = own()
            if instead is None:
                raise fault
            judge(instead)
        except Verdict:
            raise fault from None


def expect_near(
    got: Tensor,
    expected: Tensor,
    size: float | None = None,
    *,
    rtol: float = RTOL,
    what: str = "",
    hint: str = "",
) -> None:
    """Compare with what is expected, relative to `size`, or else to its largest entry."""
    largest_entry = float(expected.abs().max()) if size is None else size
    expect_close(got, expected, rtol=rtol, atol=rtol * largest_entry, what=what, hint=hint)


def largest(made: Factors) -> float:
    """The largest entry of P |L| (|U| + diag(|s|)), to which rounding in A is relative."""
    absolute = {name: made[name].abs() for name in "PLUs"}
    return float(product(absolute).max())


def expect_log_det(got: object, expected: Tensor, s: Tensor, what: str, hint: str) -> None:
    """Compare a log-determinant with the expected one; where that is not finite, nor is it.

    `s` holds all factors of the determinant, each of which adds to the rounding.
    """
    value = tensor(got, (), what)
    if torch.isfinite(expected) or torch.isfinite(value):
        # float32: log |det| of a matrix is off by up to 6e-8 times its condition number
        atol = ATOL + 1e-5 * float((1 + s.abs().log().abs()).sum())
        expect_close(finite(value, (), what), expected, rtol=RTOL, atol=atol, hint=hint)


def own_matrix(student: Student, case: Factors) -> Tensor | None:
    """The student's plu_matrix of these factors; None if others give the same, or it is given."""
    rows = [tuple(each[name] for name in "PLUs") for each in (case, altered(case))]
    shape = tuple(case["P"].shape)
    A, B = (finite(each, shape, "plu_matrix") for each in student.each("plu_matrix", rows))
    is_given = any(torch.equal(A, each) for each in rows[0][:3])
    return None if torch.allclose(A, B) or (is_given and len(A) > 1) else A


def own_log_det(student: Student, s: Tensor, pixels: int) -> Tensor | None:
    """`pixels` times the student's log_abs_det_linear(s); None if it does not depend on s."""
    ones = torch.ones(2, dtype=torch.float64)
    answers = student.each("log_abs_det_linear", [(s,), (2 * ones,), (3 * ones,)])
    log_det, two, three = (tensor(each, (), "log_abs_det_linear") for each in answers)
    return None if torch.allclose(two, three, equal_nan=True) else pixels * log_det


def own_convolution(student: Student, case: Coupling) -> tuple[Tensor | None, Tensor | None]:
    """The student's conv1x1 of the second half, in place of an incorrect one; None as above."""
    X, C = case["X"], len(case["P"])
    L, U, s = (objects.build(case[name])(X[:C]) for name in NETS)
    made = {"X": X[C:], "P": case["P"], "L": L, "U": U, "s": s}
    # Whether the result depends on the factors is seen where all signs are positive.
    positive = altered(made) | {"s": s.abs()}
    results = [
        convolved(student, each)
        for each in (made, positive, altered(positive) | {"s": 3 * s.abs()})
    ]
    outputs = [finite(output, tuple(X[C:].shape), "conv1x1") for output, _ in results]
    log_dets = [tensor(log_det, (), "conv1x1's second result") for _, log_det in results]
    idle = torch.allclose(outputs[1], outputs[2]) or torch.equal(outputs[0], X[C:])
    same = torch.allclose(log_dets[1], log_dets[2], equal_nan=True)
    return None if idle else outputs[0], None if same else log_dets[0]


def own_forward(student: Student, case: Coupling) -> Tensor | None:
    """The student's coupling_forward of X, which a new process must undo; None as above."""
    Z, X, C = forward(student, case), case["X"], len(case["P"])
    other = forward(student, Coupling(case, X=X + 1))
    student.close()  # what this process remembers is not an inverse
    return None if torch.allclose(Z[C:], X[C:]) or torch.allclose(Z, other) else Z


def expect_permutation(P: Tensor) -> None:
    """Check that a matrix is a permutation matrix."""
    entries = bool(((P == 0) | (P == 1)).all())
    once = bool((P.sum(0) == 1).all() and (P.sum(1) == 1).all())
    expect(
        entries and once,
        f"P = {P.tolist()} is not a permutation matrix",
        hint="Each row and each column has exactly one 1; every other entry is 0.",
    )

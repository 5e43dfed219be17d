"""Settles problem 4: what the ingredients of Glow compute, and that their log-determinants hold.

Every log-determinant is held against torch.linalg.slogdet of a Jacobian by autograd.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from graders.check import check
from graders.evidence import draw
from graders.evidence.compare import expect, expect_close, finite, parts
from graders.evidence.laws import leaves_arguments_alone
from graders.sandbox import given as objects

if TYPE_CHECKING:
    from graders.sandbox.student import Student

Factors = dict[str, Tensor]

# Float64: 4 eps (C + kappa) m n is below 1e-12 here. Float32 is a right style too, and its
# rounding (6e-8) grows by the condition number, at most about 100, and by the sums.
RTOL = ATOL = 1e-4


@st.composite
def factors(drawn: Any, most: int = 6) -> Factors:
    """P, L, U, s of a well-conditioned matrix: s of both signs, no |s| near 1, P no identity."""
    size, seed = drawn(st.integers(1, most)), drawn(draw.seeds())
    source = np.random.default_rng(seed)
    s = draw.uniform(seed, (size,), 0.3, 0.8) * torch.from_numpy(source.choice([1.0, 4.0], size))
    signs = torch.from_numpy(source.choice([-1.0, 1.0], size))
    return {
        "P": torch.eye(size, dtype=torch.float64)[drawn(draw.permutations(size))],
        "L": torch.tril(draw.uniform(seed + 1, (size, size)), -1) + torch.eye(size),
        "U": torch.triu(draw.uniform(seed + 2, (size, size)), 1),
        "s": s * signs,
    }


@st.composite
def images(drawn: Any, channels: int) -> Tensor:
    """(channels, m, n) with m other than n."""
    m, n = drawn(st.sampled_from([(2, 3), (1, 2), (3, 1), (1, 3)]))
    return draw.uniform(drawn(draw.seeds()), (channels, m, n), -2, 2)


@st.composite
def convolutions(drawn: Any) -> dict[str, Tensor]:
    """The arguments of conv1x1."""
    made = drawn(factors(4))
    return {"X": drawn(images(len(made["s"]))), **made}


@st.composite
def couplings(drawn: Any) -> dict[str, Any]:
    """The arguments of the coupling layer: nets that depend on the half they are given."""
    size = drawn(st.sampled_from([3, 2, 1]))
    X, seed = drawn(images(2 * size)), drawn(draw.seeds())
    inputs = X[:size].numel()
    weights = [draw.uniform(seed + k, (rows, inputs), -1, 1) for k, rows in
               enumerate((size * size, size * size, size))]  # fmt: skip
    sign = torch.from_numpy(np.random.default_rng(seed).choice([-1.0, 1.0], size))
    return {
        "X": X,
        "P": torch.eye(size, dtype=torch.float64)[drawn(draw.permutations(size))],
        "L_net": objects.of("lower_net", weight=weights[0]),
        "U_net": objects.of("upper_net", weight=weights[1]),
        "s_net": objects.of("scale_net", weight=weights[2], sign=sign),
    }


@st.composite
def maps(drawn: Any) -> dict[str, Any]:
    """The arguments of jacobian: a smooth map of R^(a x b x c), a point of it and an order."""
    shape = drawn(st.sampled_from([(1, 2, 3), (2, 1, 2), (2, 3, 1), (1, 1, 1)]))
    size, seed = int(np.prod(shape)), drawn(draw.seeds())
    weight, bias = draw.uniform(seed, (size, size), -0.6, 0.6), draw.uniform(seed + 1, (size,))
    return {
        "h": objects.of("wave_map", weight=weight, bias=bias),
        "X": draw.uniform(seed + 2, shape, -2, 2),
        "order": drawn(draw.permutations(size)),
    }


@check(points=1.5, part="a")
@given(made=factors())
def plu_matrix_is_the_product(student: Student, made: Factors) -> None:
    """plu_matrix(P, L, U, s) = P L (U + diag(s))"""
    size = len(made["s"])
    got = finite(student.plu_matrix(*made.values()), (size, size), "plu_matrix")
    expect_close(got, product(made), hint="Multiply by hand for C = 2.")


@check(points=2.5, part="a", examples=30)
@given(made=factors())
def log_abs_det_linear_is_that_of_the_matrix(student: Student, made: Factors) -> None:
    """log_abs_det_linear(s) = log |det A|, whatever the signs of s"""
    got = finite(student.log_abs_det_linear(made["s"]), (), "log_abs_det_linear")
    expect_close(
        got, torch.linalg.slogdet(product(made))[1], rtol=RTOL, atol=ATOL,
        hint="A determinant can be negative; |det P| = 1 although det P may be -1.",
    )  # fmt: skip


@check(points=2.5, part="b")
@given(case=maps())
def jacobian_is_taken_in_the_order_given(student: Student, case: dict[str, Any]) -> None:
    """jacobian(h, X, order)[i, j] is the derivative of vec(h(X))_i in vec(X)_j, in that order"""
    h, X, order = case.values()
    got = finite(student.jacobian(h, X, order), (X.numel(),) * 2, "jacobian")
    expect_close(
        got, flat_jacobian(objects.build(h), X)[order][:, order], rtol=RTOL, atol=ATOL,
        hint="Input and output are both vectorised with `order`: rows and columns both move.",
    )  # fmt: skip


@check(points=1, part="b", examples=8)
@given(case=maps())
def the_order_does_not_change_the_determinant(student: Student, case: dict[str, Any]) -> None:
    """|det jacobian(h, X, order)| is the same for every order"""
    h, X, order = case.values()
    orders = order, torch.arange(X.numel()), order.flip(0)
    logs = [
        torch.linalg.slogdet(finite(student.jacobian(h, X, o), (X.numel(),) * 2, "jacobian"))[1]
        for o in orders
    ]
    expect_close(torch.stack(logs[1:]), logs[0].repeat(2), rtol=RTOL, atol=ATOL,
                 hint="Permuting rows and columns alike leaves |det| as it is.")  # fmt: skip


@check(points=2, part="c")
@given(case=convolutions())
def conv1x1_applies_the_matrix_to_each_pixel(student: Student, case: dict[str, Tensor]) -> None:
    """conv1x1(X, P, L, U, s) is the 1x1 convolution with filter w[i, j, 0, 0] = A[i, j]"""
    got, _ = parts(student.conv1x1(*case.values()), 2, "conv1x1")
    got = finite(got, tuple(case["X"].shape), "conv1x1")
    wanted = torch.nn.functional.conv2d(case["X"][None], product(case)[:, :, None, None])[0]
    expect_close(got, wanted, hint="Each pixel's C values are one vector: what happens to it?")


@check(points=2, part="c", examples=25)
@given(case=convolutions())
def conv1x1_has_its_log_determinant(student: Student, case: dict[str, Tensor]) -> None:
    """conv1x1 returns log |det| of the Jacobian of X -> conv1x1(X)"""
    _, got = parts(student.conv1x1(*case.values()), 2, "conv1x1")
    A = product(case)
    J = flat_jacobian(lambda X: torch.einsum("ij,jmn->imn", A, X), case["X"])
    expect_close(
        finite(got, (), "conv1x1's second"), torch.linalg.slogdet(J)[1], rtol=RTOL, atol=ATOL,
        hint="How many times does A stand on the diagonal of the Jacobian?",
    )  # fmt: skip


@check(points=1.5, part="d")
@given(case=couplings())
def coupling_keeps_the_first_half(student: Student, case: dict[str, Any]) -> None:
    """coupling_forward leaves the first half as it is and convolves the second, given the first"""
    Z = forward(student, case)
    X, C = case["X"], len(case["P"])
    expect_close(Z[:C], X[:C], what="first half", hint="Which half conditions the nets?")
    expect_close(Z[C:], coupled(case, X)[C:], what="second half", rtol=RTOL, atol=ATOL,
                 hint="The nets see the first half; their matrix acts on the second.")  # fmt: skip


@check(points=2, part="d", examples=25)
@given(case=couplings())
def coupling_has_its_log_determinant(student: Student, case: dict[str, Any]) -> None:
    """coupling_forward returns log |det| of the Jacobian of the whole layer"""
    _, got = parts(student.coupling_forward(*case.values()), 2, "coupling_forward")
    J = flat_jacobian(lambda X: coupled(case, X), case["X"])
    expect_close(
        finite(got, (), "coupling_forward's second result"), torch.linalg.slogdet(J)[1],
        rtol=RTOL, atol=ATOL, hint="The Jacobian is block triangular: what is on its diagonal?",
    )  # fmt: skip


@check(points=2, part="d")
@given(case=couplings())
def coupling_inverse_undoes_forward(student: Student, case: dict[str, Any]) -> None:
    """coupling_inverse(coupling_forward(X)) = X, and the other way round"""
    X, nets = case["X"], list(case.values())[1:]
    Z = forward(student, case)
    back = finite(student.coupling_inverse(Z, *nets), tuple(X.shape), "coupling_inverse")
    expect_close(back, X, rtol=RTOL, atol=ATOL, what="inverse(forward(X))",
                 hint="The first half is at hand: build the same matrix, and undo it.")  # fmt: skip
    before = finite(student.coupling_inverse(X, *nets), tuple(X.shape), "coupling_inverse")
    again = forward(student, {**case, "X": before})
    expect_close(again, X, rtol=RTOL, atol=ATOL, what="forward(inverse(Z))",
                 hint="Undo the factors of the matrix in the opposite order.")  # fmt: skip


@check(points=2, part="remark", examples=30)
@given(seed=draw.seeds(), size=st.integers(1, 6), singular_minor=st.booleans())
def plu_factorize_gives_the_factors(
    student: Student, seed: int, size: int, singular_minor: bool
) -> None:
    """plu_factorize(A) = (P, L, U, s) of the right structure, with P L (U + diag(s)) = A"""
    A = draw.normal(seed, (size, size)) + 2 * draw.positive_definite(seed, size)
    if singular_minor and size > 1:
        A[0, 0] = 0.0
    got = parts(student.plu_factorize(A), 4, "plu_factorize")
    P, L, U = (
        finite(t, (size, size), f"plu_factorize's {n}") for t, n in zip(got, "PLU", strict=False)
    )
    s = finite(got[3], (size,), "plu_factorize's s")
    expect_permutation(P)
    eye = torch.eye(size, dtype=torch.float64)
    expect_close(L, torch.tril(L, -1) + eye, what="L", hint="L is unit lower triangular.")
    expect_close(U, torch.triu(U, 1), what="U", hint="U is strictly upper: s holds the diagonal.")
    scale = float(torch.linalg.cond(A)) * 1e-5  # float32 elimination with pivoting
    expect_close(
        product({"P": P, "L": L, "U": U, "s": s}), A, rtol=RTOL, atol=max(ATOL, scale),
        what="P L (U + diag(s))", hint="P stands on the left: is yours P or its inverse?",
    )  # fmt: skip


@check(points=0.5, part="c", examples=5)
@given(case=convolutions())
def images_and_factors_are_left_alone(student: Student, case: dict[str, Tensor]) -> None:
    """plu_matrix, conv1x1 and plu_factorize do not modify their arguments"""
    leaves_arguments_alone(student, "plu_matrix", *list(case.values())[1:])
    leaves_arguments_alone(student, "conv1x1", *case.values())
    leaves_arguments_alone(student, "plu_factorize", product(case))


@check(points=0.5, part="d", examples=5)
@given(case=couplings())
def coupled_images_are_left_alone(student: Student, case: dict[str, Any]) -> None:
    """coupling_forward and coupling_inverse do not modify the image that they are given"""
    leaves_arguments_alone(student, "coupling_forward", *case.values())
    leaves_arguments_alone(student, "coupling_inverse", *case.values())


def product(made: dict[str, Tensor]) -> Tensor:
    """P L (U + diag(s)), as the assignment defines A."""
    return made["P"] @ made["L"] @ (made["U"] + torch.diag(made["s"]))


def coupled(case: dict[str, Any], X: Tensor) -> Tensor:
    """The layer by its definition."""
    C = len(case["P"])
    first, second = X[:C], X[C:]
    nets = {name: objects.build(case[f"{name}_net"])(first) for name in "LUs"}
    return torch.cat(
        [first, torch.einsum("ij,jmn->imn", product({"P": case["P"], **nets}), second)]
    )


def forward(student: Student, case: dict[str, Any]) -> Tensor:
    """The first result of the student's coupling_forward, (2C, m, n)."""
    Z, _ = parts(student.coupling_forward(*case.values()), 2, "coupling_forward")
    return finite(Z, tuple(case["X"].shape), "coupling_forward")


def flat_jacobian(h: Any, X: Tensor) -> Tensor:
    """The Jacobian of h at X, (D, D), both vectorised by flatten(), by autograd."""
    J = torch.autograd.functional.jacobian(h, X, vectorize=True)  # type: ignore[no-untyped-call]
    flat: Tensor = J.reshape(X.numel(), X.numel())
    return flat


def expect_permutation(P: Tensor) -> None:
    """Hold a matrix against being a permutation matrix."""
    entries = bool(((P == 0) | (P == 1)).all())
    once = bool((P.sum(0) == 1).all() and (P.sum(1) == 1).all())
    expect(entries and once, f"P = {P.tolist()} is no permutation matrix",
           hint="One 1 in each row and each column, and zeros.")  # fmt: skip

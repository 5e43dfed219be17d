"""The statements of problem 4 (a) and (c), proved symbolically for small sizes."""

from __future__ import annotations

from itertools import permutations, product

import pytest
import sympy

PERMUTATIONS = [p for C in (2, 3) for p in permutations(range(C))]


def factors(order: tuple[int, ...]) -> tuple[sympy.Matrix, sympy.Matrix, list[sympy.Symbol]]:
    """P, A = P L (U + diag(s)) and s, all entries symbols."""
    C = len(order)
    s = sympy.symbols(f"s:{C}", real=True)
    L = sympy.Matrix(
        C, C, lambda i, j: sympy.Symbol(f"l{i}{j}", real=True) if i > j else int(i == j)
    )
    U = sympy.Matrix(C, C, lambda i, j: sympy.Symbol(f"u{i}{j}", real=True) if i < j else 0)
    P = sympy.eye(C).extract(list(order), list(range(C)))
    return P, P * L * (U + sympy.diag(*s)), list(s)


@pytest.mark.parametrize("order", PERMUTATIONS, ids=str)
def test_the_determinant_is_plus_or_minus_the_product_of_s(order):
    P, A, s = factors(order)
    assert sympy.expand(A.det() - P.det() * sympy.prod(s)) == 0
    assert abs(P.det()) == 1


@pytest.mark.parametrize("order", PERMUTATIONS, ids=str)
def test_the_sum_of_logarithms_needs_absolute_values(order):
    _, A, s = factors(order)
    at = dict(zip(s, (-2, 3, -5), strict=False))
    exact = sympy.log(abs(A.det().expand().subs(at)))
    summed = sum(sympy.log(symbol) for symbol in s).subs(at)
    assert exact == sympy.log(abs(sympy.prod(at.values())))
    assert sympy.im(summed) != 0


@pytest.mark.parametrize("size", list(product((1, 2), (1, 2))), ids=str)
@pytest.mark.parametrize("order", [(1, 0), (1, 2, 0)], ids=str)
def test_the_jacobian_of_the_convolution_has_the_matrix_once_per_pixel(order, size):
    (_, A, s), (m, n) = factors(order), size
    C, pixels = len(order), list(product(range(m), range(n)))
    X = {(c, *at): sympy.Symbol(f"x{c}_{at[0]}{at[1]}") for c in range(C) for at in pixels}
    # vec(X) pixel by pixel, in the same order for input and output
    inputs = [X[c, *at] for at in pixels for c in range(C)]
    outputs = [sum(A[i, j] * X[j, *at] for j in range(C)) for at in pixels for i in range(C)]
    J = sympy.Matrix(outputs).jacobian(inputs)
    assert sympy.diag(*[A] * (m * n)) == J
    det = sympy.prod(J[k : k + C, k : k + C].det() for k in range(0, C * m * n, C))
    assert sympy.expand(det**2 - sympy.prod(s) ** (2 * m * n)) == 0


@pytest.mark.parametrize("order", [(1, 0), (1, 2, 0)], ids=str)
def test_in_the_order_of_flatten_the_determinant_is_the_same(order):
    _, A, _ = factors(order)
    J = sympy.kronecker_product(A, sympy.eye(2))  # vec(X) in the order of flatten(), for two pixels
    at = {symbol: k + 2 for k, symbol in enumerate(sorted(A.free_symbols, key=str))}
    assert J.subs(at).det() == A.subs(at).det() ** 2

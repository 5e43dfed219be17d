"""Problem 1: whether two integrands are equal, with q, dq/dphi and h as independent symbols.

q and h are arbitrary positive functions, so their values and that of dq/dphi at a point are
independent. Expressions are compared by algebra. Where that does not decide, they are evaluated
with 30 digits at many points; a failure of sympy to simplify never counts as a difference.

The points follow from the expression, so that it cannot be written such that it vanishes at them:
another expression has other points. They lie on no grid, on which a sine could vanish.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

import mpmath
import sympy
from sympy import Dummy, Expr, S, Symbol

# Of sympy's and mpmath's functions, where an expression cannot be evaluated.
FAILURES = (TypeError, ValueError, ArithmeticError, NameError, KeyError, NotImplementedError)
DIGITS = 30  # of a numerical evaluation
AGREE = mpmath.mpf(10) ** -18  # 30 digits, minus 12 that may cancel
BITS = 100  # of a random number: as many as 30 digits
PLACES, PHIS = 5, 3  # points (q, dq, h, z) for each value of phi, and values of phi

Z, PHI = Symbol("z", real=True), Symbol("phi", real=True)
# q, h and their derivatives as independent variables. A dummy equals no symbol of a student's,
# whatever its name is.
q_, h_ = sympy.symbols("q h", positive=True, cls=Dummy)
dq_, ddq_, dqz_, dh_ = sympy.symbols("dq ddq dqz dh", real=True, cls=Dummy)
VARYING = {Z, q_, h_, dq_, ddq_, dqz_, dh_}  # with z; any other symbol is phi or a constant


def equal(one: Expr, other: Expr) -> bool:
    """Whether two expressions are the same function of the symbols."""
    gap = opened(one - other)
    if gap == 0 or sympy.cancel(sympy.together(gap)) == 0:
        return True
    samples = _samples(gap, S.One)
    return len(samples) == PLACES * PHIS and all(abs(v) <= AGREE * scale for v, scale in samples)


def is_constant_times(expression: Expr, unit: Expr) -> bool:
    """Whether an expression is c * unit for some c that depends on none of q, h and z."""
    factor = sympy.cancel(sympy.together(expression / unit))
    return not factor.free_symbols & VARYING or _depends_on_phi_alone(expression, unit)


def opened(expression: Expr) -> Expr:
    """The expression with products and logarithms expanded; q and h are positive."""
    return sympy.expand(sympy.expand_log(sympy.expand(expression), force=True))


def _depends_on_phi_alone(expression: Expr, unit: Expr) -> bool:
    """Whether expression / unit is the same at all points, for each value of phi that is tried."""
    ratios = [value / scale for value, scale in _samples(expression, unit)]
    groups = [ratios[k * PLACES : (k + 1) * PLACES] for k in range(PHIS)]
    return len(ratios) == PLACES * PHIS and all(
        max(abs(v - group[0]) for v in group) <= AGREE * max(1, abs(group[0])) for group in groups
    )


def _samples(expression: Expr, scale: Expr) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
    """The finite values of both expressions at random q, dq, h and z, for several phi."""
    source, varying = _source(expression, scale), [q_, h_, dq_, ddq_, dqz_, dh_, Z]
    # phi and all constants have the same value at all points of a group
    constants = sorted((expression.free_symbols | {PHI}) - VARYING, key=str)
    functions = [_compiled([*varying, *constants], each) for each in (expression, scale)]
    values = []
    with mpmath.workdps(DIGITS):
        for _ in range(PHIS):
            fixed = [_number(source) for _ in constants]
            for _ in range(PLACES):
                signs = [1 if s in (q_, h_) else source.choice([1, -1]) for s in varying]
                place = [sign * _number(source) for sign in signs]
                values.append(tuple(_value(function, [*place, *fixed]) for function in functions))
    return [(v, s) for v, s in values if v is not None and s is not None]


def _source(*expressions: Expr) -> random.Random:
    """Random numbers that are the same whenever the same expressions are compared."""
    digest = hashlib.sha256(" | ".join(map(str, expressions)).encode()).digest()
    return random.Random(digest)


def _number(source: random.Random) -> mpmath.mpf:
    """A number between 1/3 and 10/3."""
    return mpmath.mpf(1) / 3 + 3 * mpmath.mpf(source.getrandbits(BITS)) / 2**BITS


def _compiled(symbols: list[Symbol], expression: Expr) -> Callable[..., mpmath.mpf] | None:
    """The expression as a function of the symbols' values; None where it cannot be one."""
    try:
        function: Callable[..., mpmath.mpf] = sympy.lambdify(symbols, expression, "mpmath")
    except FAILURES:
        return None
    return function


def _value(
    function: Callable[..., mpmath.mpf] | None, place: list[mpmath.mpf]
) -> mpmath.mpf | None:
    """The value at a point; None where it is not finite or cannot be computed."""
    try:
        value = function(*place) if function else None
        return value if value is not None and mpmath.isfinite(value) else None
    except FAILURES:
        return None

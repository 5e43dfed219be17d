"""Problem 1: whether two integrands are equal, with q, dq/dphi and h as independent symbols.

q and h are arbitrary positive functions, so their values and that of dq/dphi at a point are
independent. Expressions are compared by algebra. Where that does not decide, they are evaluated
with 30 digits at many points; a failure of sympy to simplify never counts as a difference.
"""

from __future__ import annotations

import random

import mpmath
import sympy
from sympy import Dummy, Expr, S, Symbol

DIGITS = 30  # of a numerical evaluation
AGREE = mpmath.mpf(10) ** -18  # 30 digits, minus 12 that may cancel
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
    source, symbols = random.Random(0), [q_, h_, dq_, ddq_, dqz_, dh_, Z]
    signs = {q_: [1], h_: [1]}
    values = []
    with mpmath.workdps(DIGITS):
        for _ in range(PHIS):
            # phi and all constants have the same value at all points of a group
            constants = (expression.free_symbols | {PHI}) - VARYING
            fixed = {
                s: mpmath.mpf(source.randint(10**5, 10**6)) / 300_000
                for s in sorted(constants, key=str)
            }
            for _ in range(PLACES):
                place = {
                    s: mpmath.mpf(source.randint(10**5, 10**6))
                    / 300_000
                    * source.choice(signs.get(s, [1, -1]))
                    for s in symbols
                }
                place |= fixed
                values.append((_value(expression, place), _value(scale, place)))
    return [(v, s) for v, s in values if v is not None and s is not None]


def _value(expression: Expr, place: dict[Symbol, mpmath.mpf]) -> mpmath.mpf | None:
    """The value at a point; None where it is not finite or cannot be computed."""
    try:
        value = sympy.lambdify(list(place), expression, "mpmath")(*place.values())
        return value if mpmath.isfinite(value) else None
    except (TypeError, ValueError, ArithmeticError, NameError, KeyError, NotImplementedError):
        return None

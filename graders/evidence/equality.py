"""Settles when two integrands are equal: q, dq/dphi and h are independent symbols.

q and h are any positive functions, so their values and those of dq/dphi at a point are independent.
Expressions are compared by algebra, and where that has no answer by numbers of 30 digits at many
points, never by a form to which sympy failed to simplify them.
"""

from __future__ import annotations

import random
from typing import Any

import mpmath
import sympy
from sympy import Expr, S, Symbol

DIGITS = 30  # of a numerical evaluation
AGREE = mpmath.mpf(10) ** -18  # 30 digits less what cancels
PLACES, PHIS = 5, 3  # points for q, dq, h and z at each of so many values of phi

Z, PHI = Symbol("z", real=True), Symbol("phi", real=True)
# What stands for q, its derivatives and h when they are taken as independent.
q_, h_ = sympy.symbols("q h", positive=True)
dq_, ddq_, dqz_, dh_ = sympy.symbols("dq ddq dqz dh", real=True)
VARYING = {Z, q_, h_, dq_, ddq_, dqz_, dh_}  # in z; every other letter is a constant or phi


def equal(one: Expr, other: Expr) -> bool:
    """Whether two expressions are one function of the symbols."""
    gap = opened(one - other)
    if gap == 0 or sympy.cancel(sympy.together(gap)) == 0:
        return True
    found = _samples(gap, S.One)
    return len(found) == PLACES * PHIS and all(abs(v) <= AGREE * scale for v, scale in found)


def is_constant_times(expression: Expr, unit: Expr) -> bool:
    """Whether an expression is c * unit, with a c in which no q, h or z stands."""
    factor = sympy.cancel(sympy.together(expression / unit))
    return not factor.free_symbols & VARYING or _depends_on_phi_alone(expression, unit)


def opened(expression: Expr) -> Expr:
    """Products and logarithms expanded: q and h are positive."""
    return sympy.expand(sympy.expand_log(sympy.expand(expression), force=True))


def _depends_on_phi_alone(expression: Expr, unit: Expr) -> bool:
    """Whether expression / unit takes one value at all places of a phi, at every phi tried."""
    found = [value / scale for value, scale in _samples(expression, unit)]
    groups = [found[k * PLACES : (k + 1) * PLACES] for k in range(PHIS)]
    return len(found) == PLACES * PHIS and all(
        max(abs(v - group[0]) for v in group) <= AGREE * max(1, abs(group[0])) for group in groups
    )


def _samples(expression: Expr, scale: Expr) -> list[tuple[Any, Any]]:
    """Values of an expression and of a scale at random independent q, dq, h, z for several phi."""
    source, symbols = random.Random(0), [q_, h_, dq_, ddq_, dqz_, dh_, Z]
    signs = {q_: [1], h_: [1]}
    values = []
    with mpmath.workdps(DIGITS):
        for _ in range(PHIS):
            # phi, and what else stands for a constant, is the same at all places of a group
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
                values.append(tuple(_value(e, place) for e in (expression, scale)))
    return [v for v in values if None not in v]


def _value(expression: Expr, place: dict[Symbol, Any]) -> Any:
    try:
        value = sympy.lambdify(list(place), expression, "mpmath")(*place.values())
        return value if mpmath.isfinite(value) else None
    except (TypeError, ValueError, ArithmeticError, NameError, KeyError, NotImplementedError):
        return None

"""Functions of phi near one point, as Taylor coefficients: arithmetic and derivatives, exactly.

A jet is an array (orders, worlds, points): coefficient k is the k-th derivative divided by k!. Each
derivative uses up one order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Jet = NDArray[np.float64]


def constant(value: float, orders: int) -> Jet:
    """A number."""
    jet = np.zeros((orders, 1, 1))
    jet[0] = value
    return jet


def plus(one: Jet, other: Jet) -> Jet:
    """The sum."""
    orders = min(len(one), len(other))
    return np.asarray(one[:orders] + other[:orders])


def times(one: Jet, other: Jet) -> Jet:
    """The product, by the rule of Leibniz."""
    orders = min(len(one), len(other))
    rows = [sum(one[i] * other[k - i] for i in range(k + 1)) for k in range(orders)]
    return np.stack([np.asarray(row) for row in rows])


def over(one: Jet, other: Jet) -> Jet:
    """The quotient."""
    orders = min(len(one), len(other))
    rows: list[NDArray[np.float64]] = []
    for k in range(orders):
        rest = one[k] - sum((other[k - i] * rows[i] for i in range(k)), np.zeros((1, 1)))
        rows.append(np.asarray(rest / other[0]))
    return np.stack(rows)


def log(jet: Jet) -> Jet:
    """The natural logarithm; nan where the jet is not positive."""
    positive = np.where(jet[0] > 0, jet[0], np.nan)
    rows = [np.log(positive)]
    for k in range(1, len(jet)):
        known = sum((i * rows[i] * jet[k - i] for i in range(1, k)), np.zeros((1, 1)))
        rows.append(np.asarray((jet[k] - known / k) / positive))
    return np.stack(np.broadcast_arrays(*rows))


def exp(jet: Jet) -> Jet:
    """The exponential function."""
    rows = [np.exp(jet[0])]
    for k in range(1, len(jet)):
        rows.append(np.asarray(sum(i * jet[i] * rows[k - i] for i in range(1, k + 1)) / k))
    return np.stack(np.broadcast_arrays(*rows))


def power(jet: Jet, exponent: float) -> Jet:
    """A constant power: by products if it is a small integer, else by the logarithm."""
    if exponent == int(exponent) and abs(exponent) <= 8:
        made = constant(1.0, len(jet))
        for _ in range(abs(int(exponent))):
            made = times(made, jet)
        return made if exponent >= 0 else over(constant(1.0, len(jet)), made)
    return exp(times(log(jet), constant(exponent, len(jet))))


def derivative(jet: Jet) -> Jet:
    """The derivative in phi, of one order less."""
    scale = np.arange(1, len(jet)).reshape(-1, 1, 1)
    return np.asarray(jet[1:] * scale)


def total(jet: Jet, points: int) -> Jet:
    """The sum over all points."""
    full = np.broadcast_to(jet, (*jet.shape[:2], points))
    return np.asarray(full.sum(axis=2, keepdims=True))

"""Exact fractions and max with a key; a sorted list in place of a set."""

from fractions import Fraction


def argmax_by_bound(g, h):
    bound = {
        theta: max(Fraction(value) - Fraction(minus) for minus in row)
        for theta, (value, row) in enumerate(zip(g.tolist(), h.tolist()))
    }
    top = max(bound.values())
    return sorted(theta for theta in bound if bound[theta] == top)

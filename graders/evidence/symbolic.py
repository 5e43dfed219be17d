"""Problem 1: which line of a derivation does not follow from the one before it.

Each line is rewritten as one integral over z. A step from the integrand F to the integrand G is
correct if and only if

    G - F = c(phi) dq/dphi        for some c that depends only on phi,

because the integral of dq/dphi is 0.

This works on expressions that a student wrote, so it runs only in a process with limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import sympy
from sympy import Add, Derivative, Expr, Integral, log

from assay import expressions

from .equality import PHI, VARYING, Z, dq_, equal, is_constant_times, opened
from .integrands import H, Q, Unclear, integrand, read_line, words

Fault = list[str | int]  # see judge_chain
Line = tuple[Expr, Expr]  # the line as it was written, and its integrand

RATIO = log(H / Q)

# What sympy raises for expressions that are too large, or for which it has no rule.
SYMPY_FAILURES = (
    RecursionError,
    MemoryError,
    ArithmeticError,
    ValueError,
    KeyError,
    NotImplementedError,
)


def judge_chain(lines: Sequence[object]) -> list[Fault]:
    """The faults of a derivation: in its start, its first incorrect step, and its end.

    Args:
        lines: the student's expressions as trees, or what they returned instead.
    Returns:
        [] if the chain proves the identity; else faults [kind, first line, second line, text,
        rule]. Lines are counted from 1. The kind is "start", "step", "line" (it cannot be read),
        "end", or "short" (no line between the two sides).
    """
    read = [_read(number, tree) for number, tree in enumerate(lines, start=1)]
    try:
        return list(_faults(read))
    except SYMPY_FAILURES as fault:
        why = f"the lines are too complex for sympy to compare ({type(fault).__name__})"
        return [["end", len(lines), len(lines), why, ""]]


def left_over(before: Expr, after: Expr) -> Expr | None:
    """after - before, unless it is c(phi) dq/dphi: then the step is correct, and this is None."""
    gap = opened(after - before)
    return None if is_constant_times(gap, dq_) else gap


def rule(before: Expr, after: Expr, gap: Expr) -> str:
    """What changed between two integrands, if it is one term or one factor; else empty."""
    for term in (*Add.make_args(before), *Add.make_args(opened(before))):
        if equal(gap, -2 * term):
            return f"the term {words(term)} changed sign"
        if equal(gap, -term):
            return f"the term {words(term)} was dropped"
    for term in (*Add.make_args(after), *Add.make_args(opened(after))):
        if equal(gap, term):
            return f"the term {words(term)} was added"
    factor = sympy.S.NaN if before == 0 else sympy.cancel(sympy.together(opened(after) / before))
    if not factor.free_symbols & VARYING and factor.is_finite:
        return f"the line was multiplied by {words(factor)}"
    coefficient = sympy.cancel(sympy.together(gap / dq_))
    if not coefficient.has(dq_):
        return f"the factor {words(coefficient)} of Derivative(q, phi) depends on z"
    return ""


def _read(number: int, tree: object) -> Line | Fault:
    try:
        line = read_line(tree)
        return line, integrand(line)
    except (Unclear, expressions.Refuse) as fault:
        return ["line", number, number, str(fault), ""]
    except SYMPY_FAILURES as fault:
        why = f"sympy cannot evaluate it ({type(fault).__name__})"
        return ["line", number, number, why, ""]


def _faults(read: list[Line | Fault]) -> Iterator[Fault]:
    yield from _of_start(read[0])
    yield from _of_first_step(read)
    yield from _of_end(read)


def _of_start(first: Line | Fault) -> Iterator[Fault]:
    if isinstance(first, list):
        yield ["start", *first[1:]]
        return
    line, actual = first
    left = integrand(Derivative(Integral(RATIO * Q, Z), PHI))
    if not _has_outer_derivative(line):
        yield ["start", 1, 1, "it is not a Derivative of an Integral", ""]
    elif not equal(actual, left):
        yield ["start", 1, 1, _off(actual - left), ""]


def _of_first_step(read: list[Line | Fault]) -> Iterator[Fault]:
    for k, (before, after) in enumerate(pairwise(read), start=1):
        if isinstance(after, list):
            yield after
            return
        if isinstance(before, list):
            return
        gap = left_over(before[1], after[1])
        if gap is not None:
            why = rule(before[1], after[1], gap)
            yield ["step", k, k + 1, words(gap), why]
            return


def _of_end(read: list[Line | Fault]) -> Iterator[Fault]:
    last, end = len(read), read[-1]
    if isinstance(end, list):
        yield ["end", *end[1:]]
        return
    line, actual = end
    right = integrand(Integral(Derivative(log(Q), PHI) * RATIO * Q, Z))
    if _has_outer_derivative(line):
        yield ["end", last, last, "a Derivative is still outside its integral", ""]
    elif not equal(actual, right):
        yield ["end", last, last, _off(actual - right), ""]
    elif all(one in (read[0], end) for one in read[1:-1]):
        yield ["short", 1, last, "", ""]


def _off(gap: Expr) -> str:
    return f"it is off by Integral({words(opened(gap))}, z)"


def _has_outer_derivative(line: Expr) -> bool:
    """Whether a Derivative in the line is taken of an integral."""
    return any(d.expr.has(Integral) for d in line.atoms(Derivative))

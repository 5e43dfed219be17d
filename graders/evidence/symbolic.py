"""Settles each step of a derivation: which line does not follow from the one before it.

Every line is brought to one integral over z. A step from F to G is right if and only if

    G - F = c(phi) dq/dphi        for some c that depends on phi alone,

because the integral of dq/dphi is 0.

This runs on expressions that a student wrote: only ever in a process with limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import sympy
from sympy import Add, Derivative, Expr, Integral, log

from assay import expressions

from .equality import PHI, VARYING, Z, dq_, equal, is_constant_times, opened
from .integrands import H, Q, Unclear, integrand, read_line, words

Fault = list[Any]
Line = tuple[Any, Expr]  # as it was written, and its integrand

RATIO = log(H / Q)

# What sympy raises on expressions that are too large, or that it has no rule for.
BEYOND = (RecursionError, MemoryError, ArithmeticError, ValueError, KeyError, NotImplementedError)


def judge_chain(lines: list[Any]) -> list[Fault]:
    """The faults of a derivation: of its start, the first of its steps, and of its end.

    Args:
        lines: the student's expressions as trees, or what she returned in their place.
    Returns:
        [] where the chain proves the identity; else faults [kind, first line, second line, text,
        rule], lines counted from 1, kind one of "start", "step", "line" (it is not understood),
        "end", "short".
    """
    read = [_read(number, tree) for number, tree in enumerate(lines, start=1)]
    try:
        return list(_faults(read))
    except BEYOND as fault:
        why = f"the lines are too complex for sympy to compare ({type(fault).__name__})"
        return [["end", len(lines), len(lines), why, ""]]


def left_over(before: Expr, after: Expr) -> Expr | None:
    """What is left of after - before when it is no c(phi) dq/dphi; None where the step is right."""
    gap = opened(after - before)
    return None if is_constant_times(gap, dq_) else gap


def rule(before: Expr, after: Expr, gap: Expr) -> str:
    """What happened between two integrands, as far as one term or one factor tells it."""
    for term in (*Add.make_args(before), *Add.make_args(opened(before))):
        if equal(gap, -2 * term):
            return f"the term {words(term)} changed its sign"
        if equal(gap, -term):
            return f"the term {words(term)} was dropped"
    for term in (*Add.make_args(after), *Add.make_args(opened(after))):
        if equal(gap, term):
            return f"the term {words(term)} was added"
    factor = sympy.S.NaN if before == 0 else sympy.cancel(sympy.together(opened(after) / before))
    if not factor.free_symbols & VARYING and factor.is_finite:
        return f"the line was multiplied by {words(factor)}"
    beside = sympy.cancel(sympy.together(gap / dq_))
    if not beside.has(dq_):
        return f"the factor {words(beside)} beside Derivative(q, phi) depends on z"
    return ""


def _read(number: int, tree: Any) -> Line | Fault:
    try:
        line = read_line(tree)
        return line, integrand(line)
    except (Unclear, expressions.Refuse) as fault:
        return ["line", number, number, str(fault), ""]
    except BEYOND as fault:
        why = f"sympy cannot work with it ({type(fault).__name__})"
        return ["line", number, number, why, ""]


def _faults(read: list[Line | Fault]) -> Iterator[Fault]:
    yield from _of_start(read[0])
    yield from _of_first_step(read)
    yield from _of_end(read)


def _of_start(first: Line | Fault) -> Iterator[Fault]:
    if isinstance(first, list):
        yield ["start", *first[1:]]
        return
    line, found = first
    left = integrand(Derivative(Integral(RATIO * Q, Z), PHI))
    if not _has_outer_derivative(line):
        yield ["start", 1, 1, "it is not a Derivative of an Integral", ""]
    elif not equal(found, left):
        yield ["start", 1, 1, _off(found - left), ""]


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
    line, found = end
    right = integrand(Integral(Derivative(log(Q), PHI) * RATIO * Q, Z))
    if _has_outer_derivative(line):
        yield ["end", last, last, "a Derivative stands before its integral", ""]
    elif not equal(found, right):
        yield ["end", last, last, _off(found - right), ""]
    elif all(one in (read[0], end) for one in read[1:-1]):
        yield ["short", 1, last, "", ""]


def _off(gap: Expr) -> str:
    return f"it is off by Integral({words(opened(gap))}, z)"


def _has_outer_derivative(line: Any) -> bool:
    return any(d.expr.has(Integral) for d in line.atoms(Derivative))

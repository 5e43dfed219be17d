"""Problem 1: which line of a derivation does not follow from the one before it.

Each line is rewritten as one integral over z. A step from the integrand F to the integrand G is
correct if and only if

    G - F = c(phi) dq/dphi        for some c that depends only on phi,

because the integral of dq/dphi is 0.

This works on expressions that a student wrote, so it runs only in a process with limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import sympy
from sympy import Add, Derivative, Expr, Integral, log

from assay import expressions

from .equality import PHI, VARYING, Z, dq_, equal, is_constant_times, opened
from .integrands import H, Q, Unclear, forgiven, integrand, read_line, words

Fault = list[str | int]  # see judge_chain

RATIO = log(H / Q)
LEFT = Derivative(Integral(RATIO * Q, Z), PHI)
RIGHT = Integral(Derivative(log(Q), PHI) * RATIO * Q, Z)


class Line(NamedTuple):
    """One line of a chain; an equation makes two.

    Attributes:
        number: of the student's line, from 1.
        written: the line as it was written; None where it cannot be read.
        inside: its integrand.
        meant: its integrand if mistakes that all lines share are forgiven; None as above.
        why: why it cannot be read.
    """

    number: int
    written: Expr | None
    inside: Expr | None
    meant: Expr | None
    why: str = ""


def judge_chain(trees: Sequence[object]) -> list[Fault]:
    """The faults of a derivation.

    Args:
        trees: the student's expressions as trees, or what they returned instead.
    Returns:
        [] if the chain proves the identity; else faults [kind, first line, second line, text,
        rule]. Lines are counted from 1. The kind is "start", "end", or "short" (no line between the
        two sides); "step" or "line" (it cannot be read) for the first incorrect step; "slip" for a
        second one that is not a consequence; "idle" if no line adds anything correct.
    """
    try:
        return list(_faults(_read_all(trees)))
    except Exception as fault:  # noqa: BLE001 - sympy may raise anything on what students write
        why = f"the lines are too complex for sympy to compare ({type(fault).__name__})"
        return [[kind, len(trees), len(trees), why, ""] for kind in ("end", "line", "slip")]


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


def _read_all(trees: Sequence[object]) -> list[Line]:
    read: list[Line] = []
    for number, tree in enumerate(trees, start=1):
        read += _read(number, tree)
    meant = iter(forgiven([line.written for line in read if line.written is not None]))
    return [line if line.written is None else _meant(line, next(meant)) for line in read]


def _read(number: int, tree: object) -> list[Line]:
    """The line, or the two sides of an equation; without its first side if that repeats a line."""
    try:
        sides = read_line(tree)
    except Exception as fault:  # noqa: BLE001 - as in judge_chain
        return [Line(number, None, None, None, _why(fault))]
    lines = []
    for side in sides:
        try:
            lines.append(Line(number, side, integrand(side), None))
        except Exception as fault:  # noqa: BLE001 - as in judge_chain
            lines.append(Line(number, side, None, None, _why(fault)))
    return lines


def _why(fault: Exception) -> str:
    if isinstance(fault, (Unclear, expressions.Refuse)):
        return str(fault)
    return f"sympy cannot evaluate it ({type(fault).__name__})"


def _meant(line: Line, forgiven_line: Expr) -> Line:
    """The line with its integrand as it is meant."""
    if forgiven_line == line.written:
        return line._replace(meant=line.inside)
    try:
        return line._replace(meant=integrand(forgiven_line))
    except Exception:  # noqa: BLE001 - as in judge_chain
        return line


def _faults(lines: list[Line]) -> Iterator[Fault]:
    start, end = list(_of_start(lines[0])), list(_of_end(lines))
    # What an incorrect first or last line costs is said there: the steps are those between.
    groups = _agreeing(lines[bool(start) : len(lines) - bool(end)])
    yield from start
    yield from _of_first_step(groups)
    yield from end
    yield from _of_slips(lines, groups, own_start=bool(start))


def _agreeing(lines: list[Line]) -> list[list[Line]]:
    """The lines, as they are meant, in groups of successive ones that follow from each other."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _is_equal(groups[-1][-1].meant, line.meant):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _is_equal(before: Expr | None, after: Expr | None) -> bool:
    return before is not None and after is not None and left_over(before, after) is None


def _of_start(first: Line) -> Iterator[Fault]:
    if first.written is None or first.inside is None:
        yield ["start", first.number, first.number, first.why, ""]
    elif not _has_outer_derivative(first.written):
        yield ["start", first.number, first.number, "it is not a Derivative of an Integral", ""]
    elif not equal(first.inside, integrand(LEFT)):
        yield ["start", first.number, first.number, _off(first.inside - integrand(LEFT)), ""]


def _of_first_step(groups: list[list[Line]]) -> Iterator[Fault]:
    """The first step that does not follow, or a line that cannot be read before it."""
    if groups and groups[0][0].meant is None:
        line = groups[0][0]
        yield ["line", line.number, line.number, line.why, ""]
    elif len(groups) > 1:
        before, after = groups[0][-1], groups[1][0]
        if before.meant is None or after.meant is None:
            yield ["line", after.number, after.number, after.why, ""]
            return
        gap = opened(after.meant - before.meant)
        why = rule(before.meant, after.meant, gap)
        yield ["step", before.number, after.number, words(gap), why]


def _of_slips(lines: list[Line], groups: list[list[Line]], *, own_start: bool) -> Iterator[Fault]:
    """Whether there is more than one slip, counted by runs of lines that differ from the first.

    That is the identity's left side, or the student's own, whichever makes fewer slips.
    """
    own, sides = lines[0], [integrand(LEFT)]
    if own_start and own.meant is not None and own.written is not None and own.written.has(H):
        sides.append(own.meant)
    slips = []
    for side in sides:
        correct = _correct(side, groups)
        if any(
            right and any(_adds(line, own) for line in group)
            for group, right in zip(groups, correct, strict=True)
        ):
            slips.append(_runs(groups, correct))
    if not slips:
        yield ["idle", 1, lines[-1].number, "", ""]
    elif len(fewest := min(slips, key=len)) > 1:
        yield ["slip", fewest[0], fewest[1], "", ""]


def _correct(side: Expr, groups: list[list[Line]]) -> list[bool]:
    """For each group, whether its lines equal a side; of two neighbours at most one does."""
    correct: list[bool] = []
    for group in groups:
        after_correct = bool(correct) and correct[-1]
        correct.append(not after_correct and _is_equal(side, group[0].meant))
    return correct


def _adds(line: Line, first: Line) -> bool:
    """Whether a line is written otherwise than the two sides, which are given, and the first."""
    if line.written is None:
        return False
    plain = line.written.replace(Integral, lambda f, *_: Integral(f, Z))
    return plain not in (LEFT, RIGHT) and line.written != first.written


def _runs(groups: list[list[Line]], correct: list[bool]) -> list[int]:
    """The numbers of the lines where runs of incorrect groups begin."""
    runs = groupby(zip(groups, correct, strict=True), key=lambda pair: pair[1])
    return [next(run)[0][0].number for right, run in runs if not right]


def _of_end(lines: list[Line]) -> Iterator[Fault]:
    number, line, inside, _, why = lines[-1]
    if line is None or inside is None:
        yield ["end", number, number, why, ""]
    elif _has_outer_derivative(line):
        yield ["end", number, number, "a Derivative is still outside its integral", ""]
    elif not equal(inside, integrand(RIGHT)):
        yield ["end", number, number, _off(inside - integrand(RIGHT)), ""]
    elif all(one.written in (lines[0].written, line) for one in lines[1:-1]):
        yield ["short", 1, number, "", ""]


def _off(gap: Expr) -> str:
    return f"it is off by Integral({words(opened(gap))}, z)"


def _has_outer_derivative(line: Expr) -> bool:
    """Whether a Derivative in the line is taken of an integral."""
    return any(d.expr.has(Integral) for d in line.atoms(Derivative))

"""Settles each step of a derivation: which line does not follow from the one before it.

Every line is brought to one integral over z. A step from F to G is right if and only if

    G - F = c(phi) dq/dphi        for some c that depends on phi alone,

because the integral of dq/dphi is 0. As q and h are any positive functions, the values of q,
dq/dphi and h at a point are independent: the identity is decided with independent symbols.

This runs on expressions that a student wrote: only ever in a process with limits.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import mpmath
import sympy
from sympy import Add, Derivative, Expr, Integral, Mul, Pow, S, Symbol, log
from sympy.core.function import AppliedUndef

from graders.sandbox import expressions, wire

DIGITS = 30  # of a numerical evaluation
AGREE = mpmath.mpf(10) ** -18  # 30 digits less what cancels
PLACES, PHIS = 5, 3  # points for q, dq, h and z at each of so many values of phi

Z, PHI = Symbol("z", real=True), Symbol("phi", real=True)
Q = sympy.Function("q", positive=True)(Z, PHI)
H = sympy.Function("h", positive=True)(Z)
# What stands for q, its derivatives and h when they are taken as independent.
q_, h_ = sympy.symbols("q h", positive=True)
dq_, ddq_, dqz_, dh_ = sympy.symbols("dq ddq dqz dh", real=True)
VARYING = {Z, q_, h_, dq_, ddq_, dqz_, dh_}  # in z; every other letter is a constant or phi


# What sympy raises on expressions that are too large, or that it has no rule for.
BEYOND = (RecursionError, MemoryError, ArithmeticError, ValueError, KeyError, NotImplementedError)


class Unclear(Exception):
    """A line that is none of the forms a derivation of this identity takes; says which."""


def judge_chain(lines: list[Any]) -> list[Any]:
    """The first fault of a derivation.

    Args:
        lines: the student's expressions as trees, or what she returned in their place.
    Returns:
        [] where the chain proves the identity; else [kind, first line, second line, text], lines
        counted from 1, kind one of "line", "start", "step", "end", "short".
    """
    integrands: list[Expr] = []
    built: list[Any] = []
    for number, tree in enumerate(lines, start=1):
        try:
            built.append(_build(tree))
            integrands.append(integrand(built[-1]))
        except (Unclear, expressions.Refuse) as fault:
            return ["line", number, number, str(fault)]
        except BEYOND as fault:
            return ["line", number, number, f"sympy cannot work with it ({type(fault).__name__})"]
    try:
        return _first_fault(built, integrands)
    except BEYOND as fault:
        why = f"the lines are more than sympy can compare ({type(fault).__name__})"
        return ["line", 1, len(lines), why]


def integrand(line: Expr) -> Expr:
    """F with line = integral of F over z, in the symbols q, dq, h, z, phi.

    Raises:
        Unclear: the line is no sum of integrals over z with factors that depend on phi.
    """
    return _independent(_gather(line).doit(integrals=False))


def left_over(before: Expr, after: Expr) -> Expr | None:
    """What is left of after - before when it is no c(phi) dq/dphi; None where the step is right."""
    gap = _opened(after - before)
    return None if _is_constant_times(gap, dq_) else gap


def _is_constant_times(expression: Expr, unit: Expr) -> bool:
    """Whether an expression is c * unit, with a c in which no q, h or z stands."""
    factor = sympy.cancel(sympy.together(expression / unit))
    return not factor.free_symbols & VARYING or _depends_on_phi_alone(expression, unit)


def _first_fault(built: list[Any], integrands: list[Expr]) -> list[Any]:
    ratio = log(H / Q)
    left = integrand(Derivative(Integral(ratio * Q, Z), PHI))
    right = integrand(Integral(Derivative(log(Q), PHI) * ratio * Q, Z))
    if not built[0].has(Integral) or not _is_derivative_of_integral(built[0]):
        return ["start", 1, 1, "it is no Derivative of an Integral"]
    if not _equal(integrands[0], left):
        return ["start", 1, 1, _words(integrands[0] - left)]
    for k, (before, after) in enumerate(pairwise(integrands), start=1):
        rest = left_over(before, after)
        if rest is not None:
            return ["step", k, k + 1, _words(rest)]
    if _has_outer_derivative(built[-1]) or not _equal(integrands[-1], right):
        return ["end", len(built), len(built), _words(integrands[-1] - right)]
    if all(line in (built[0], built[-1]) for line in built[1:-1]):
        return ["short", 1, len(built), ""]
    return []


def _build(tree: Any) -> Any:
    if isinstance(tree, wire.Expr):
        return _canonical(expressions.unpack(tree))
    if isinstance(tree, (bool, str)) or not isinstance(tree, (int, float)):
        what = tree.what if isinstance(tree, wire.Other) else type(tree).__name__
        raise Unclear(f"it is no expression but {what}")
    return sympy.nsimplify(tree)


def _canonical(line: Any) -> Any:
    """The line in the kit's own z, phi, q and h, whatever assumptions the student's carry."""
    names = {"z": Z, "phi": PHI}
    line = line.xreplace({s: names[s.name] for s in line.atoms(Symbol) if s.name in names})
    functions = {"q": Q.func, "h": H.func}
    return line.replace(
        lambda e: isinstance(e, AppliedUndef) and e.func.__name__ in functions,
        lambda e: functions[e.func.__name__](*e.args),
    )


def _gather(line: Expr) -> Expr:
    """The line as one integrand, limits dropped, derivatives in phi taken inside."""
    if isinstance(line, Integral):
        return _inside(line)
    if isinstance(line, Add):
        return Add(*(_gather(term) for term in line.args))
    if isinstance(line, Mul):
        return _gather_product(line)
    if isinstance(line, Derivative):
        if any(variable != PHI for variable in line.variables):
            raise Unclear(f"it takes a derivative in {line.variables[0]}, not in phi")
        return Derivative(_gather(line.expr), *line.variables)
    if line.has(Integral) or Z in line.free_symbols:
        raise Unclear(f"the part {_words(line)} stands under no integral over z")
    return line * Q  # a constant c(phi) is the integral of c q


def _gather_product(line: Mul) -> Expr:
    carriers = [factor for factor in line.args if factor.has(Integral)]
    if len(carriers) > 1:
        return _gather_integrals(line, carriers)
    if not carriers:
        return _gather_constant(line)
    rest = Mul(*(factor for factor in line.args if factor is not carriers[0]))
    if Z in rest.free_symbols or isinstance(carriers[0], Pow):
        raise Unclear(f"the factor {_words(rest)} stands outside the integral over z")
    return rest * _gather(carriers[0])


def _gather_integrals(line: Mul, carriers: list[Expr]) -> Expr:
    """A product of integrals: one that is 0 makes it 0, one of c(phi) q is c(phi)."""
    kept = [factor for factor in line.args if factor not in carriers]
    inners = [integrand(carrier) for carrier in carriers]
    finite = all(_is_expectation(inner) for inner in inners)
    for carrier, inner in zip(carriers, inners, strict=True):
        if finite and _is_constant_times(_opened(inner), dq_):
            return S.Zero
        scalar = sympy.cancel(sympy.together(inner / q_))
        kept.append(carrier if scalar.free_symbols & VARYING else scalar)
    product = Mul(*kept)
    if sum(factor.has(Integral) for factor in kept) > 1:
        raise Unclear(f"it multiplies integrals: {_words(line)}")
    return _gather(product)


def _is_expectation(inner: Expr) -> bool:
    """Whether each term carries q or dq/dphi, so that its integral is finite like a mean."""
    terms = Add.make_args(_opened(inner))
    powers = [term.as_powers_dict() for term in terms]
    return all(power[q_] + power[dq_] >= 1 for power in powers)


def _gather_constant(line: Expr) -> Expr:
    if Z in line.free_symbols:
        raise Unclear(f"the part {_words(line)} stands under no integral over z")
    return line * Q


def _inside(line: Integral) -> Expr:
    if len(line.limits) != 1:
        raise Unclear("it integrates more than once")
    variable, *bounds = line.limits[0]
    if bounds not in ([], [-sympy.oo, sympy.oo]):
        raise Unclear(f"it integrates from {bounds[0]} to {bounds[-1]}; z runs over all reals")
    if variable != Z and Z in line.function.free_symbols:
        raise Unclear(f"it integrates over {variable}, and z stands in it as well")
    inner = line.function.subs(variable, Z) if variable != Z else line.function
    if inner.has(Integral):
        raise Unclear("it integrates an integral")
    return inner


def _independent(expression: Expr) -> Expr:
    """q, its derivatives and h replaced by symbols."""
    table = {
        Derivative(Q, (PHI, 2)): ddq_, Derivative(Q, PHI): dq_, Derivative(Q, Z): dqz_,
        Derivative(H, Z): dh_,
    }  # fmt: skip
    result = expression.xreplace(table).xreplace({Q: q_, H: h_})
    # Functions of phi alone are as good as letters: b(phi), and its derivatives.
    letters = [e for e in result.atoms(Derivative, AppliedUndef) if e.free_symbols == {PHI}]
    result = result.xreplace({e: Symbol(f"<{e}>", real=True) for e in letters})
    unknown = result.atoms(Derivative, Integral, AppliedUndef, sympy.Subs)
    if unknown:
        raise Unclear(f"it has {_words(sorted(unknown, key=str)[0])}, which the identity has not")
    if result.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise Unclear("it is not finite")
    return result


def _equal(one: Expr, other: Expr) -> bool:
    gap = _opened(one - other)
    if gap == 0 or sympy.cancel(sympy.together(gap)) == 0:
        return True
    found = _samples(gap, S.One)
    return len(found) == PLACES * PHIS and all(abs(v) <= AGREE * scale for v, scale in found)


def _opened(expression: Expr) -> Expr:
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


def _is_derivative_of_integral(line: Expr) -> bool:
    return any(d.expr.has(Integral) for d in line.atoms(Derivative))


def _has_outer_derivative(line: Expr) -> bool:
    return _is_derivative_of_integral(line)


def _words(expression: Any) -> str:
    """An expression as the student would write it."""
    back = {
        dq_: Symbol("Derivative(q, phi)"), ddq_: Symbol("Derivative(q, (phi, 2))"),
        dqz_: Symbol("Derivative(q, z)"), dh_: Symbol("Derivative(h, z)"),
    }  # fmt: skip
    shown = expression.xreplace(back) if hasattr(expression, "xreplace") else expression
    text = str(sympy.factor_terms(shown) if isinstance(shown, Expr) else shown)
    text = text.replace("q(z, phi)", "q").replace("h(z)", "h")
    return text if len(text) <= 300 else text[:297] + "..."

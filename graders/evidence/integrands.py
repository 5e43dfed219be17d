"""Problem 1: each line of a derivation is rewritten as one integral over z.

Integrals are joined, factors that depend only on phi move inside, and derivatives in phi are taken
under the integral. These rules are always allowed, so that only the integrands have to be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sympy
from sympy import Add, Derivative, Dummy, Expr, Integral, Mul, Pow, S, Symbol
from sympy.core.function import AppliedUndef

from assay import expressions, kind, wire

from .equality import PHI, VARYING, Z, ddq_, dh_, dq_, dqz_, h_, is_constant_times, opened, q_

Q = sympy.Function("q", positive=True)(Z, PHI)
H = sympy.Function("h", positive=True)(Z)


class Unclear(Exception):
    """A line that has no place in a derivation of this identity; the message says why."""


def read_line(tree: object) -> tuple[Expr, ...]:
    """A line that the student returned, in this module's z, phi, q and h; an equation is two lines.

    Raises:
        Unclear: it is not an expression, or it has a symbol in place of q or h.
        Refuse: it is larger than the limits.
    """
    if isinstance(tree, wire.Expr):
        line = expressions.unpack(tree)
        sides = (line.lhs, line.rhs) if isinstance(line, sympy.Eq) else (line,)
        return tuple(_canonical(side) for side in sides)
    if isinstance(tree, (bool, str)) or not isinstance(tree, (int, float)):
        what = kind(tree) if isinstance(tree, wire.Other) else type(tree).__name__
        raise Unclear(f"it is not an expression but {what}")
    return (sympy.nsimplify(tree),)


def forgiven(lines: Sequence[Expr]) -> list[Expr]:
    """The lines without a mistake that they all share, so that the others can be judged.

    If every integral is over one and the same wrong domain, it becomes the real line; h of more
    than z becomes h of z.
    """
    integrals = {each for line in lines for each in line.atoms(Integral)}
    if len({_domain(each) for each in integrals}) == 1:
        lines = [line.replace(Integral, _over_the_real_line) for line in lines]
    return [
        line.replace(
            lambda e: isinstance(e, AppliedUndef) and e.func.__name__ == "h" and len(e.args) > 1,
            lambda e: H.func(e.args[0]),
        )
        for line in lines
    ]


def integrand(line: Expr) -> Expr:
    """F such that the line is the integral of F over z, in the symbols q, dq, h, z and phi.

    Raises:
        Unclear: the line is not a sum of integrals over z with factors that depend on phi.
    """
    return _independent(_gather(line).doit(integrals=False))


def words(expression: Expr) -> str:
    """An expression as the student would write it, at most 300 characters."""
    back = {
        q_: Symbol("q"),
        h_: Symbol("h"),
        dq_: Symbol("Derivative(q, phi)"),
        ddq_: Symbol("Derivative(q, (phi, 2))"),
        dqz_: Symbol("Derivative(q, z)"),
        dh_: Symbol("Derivative(h, z)"),
    }
    shown = expression.xreplace(back) if hasattr(expression, "xreplace") else expression
    text = str(sympy.factor_terms(shown) if isinstance(shown, Expr) else shown)
    text = text.replace("q(z, phi)", "q").replace("h(z)", "h")
    return text if len(text) <= 300 else text[:297] + "..."


def _canonical(line: sympy.Basic) -> Expr:
    """The line in this module's z, phi, q and h, whatever assumptions the student's carry."""
    if not isinstance(line, Expr):
        raise Unclear(f"it is not an expression but {type(line).__name__}")
    names = {"z": Z, "phi": PHI}
    for letter in sorted(each.name for each in line.atoms(Symbol)):
        if letter in ("q", "h"):
            raise Unclear(f"{letter} is a symbol there: use the {letter} that derivation is given")
    line = line.xreplace({s: names[s.name] for s in line.atoms(Symbol) if s.name in names})
    functions = {"q": Q.func, "h": H.func}
    return line.replace(
        lambda e: isinstance(e, AppliedUndef) and e.func.__name__ in functions,
        lambda e: functions[e.func.__name__](*e.args),
    )


def _gather(line: Expr) -> Expr:
    """The line as one integrand: limits dropped, derivatives in phi taken inside."""
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
    return _gather_constant(line)


def _gather_product(line: Mul) -> Expr:
    carriers = [factor for factor in line.args if factor.has(Integral)]
    if len(carriers) > 1:
        return _gather_integrals(line, carriers)
    if not carriers:
        return _gather_constant(line)
    rest = Mul(*(factor for factor in line.args if factor is not carriers[0]))
    if Z in rest.free_symbols or isinstance(carriers[0], Pow):
        raise Unclear(f"the factor {words(rest)} is outside the integral over z")
    return rest * _gather(carriers[0])


def _gather_integrals(line: Mul, carriers: list[Expr]) -> Expr:
    """A product of integrals: a factor that is 0 makes it 0; the integral of c(phi) q is c(phi)."""
    kept = [factor for factor in line.args if factor not in carriers]
    inners = [integrand(carrier) for carrier in carriers]
    finite = all(_is_expectation(inner) for inner in inners)
    for carrier, inner in zip(carriers, inners, strict=True):
        if finite and is_constant_times(opened(inner), dq_):
            return S.Zero
        scalar = sympy.cancel(sympy.together(inner / q_))
        kept.append(carrier if scalar.free_symbols & VARYING else scalar)
    product = Mul(*kept)
    if sum(factor.has(Integral) for factor in kept) > 1:
        raise Unclear(f"it multiplies integrals: {words(line)}")
    return _gather(product)


def _is_expectation(inner: Expr) -> bool:
    """Whether each term has a factor q or dq/dphi: its integral is finite, as an expectation."""
    terms = Add.make_args(opened(inner))
    powers = [term.as_powers_dict() for term in terms]
    return all(power[q_] + power[dq_] >= 1 for power in powers)


def _gather_constant(line: Expr) -> Expr:
    """A constant c(phi) is the integral of c q."""
    if line.has(Integral) or Z in line.free_symbols:
        raise Unclear(f"the part {words(line)} is not inside an integral over z")
    return line * Q


def _inside(line: Integral) -> Expr:
    if len(line.limits) != 1:
        raise Unclear("it integrates over more than one variable")
    variable, *bounds = line.limits[0]
    if bounds not in ([], [-sympy.oo, sympy.oo]):
        raise Unclear(f"it integrates from {bounds[0]} to {bounds[-1]}, not over all real z")
    if variable != Z and Z in line.function.free_symbols:
        raise Unclear(f"it integrates over {variable}, but z occurs in the integrand as well")
    inner = line.function.subs(variable, Z) if variable != Z else line.function
    if inner.has(Integral):
        raise Unclear("it has an integral inside an integral")
    return inner


def _independent(expression: Expr) -> Expr:
    """The expression with symbols in place of q, h and their derivatives."""
    table = {
        Derivative(Q, (PHI, 2)): ddq_,
        Derivative(Q, PHI): dq_,
        Derivative(Q, Z): dqz_,
        Derivative(H, Z): dh_,
    }
    result = expression.xreplace(table).xreplace({Q: q_, H: h_})
    # Functions of phi alone, such as b(phi) and its derivatives, become symbols, too.
    of_phi = [e for e in result.atoms(Derivative, AppliedUndef) if e.free_symbols == {PHI}]
    result = result.xreplace({e: _letter(e) for e in of_phi})
    unknown = result.atoms(Derivative, Integral, AppliedUndef, sympy.Subs)
    if unknown:
        raise Unclear(
            f"it has {words(sorted(unknown, key=str)[0])}, which does not occur in the identity"
        )
    if result.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise Unclear("it is not finite")
    return result


@cache
def _letter(of_phi: Expr) -> Dummy:
    """The variable that stands for a function of phi alone, the same in every line."""
    return Dummy(str(of_phi), real=True)


def _over_the_real_line(function: Expr, *limits: sympy.Tuple) -> Integral:
    """The integral over z, whatever it was over; phi remains the parameter."""
    variable = limits[0][0]
    return Integral(function if variable == PHI else function.subs(variable, Z), Z)


def _domain(integral: Integral) -> tuple[Expr, ...]:
    """What an integral is over: its variables and bounds."""
    return tuple(item for limits in integral.limits for item in (*limits, -sympy.oo, sympy.oo)[:3])

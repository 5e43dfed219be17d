"""Problem 1's trees as the sympy expressions that `derivation` is judged by: a second opinion.

It says what is left over between two lines, and which rule was broken; and the tests compare both
ways to judge.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy import Derivative, Expr, Integral

from assay import tree as t
from assay import written

from ..evidence.equality import PHI, Z, opened
from ..evidence.integrands import H, Q, integrand, words

LEFT_OVER = "this differs from the line before by the integral of {gap} over z"


MOST_WITHIN = 3  # integrals within one another: sympy's time doubles with each


class NoExpression(Exception):
    """A tree that is not among the expressions of `derivation`."""


def expression(tree: t.Tree) -> Expr:
    """A line as an expression in z, phi, q(z, phi) and h(z).

    Raises:
        NoExpression: it holds something else, for example a name that the student defined.
    """
    handler = _HANDLERS.get(type(tree))
    if handler is None:
        raise NoExpression
    return handler(tree)


def difference(before: t.Tree, here: t.Tree) -> str:
    """What is left over between two lines; empty where sympy cannot say."""
    if max(map(_most_within, (before, here))) > MOST_WITHIN:
        return ""
    try:
        first, second = (opened(integrand(expression(each))) for each in (before, here))
        gap = opened(second - first)
    except Exception:  # noqa: BLE001 - sympy may raise anything; this is only an explanation
        return ""
    rule = _rule(first, second, gap)
    return LEFT_OVER.format(gap=words(gap)) + (f": {rule}" if rule else "") if gap != 0 else ""


def _most_within(tree: t.Tree) -> int:
    """How many integrals and expectations stand within one another."""
    within = max((_most_within(child) for child in tree.children()), default=0)
    return within + isinstance(tree, (t.Integrated, t.Expectation))


def _rule(first: Expr, second: Expr, gap: Expr) -> str:
    """What changed, if it is one term; all three are expanded, so that equal terms look alike."""
    for term in sympy.Add.make_args(first):
        if gap == -2 * term:
            return f"the term {words(term)} changed sign"
        if gap == -term:
            return f"the term {words(term)} was dropped"
    if gap in sympy.Add.make_args(second):
        return f"the term {words(gap)} was added"
    return ""


def _symbol(tree: t.Tree) -> Expr:
    name = written.name_of(tree).partition("_")[0]
    known: dict[str, Expr] = {"q": Q, "h": H, "phi": PHI, "z": Z, "Z": Z}
    if name not in known:
        raise NoExpression
    return known[name]


def _function(tree: t.Function) -> Expr:
    known = {"log": sympy.log, "exp": sympy.exp}
    if tree.name not in known or len(tree.arguments) != 1:
        raise NoExpression
    return known[tree.name](expression(tree.arguments[0]))


def _expectation(tree: t.Expectation) -> Expr:
    given = tree.distribution
    name = "q" if given is None else written.name_of(given).partition("_")[0]
    density = {"q": Q, "phi": Q, "z": Q, "Z": Q, "h": H}.get(name)
    if density is None:
        raise NoExpression
    return Integral(expression(tree.body) * density, Z)


_HANDLERS: dict[type, Callable[..., Expr]] = {
    t.Number: lambda n: sympy.Rational(n.text),
    t.Symbol: _symbol,
    t.Subscript: _symbol,
    t.Call: lambda n: _symbol(n.head),
    t.Sum: lambda n: sympy.Add(*map(expression, n.terms)),
    t.Negative: lambda n: -expression(n.body),
    t.Product: lambda n: sympy.Mul(*map(expression, n.factors)),
    t.Quotient: lambda n: expression(n.top) / expression(n.bottom),
    t.Power: lambda n: expression(n.base) ** expression(n.exponent),
    t.Function: _function,
    t.Differential: lambda n: Derivative(expression(n.body), PHI),
    t.Integrated: lambda n: Integral(expression(n.body), Z),
    t.Expectation: _expectation,
}

"""Problem 1 in worlds of finitely many z: q is any positive density that depends on phi, h any h.

An integral is a sum over the points, so that q integrates to 1 for every phi and all rules of the
derivation hold exactly: derivatives and integrals may be exchanged, and the integral of dq/dphi is
0. q, its derivatives and h are random at each point: what holds here in all worlds is an identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from assay import tree as t
from assay import written

from . import jets, symbols
from .jets import Jet

WORLDS, POINTS, ORDERS = 3, 5, 5
PHI, Z = ("phi",), ("z", "Z")


class Densities:
    """The meaning of trees in problem 1.

    Args:
        text: what is judged. Its worlds follow from it, so that it cannot be written such that a
            mistake vanishes in them: another text has other worlds.
    """

    vocabulary = written.Vocabulary(
        values=frozenset({"phi", "z", "Z", "pi"}),
        variables=frozenset(PHI),
        primed=frozenset({"q"}),
    )
    variants: Sequence[object] = (None,)

    def __init__(self, text: str) -> None:
        source = np.random.default_rng(
            list(hashlib.sha256(text.encode("utf-8", "replace")).digest())
        )
        q = source.uniform(-1, 1, (ORDERS, WORLDS, POINTS))
        q[0] = source.uniform(0.3, 2.0, (WORLDS, POINTS))
        q[0] /= q[0].sum(axis=1, keepdims=True)
        q[1:] -= q[1:].mean(axis=2, keepdims=True)
        h = np.zeros((ORDERS, WORLDS, POINTS))
        h[0] = source.uniform(0.3, 3.0, (WORLDS, POINTS))
        z = np.zeros((ORDERS, WORLDS, POINTS))
        z[0] = source.uniform(-2, 2, (WORLDS, POINTS))
        phi = np.zeros((ORDERS, WORLDS, 1))
        phi[0], phi[1] = source.uniform(0.5, 1.5, (WORLDS, 1)), 1.0
        self.known: dict[str, Jet] = {"q": q, "h": h, "z": z, "Z": z, "phi": phi}
        self.defined: dict[str, Jet] = {}

    @property
    def left(self) -> Jet:
        """The left side of the identity."""
        return jets.derivative(jets.total(jets.times(self._ratio(), self.known["q"]), POINTS))

    def right_integrand(self) -> Jet:
        """The integrand of the right side: (d/dphi log q) log(h/q) q."""
        q = self.known["q"]
        return jets.times(jets.times(jets.derivative(jets.log(q)), self._ratio()), q)

    def _ratio(self) -> Jet:
        return jets.log(jets.over(self.known["h"], self.known["q"]))

    def equal(self, one: object, other: object) -> bool:
        """Whether two jets have the same value at all points of all worlds."""
        assert isinstance(one, np.ndarray)
        assert isinstance(other, np.ndarray)
        first, second = np.broadcast_arrays(one[0], other[0])
        if not (np.isfinite(first).all() and np.isfinite(second).all()):
            return False
        # float64; sums of a few terms of the order of 1 to 100
        return bool((np.abs(first - second) <= 1e-9 * (1 + np.abs(first))).all())

    def difference(self, before: written.Reading, here: written.Reading) -> str:
        """What is left over between two lines, and which term changed, if it is one."""
        assert isinstance(here.value, np.ndarray)
        if not np.isfinite(here.value[0]).all():
            return "this has no value for some q, h and phi"
        return symbols.difference(before.tree, here.tree)

    def define(self, name: str, values: dict[object, object]) -> bool:
        """Give a new letter a value."""
        value = values.get(None)
        if name.partition("_")[0] in self.known or name in self.defined:
            return False
        if not isinstance(value, np.ndarray):
            return False
        self.defined[name] = value
        return True

    def evaluate(self, tree: t.Tree, variant: object = None) -> Jet:
        """The value of a tree.

        Raises:
            written.Unread: it has no meaning in this problem.
        """
        handlers: dict[type, Callable[..., Jet]] = {
            t.Number: lambda n: jets.constant(float(n.text), ORDERS),
            t.Sum: lambda n: reduce(jets.plus, map(self.evaluate, n.terms)),
            t.Negative: lambda n: -self.evaluate(n.body),
            t.Product: lambda n: reduce(jets.times, map(self.evaluate, n.factors)),
            t.Quotient: lambda n: jets.over(self.evaluate(n.top), self.evaluate(n.bottom)),
            t.Power: self._power,
            t.Function: self._function,
            t.Symbol: self._symbol,
            t.Subscript: self._symbol,
            t.Marked: self._symbol,
            t.Call: self._call,
            t.Bars: self._absolute,
            t.Differential: self._differential,
            t.Integrated: self._integral,
            t.Expectation: self._expectation,
            t.Big: self._sum_over_z,
        }
        handler = handlers.get(type(tree))
        if handler is None:
            raise written.Unread(written.text(tree), "this has no meaning in this problem")
        with np.errstate(all="ignore"):
            value = handler(tree)
        if not len(value):
            raise written.Unread(
                written.text(tree), "there are more derivatives here than are read"
            )
        return value

    def integrand(self, tree: t.Tree) -> Jet | None:
        """What a sum of expectations and integrals integrates; None if it is anything else."""
        if isinstance(tree, t.Expectation):
            return jets.times(self.evaluate(tree.body), self._density(tree))
        if isinstance(tree, t.Integrated):
            return self.evaluate(tree.body)
        if isinstance(tree, t.Negative):
            inner = self.integrand(tree.body)
            return None if inner is None else -inner
        if isinstance(tree, t.Sum):
            parts = [self.integrand(term) for term in tree.terms]
            known = [part for part in parts if part is not None]
            return reduce(jets.plus, known) if len(known) == len(parts) else None
        return None

    def _symbol(self, tree: t.Tree) -> Jet:
        name = written.name_of(tree)
        base, _, sub = name.partition("_")
        if name in self.defined or base in self.defined:
            return self.defined[name if name in self.defined else base]
        letter = {"zeta": "z"}.get(base, base)
        if letter not in self.known or isinstance(tree, t.Marked):
            raise written.Unread(written.text(tree), f"say what {written.text(tree)} is")
        allowed = {"q": ("", "phi"), "phi": ("", "i", "j", "k", "l", "d", "n")}.get(letter, ("",))
        of_phi_i = letter == "q" and t.names(tree) <= {"q", "phi", "i", "j", "k"}
        if sub not in allowed and not of_phi_i:
            raise written.Unread(
                written.text(tree), f"say what {written.text(tree)} is, or write {letter}"
            )
        return self.known[letter]

    def _call(self, tree: t.Call) -> Jet:
        name = written.name_of(tree).partition("_")[0]
        value = self._symbol(tree.head)
        arguments = {written.name_of(a).partition("_")[0] for a in tree.arguments}
        allowed = {*Z, *PHI, "cdot"} if name != "h" else {*Z, "cdot"}
        if not arguments <= allowed or any(isinstance(a, t.Product) for a in tree.arguments):
            raise written.Unread(written.text(tree), f"write {name} as a function of z")
        return value

    def _power(self, tree: t.Power) -> Jet:
        exponent = self.evaluate(tree.exponent)
        if exponent.shape[1:] == (1, 1) and not exponent[1:].any():
            return jets.power(self.evaluate(tree.base), float(exponent[0, 0, 0]))
        return jets.exp(jets.times(jets.log(self.evaluate(tree.base)), exponent))

    def _function(self, tree: t.Function) -> Jet:
        known = {"log": jets.log, "exp": jets.exp}
        if tree.name not in known or len(tree.arguments) != 1:
            raise written.Unread(tree.name, f"write {tree.name} out with integrals, log, q and h")
        return known[tree.name](self.evaluate(tree.arguments[0]))

    def _absolute(self, tree: t.Bars) -> Jet:
        value = self.evaluate(tree.body)
        return np.asarray(value * np.sign(value[0]))

    def _differential(self, tree: t.Differential) -> Jet:
        variable = tree.variable
        if variable is not None and written.name_of(variable).partition("_")[0] not in PHI:
            shown = written.text(variable)
            raise written.Unread(shown, f"the derivative here is in phi, not in {shown}")
        return jets.derivative(self.evaluate(tree.body))

    def _integral(self, tree: t.Integrated) -> Jet:
        body = self.evaluate(tree.body)
        variable = (
            "z" if tree.variable is None else written.name_of(tree.variable).partition("_")[0]
        )
        if variable in PHI:  # read as it stands: no such integral is part of a true line
            return jets.constant(np.nan, ORDERS)
        if variable not in Z:
            raise written.Unread(f"d{variable}", "the integrals here are over z: write dz")
        for limit in (tree.lower, tree.upper):
            if limit is not None and _is_bound(limit):
                raise written.Unread(written.text(limit), "the integrals here are over all z")
        return jets.total(body, POINTS)

    def _density(self, tree: t.Expectation) -> Jet:
        given = tree.distribution
        if given is None:
            return self.known["q"]
        name = written.name_of(given).partition("_")[0]
        if name in ("phi", *Z) and tree.variable is None:
            return self.known["q"]
        if name not in ("q", "h"):
            raise written.Unread(written.text(given), "the expectation here is over q_phi")
        return self.evaluate(given)

    def _expectation(self, tree: t.Expectation) -> Jet:
        return jets.total(jets.times(self.evaluate(tree.body), self._density(tree)), POINTS)

    def _sum_over_z(self, tree: t.Big) -> Jet:
        if tree.kind == "sum" and [written.name_of(i) for i in tree.indices] in (["z"], ["Z"]):
            return jets.total(self.evaluate(tree.body), POINTS)
        raise written.Unread("\\" + tree.kind, "write an integral over z")


def _is_bound(limit: t.Tree) -> bool:
    """Whether a limit of an integral cuts the line: 0 does, infinity and R^2 do not."""
    has_number = any(isinstance(node, t.Number) for node in limit.walk())
    return has_number and not isinstance(limit, t.Power)

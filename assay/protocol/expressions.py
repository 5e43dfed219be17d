"""Carries sympy expressions as trees over a list of allowed classes; no text is ever evaluated."""

from __future__ import annotations

import sympy

from assay.protocol import wire

NODES = wire.NODES  # of one expression, counted with repetition
DIGITS = 60  # of one integer
DEPTH = 200  # of nesting: sympy recurses

# Classes with arguments, rebuilt as cls(*arguments).
_COMPOSITE = {
    cls.__name__: cls
    for cls in (
        sympy.Add,
        sympy.Mul,
        sympy.Pow,
        sympy.exp,
        sympy.log,
        sympy.Abs,
        sympy.sign,
        sympy.sin,
        sympy.cos,
        sympy.tanh,
        sympy.Derivative,
        sympy.Integral,
        sympy.Tuple,
        sympy.Limit,
        sympy.Subs,
        sympy.Eq,
    )
}
_ANY = ("Tuple", "Integral", "Derivative", "Limit", "Subs")  # arguments need not be Expr
_CONSTANT = {
    "Infinity": sympy.oo,
    "NegativeInfinity": -sympy.oo,
    "ComplexInfinity": sympy.zoo,
    "NaN": sympy.nan,
    "Pi": sympy.pi,
    "Exp1": sympy.E,
    "ImaginaryUnit": sympy.I,
}
_ASSUMPTIONS = ("real", "positive", "nonnegative", "integer", "finite", "commutative")


class Refuse(Exception):
    """An expression that the kit does not accept."""


def pack(value: object) -> wire.Value:
    """The tree of an expression, or `Other` with the reason why there is none."""
    nodes: list[wire.Node] = []
    seen: dict[sympy.Basic, int] = {}
    try:
        _add(sympy.sympify(value, strict=True), nodes, seen)
    except (Refuse, sympy.SympifyError, RecursionError) as fault:
        text = str(fault) if isinstance(fault, Refuse) else type(value).__name__
        return wire.Other(wire.valid(text, wire.NOTE_LIMIT))
    return wire.Expr(tuple(nodes))


def unpack(tree: wire.Expr) -> sympy.Basic:
    """The expression of a tree that an untrusted child sent; call it in a process with limits.

    Raises:
        Refuse: an unknown class, a bad reference, or more than the limits allow.
    """
    if not 0 < len(tree.nodes) <= NODES:
        raise Refuse(f"an expression of {len(tree.nodes)} nodes; 1 to {NODES} are allowed")
    _measure(tree)
    built: list[sympy.Basic] = []
    for node in tree.nodes:
        try:
            built.append(_build(node, [built[index] for index in node.arguments]))
        except Refuse:
            raise
        except (RecursionError, MemoryError):
            raise Refuse("an expression that is too large to build") from None
        except Exception as fault:  # noqa: BLE001 - sympy may raise anything on a forged tree
            raise Refuse(f"{node.kind[:40]}: {str(fault)[:120]}") from None
    root = built[-1]
    if not isinstance(root, sympy.Basic):
        raise Refuse("not an expression")
    return root


def _measure(tree: wire.Expr) -> None:
    """Check size and depth against the limits; a shared part counts each time it occurs."""
    sizes: list[int] = []
    depths: list[int] = []
    for position, node in enumerate(tree.nodes):
        if any(not 0 <= index < position for index in node.arguments):
            raise Refuse("an expression that refers to itself")
        sizes.append(1 + sum(sizes[index] for index in node.arguments))
        depths.append(1 + max((depths[index] for index in node.arguments), default=0))
        if sizes[-1] > NODES or depths[-1] > DEPTH:
            raise Refuse(f"an expression of more than {NODES} nodes or {DEPTH} levels")


def _power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
    if base.is_Rational and exponent.is_Rational:
        digits = len(str(max(abs(base.p), base.q))) * abs(exponent)
        if digits > DIGITS:
            raise Refuse("a power that is too large")
    return sympy.Pow(base, exponent)


def _add(value: sympy.Basic, nodes: list[wire.Node], seen: dict[sympy.Basic, int]) -> int:
    if isinstance(value, sympy.UnevaluatedExpr):
        return _add(value.args[0], nodes, seen)
    if value in seen:
        return seen[value]
    if len(nodes) >= NODES:
        raise Refuse(f"an expression of more than {NODES} nodes")
    arguments = () if value.is_Atom else tuple(_add(a, nodes, seen) for a in value.args)
    kind, text = _describe(value)
    if len(text) > wire.NOTE_LIMIT or len(kind) > wire.NAME_LIMIT:
        raise Refuse("a name that is too long")
    nodes.append(wire.Node(kind, arguments, text))
    seen[value] = len(nodes) - 1
    return seen[value]


def _describe(value: sympy.Basic) -> tuple[str, str]:
    name = type(value).__name__
    if isinstance(value, sympy.Symbol) and type(value) in (sympy.Symbol, sympy.Dummy):
        traits = ",".join(t for t in _ASSUMPTIONS if value.assumptions0.get(t))
        return "Symbol", f"{value.name}|{traits}"
    if isinstance(value, sympy.Rational):
        if max(abs(value.p), value.q) >= 10**DIGITS:
            raise Refuse("an integer that is too large")
        return "Rational", f"{value.p}/{value.q}"
    if isinstance(value, sympy.Float):
        return "Float", str(sympy.Float(value, 17))
    if isinstance(value, sympy.core.function.AppliedUndef):
        traits = "positive" if value.is_positive else ""
        return "Function", f"{value.func.__name__}|{traits}"
    if name in _CONSTANT and value == _CONSTANT[name]:
        return name, ""
    if _COMPOSITE.get(name) is type(value):
        return name, ""
    raise Refuse(f"{name}, which a derivation here does not need")


def _build(node: wire.Node, arguments: list[sympy.Basic]) -> sympy.Basic:
    if node.kind in _CONSTANT:
        return _CONSTANT[node.kind]
    if node.kind not in _ANY and not all(isinstance(a, sympy.Expr) for a in arguments):
        raise Refuse(f"{node.kind[:40]} of something that is not an expression")
    if node.kind == "Pow":
        return _power(*arguments)
    if node.kind == "Equality":
        return sympy.Eq(*arguments, evaluate=False)  # evaluated, it might be True or False
    if node.kind in _COMPOSITE:
        return _COMPOSITE[node.kind](*arguments)
    name, _, traits = node.text.partition("|")
    if node.kind == "Symbol":
        return sympy.Symbol(name[:40], **_traits(traits))
    if node.kind == "Function":
        return sympy.Function(name[:40], **_traits(traits))(*arguments)
    if node.kind == "Rational":
        return _rational(node.text)
    if node.kind == "Float":
        return sympy.Float(float(node.text))
    raise Refuse(f"{node.kind[:40]}, which a derivation here does not need")


def _traits(text: str) -> dict[str, bool]:
    return {trait: True for trait in text.split(",") if trait in _ASSUMPTIONS}


def _rational(text: str) -> sympy.Rational:
    numerator, _, denominator = text.partition("/")
    if len(text) > 2 * DIGITS + 3:
        raise Refuse("an integer that is too large")
    return sympy.Rational(int(numerator), int(denominator or "1"))

"""Trees as MathML, which browsers show without a script.

Only letters and signs from a tree are put in, each escaped, so that no markup of a student passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from assay.written import tree as t
from assay.written.show import NAMES, SIGNS, letter


def mathml(tree: t.Tree) -> str:
    """A tree as one `<math>` element.

    >>> mathml(t.Power(t.Symbol("s"), t.Number("2")))
    '<math><msup><mi>s</mi><mn>2</mn></msup></math>'
    """
    return f"<math>{_node(tree, 0)}</math>"


def _node(tree: t.Tree, binding: int) -> str:
    own, made = _MAKERS[type(tree)](tree)
    return _bracketed(made) if own < binding else made


def _bracketed(inner: str, left: str = "(", right: str = ")") -> str:
    return f"<mrow><mo>{escape(left)}</mo>{inner}<mo>{escape(right)}</mo></mrow>"


def _row(parts: Iterable[str]) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _sign(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def _commas(trees: Iterable[t.Tree]) -> str:
    return _sign(",").join(_node(each, 0) for each in trees)


def _sum(tree: t.Sum) -> tuple[int, str]:
    parts = [_node(tree.terms[0], 1)]
    for term in tree.terms[1:]:
        if isinstance(term, t.Negative):
            parts += [_sign("−"), _node(term.body, 2)]
        elif isinstance(term, t.PlusMinus):
            parts += [_sign("±"), _node(term.body, 2)]
        else:
            parts += [_sign("+"), _node(term, 1)]
    return 1, _row(parts)


def _product(tree: t.Product) -> tuple[int, str]:
    last = len(tree.factors) - 1
    shown = [_node(f, 3 if i == last else 4) for i, f in enumerate(tree.factors)]
    return 2, _row(['<mspace width="0.17em"/>'.join(shown)])


def _fraction(top: str, bottom: str) -> str:
    return f"<mfrac>{_row([top])}{_row([bottom])}</mfrac>"


def _function(tree: t.Function) -> tuple[int, str]:
    if tree.name == "kron":
        return 2, _row([_sign("⊗").join(_node(a, 3) for a in tree.arguments)])
    if tree.name == "counted":
        inner, count = (_row([_node(a, 0)]) for a in tree.arguments)
        return 5, f"<munder><munder>{inner}{_sign('⏟')}</munder>{count}</munder>"
    name = f"<mi>{escape(NAMES.get(tree.name, tree.name))}</mi>"
    if tree.sub is not None:
        name = f"<msub>{name}{_row([_node(tree.sub, 0)])}</msub>"
    return 5, _row([name, _bracketed(_commas(tree.arguments))])


def _bars(sign: str) -> Callable[..., tuple[int, str]]:
    return lambda tree: (5, _bracketed(_node(tree.body, 0), sign, sign))


def _differential(tree: t.Differential) -> tuple[int, str]:
    below = _sign("∂") + ("" if tree.variable is None else _node(tree.variable, 5))
    simple = isinstance(tree.body, (t.Symbol, t.Subscript, t.Call, t.Function, t.Expectation))
    body = _node(tree.body, 0) if simple else _bracketed(_node(tree.body, 0), "[", "]")
    operator = _sign("∂") if tree.variable is None else _fraction(_sign("∂"), below)
    return 3, _row([operator, body])


def _with_limits(sign: str, lower: str, upper: str) -> str:
    if lower and upper:
        return f"<munderover>{sign}{_row([lower])}{_row([upper])}</munderover>"
    if lower or upper:
        tag = "munder" if lower else "mover"
        return f"<{tag}>{sign}{_row([lower or upper])}</{tag}>"
    return sign


def _optional(tree: t.Tree | None) -> str:
    return "" if tree is None else _node(tree, 0)


def _integral(tree: t.Integrated) -> tuple[int, str]:
    sign = _with_limits(_sign("∫"), _optional(tree.lower), _optional(tree.upper))
    variable = "<mi>z</mi>" if tree.variable is None else _node(tree.variable, 0)
    space = '<mspace width="0.17em"/>'
    return 3, _row([sign, _node(tree.body, 2), space, "<mi>d</mi>", variable])


def _expectation(tree: t.Expectation) -> tuple[int, str]:
    parts = [_node(p, 0) for p in (tree.variable, tree.distribution) if p is not None]
    name = "<mi>E</mi>"
    if parts:
        name = f"<msub>{name}{_row([_sign('∼').join(parts)])}</msub>"
    return 5, _row([name, _bracketed(_node(tree.body, 0), "[", "]")])


def _big(tree: t.Big) -> tuple[int, str]:
    lower = _commas(tree.indices)
    if tree.lower is not None:
        lower += _sign("=") + _node(tree.lower, 0)
    sign = _sign("∑" if tree.kind == "sum" else "∏")
    return 3, _row([_with_limits(sign, lower, _optional(tree.upper)), _node(tree.body, 2)])


def _table(rows: Iterable[Iterable[str]]) -> str:
    cells = ("".join(f"<mtd>{cell}</mtd>" for cell in row) for row in rows)
    return f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in cells)}</mtable>"


def _matrix(tree: t.Matrix) -> tuple[int, str]:
    return 5, _bracketed(_table([[_node(c, 0) for c in row] for row in tree.rows]), "[", "]")


def _cases(tree: t.Cases) -> tuple[int, str]:
    rows = [[_node(r.value, 0), _node(r.condition, 0)] for r in tree.rows]
    return 5, _row([_sign("{"), _table(rows)])


def _group(tree: t.Group) -> tuple[int, str]:
    brackets = tree.brackets.replace("\\", "") or "()"
    return 5, _bracketed(_commas(tree.items), brackets[0], brackets[-1])


def _joined(word: str, nothing: str = "") -> Callable[..., tuple[int, str]]:
    def make(tree: t.Every | t.Some) -> tuple[int, str]:
        space = '<mspace width="0.3em"/>'
        between = f"{space}<mtext>{word}</mtext>{space}"
        parts = [_node(c, 0) for c in tree.conditions]
        return 1, _row([between.join(parts)]) if parts else f"<mtext>{nothing}</mtext>"

    return make


_MAKERS: dict[type, Callable[..., tuple[int, str]]] = {
    t.Number: lambda n: (5, f"<mn>{escape(n.text)}</mn>"),
    t.Symbol: lambda n: (5, f"<mi>{escape(letter(n.name))}</mi>"),
    t.Subscript: lambda n: (5, f"<msub>{_node(n.base, 5)}{_row([_commas(n.subs)])}</msub>"),
    t.Marked: lambda n: (5, f"<msup>{_node(n.base, 5)}{_sign(n.mark)}</msup>"),
    t.Power: lambda n: (4, f"<msup>{_node(n.base, 5)}{_node(n.exponent, 0)}</msup>"),
    t.Sum: _sum,
    t.Negative: lambda n: (1, _row([_sign("−"), _node(n.body, 2)])),
    t.PlusMinus: lambda n: (1, _row([_sign("±"), _node(n.body, 2)])),
    t.Product: _product,
    t.Quotient: lambda n: (4, _fraction(_node(n.top, 0), _node(n.bottom, 0))),
    t.Function: _function,
    t.Call: lambda n: (5, _row([_node(n.head, 5), _bracketed(_commas(n.arguments))])),
    t.Bars: _bars("|"),
    t.Norm: _bars("‖"),
    t.Differential: _differential,
    t.Integrated: _integral,
    t.Expectation: _expectation,
    t.Big: _big,
    t.Matrix: _matrix,
    t.Group: _group,
    t.Case: lambda n: (1, _row([_node(n.value, 0), _node(n.condition, 0)])),
    t.Cases: _cases,
    t.Relation: lambda n: (
        1,
        _row([_node(n.left, 0), _sign(SIGNS.get(n.sign, n.sign)), _node(n.right, 0)]),
    ),
    t.Every: _joined("and", "otherwise"),
    t.Some: _joined("or"),
}

"""Trees as readable text on one line, fully bracketed where scope could be in doubt."""

from __future__ import annotations

from collections.abc import Callable

from assay.written import tree as t

LETTERS = {
    "phi": "φ",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "sigma": "σ",
    "tau": "τ",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "pi": "π",
    "psi": "ψ",
    "omega": "ω",
    "xi": "ξ",
    "rho": "ρ",
    "chi": "χ",
    "zeta": "ζ",
    "kappa": "κ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Lambda": "Λ",
    "Omega": "Ω",
    "Delta": "Δ",
    "Gamma": "Γ",
    "Theta": "Θ",
    "Psi": "Ψ",
    "infty": "∞",
    "dots": "…",
    "cdot": "·",
    "top": "T",
    "ones": "1",
    "bb R": "ℝ",
}
SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "in": "∈", "notin": "∉"}
ACCENTS = {
    "hat": "\u0302",
    "tilde": "\u0303",
    "bar": "\u0304",
    "dot": "\u0307",
    "check": "\u030c",
}
NAMES = {"total": "sum", "product": "prod", "one": "1"}


def text(tree: t.Tree) -> str:
    """A tree as text: "∫ q_φ(z) log(h(z)/q_φ(z)) dz".

    >>> text(t.Quotient(t.Symbol("h"), t.Symbol("q")))
    'h/q'
    """
    return _text(tree, 0)


def letter(name: str) -> str:
    """A letter for people: "phi" is φ, "hat y" is y with a hat."""
    accent, _, base = name.rpartition(" ")
    if accent in ACCENTS:
        return LETTERS.get(base, base) + ACCENTS[accent]
    return LETTERS.get(name) or (base if accent in ("cal", "bb") else name)


# How tightly a construct binds: 1 a sum, 2 a product, 3 a prefix, 4 a power, 5 an atom.
def _text(tree: t.Tree, binding: int) -> str:
    own, made = _MAKERS[type(tree)](tree)
    return f"({made})" if own < binding else made


def _sum(tree: t.Sum) -> tuple[int, str]:
    pieces = [_text(tree.terms[0], 1)]
    for term in tree.terms[1:]:
        if isinstance(term, t.Negative):
            pieces.append(f" - {_text(term.body, 2)}")
        elif isinstance(term, t.PlusMinus):
            pieces.append(f" ± {_text(term.body, 2)}")
        else:
            pieces.append(f" + {_text(term, 1)}")
    return 1, "".join(pieces)


def _product(tree: t.Product) -> tuple[int, str]:
    last = len(tree.factors) - 1
    # A prefix runs to the right, so that only the last one needs no brackets.
    return 2, " ".join(_text(f, 3 if i == last else 4) for i, f in enumerate(tree.factors))


def _function(tree: t.Function) -> tuple[int, str]:
    name = NAMES.get(tree.name, tree.name)
    if name == "kron":
        return 2, " ⊗ ".join(_text(a, 3) for a in tree.arguments)
    if name == "counted":
        inner, count = map(text, tree.arguments)
        return 5, f"({inner}, {count} times)"
    sub = f"_{_text(tree.sub, 5)}" if tree.sub is not None else ""
    return 5, f"{name}{sub}({', '.join(map(text, tree.arguments))})"


def _subscript(tree: t.Subscript) -> tuple[int, str]:
    subs = ",".join(map(text, tree.subs))
    base = _text(tree.base, 5)
    return 5, f"{base}_{subs}" if len(subs) == 1 else f"{base}_{{{subs}}}"


def _differential(tree: t.Differential) -> tuple[int, str]:
    variable = "" if tree.variable is None else _text(tree.variable, 5)
    sign = f"∂/∂{variable}" if variable else "∂"
    inner = text(tree.body)
    return 3, f"{sign} {inner}" if _is_atom(tree.body) else f"{sign} [{inner}]"


def _is_atom(tree: t.Tree) -> bool:
    return isinstance(tree, (t.Symbol, t.Subscript, t.Call, t.Expectation, t.Function))


def _integral(tree: t.Integrated) -> tuple[int, str]:
    limits = "".join(
        f"{sign}{_text(limit, 5)}"
        for sign, limit in (("_", tree.lower), ("^", tree.upper))
        if limit is not None
    )
    variable = "z" if tree.variable is None else text(tree.variable)
    return 3, f"∫{limits} {_text(tree.body, 2)} d{variable}"


def _expectation(tree: t.Expectation) -> tuple[int, str]:
    parts = [text(part) for part in (tree.variable, tree.distribution) if part is not None]
    sub = f"_{{{' ~ '.join(parts)}}}" if parts else ""
    return 5, f"E{sub}[{text(tree.body)}]"


def _big(tree: t.Big) -> tuple[int, str]:
    sign = "∑" if tree.kind == "sum" else "∏"
    index = ",".join(map(text, tree.indices))
    lower = f"{index}={text(tree.lower)}" if tree.lower is not None else index
    limits = (f"_{{{lower}}}" if lower else "") + (
        f"^{{{text(tree.upper)}}}" if tree.upper is not None else ""
    )
    return 3, f"{sign}{limits} {_text(tree.body, 2)}"


def _matrix(tree: t.Matrix) -> tuple[int, str]:
    return 5, "[" + "; ".join(", ".join(map(text, row)) for row in tree.rows) + "]"


def _group(tree: t.Group) -> tuple[int, str]:
    brackets = tree.brackets.replace("\\", "") or "()"
    return 5, f"{brackets[0]}{', '.join(map(text, tree.items))}{brackets[-1]}"


def _cases(tree: t.Cases) -> tuple[int, str]:
    return 5, "{" + "; ".join(map(text, tree.rows)) + "}"


def _every(tree: t.Every) -> tuple[int, str]:
    return 1, " and ".join(map(text, tree.conditions)) or "otherwise"


_MAKERS: dict[type, Callable[..., tuple[int, str]]] = {
    t.Number: lambda n: (5, n.text),
    t.Symbol: lambda n: (5, letter(n.name)),
    t.Subscript: _subscript,
    t.Marked: lambda n: (5, f"{_text(n.base, 5)}{n.mark}"),
    t.Power: lambda n: (4, f"{_text(n.base, 5)}^{_text(n.exponent, 5)}"),
    t.Sum: _sum,
    t.Negative: lambda n: (1, f"-{_text(n.body, 2)}"),
    t.PlusMinus: lambda n: (1, f"±{_text(n.body, 2)}"),
    t.Product: _product,
    t.Quotient: lambda n: (2, f"{_text(n.top, 4)}/{_text(n.bottom, 4)}"),
    t.Function: _function,
    t.Call: lambda n: (5, f"{_text(n.head, 5)}({', '.join(map(text, n.arguments))})"),
    t.Bars: lambda n: (5, f"|{text(n.body)}|"),
    t.Norm: lambda n: (5, f"‖{text(n.body)}‖"),
    t.Differential: _differential,
    t.Integrated: _integral,
    t.Expectation: _expectation,
    t.Big: _big,
    t.Matrix: _matrix,
    t.Group: _group,
    t.Case: lambda n: (1, f"{text(n.value)} if {text(n.condition)}"),
    t.Cases: _cases,
    t.Relation: lambda n: (1, f"{text(n.left)} {SIGNS.get(n.sign, n.sign)} {text(n.right)}"),
    t.Every: _every,
    t.Some: lambda n: (1, " or ".join(map(text, n.conditions))),
}

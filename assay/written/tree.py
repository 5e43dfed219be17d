"""The trees that written mathematics is parsed into, and the error for what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace


class Unread(Exception):
    """A place that cannot be read.

    Args:
        token: what the student wrote there.
        advice: what to write instead.
    """

    def __init__(self, token: str, advice: str) -> None:
        super().__init__(f"cannot read {token!r}: {advice}")
        self.token = token
        self.advice = advice


@dataclass(frozen=True)
class Tree:
    """A node; the classes below say what it may hold."""

    def children(self) -> Iterator[Tree]:
        """The trees directly below this one."""
        for each in fields(self):
            value = getattr(self, each.name)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Tree):
                    yield item
                elif isinstance(item, tuple):
                    yield from (inner for inner in item if isinstance(inner, Tree))

    def walk(self) -> Iterator[Tree]:
        """This node and everything below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True)
class Number(Tree):
    """A number as it was written."""

    text: str


@dataclass(frozen=True)
class Symbol(Tree):
    """A letter, "phi", or a sign such as "infty" and "dots"."""

    name: str


@dataclass(frozen=True)
class Subscript(Tree):
    """base_{first, second}."""

    base: Tree
    subs: tuple[Tree, ...]


@dataclass(frozen=True)
class Marked(Tree):
    """base with a star, a prime or a hat."""

    base: Tree
    mark: str


@dataclass(frozen=True)
class Power(Tree):
    """base^exponent."""

    base: Tree
    exponent: Tree


@dataclass(frozen=True)
class Sum(Tree):
    """The sum of the terms."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True)
class Negative(Tree):
    """-body."""

    body: Tree


@dataclass(frozen=True)
class PlusMinus(Tree):
    """body with either sign."""

    body: Tree


@dataclass(frozen=True)
class Product(Tree):
    """The product of the factors, in order."""

    factors: tuple[Tree, ...]


@dataclass(frozen=True)
class Quotient(Tree):
    """top / bottom."""

    top: Tree
    bottom: Tree


@dataclass(frozen=True)
class Function(Tree):
    """A named function of arguments: log, det, min; `sub` is its subscript, as in clip_{[0, 1]}."""

    name: str
    arguments: tuple[Tree, ...]
    sub: Tree | None = None


@dataclass(frozen=True)
class Call(Tree):
    """A symbol with arguments: q_phi(z)."""

    head: Tree
    arguments: tuple[Tree, ...]


@dataclass(frozen=True)
class Bars(Tree):
    """|body|."""

    body: Tree


@dataclass(frozen=True)
class Norm(Tree):
    """||body||."""

    body: Tree


@dataclass(frozen=True)
class Differential(Tree):
    """The derivative of body in variable; None where no variable is written."""

    body: Tree
    variable: Tree | None


@dataclass(frozen=True)
class Integrated(Tree):
    """The integral of body over variable, with its limits as written."""

    body: Tree
    variable: Tree | None
    lower: Tree | None
    upper: Tree | None


@dataclass(frozen=True)
class Expectation(Tree):
    """E_{variable ~ distribution}[body]."""

    body: Tree
    variable: Tree | None
    distribution: Tree | None


@dataclass(frozen=True)
class Big(Tree):
    """A sum or product over indices: `kind` is "sum" or "prod"."""

    kind: str
    indices: tuple[Tree, ...]
    lower: Tree | None
    upper: Tree | None
    body: Tree


@dataclass(frozen=True)
class Matrix(Tree):
    """Rows of cells; an empty cell is Symbol("")."""

    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True)
class Group(Tree):
    """Items in brackets with commas between them; `brackets` are as written, "[)"."""

    items: tuple[Tree, ...]
    brackets: str


@dataclass(frozen=True)
class Case(Tree):
    """A value and the condition under which it holds."""

    value: Tree
    condition: Tree


@dataclass(frozen=True)
class Cases(Tree):
    """A value for each case; the first condition that holds decides."""

    rows: tuple[Case, ...]


@dataclass(frozen=True)
class Relation(Tree):
    """left < right, and so on: `sign` is one of < > <= >= = != in notin."""

    sign: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Every(Tree):
    """All of these conditions; none: always."""

    conditions: tuple[Tree, ...]


@dataclass(frozen=True)
class Some(Tree):
    """At least one of these conditions."""

    conditions: tuple[Tree, ...]


OTHERWISE = Every(())


def plain(tree: Tree) -> Tree:
    """A tree without the marks and subscripts of its head: x_2^* gives x."""
    while isinstance(tree, (Subscript, Marked)):
        tree = tree.base
    return tree


def renamed(tree: Tree, old: str, new: str) -> Tree:
    """A tree with another name for a symbol."""
    if isinstance(tree, Symbol):
        return Symbol(new) if tree.name == old else tree
    changed: dict[str, object] = {}
    for each in fields(tree):
        value = getattr(tree, each.name)
        if isinstance(value, Tree):
            changed[each.name] = renamed(value, old, new)
        elif isinstance(value, tuple):
            changed[each.name] = _renamed_in(value, old, new)
    return replace(tree, **changed)


def _renamed_in(items: tuple[object, ...], old: str, new: str) -> tuple[object, ...]:
    return tuple(
        renamed(item, old, new)
        if isinstance(item, Tree)
        else _renamed_in(item, old, new)
        if isinstance(item, tuple)
        else item
        for item in items
    )


def names(tree: Tree) -> set[str]:
    """The names of the symbols in a tree."""
    return {each.name for each in tree.walk() if isinstance(each, Symbol)}

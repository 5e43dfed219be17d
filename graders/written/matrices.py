"""Problem 4 in worlds of matrices: P, L, U and s are drawn, every line is evaluated.

Entries of s have both signs, P is odd in some worlds and even in others, C is 1 to 4, m is not n. A
bar around a matrix is its determinant or that one's absolute value, whichever makes a line true;
the Jacobian of the convolution is I (x) A or A (x) I, depending on the order of the pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay import tree as t
from assay import written

Array = NDArray[np.float64]
Join = Callable[[Array], object]  # a sum or a product over the first axis
Values = list[list[Array]]  # for each world the possible values: +- has two

SIZES = ((1, 2, 3), (2, 3, 2), (3, 1, 2), (3, 2, 3), (4, 2, 1), (2, 1, 3), (3, 3, 1), (4, 1, 2))
MOST_TERMS = 400  # of one sum or product
LARGEST = 64  # rows of a matrix
FACTORS = ("P", "L", "U", "A", "J", "M")


class Variant(NamedTuple):
    """A convention: whether bars keep the sign of a determinant, and how pixels are ordered."""

    signed_bars: bool
    pixels_first: bool


USUAL = Variant(signed_bars=False, pixels_first=True)


@dataclass
class World:
    """The values of letters in one world, and the convention under which lines are read."""

    letters: dict[str, Array]
    has_pixels: bool
    variant: Variant = USUAL
    sign: int = 1
    bound: dict[str, int] = field(default_factory=dict)

    @property
    def C(self) -> int:  # noqa: N802 - the problem's letter
        """The number of channels."""
        return len(self.letters["s"])

    @property
    def jacobian(self) -> Array:
        """The Jacobian: A, or for the convolution a block for each pixel."""
        if not self.has_pixels:
            return self.letters["A"]
        pixels = np.eye(int(self.letters["m"] * self.letters["n"]))
        pair = (pixels, self.letters["A"])
        return np.asarray(np.kron(*(pair if self.variant.pixels_first else pair[::-1])))


class Matrices:
    """The meaning of trees in problem 4 (a), or with pixels in 4 (c)."""

    def __init__(self, has_pixels: bool) -> None:
        self.has_pixels = has_pixels
        constants = {"C", "s", "i", "j", "k", "P", "L", "U", "I", "ones", "c"}
        constants |= {"m", "n", "H", "W", "h", "w"} if has_pixels else set()
        self.vocabulary = written.Vocabulary(
            functions=frozenset({"f", "vec"}), values=frozenset(constants)
        )
        orders = (True, False) if has_pixels else (True,)
        self.variants: Sequence[object] = [
            Variant(*pair) for pair in itertools.product((False, True), orders)
        ]
        self.worlds = [_world(seed, size, has_pixels) for seed, size in enumerate(SIZES)]
        self.defined: dict[str, dict[object, Values]] = {}

    def evaluate(self, tree: t.Tree, variant: object) -> Values:
        """The possible values of a tree in each world.

        Raises:
            written.Unread: it has no meaning in this problem.
        """
        assert isinstance(variant, Variant)
        signs = (1, -1) if any(isinstance(n, t.PlusMinus) for n in tree.walk()) else (1,)
        made: Values = []
        with np.errstate(all="ignore"):
            for place, world in enumerate(self.worlds):
                here = replace(world, variant=variant, letters={**world.letters})
                for name, values in self.defined.items():
                    here.letters[name] = values[variant][place][0]
                made.append([_Evaluator(replace(here, sign=s)).value(tree) for s in signs])
        return made

    def equal(self, one: object, other: object) -> bool:
        """Whether both have a common value in every world."""
        assert isinstance(one, list)
        assert isinstance(other, list)
        pairs = zip(one, other, strict=True)
        return all(any(_close(a, b) for a in first for b in second) for first, second in pairs)

    def difference(self, before: written.Reading, here: written.Reading) -> str:
        """How two lines differ in the smallest world in which they do."""
        assert isinstance(before.value, list)
        assert isinstance(here.value, list)
        if any(not np.isfinite(v).all() for values in here.value for v in values):
            return (
                "this takes the logarithm of a negative number where some s_i < 0: it is true "
                "only for s_i > 0; write |s_i|"
            )
        worlds = zip(self.worlds, before.value, here.value, strict=True)
        for world, one, other in worlds:
            if not any(_close(a, b) for a in one for b in other):
                return _example(world, one[0], other[0])
        return "no reading makes this equal to the line before"

    def define(self, name: str, values: dict[object, object]) -> bool:
        """Give a new letter a value."""
        base = name.partition("_")[0]
        known = self.worlds[0].letters
        if name in self.defined or name in known or base in known or base == "f":
            return False
        self.defined[name] = values  # type: ignore[assignment]
        return True

    @property
    def claim(self) -> Values:
        """The log-determinant."""
        return [[np.asarray(np.linalg.slogdet(w.jacobian)[1])] for w in self.worlds]


def _world(seed: int, size: tuple[int, int, int], has_pixels: bool) -> World:
    source = np.random.default_rng(1000 + seed)
    C, m, n = size
    P = np.eye(C)[source.permutation(C)]
    if C > 1 and (np.linalg.det(P) > 0) == (seed % 2 == 0):
        P = P[[1, 0, *range(2, C)]]
    L = np.tril(source.uniform(-1, 1, (C, C)), -1) + np.eye(C)
    U = np.triu(source.uniform(-1, 1, (C, C)), 1)
    s = source.uniform(0.4, 2.2, C) * source.choice([-1.0, 1.0], C)
    s[0] = -abs(s[0])
    if (s.prod() > 0) == (m * n % 2 == 1 or seed % 2 == 0) and C > 1:
        s[-1] = -s[-1]  # where m n is odd, the product is negative
    if m * n % 2 == 1 and np.linalg.det(P) < 0:
        P = P[[1, 0, *range(2, C)]]
    x = source.uniform(-1, 1, C)
    letters = {"P": P, "L": L, "U": U, "s": s, "x": x, "A": P @ L @ (U + np.diag(s))}
    letters["C"] = np.asarray(float(C))
    letters["I"] = np.eye(C)
    if has_pixels:
        letters["X"] = source.uniform(-1, 1, (C, m, n))
        for name, value in (("m", m), ("n", n), ("H", m), ("W", n), ("h", m), ("w", n)):
            letters[name] = np.asarray(float(value))
    return World(letters, has_pixels)


def _example(world: World, one: Array, other: Array) -> str:
    """The values of two lines in one world."""
    s = ", ".join(f"{v:.3g}" for v in world.letters["s"])
    sizes = f"C = {world.C}"
    if world.has_pixels:
        sizes += f", m = {world.letters['m']:g}, n = {world.letters['n']:g}"
    det = np.linalg.det(world.letters["P"])
    if one.ndim or other.ndim:
        values = "they are different vectors or matrices"
    else:
        values = f"the line before is {one:.4g}, this one {other:.4g}"
    return f"for {sizes}, s = ({s}), det P = {det:+.0f}: {values}"


def _is_diagonal(value: Array) -> bool:
    return bool((value == np.diag(np.diag(value))).all())


def _close(one: Array, other: Array) -> bool:
    if one.shape != other.shape or not (np.isfinite(one).all() and np.isfinite(other).all()):
        return False
    # float64; determinants of matrices of up to 24 rows, with condition numbers up to 1e4
    scale = 1 + np.abs(one).max(initial=0.0)
    return bool((np.abs(one - other) <= 1e-8 * scale).all())


def _refuse(tree: t.Tree, advice: str) -> written.Unread:
    return written.Unread(written.text(tree), advice)


@dataclass
class _Evaluator:
    world: World

    def value(self, tree: t.Tree) -> Array:
        handler = _HANDLERS.get(type(tree))
        if handler is None:
            raise _refuse(tree, "this has no meaning in this problem")
        return np.asarray(handler(self, tree), dtype=float)

    def number(self, tree: t.Tree) -> int:
        """A whole number, for example a limit of a sum."""
        value = self.value(tree)
        if value.ndim or not np.isfinite(value) or float(value) != int(value):
            raise _refuse(tree, "a whole number such as C is expected here")
        return int(value)

    # Letters

    def symbol(self, tree: t.Tree) -> Array:
        name = written.name_of(tree)
        world = self.world
        if name in world.bound:
            return np.asarray(float(world.bound[name]))
        if name in world.letters:
            return world.letters[name]
        if name == "J" or (name in ("cal J",)):
            return world.jacobian
        if name in ("c", "d") and isinstance(tree, t.Symbol) and name == "c":
            return world.letters["C"]
        if name == "ones":
            return np.ones(world.C)
        if name.startswith("I_") or name.startswith("ones_"):
            return self.sized(tree)
        raise _refuse(tree, f"say what {written.text(tree)} is")

    def sized(self, tree: t.Tree) -> Array:
        """I_{mn}, or a vector of ones with its length."""
        assert isinstance(tree, t.Subscript)
        size = 1
        for sub in tree.subs:
            if len(tree.subs) > 1 and written.name_of(tree.subs[0]) == "C":
                size = self.world.C
            else:
                size *= self.number(sub)
        if not 0 < size <= LARGEST:
            raise _refuse(tree, "this is larger than the worlds that lines are tried in")
        is_identity = isinstance(tree.base, t.Symbol) and tree.base.name == "I"
        return np.eye(size) if is_identity else np.ones(size)

    def subscript(self, tree: t.Subscript) -> Array:
        name = written.name_of(tree)
        base = tree.base
        if name in self.world.letters:
            return self.world.letters[name]
        if isinstance(base, t.Symbol) and base.name in ("I", "ones"):
            return self.sized(tree)
        if isinstance(base, t.Symbol) and base.name == "f":
            return self.called(tree)
        subs = self.split(tree.subs)
        letter = base.name if isinstance(base, t.Symbol) else ""
        entries = letter.upper() if letter in ("u", "l", "p", "a") and len(subs) == 2 else letter
        if letter and entries not in self.world.letters:
            raise _refuse(tree, f"say what {written.text(tree)} is")
        array = self.world.letters[entries] if letter else self.value(base)
        if letter and letter.islower() and array.ndim == 2 and len(subs) == 1 and letter != entries:
            raise _refuse(tree, f"say what {written.text(tree)} is")
        if array.ndim == 1 and len(subs) == 2 and subs[0] == subs[1]:
            subs = subs[:1]
        if array.ndim != len(subs) or array.ndim not in (1, 2):
            raise _refuse(tree, f"say what {written.text(tree)} is")
        places = [self.number(sub) - 1 for sub in subs]
        sizes = zip(places, array.shape, strict=True)
        if any(not 0 <= place < size for place, size in sizes):
            return np.asarray(np.nan)
        return np.asarray(array[tuple(places)])

    def split(self, subs: Sequence[t.Tree]) -> list[t.Tree]:
        """ii is the two indices i and i; 11 is 1 and 1."""
        made: list[t.Tree] = []
        for sub in subs:
            if isinstance(sub, t.Product):
                made += sub.factors
            elif isinstance(sub, t.Number) and len(sub.text) == 2 and len(subs) == 1:
                made += [t.Number(digit) for digit in sub.text]
            else:
                made.append(sub)
        return made

    def called(self, tree: t.Tree) -> Array:
        """f(x) is A x; of the convolution only its Jacobian is used."""
        name = written.name_of(tree).partition("_")[0]
        if name == "f" and not self.world.has_pixels:
            return np.asarray(self.world.letters["A"] @ self.world.letters["x"])
        if isinstance(tree, t.Call) and name in ("A", "P", "L", "U"):
            return self.value(t.Product((tree.head, *tree.arguments)))
        if isinstance(tree, t.Call) and name in self.world.letters:
            return self.world.letters[name]
        raise _refuse(tree, f"say what {written.text(tree)} is")

    # Arithmetic

    def sum(self, tree: t.Sum) -> Array:
        if any(self.is_dots(term) for term in tree.terms):
            return self.dotted(tree.terms, np.add.reduce)
        values = [self.value(term) for term in tree.terms]
        if len({value.shape for value in values}) > 1:
            raise _refuse(tree, "these do not have the same size and cannot be added")
        return np.asarray(sum(values[1:], values[0]))

    def product(self, tree: t.Product) -> Array:
        if any(self.is_dots(factor) for factor in tree.factors):
            return self.dotted(tree.factors, np.multiply.reduce)
        return reduce(self.times(tree), map(self.value, tree.factors))

    def times(self, tree: t.Tree) -> Callable[[Array, Array], Array]:
        def multiply(one: Array, other: Array) -> Array:
            if not (one.ndim and other.ndim):
                return np.asarray(one * other)
            if one.ndim == 1 and other.ndim == 1:
                raise _refuse(tree, "a product of two vectors needs a transpose, 1^T v")
            if one.shape[-1] != other.shape[0] or other.ndim > 2:
                raise _refuse(tree, "the sizes of these do not fit")
            result = one @ other
            return np.asarray(result[0] if one.shape[0] == 1 and other.ndim == 1 else result)

        return multiply

    @staticmethod
    def is_dots(tree: t.Tree) -> bool:
        return isinstance(tree, t.Symbol) and tree.name == "dots"

    def dotted(self, items: Sequence[t.Tree], join: Join) -> Array:
        """s_1 ... s_C: the first item says how the others look, the last one where they end."""
        place = next(i for i, item in enumerate(items) if self.is_dots(item))
        if place == 0 or place == len(items) - 1 or place > 3:
            raise _refuse(items[place], "write a sum or a product sign")
        for last, end in self.ends(items[-1]):
            index = t.Symbol("index")
            if _replaced(items[0], t.Number("1"), index) == _replaced(items[-1], last, index):
                template = _replaced(items[0], t.Number("1"), index)
                values = [self.at(index.name, k, template) for k in range(1, end + 1)]
                front = all(
                    np.allclose(self.value(items[k]), values[k], equal_nan=True)
                    for k in range(min(place, len(values)))
                )
                if front:
                    return np.asarray(join(np.asarray(values)))
        equal = [item for item in items if not self.is_dots(item)]
        raise _refuse(equal[0], "write a sum or a product sign in place of the dots")

    def counted(self, tree: t.Tree, count: t.Tree) -> Array:
        """A + ... + A or A ... A with a brace that says how often."""
        items = tree.terms if isinstance(tree, t.Sum) else ()
        items = tree.factors if isinstance(tree, t.Product) else items
        solid = {item for item in items if not self.is_dots(item)}
        if len(solid) != 1:
            return self.value(tree)
        (item,) = solid
        is_sum = isinstance(tree, t.Sum)
        return self.value(t.Product((count, item)) if is_sum else t.Power(item, count))

    def ends(self, tree: t.Tree) -> Iterator[tuple[t.Tree, int]]:
        for each in tree.walk():
            if isinstance(each, (t.Symbol, t.Product)):
                try:
                    yield each, min(self.number(each), MOST_TERMS)
                except written.Unread:
                    continue

    def at(self, name: str, k: int, tree: t.Tree) -> Array:
        bound = {**self.world.bound, name: k}
        return _Evaluator(replace(self.world, bound=bound)).value(tree)

    def quotient(self, tree: t.Quotient) -> Array:
        top, bottom = self.value(tree.top), self.value(tree.bottom)
        if bottom.ndim:
            raise _refuse(tree, "this divides by a vector or matrix")
        return np.asarray(top / bottom)

    def power(self, tree: t.Power) -> Array:
        base, exponent = self.value(tree.base), tree.exponent
        if isinstance(exponent, t.Symbol) and exponent.name in ("T", "top"):
            return base[None, :] if base.ndim == 1 else base.T
        value = self.value(exponent)
        if value.ndim:
            raise _refuse(exponent, "an exponent is a number")
        if base.ndim == 2:
            if float(value) != int(value) or abs(value) > 12 or base.shape[0] != base.shape[1]:
                raise _refuse(tree, "only whole powers of a square matrix are read")
            return np.asarray(np.linalg.matrix_power(base, int(value)))
        return np.asarray(np.power(base, value))

    def bars(self, tree: t.Bars) -> Array:
        value = self.value(tree.body)
        if value.ndim < 2:
            return np.abs(value)
        determinant = self.determinant(tree.body, value)
        return determinant if self.world.variant.signed_bars else np.abs(determinant)

    def determinant(self, tree: t.Tree, value: Array) -> Array:
        if value.ndim == 0:
            return value
        if value.ndim != 2 or value.shape[0] != value.shape[1]:
            raise _refuse(tree, "only a square matrix has a determinant")
        return np.asarray(np.linalg.det(value))

    # Functions

    def function(self, tree: t.Function) -> Array:
        if tree.name == "diag":
            return self.diagonal(tree)
        if tree.name == "kron" and len(tree.arguments) == 2:
            one, other = map(self.value, tree.arguments)
            if one.ndim != 2 or other.ndim != 2 or one.size * other.size > LARGEST**2:
                raise _refuse(tree, "both sides of this product are small matrices")
            return np.asarray(np.kron(one, other))
        if tree.name == "counted":
            return self.counted(*tree.arguments)
        if len(tree.arguments) != 1:
            raise _refuse(tree, f"{tree.name} has one argument here")
        argument = tree.arguments[0]
        if tree.name == "vec":
            raise _refuse(tree, "vec stands only in a Jacobian here")
        value = self.value(argument)
        if tree.name == "det":
            return self.determinant(argument, value)
        if tree.name == "log":
            return self.log(tree, value)
        if tree.name in ("exp", "abs", "sign") and value.ndim < 2:
            elementwise: dict[str, Join] = {"exp": np.exp, "abs": np.abs, "sign": np.sign}
            return np.asarray(elementwise[tree.name](value))
        if tree.name == "tr" and value.ndim == 2:
            return np.asarray(np.trace(value))
        if tree.name in ("total", "product") and value.ndim == 1:
            return np.asarray(np.sum(value) if tree.name == "total" else np.prod(value))
        raise _refuse(tree, f"{tree.name} is not used here; write it out")

    def log(self, tree: t.Function, value: Array) -> Array:
        if value.ndim == 2 and _is_diagonal(value):
            return np.diag(np.log(np.where(np.diag(value) > 0, np.diag(value), np.nan)))
        if value.ndim == 2:
            raise _refuse(tree, "this is the logarithm of a matrix; write log|det ...|")
        if (value <= 0).any() and _has_bare_determinant(tree.arguments[0]):
            raise _refuse(tree, "a determinant can be negative: write log|det ...|")
        return np.log(np.where(value > 0, value, np.nan))

    def diagonal(self, tree: t.Function) -> Array:
        arguments = self.listed(tree.arguments)
        if any(self.is_dots(a) for a in arguments):
            try:
                return self.dotted(arguments, np.diag)
            except written.Unread:  # its entries are no row of numbers, but blocks
                pass
        if any(self.is_dots(a) for a in arguments) or len(arguments) > 1:
            solid = [a for a in arguments if not self.is_dots(a)]
            return self.block_diagonal(tree, solid)
        value = self.value(arguments[0])
        if value.ndim == 1:
            return np.diag(value)
        raise _refuse(tree, "diag is read of a vector, diag(s); for blocks write diag(A, ..., A)")

    def listed(self, arguments: Sequence[t.Tree]) -> Sequence[t.Tree]:
        """The arguments of diag, also where a brace counts them: as many as there are blocks."""
        (first, *others) = arguments
        if others or not (isinstance(first, t.Function) and first.name == "counted"):
            return arguments
        inner, count = first.arguments
        letters = self.world.letters
        if not self.world.has_pixels or self.number(count) != letters["m"] * letters["n"]:
            raise _refuse(count, "say how many blocks stand on the diagonal")
        return inner.items if isinstance(inner, t.Group) else (inner,)

    def block_diagonal(self, tree: t.Tree, items: Sequence[t.Tree]) -> Array:
        """diag(s_1, ..., s_C), or a block A for each pixel."""
        values = [self.value(item) for item in items]
        s = self.world.letters["s"]
        if all(value.ndim == 0 for value in values):
            ends = [values[0], values[-1]] == [s[0], s[-1]]
            if ends:
                return np.diag(s)
        same = all(_close(value, values[0]) for value in values)
        if self.world.has_pixels and same and values[0].ndim == 2:
            pixels = int(self.world.letters["m"] * self.world.letters["n"])
            size = len(values[0])
            if size * pixels <= LARGEST and _close(values[0], self.world.letters["A"]):
                return self.world.jacobian
        raise _refuse(tree, "say which blocks stand on the diagonal, and how many")

    def matrix(self, tree: t.Matrix) -> Array:
        cells = [cell for row in tree.rows for cell in row]
        if any(self.is_dots(cell) for cell in cells):
            triangular = self.triangular(tree)
            if triangular is not None:
                return triangular
            solid = [c for c in cells if not (self.is_dots(c) or _is_nothing(c))]
            if not solid:
                raise _refuse(tree, "write the entries of this matrix")
            return self.block_diagonal(tree, solid)
        if len({len(row) for row in tree.rows}) > 1:
            raise _refuse(tree, "the rows of this matrix have different lengths")
        values = [[self.value(cell) for cell in row] for row in tree.rows]
        if any(value.ndim for row in values for value in row):
            raise _refuse(tree, "write this matrix of blocks as a product I_{mn} (x) A")
        return np.asarray(values)

    def triangular(self, tree: t.Matrix) -> Array | None:
        """U + diag(s) or diag(s), drawn with s_1, ..., s_C on the diagonal and 0 below."""
        size = len(tree.rows)
        if any(len(row) != size for row in tree.rows):
            return None
        ends = [tree.rows[0][0], tree.rows[-1][-1]]
        s = self.world.letters["s"]
        if any(_is_nothing(end) or self.is_dots(end) for end in ends):
            return None
        values = [self.value(end) for end in ends]
        if any(value.ndim for value in values) or values != [s[0], s[-1]]:
            return None
        below = [tree.rows[i][j] for i in range(size) for j in range(i)]
        above = [tree.rows[j][i] for i in range(size) for j in range(i)]
        if not all(_is_nothing(cell) or self.is_dots(cell) for cell in below):
            return None
        is_diagonal = all(
            cell != t.Symbol("*") and (_is_nothing(cell) or self.is_dots(cell)) for cell in above
        )
        return np.diag(s) + (0 if is_diagonal else 1) * self.world.letters["U"]

    # Derivatives, sums

    def differential(self, tree: t.Differential) -> Array:
        body, variable = tree.body, tree.variable
        if self.world.has_pixels and _is_pixel(body) and _is_pixel(variable):
            return self.world.letters["A"]
        name = "" if variable is None else _bare_name(variable)
        if name.lower() not in ("x", ""):
            raise _refuse(tree, "the derivative here is in the layer's input")
        is_map = isinstance(body, t.Product) and _bare_name(body.factors[-1]) == "x"
        if isinstance(body, t.Product) and is_map and not self.world.has_pixels:
            rest = body.factors[:-1]
            return self.value(rest[0] if len(rest) == 1 else t.Product(rest))
        letter = _bare_name(body)
        if self.world.has_pixels and name == "x" and written.name_of(body) == "f_1":
            return self.world.letters["A"]
        if letter in ("f", "y", "Y", "z", "Z"):
            return self.world.jacobian
        raise _refuse(tree, "the Jacobian here is that of the layer")

    def big(self, tree: t.Big) -> Array:
        join: Join = np.add.reduce if tree.kind == "sum" else np.multiply.reduce
        if not tree.indices:
            return self.without_index(tree, join)
        if len(tree.indices) > 1 and tree.lower is None and tree.upper is None:
            inner = t.Big(tree.kind, tree.indices[1:], None, None, tree.body)
            return self.value(t.Big(tree.kind, tree.indices[:1], None, None, inner))
        name = written.name_of(tree.indices[0])
        lower, upper = self.range_of(tree, name)
        if upper - lower > MOST_TERMS:
            raise _refuse(tree, "this sum has more terms than are tried")
        values = [self.at(name, k, tree.body) for k in range(lower, upper + 1)]
        if not values:
            return np.asarray(0.0 if tree.kind == "sum" else 1.0)
        return np.asarray(join(np.stack(values)))

    def without_index(self, tree: t.Big, join: Join) -> Array:
        """A sum over all entries of a vector, or over all pixels in words."""
        if tree.lower is None and tree.upper is None:
            value = self.value(tree.body)
            if value.ndim == 1:
                return np.asarray(join(value))
        raise written.Unread("\\" + tree.kind, "say over which index this runs")

    def range_of(self, tree: t.Big, name: str) -> tuple[int, int]:
        if isinstance(tree.lower, t.Symbol) and " " in tree.lower.name:
            raise _refuse(tree.lower, "write the limits as i=1 and C")
        if tree.upper is not None:
            lower = 1 if tree.lower is None else self.number(tree.lower)
            return lower, self.number(tree.upper)
        if tree.lower is not None:
            raise _refuse(tree, "say up to where this runs")
        if _indexes(tree.body, name):
            return 1, self.world.C
        if not self.world.has_pixels:
            return 1, self.world.C
        of_pixel = {"h": "m", "w": "n", "i": "m", "j": "n", "a": "m", "b": "n", "x": "m", "y": "n"}
        if name in of_pixel:
            return 1, int(self.world.letters[of_pixel[name]])
        raise written.Unread(name, "say up to where this index runs")


def _replaced(tree: t.Tree, old: t.Tree, new: t.Tree) -> t.Tree:
    """A tree with one part in place of another inside subscripts."""
    if isinstance(tree, t.Subscript):
        subs = tuple(new if sub == old else sub for sub in tree.subs)
        return t.Subscript(_replaced(tree.base, old, new), subs)
    if isinstance(tree, (t.Bars, t.Negative)):
        return type(tree)(_replaced(tree.body, old, new))
    if isinstance(tree, t.Function):
        return replace(tree, arguments=tuple(_replaced(a, old, new) for a in tree.arguments))
    if isinstance(tree, t.Power):
        return t.Power(_replaced(tree.base, old, new), tree.exponent)
    if isinstance(tree, t.Product):
        return t.Product(tuple(_replaced(f, old, new) for f in tree.factors))
    return tree


def _is_nothing(tree: t.Tree) -> bool:
    return tree in (t.Symbol(""), t.Number("0"), t.Symbol("*"))


def _bare_name(tree: t.Tree) -> str:
    while True:
        if (isinstance(tree, t.Function) and tree.name == "vec" and len(tree.arguments) == 1) or (
            isinstance(tree, t.Call) and written.name_of(tree.head) == "vec"
        ):
            tree = tree.arguments[0]
        elif isinstance(tree, t.Power):
            tree = tree.base
        elif isinstance(tree, t.Call):
            tree = tree.head
        elif isinstance(tree, (t.Subscript, t.Marked)):
            tree = tree.base
        else:
            return tree.name if isinstance(tree, t.Symbol) else ""


def _is_pixel(tree: t.Tree | None) -> bool:
    """Whether it is a vector of channels: X_{:,i,j}, X_{ij} or X_{i,j}."""
    if not isinstance(tree, t.Subscript):
        return False
    names = " ".join(sub.name for sub in tree.subs if isinstance(sub, t.Symbol))
    return len(tree.subs) >= 2 or "," in names


def _indexes(tree: t.Tree, name: str) -> bool:
    """Whether an index stands in a subscript somewhere."""
    return any(
        isinstance(node, t.Subscript) and any(name in t.names(sub) for sub in node.subs)
        for node in tree.walk()
    )


def _has_bare_determinant(tree: t.Tree) -> bool:
    """Whether a determinant stands in a tree outside bars, powers and sums."""
    if isinstance(tree, t.Function):
        return tree.name == "det"
    if isinstance(tree, (t.Product, t.Negative, t.Quotient, t.Big)):
        return any(_has_bare_determinant(child) for child in tree.children())
    return isinstance(tree, t.Power) and _has_bare_determinant(tree.base)


_HANDLERS: dict[type, Callable[[_Evaluator, t.Tree], Array]] = {
    t.Number: lambda _, n: np.asarray(float(n.text)),  # type: ignore[attr-defined]
    t.Symbol: _Evaluator.symbol,
    t.Marked: _Evaluator.symbol,
    t.Subscript: _Evaluator.subscript,  # type: ignore[dict-item]
    t.Call: _Evaluator.called,
    t.Sum: _Evaluator.sum,  # type: ignore[dict-item]
    t.Negative: lambda e, n: -e.value(n.body),  # type: ignore[attr-defined]
    t.PlusMinus: lambda e, n: e.world.sign * e.value(n.body),  # type: ignore[attr-defined]
    t.Product: _Evaluator.product,  # type: ignore[dict-item]
    t.Quotient: _Evaluator.quotient,  # type: ignore[dict-item]
    t.Power: _Evaluator.power,  # type: ignore[dict-item]
    t.Bars: _Evaluator.bars,  # type: ignore[dict-item]
    t.Function: _Evaluator.function,  # type: ignore[dict-item]
    t.Matrix: _Evaluator.matrix,  # type: ignore[dict-item]
    t.Differential: _Evaluator.differential,  # type: ignore[dict-item]
    t.Big: _Evaluator.big,  # type: ignore[dict-item]
}

"""Problem 2: is a written formula the projection onto C, at points of every region?

C = {x : x_1 = a, 0 <= x_2 <= 1}. A formula is evaluated below, in and above the segment and at its
ends, against feasibility and optimality. A restatement of the definition, argmin over C, proves
nothing; equations about multipliers are not formulas and are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay import tree as t
from assay import written

from .proofs import PASSED, Outcome, place

IN_SET, NEAREST = "project_lands_in_the_set", "project_is_nearest"
VOCABULARY = written.Vocabulary(functions=frozenset({"Pi", "P"}), values=frozenset({"a", "x", "y"}))
FIRST, BOTH = 1, 0  # which coordinates a formula is for: BOTH, 1 or 2
HEIGHTS = (-1e6, -2.5, -0.25, 0.0, 0.125, 0.5, 0.875, 1.0, 1.25, 3.0, 1e6)

GENERAL = (t.Function, t.Cases, t.Bars)  # what a formula for all regions needs

Array = NDArray[np.float64]
Point = dict[str, Array]


class Restated(Exception):
    """The definition in other words: argmin, or a projection of its own."""


@dataclass
class Formula:
    """A formula for the projection, or for one coordinate, as it stands in a line."""

    line: written.Line
    tree: t.Tree
    target: int
    condition: t.Tree | None
    in_display: bool = True


@dataclass
class Meaning:
    """The values of letters at a point; names that the student defines are evaluated there."""

    defined: dict[str, t.Tree] = field(default_factory=dict)
    names_target: bool = False  # whether x_2 stood in the last formula: it says nothing new

    def value(self, tree: t.Tree, point: Point, depth: int = 0) -> Array:
        """The value of a tree at a point: a number, or a vector of two; nan where no case holds.

        Raises:
            written.Unread: it has no meaning here.
            Restated: it is the definition in other words.
        """
        return _At(self, point, depth).value(tree)


def points() -> list[Point]:
    """Points (y_1, y_2) and values of a in every region."""
    made = []
    for number, height in enumerate(HEIGHTS):
        for a in (-1.75, 0.4):
            first = 2.0 - 0.7 * number
            y = np.array([first, height])
            made.append({"y": y, "a": np.asarray(a)})
    return made


def ruling(sections: Sequence[written.Section], library: written.Library) -> written.Ruling | None:
    """The ruling on problem 2's sections."""
    formulas = [formula for section in sections for formula in section.formulas]
    chains = written.chains(formulas, library.macros)
    reader = _Reader(Meaning())
    judged = reader.read(chains)
    outcomes = reader.outcomes()
    if outcomes is None:
        return None
    for chain in judged:  # what costs points is shown, also where it stands in prose
        chain.is_display |= any(line.mark == "false" for line in chain.lines)
    return written.Ruling(outcomes, judged)


@dataclass
class _Reader:
    meaning: Meaning
    found: list[Formula] = field(default_factory=list)
    restated: list[written.Line] = field(default_factory=list)
    unread: list[written.Line] = field(default_factory=list)

    def read(self, chains: Sequence[written.Chain]) -> list[written.Judged]:
        parsed = [(chain, [self._line(step) for step in chain.steps]) for chain in chains]
        for chain, lines in parsed:
            self._define(chain, lines)
        judged = []
        for chain, lines in parsed:
            self._formulas(chain, lines)
            judged.append(written.Judged(lines, chain.is_display))
        for line in (line for each in judged for line in each.lines):
            if line.mark == "first" and not any(line is f.line for f in self.found):
                line.mark = "open"
        return judged

    def _line(self, step: written.Step) -> written.Line:
        line = written.Line(step)
        try:
            if step.fault is not None:
                raise step.fault
            tree = written.parse(step.tokens, VOCABULARY)
            line.read = [written.Reading(tree, None, None)]
        except written.Unread as fault:
            line.mark, line.fault = "unread", fault
        return line

    def _define(self, chain: written.Chain, lines: Sequence[written.Line]) -> None:
        if len(lines) < 2 or not lines[0].tree or not lines[-1].tree:
            return
        head = lines[0].tree
        name = written.name_of(head)
        if target_of(head) is None and name and _is_new(name) and not lines[-1].step.condition:
            self.meaning.defined.setdefault(name, lines[-1].tree)

    def _formulas(self, chain: written.Chain, lines: Sequence[written.Line]) -> None:
        target: int | None = None
        point = "y"
        for number, line in enumerate(lines):
            tree = line.tree
            if number and line.step.relation not in written.LINKS:
                target = None
            if tree is None:
                if target is not None and chain.is_display:
                    self.unread.append(line)
                continue
            own = target_of(tree)
            if own is not None and not (own and target == BOTH):
                target, point = own, _point_of(tree)
                continue
            if target is None and not (number == 0 and chain.is_display and len(lines) == 1):
                continue
            self._formula(chain, line, t.renamed(tree, point, "y"), target)

    def _formula(
        self, chain: written.Chain, line: written.Line, tree: t.Tree, target: int | None
    ) -> None:
        try:
            condition = None
            if line.step.condition:
                condition = written.parse_condition(line.step.condition, VOCABULARY)
            self.meaning.names_target = False
            size = self._size(tree)
            if self.meaning.names_target and self._is_right(tree, target or BOTH, condition):
                raise Restated
            if condition is not None:
                for point in points():
                    _At(self.meaning, point, 0).holds(condition)
        except Restated:
            self.restated.append(line)
            return
        except written.Unread as fault:
            if target is not None:
                line.mark, line.fault = "unread", fault
                if chain.is_display:
                    self.unread.append(line)
            return
        if target is None:
            if size != 2:
                return
            target = BOTH
        if (size == 2) != (target == BOTH):
            return
        is_right = self._is_right(tree, target, condition)
        is_loose = not chain.is_display and condition is None
        if is_loose and not is_right and self._may_have_a_condition(tree, target):
            return
        self.found.append(Formula(line, tree, target, condition, chain.is_display))

    def _may_have_a_condition(self, tree: t.Tree, target: int) -> bool:
        """Whether a formula in prose may be meant for a region that stands in words beside it."""
        if any(isinstance(n, GENERAL) for n in tree.walk()):
            return False
        return target != BOTH or _holds_in_a_region(self.meaning, tree)

    def _size(self, tree: t.Tree) -> int:
        sizes = {np.asarray(self.meaning.value(tree, p)).size for p in points()}
        return max(sizes)

    def _is_right(self, tree: t.Tree, target: int, condition: t.Tree | None) -> bool:
        return _fault_of(self.meaning, tree, target, condition) == ""

    def outcomes(self) -> dict[str, Outcome] | None:
        """The outcomes of both checks."""
        last = self._last()
        if last is None:
            if self.unread:
                return self._both(_unread(self.unread[0]))
            if self.restated:
                why = "the definition, argmin over C, is restated; a formula for it is missing"
                return self._both(("missing", why, "Which point of the segment is nearest to y?"))
            if not self.found:
                return None
            return self._both(
                ("missing", "a formula for one of the two coordinates is missing", "")
            )
        faults = {IN_SET: PASSED, NEAREST: PASSED}
        for formula in self._others(last):
            self._judge(formula.target, [formula], faults)
        for target, group in last:
            self._judge(target, group, faults)
        blocking = [line for line in self.unread if _comes_after(line, last)]
        if blocking and faults[IN_SET] == PASSED and faults[NEAREST] == PASSED:
            return self._both(_unread(blocking[-1]))
        if faults[IN_SET][0] == "wrong" and faults[NEAREST] == PASSED:
            faults[NEAREST] = faults[IN_SET]
        return faults

    def _others(self, last: list[tuple[int, list[Formula]]]) -> list[Formula]:
        """General formulas, and those in prose, beside those that count: they must hold as well."""
        used = [id(f) for _, group in last for f in group]
        general = [
            f
            for f in self.found
            if not f.in_display
            or (f.condition is None and any(isinstance(n, GENERAL) for n in f.tree.walk()))
        ]
        return [f for f in general if id(f) not in used]

    def _both(self, outcome: Outcome) -> dict[str, Outcome]:
        return {IN_SET: outcome, NEAREST: outcome}

    def _last(self) -> list[tuple[int, list[Formula]]] | None:
        """The last formula for both coordinates, or one for each; cases go together."""
        groups: dict[int, list[Formula]] = {}
        for formula in self.found:
            group = groups.setdefault(formula.target, [])
            if formula.condition is None or any(f.condition is None for f in group):
                group.clear()
            group.append(formula)
        if BOTH in groups:
            return [(BOTH, groups[BOTH])]
        if 1 in groups and 2 in groups:
            return [(1, groups[1]), (2, groups[2])]
        if 2 in groups:
            return [(2, groups[2])]  # x_1 = a is the only choice in C
        return None

    def _judge(self, target: int, group: list[Formula], faults: dict[str, Outcome]) -> None:
        for formula in group:
            why = _fault_of(self.meaning, formula.tree, target, formula.condition)
            if why:
                formula.line.mark, formula.line.note = "false", why
                check = IN_SET if "not in C" in why else NEAREST
                hint = "Draw y, C and your x: which point of the segment is closest to y?"
                if faults[check] == PASSED:
                    faults[check] = ("wrong", f"{place(formula.line)}: {why}", hint)
            else:
                formula.line.mark = "holds"
        # A case in prose, beside the formula that counts, need not cover all.
        is_whole = len(group) > 1 or group[0].in_display or group[0].condition is None
        gap = _uncovered(self.meaning, group) if is_whole else ""
        if gap and faults[NEAREST] == PASSED and faults[IN_SET] == PASSED:
            line = group[-1].line
            line.mark, line.note = "false", gap
            faults[NEAREST] = ("wrong", f"{place(line)}: {gap}", "")


def _comes_after(line: written.Line, last: list[tuple[int, list[Formula]]]) -> bool:
    """Whether an unread line stands in the document after the formulas that count."""
    final = max((f.line.step.formula.line, f.line.step.line) for _, group in last for f in group)
    return (line.step.formula.line, line.step.line) > final


def _unread(line: written.Line) -> Outcome:
    fault = line.fault
    token, advice = (fault.token, fault.advice) if fault else ("", "")
    evidence = f"{place(line)}: {token!r} cannot be read in {line.step.source}"
    return "unread", evidence, advice[:1].upper() + advice[1:]


def target_of(tree: t.Tree) -> int | None:
    """What a formula is for, if a tree names the projection: BOTH, 1 or 2; else None."""
    component = 0
    if isinstance(tree, t.Product) and len(tree.factors) == 2:
        head, of = tree.factors
        is_of_point = isinstance(of, (t.Matrix, t.Group)) and _is_point([of])
        return target_of(head) if is_of_point else None
    while isinstance(tree, (t.Subscript, t.Marked, t.Call, t.Group, t.Power, t.Matrix)):
        if isinstance(tree, t.Subscript):
            for sub in tree.subs:
                if isinstance(sub, t.Number) and sub.text in ("1", "2"):
                    component = int(sub.text)
            tree = tree.base
        elif isinstance(tree, t.Marked):
            tree = tree.base
        elif isinstance(tree, t.Call):
            if not _is_point(tree.arguments):
                return None
            tree = tree.head
        elif isinstance(tree, t.Power):
            if not (
                isinstance(tree.exponent, t.Symbol) and tree.exponent.name in ("*", "top", "T")
            ):
                return None
            tree = tree.base
        elif isinstance(tree, t.Matrix):
            cells = [cell for row in tree.rows for cell in row]
            return BOTH if [target_of(c) for c in cells] == [1, 2] else None
        else:
            return BOTH if [target_of(i) for i in tree.items] == [1, 2] else None
    if isinstance(tree, t.Function) and tree.name == "proj":
        is_interval = isinstance(tree.sub, t.Group)
        return None if is_interval or not _is_point(tree.arguments) else component
    if isinstance(tree, t.Symbol):
        letter = tree.name.rpartition(" ")[2]
        if letter in ("Pi", "P", "x"):
            return component
    return None


def _is_point(arguments: Sequence[t.Tree]) -> bool:
    """Whether a projection is that of y, or of (y_1, y_2)."""
    items = list(arguments)
    while len(items) == 1 and isinstance(items[0], (t.Matrix, t.Group, t.Power)):
        inner = items[0]
        if isinstance(inner, t.Power):
            items = [inner.base]
        elif isinstance(inner, t.Matrix):
            items = [cell for row in inner.rows for cell in row]
        else:
            items = list(inner.items)
    names = [written.name_of(item) for item in items]
    return len(names) == 1 or [name[-2:] for name in names] == ["_1", "_2"]


def _point_of(tree: t.Tree) -> str:
    """The letter of the point that is projected: of Pi_C(x) it is "x"."""
    for node in tree.walk():
        if isinstance(node, t.Call) and len(node.arguments) == 1:
            only = node.arguments[0]
            if isinstance(only, t.Symbol) and len(only.name) == 1:
                return only.name
    return "y"


def _is_new(name: str) -> bool:
    return name.partition("_")[0] not in ("y", "a", "x", "Pi", "P", "C", "L", "infty")


def _fault_of(meaning: Meaning, tree: t.Tree, target: int, condition: t.Tree | None) -> str:
    """Why a formula is not the projection; empty if it is, wherever its condition holds."""
    for point in points():
        try:
            if condition is not None and not _At(meaning, point, 0).holds(condition):
                continue
            value = meaning.value(tree, point)
        except Restated:
            continue
        if np.isnan(value).all():
            continue
        why = _wrong_at(value, target, point)
        if why:
            row = _case_of(meaning, tree, point)
            return f"{row}{why}"
    return ""


def _holds_in_a_region(meaning: Meaning, tree: t.Tree) -> bool:
    """Whether a point is the projection of all y below C, of all beside it, or of all above."""
    regions: dict[int, list[Point]] = {}
    for point in points():
        regions.setdefault(int(np.floor(np.clip(point["y"][1], -1, 1.5))), []).append(point)
    return any(
        all(not _wrong_at(meaning.value(tree, p), BOTH, p) for p in region)
        for region in regions.values()
    )


def _case_of(meaning: Meaning, tree: t.Tree, point: Point) -> str:
    for cases in (n for n in tree.walk() if isinstance(n, t.Cases)):
        for number, case in enumerate(cases.rows, start=1):
            if _At(meaning, point, 0).holds(case.condition):
                return f"case {number}, {written.text(case)}: "
    return ""


def _wrong_at(value: Array, target: int, point: Point) -> str:
    y, a = point["y"], float(point["a"])
    nearest = np.array([a, min(max(float(y[1]), 0.0), 1.0)])
    wanted = nearest if target == BOTH else nearest[target - 1]
    value = np.asarray(value, dtype=float)
    # float64 of a few operations on numbers up to 1e6
    if value.shape == np.shape(wanted) and np.allclose(value, wanted, rtol=1e-9, atol=1e-7):
        return ""
    where = f"at y = ({y[0]:g}, {y[1]:g}), a = {a:g}"
    shown = f"({', '.join(f'{v:g}' for v in np.atleast_1d(value))})"
    if target == BOTH:
        inside = abs(value[0] - a) < 1e-7 and -1e-7 <= value[1] <= 1 + 1e-7
    elif target == FIRST:
        inside = abs(float(value) - a) < 1e-7
    else:
        inside = -1e-7 <= float(value) <= 1 + 1e-7
    if np.isinf(value).any():
        return f"{where} two cases hold, with different values"
    if np.isnan(value).any():
        return f"{where} the formula has no value"
    if not inside:
        return f"{where} the formula gives {shown}, which is not in C"
    return f"{where} the formula gives {shown}, which is in C but not nearest to y"


def _uncovered(meaning: Meaning, group: list[Formula]) -> str:
    """A point inside a region for which no case has a value; empty if there is none."""
    for point in points():
        if float(point["y"][1]) in (0.0, 1.0):
            continue  # whether an end belongs to one case or to the next makes no difference
        for formula in group:
            try:
                is_there = formula.condition is None or _At(meaning, point, 0).holds(
                    formula.condition
                )
                if is_there and not np.isnan(meaning.value(formula.tree, point)).any():
                    break
            except Restated:
                break
        else:
            return f"no case covers y_2 = {float(point['y'][1]):g}"
    return ""


@dataclass
class _At:
    meaning: Meaning
    point: Point
    depth: int

    def value(self, tree: t.Tree) -> Array:
        handler = _HANDLERS.get(type(tree))
        if handler is None:
            raise written.Unread(
                written.text(tree), "this has no meaning in a formula for the projection"
            )
        return np.asarray(handler(self, tree), dtype=float)

    def values(self, trees: Sequence[t.Tree]) -> list[Array]:
        return [self.value(tree) for tree in trees]

    def symbol(self, tree: t.Tree) -> Array:
        name = written.name_of(tree)
        y = self.point["y"]
        known = {"y_1": y[0], "y_2": y[1], "y": y, "a": self.point["a"], "infty": np.inf}
        if name in known:
            return np.asarray(known[name])
        if name in self.meaning.defined and self.depth < 8:
            inner = _At(self.meaning, self.point, self.depth + 1)
            return inner.value(self.meaning.defined[name])
        if name.partition("_")[0] in ("x", "Pi", "P"):
            component = target_of(tree)
            if component == 1:
                return self.point["a"]
            if component == 2:
                self.meaning.names_target = True
                return np.asarray(np.clip(y[1], 0.0, 1.0))
            raise Restated
        raise written.Unread(written.text(tree), f"say what {written.text(tree)} is")

    def subscript(self, tree: t.Subscript) -> Array:
        if isinstance(tree.base, (t.Group, t.Matrix, t.Cases)) and len(tree.subs) == 1:
            value = self.value(tree.base)
            which = tree.subs[0]
            if isinstance(which, t.Number) and which.text in ("1", "2") and value.size == 2:
                return np.asarray(value[int(which.text) - 1])
        return self.symbol(tree)

    def combined(self, tree: t.Product) -> Array:
        made = self.value(tree.factors[0])
        for factor in tree.factors[1:]:
            other = self.value(factor)
            if made.ndim and other.ndim:
                raise written.Unread(
                    written.text(tree), "a product of two vectors is no formula here"
                )
            made = np.asarray(made * other)
        return made

    def added(self, tree: t.Sum) -> Array:
        values = self.values(tree.terms)
        if len({value.shape for value in values}) > 1:
            raise written.Unread(written.text(tree), "a number and a vector cannot be added")
        return np.asarray(sum(values[1:], values[0]))

    def power(self, tree: t.Power) -> Array:
        exponent = tree.exponent
        if isinstance(exponent, t.Symbol) and exponent.name in ("T", "top", "*"):
            return self.value(tree.base)
        if isinstance(exponent, t.Symbol) and exponent.name == "+":
            return np.maximum(self.value(tree.base), 0.0)
        with np.errstate(all="ignore"):
            return np.power(self.value(tree.base), self.value(exponent))

    def vector(self, items: Sequence[t.Tree], shown: t.Tree) -> Array:
        values = self.values(items)
        if len(values) != 2 or any(value.ndim for value in values):
            raise written.Unread(written.text(shown), "a point has two coordinates")
        return np.asarray(values)

    def matrix(self, tree: t.Matrix) -> Array:
        return self.vector([cell for row in tree.rows for cell in row], tree)

    def group(self, tree: t.Group) -> Array:
        return self.vector(tree.items, tree)

    def cases(self, tree: t.Cases) -> Array:
        """The value of the case that holds; none where two hold that differ."""
        made: Array | None = None
        shape: tuple[int, ...] = ()
        for case in tree.rows:
            value = self.value(case.value)  # every case must be a formula
            shape = value.shape
            is_rest = case.condition == t.OTHERWISE
            if self.holds(case.condition) and not (is_rest and made is not None):
                if made is not None and not np.array_equal(made, value):
                    return np.full(shape, np.inf)
                made = value
        return np.full(shape, np.nan) if made is None else made

    def function(self, tree: t.Function) -> Array:
        name, arguments = tree.name, tree.arguments
        if name in ("argmin over", "min over", "argmax over", "max over", "argmin", "proj"):
            raise Restated
        if name == "indicator":
            return np.asarray(float(self.holds(arguments[0])))
        if len(arguments) == 1 and isinstance(arguments[0], t.Group):
            arguments = arguments[0].items
        if name == "clip" and isinstance(tree.sub, t.Group) and len(tree.sub.items) == 2:
            arguments = (*arguments, *tree.sub.items)
        values = self.values(arguments)
        known: dict[str, Callable[..., object]] = {
            "min": lambda *v: np.min(v),
            "max": lambda *v: np.max(v),
            "median": lambda *v: np.median(v),
            "clip": lambda x, low, high: np.minimum(np.maximum(x, low), high),
            "abs": np.abs,
            "sign": np.sign,
            "relu": lambda x: np.maximum(x, 0.0),
        }
        sizes = {"clip": (3,), "median": (3,), "abs": (1,), "sign": (1,), "relu": (1,)}
        fits = len(values) in sizes.get(name, (2, 3, 4))
        if name not in known or not fits or any(value.ndim for value in values):
            raise written.Unread(name, "write this with min, max or cases")
        return np.asarray(known[name](*values), dtype=float)

    def holds(self, tree: t.Tree) -> bool:
        """Whether a condition holds at the point."""
        if isinstance(tree, t.Every):
            return min([self.holds(c) for c in tree.conditions], default=True)  # each is read
        if isinstance(tree, t.Some):
            return max([self.holds(c) for c in tree.conditions], default=False)
        if not isinstance(tree, t.Relation):
            raise written.Unread(
                written.text(tree), "write the condition as a comparison, as in y_2 < 0"
            )
        left = self.value(tree.left)
        if left.ndim:
            raise written.Unread(written.text(tree), "compare a coordinate, as in y_2 < 0")
        if tree.sign in ("in", "notin"):
            return self.inside(float(left), tree.right) == (tree.sign == "in")
        right = self.value(tree.right)
        compare: dict[str, Callable[[Array, Array], Array]] = {
            "<": np.less,
            "<=": np.less_equal,
            ">": np.greater,
            ">=": np.greater_equal,
            "=": np.equal,
            "!=": np.not_equal,
        }
        return bool(np.all(compare[tree.sign](left, right)))

    def inside(self, value: float, interval: t.Tree) -> bool:
        if not (isinstance(interval, t.Group) and len(interval.items) == 2):
            raise written.Unread(written.text(interval), "write an interval such as [0, 1]")
        low, high = (float(v) for v in self.values(interval.items))
        brackets = interval.brackets.replace("\\", "")
        above = value >= low if brackets[0] == "[" else value > low
        below = value <= high if brackets[-1] == "]" else value < high
        return above and below


_HANDLERS: dict[type, Callable[[_At, t.Tree], object]] = {
    t.Number: lambda _, n: np.asarray(float(n.text)),  # type: ignore[attr-defined]
    t.Symbol: _At.symbol,
    t.Marked: _At.symbol,
    t.Call: _At.symbol,
    t.Subscript: _At.subscript,  # type: ignore[dict-item]
    t.Sum: _At.added,  # type: ignore[dict-item]
    t.Negative: lambda e, n: -e.value(n.body),  # type: ignore[attr-defined]
    t.Product: _At.combined,  # type: ignore[dict-item]
    t.Quotient: lambda e, n: e.value(n.top) / e.value(n.bottom),  # type: ignore[attr-defined]
    t.Power: _At.power,  # type: ignore[dict-item]
    t.Bars: lambda e, n: np.abs(e.value(n.body)),  # type: ignore[attr-defined]
    t.Matrix: _At.matrix,  # type: ignore[dict-item]
    t.Group: _At.group,  # type: ignore[dict-item]
    t.Cases: _At.cases,  # type: ignore[dict-item]
    t.Function: _At.function,  # type: ignore[dict-item]
}

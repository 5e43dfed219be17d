"""Judges chains line by line: each equality is tried in every reading that its sides admit.

What a tree means, a `Meaning` of the homework says: it evaluates trees in several random worlds.
An equality holds if some reading makes both sides equal in all worlds; it is false if none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assay.written.chains import LINKS, Chain, Step
from assay.written.grammar import Vocabulary, parse, readings
from assay.written.tree import Call, Marked, Subscript, Symbol, Tree, Unread

MOST_EVALUATED = 4_000  # readings in one section


@dataclass(frozen=True)
class Reading:
    """One way to read a line: its tree, a convention, and its value there."""

    tree: Tree
    variant: object
    value: object


class Meaning(Protocol):
    """What trees mean in a part of a problem.

    `variants` are the conventions under which it can be read, for example whether bars around a
    matrix are its determinant or that one's absolute value; both sides of an equality share one.
    """

    vocabulary: Vocabulary
    variants: Sequence[object]

    def evaluate(self, tree: Tree, variant: object) -> object:
        """The value in all worlds; raises Unread."""

    def equal(self, one: object, other: object) -> bool:
        """Whether two values are the same in all worlds."""

    def difference(self, before: Reading, here: Reading) -> str:
        """How a line differs from the one before it, in words; what is left over."""

    def define(self, name: str, values: dict[object, object]) -> bool:
        """Give a name that has no meaning yet the value under each variant; False if it has one."""


@dataclass
class Line:
    """A step and what was found: `mark` is "first", "holds", "false", "unread" or "open".

    "open" is a line that is not joined to the one before by an equality. `returns` marks a false
    line that is equal to the last one before the mistake: the mistake is in the line between.
    """

    step: Step
    mark: str = "first"
    note: str = ""
    fault: Unread | None = None
    read: list[Reading] = field(default_factory=list)
    after_gap: bool = False
    returns: bool = False
    rest: Iterator[Reading] | None = None

    @property
    def tree(self) -> Tree | None:
        """The reading that is shown."""
        return self.read[0].tree if self.read else None

    def all_readings(self) -> list[Reading]:
        """Every reading; the unusual ones are made when they are first asked for."""
        if self.rest is not None:
            rest, self.rest = self.rest, None
            self.read = [*self.read, *rest]
        return self.read


@dataclass
class Judged:
    """A chain with its lines judged; `defines` is the name that it gives a meaning."""

    lines: list[Line]
    is_display: bool
    defines: str = ""
    is_tentative: bool = False

    def faults(self) -> list[Line]:
        """The false lines."""
        return [line for line in self.lines if line.mark == "false"]


@dataclass
class _Court:
    meaning: Meaning
    evaluated: int = 0
    explained: bool = False

    def line(self, step: Step) -> Line:
        """A step in its usual reading, under each convention that gives it a value."""
        line = Line(step)
        try:
            if step.fault is not None:
                raise step.fault
            tree = parse(step.tokens, self.meaning.vocabulary)
            line.read = self._values(tree)
        except Unread as fault:
            line.read = self._first_that_has_a_value(step)
            if not line.read:
                line.mark, line.fault = "unread", fault
                return line
        line.rest = self._unusual(step, line.read[0].tree)
        return line

    def _values(self, tree: Tree) -> list[Reading]:
        self.evaluated += 1
        if self.evaluated > MOST_EVALUATED:
            raise Unread("…", "this is longer than a proof needs; shorten it")
        return [
            Reading(tree, variant, self.meaning.evaluate(tree, variant))
            for variant in self.meaning.variants
        ]

    def _first_that_has_a_value(self, step: Step) -> list[Reading]:
        """An unusual reading, where the usual one has no meaning."""
        try:
            for tree in readings(step.tokens, self.meaning.vocabulary):
                try:
                    return self._values(tree)
                except Unread:
                    continue
        except Unread:
            pass
        return []

    def _unusual(self, step: Step, usual: Tree) -> Iterator[Reading]:
        try:
            for tree in readings(step.tokens, self.meaning.vocabulary):
                if tree == usual:
                    continue
                try:
                    yield from self._values(tree)
                except Unread:
                    continue
        except Unread:
            return

    def matching(self, before: Sequence[Reading], after: Sequence[Reading]) -> list[Reading]:
        """The readings after that some reading before equals."""
        return [
            r
            for r in after
            if any(p.variant == r.variant and self.meaning.equal(p.value, r.value) for p in before)
        ]


def judge(chains: Sequence[Chain], meaning: Meaning) -> list[Judged]:
    """Every chain, line by line; what they define holds in all of them."""
    court = _Court(meaning)
    pending = [chain for chain in chains if chain.steps]
    defined: dict[int, str] = {}
    for _ in range(3):  # a definition may use another one
        for chain in pending:
            if id(chain) not in defined:
                name = _defines(chain, court)
                if name:
                    defined[id(chain)] = name
    return [_judged(chain, court, defined.get(id(chain), "")) for chain in pending]


def name_of(tree: Tree) -> str:
    """The name that a tree gives to what it equals: of r(z), r_phi(z) and r^* it is "r"."""
    if isinstance(tree, Call):
        tree = tree.head
    mark = ""
    while isinstance(tree, (Subscript, Marked)):
        if isinstance(tree, Subscript):
            mark += "_" + ",".join(
                sorted(getattr(s, "name", getattr(s, "text", "")) for s in tree.subs)
            )
        tree = tree.base
    return tree.name + mark if isinstance(tree, Symbol) else ""


def _defines(chain: Chain, court: _Court) -> str:
    """Give the name at the head of a chain the value of the first line that has one."""
    steps = chain.steps
    if len(steps) < 2 or steps[1].relation not in LINKS or steps[0].fault:
        return ""
    try:
        head = parse(steps[0].tokens, court.meaning.vocabulary)
    except Unread:
        return ""
    name = name_of(head)
    if not name:
        return ""
    for step in steps[1:]:
        if step.relation not in LINKS:
            return ""
        line = court.line(step)
        if line.read:
            usual = line.read[0].tree
            values = {r.variant: r.value for r in line.read if r.tree == usual}
            return name if court.meaning.define(name, values) else ""
    return ""


def _judged(chain: Chain, court: _Court, defines: str) -> Judged:
    lines = [court.line(step) for step in chain.steps]
    before: list[Line] = []  # readable lines since the chain last broke
    survivors: list[Reading] = []
    right: list[Reading] = []  # of the last line before a mistake
    gap = False
    for line in lines:
        if line.mark == "unread":
            gap = True
            continue
        if not before or line.step.relation not in LINKS:
            line.mark = "first" if not before and line.step.relation in ("", *LINKS) else "open"
            line.after_gap, gap = gap, False
            before, survivors = [line], line.read
            continue
        kept = court.matching(survivors, line.read)
        if not kept:
            kept = _in_another_reading([*before, line], survivors, court)
        line.after_gap, gap = gap, False
        line.mark = "holds" if kept else "false"
        if not kept and not court.explained:
            court.explained = True  # the first mistake is explained; the others may follow from it
            line.note = court.meaning.difference(survivors[0], line.read[0])
        line.returns = not kept and bool(court.matching(right, line.all_readings()))
        right = [] if kept else survivors
        if kept:
            line.read = [*kept, *(r for r in line.read if r not in kept)]
            before, survivors = [*before, line], kept
        else:
            before, survivors = [line], line.read
    return Judged(lines, chain.is_display, defines, chain.is_tentative)


def _in_another_reading(
    lines: Sequence[Line], survivors: Sequence[Reading], court: _Court
) -> list[Reading]:
    """The readings of the last line that hold if the lines may be read in unusual ways.

    A chain of equalities has one value, so one reading of each line must have it.
    """
    found = court.matching(survivors, lines[-1].all_readings())
    if found:
        return found
    kept = lines[0].all_readings()
    for line in lines[1:]:
        kept = court.matching(kept, line.all_readings())
        if not kept:
            return []
    for line in lines[:-1]:
        line.read = [*court.matching(kept, line.read), *line.read]
    return kept

"""Problem 1: is a written derivation a chain from one side of the identity to the other?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assay import tree as t
from assay import written

from .densities import Densities
from .proofs import Claim, prove

CHECKS = (
    "derivation_joins_the_two_sides",
    "each_line_follows_from_the_one_before",
    "derivation_has_at_most_one_slip",
)
LEFT = "d/dphi E[log(h/q)], a derivative of an expectation or an integral"
RIGHT = "E[(d/dphi log q) log(h/q)]"


def ruling(sections: Sequence[written.Section], library: written.Library) -> written.Ruling | None:
    """The ruling on problem 1's sections."""
    formulas = [formula for section in sections for formula in section.formulas]
    text = "\n".join([*(formula.source for formula in formulas), repr(library.macros)])
    meaning = Densities(text)
    judged = written.judge(written.chains(formulas, library.macros), meaning)
    verdict = prove(judged, Claim(_left(meaning), _right(meaning), LEFT, RIGHT, _matters))
    if verdict is None:
        return None
    return written.Ruling(dict(zip(CHECKS, verdict, strict=True)), judged)


def _left(meaning: Densities) -> Callable[[written.Line], bool]:
    value = meaning.left

    def is_left(line: written.Line) -> bool:
        return any(
            meaning.equal(r.value, value) and _has_outer_derivative(r.tree, meaning)
            for r in line.read
        )

    return is_left


def _right(meaning: Densities) -> Callable[[written.Line], bool]:
    wanted = meaning.right_integrand()

    def is_right(line: written.Line) -> bool:
        for r in line.read:
            if _has_outer_derivative(r.tree, meaning) or not _differentiates_log(r.tree):
                continue
            try:
                inner = meaning.integrand(r.tree)
            except t.Unread:
                continue
            if inner is not None and meaning.equal(inner, wanted):
                return True
        return False

    return is_right


def _has_outer_derivative(tree: t.Tree, meaning: Densities) -> bool:
    """Whether a derivative is taken of an integral, or of a letter that stands for one."""
    for node in tree.walk():
        if isinstance(node, t.Differential):
            for inner in node.body.walk():
                if isinstance(inner, (t.Integrated, t.Expectation, t.Big)):
                    return True
                if isinstance(inner, (t.Symbol, t.Subscript)) and _is_scalar(inner, meaning):
                    return True
    return False


def _is_scalar(tree: t.Tree, meaning: Densities) -> bool:
    value = meaning.defined.get(written.name_of(tree))
    return value is not None and value.shape[2] == 1


def _differentiates_log(tree: t.Tree) -> bool:
    """Whether d log q stands in it, or dq / q under an expectation."""
    has_expectation = any(isinstance(n, t.Expectation) for n in tree.walk())
    return has_expectation or any(
        isinstance(node, t.Differential)
        and any(isinstance(i, t.Function) and i.name == "log" for i in node.body.walk())
        for node in tree.walk()
    )


def _matters(line: written.Line) -> bool:
    kinds = (t.Integrated, t.Expectation, t.Differential)
    return line.tree is not None and any(isinstance(n, kinds) for n in line.tree.walk())

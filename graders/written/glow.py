"""Problem 4 (a) and (c): does a chain lead from the log-determinant to a sum of log|s_i|?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assay import tree as t
from assay import written

from .matrices import Matrices
from .proofs import Claim, prove

LEFT = {
    False: "log |df_1/dx|, or log |det A|",
    True: "log |df_2/dX|, the log-determinant of the convolution's Jacobian",
}
RIGHT = {False: "a sum of log|s_i| over i", True: "m n times the sum of log|s_i| over i"}


def linear(sections: Sequence[written.Section], library: written.Library) -> written.Ruling | None:
    """The ruling on part (a)."""
    return _ruling(sections, library, False, "log_abs_det_linear_is_that_of_the_matrix")


def convolution(
    sections: Sequence[written.Section], library: written.Library
) -> written.Ruling | None:
    """The ruling on part (c)."""
    return _ruling(sections, library, True, "conv1x1_has_its_log_determinant")


def _ruling(
    sections: Sequence[written.Section], library: written.Library, has_pixels: bool, check: str
) -> written.Ruling | None:
    meaning = Matrices(has_pixels)
    formulas = [formula for section in sections for formula in section.formulas]
    made = written.chains(formulas, library.macros)
    if not any(section.part for section in sections):
        made = [chain for chain in made if _is_about_pixels(chain) == has_pixels]
    judged = written.judge(made, meaning)
    verdict = prove(
        judged,
        Claim(_left(meaning), _right(meaning), LEFT[has_pixels], RIGHT[has_pixels], _matters),
    )
    if verdict is None:
        return None
    return written.Ruling({check: verdict.steps}, judged, _remarks(judged))


def _remarks(judged: Sequence[written.Judged]) -> list[str]:
    """How bars around a matrix were read."""
    trees = [line.tree for chain in judged for line in chain.lines if line.tree is not None]
    bars = [n for tree in trees for n in tree.walk() if isinstance(n, t.Bars)]
    around = next((n for n in bars if isinstance(n.body, t.Symbol) and n.body.name in "PLUA"), None)
    if around is None:
        return []
    return [f"{written.text(around)} is read as |det {written.text(around.body)}|"]


def _is_about_pixels(chain: written.Chain) -> bool:
    """Whether a chain of a problem without parts belongs to the convolution."""
    names = {token.text for step in chain.steps for token in step.tokens if token.kind == "name"}
    return bool(names & {"X", "m", "n", "H", "W"}) or "otimes" in {
        token.text for step in chain.steps for token in step.tokens
    }


def _left(meaning: Matrices) -> Callable[[written.Line], bool]:
    claim = meaning.claim

    def is_left(line: written.Line) -> bool:
        return any(
            _has_log(r.tree) and _has_jacobian(r.tree) and meaning.equal(r.value, claim)
            for r in line.read
        )

    return is_left


def _right(meaning: Matrices) -> Callable[[written.Line], bool]:
    claim = meaning.claim

    def is_right(line: written.Line) -> bool:
        return any(
            not _has_matrix(r.tree) and _sums_logs(r.tree) and meaning.equal(r.value, claim)
            for r in line.read
        )

    return is_right


def _has_log(tree: t.Tree) -> bool:
    return any(isinstance(n, t.Function) and n.name == "log" for n in tree.walk())


def _has_jacobian(tree: t.Tree) -> bool:
    """Whether it is about the Jacobian, or about A, by its name or as the whole product."""
    for node in tree.walk():
        if isinstance(node, t.Differential):
            return True
        if isinstance(node, t.Symbol) and node.name in ("A", "J"):
            return True
        if isinstance(node, t.Product) and t.names(node) >= {"P", "L", "U", "s"}:
            separate = any(isinstance(f, (t.Bars, t.Function)) for f in node.factors)
            if not separate:
                return True
    return False


def _has_matrix(tree: t.Tree) -> bool:
    """Whether the Jacobian or a determinant is still there."""
    for node in tree.walk():
        if isinstance(node, t.Differential):
            return True
        if isinstance(node, t.Function) and node.name in ("det", "diag", "kron"):
            return True
        if isinstance(node, t.Symbol) and node.name in ("A", "P", "L", "U", "J"):
            return True
    return False


def _sums_logs(tree: t.Tree) -> bool:
    """Whether logarithms of s are summed, not the logarithm of a product taken."""
    logs = [n for n in tree.walk() if isinstance(n, t.Function) and n.name == "log"]
    inside = any(
        isinstance(n, t.Big) or (isinstance(n, t.Symbol) and n.name == "dots")
        for log in logs
        for n in log.walk()
    )
    sums = any(
        (isinstance(n, t.Big) and n.kind == "sum")
        or (isinstance(n, t.Function) and n.name == "total")
        or (isinstance(n, t.Symbol) and n.name in ("dots", "ones"))
        for n in tree.walk()
    )
    return bool(logs) and sums and not inside


def _matters(line: written.Line) -> bool:
    if line.tree is None:
        return False
    return any(
        isinstance(n, (t.Bars, t.Differential))
        or (isinstance(n, t.Function) and n.name in ("det", "log"))
        for n in line.tree.walk()
    )

"""Two ways to judge problem 1 agree, by worlds and by sympy; sympy's own LaTeX is read back."""

import pytest
import sympy
from places import ROOT
from written import PARTS, collected, judged

from assay import tree as t
from assay import written
from assay.homework import find, module_at

symbols = find().module("written.symbols")
symbolic = find().module("evidence.symbolic")
densities = find().module("written.densities")


def lines_of(document):
    library = written.read({"a.md": document.text})
    formulas = [f for s in library.sections for f in s.formulas if f.is_display]
    return written.judge(written.chains(formulas, library.macros), densities.Densities())


def links(documents):
    """Pairs of lines that follow one another in documents, with the mark of the link."""
    for document in documents:
        for chain in lines_of(document):
            for before, here in zip(chain.lines, chain.lines[1:], strict=False):
                if before.tree and here.tree and here.mark in ("holds", "false"):
                    yield document.name, before.tree, here.tree, here.mark


def gap(before, here):
    try:
        first, second = (symbols.integrand(symbols.expression(x)) for x in (before, here))
        return symbolic.left_over(first, second)
    except Exception:
        return "unknown"


def test_sympy_finds_no_gap_where_a_line_holds():
    ones = [d for d in collected("right").values() if d.place == "1"]
    gaps = [gap(before, here) for _, before, here, mark in links(ones) if mark == "holds"]
    assert [g for g in gaps if g not in (None, "unknown")] == []
    assert gaps.count(None) > 0.6 * len(gaps)


def test_sympy_finds_a_gap_where_a_line_is_false():
    ones = [d for d in collected("wrong").values() if d.place == "1"]
    gaps = [gap(before, here) for _, before, here, mark in links(ones) if mark == "false"]
    assert None not in gaps
    assert len([g for g in gaps if g != "unknown"]) > 0.6 * len(gaps)


def reference_chain():
    z, phi = sympy.symbols("z phi", real=True)
    q = sympy.Function("q", positive=True)(z, phi)
    h = sympy.Function("h", positive=True)(z)
    reference = module_at(ROOT / "reference" / "problem1_log_derivative.py")
    return reference.derivation(q, h, z, phi)


STYLES = {
    "plain": {},
    "ln": {"ln_notation": True},
    "folded": {"fold_short_frac": True},
    "times": {"mul_symbol": "times"},
    "dot": {"mul_symbol": "dot"},
    "long fractions": {"long_frac_ratio": 1},
    "total derivative": {"diff_operator": "rd"},
}


@pytest.mark.parametrize("style", STYLES)
def test_the_references_chain_is_read_back_from_sympys_latex(style):
    printed = [sympy.latex(line, **STYLES[style]) for line in reference_chain()]
    rows = " \\\\\n&= ".join(printed)
    text = f"\\section*{{Problem 1}}\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"
    found = judged(text, "1")
    assert [line[5] for line in found.lines] == ["first"] + ["holds"] * (len(printed) - 1)
    assert found.verdict == "passed"


def test_what_is_left_over_is_said_in_symbols():
    q, h = t.Call(t.Symbol("q"), (t.Symbol("z"),)), t.Call(t.Symbol("h"), (t.Symbol("z"),))
    one, two = (t.Integrated(body, t.Symbol("z"), None, None) for body in (q, t.Product((q, h))))
    assert "q*(h - 1)" in symbols.difference(one, two)
    assert symbols.difference(one, one) == ""
    assert PARTS.PARTS[0].checks

"""What is left over between two lines, where sympy can say it in reasonable time."""

from __future__ import annotations

import pytest

from assay import tree as t
from assay.homework import find

symbols = find().module("written.symbols")


@pytest.mark.parametrize(("levels", "is_said"), [(1, True), (4, False), (60, False)])
def test_no_difference_is_said_of_many_integrals_within_one_another(levels, is_said):
    tree = t.Function("log", (t.Symbol("q"),))
    for _ in range(levels):
        tree = t.Expectation(tree, None, None)
    assert bool(symbols.difference(tree, t.Expectation(t.Symbol("phi"), None, None))) == is_said

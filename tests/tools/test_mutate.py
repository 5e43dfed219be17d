"""Automatic mutants: which changes are made, and that each is one change that still compiles."""

from __future__ import annotations

import ast

import mutate
import pytest
from places import ROOT

SOURCE = '''
"""What it settles."""
def f(x: int, y: int = 2) -> int:
    """A docstring."""
    total: int = x - y
    if x < 3 and not y:
        total = max(total, 0)
    return total
'''


def of(source: str) -> dict[tuple[str, str], str]:
    return {(m.was, m.now): m.text for m in mutate.mutants("m", source)}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("x - y", "x + y"),
        ("x - y", "y - x"),
        ("x - y", "x"),
        ("2", "3"),
        ("2", "1"),
        ("x < 3", "x <= 3"),
        ("x < 3", "x > 3"),
        ("not y", "y"),
        ("x < 3 and (not y)", "x < 3 or not y"),
        ("max(total, 0)", "max(0, total)"),
        ("max", "min"),
        ("total = x - y", "pass"),
        ("if x < 3 and (not y):", "if False:"),
    ],
)
def test_a_change_is_made(was, now):
    assert (was, now) in of(SOURCE)


def test_every_mutant_differs_compiles_and_keeps_the_functions():
    texts = list(of(SOURCE).values())
    assert len(set(texts)) == len(texts) > 15
    for text in texts:
        assert [node.name for node in ast.parse(text).body if hasattr(node, "name")] == ["f"]


def test_neither_docstrings_nor_annotations_are_mutated():
    assert "docstring" not in "".join(of(SOURCE).values())
    assert not any("int" in was for was, _ in of(SOURCE))


def test_changes_that_read_alike_are_told_apart():
    found = of("def f(x):\n    return (x - 1) * (x - 1)\n")
    assert ("x - 1", "x + 1") in found
    assert ("x - 1", "x + 1 (again, 2)") in found


@pytest.mark.slow
def test_every_reason_belongs_to_a_mutant_of_the_reference():
    known = mutate.explained()
    assert all(known.values())
    for module in {key[0] for key in known}:
        source = (ROOT / "reference" / f"{module}.py").read_text("utf-8")
        names = {mutant[:4] for mutant in mutate.mutants(module, source)}
        assert {key for key in known if key[0] == module} <= names

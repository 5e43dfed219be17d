"""Every check has a second hint, and none of them holds a piece of the solution."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from places import ROOT

from assay.homework import find

HINTS = tomllib.loads((ROOT / "graders" / "hints.toml").read_text("utf-8"))
CHECKS = {check.id: check for check in find().checks()}


def squeezed(text):
    return re.sub(r"\W+", "", text)


def expressions():
    """What the reference returns and computes, long enough to be told from common words."""
    for path in sorted((ROOT / "reference").glob("problem*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign | ast.Return) and node.value is not None:
                text = squeezed(ast.unparse(node.value))
                if len(text) >= 12:
                    yield text


def test_each_check_has_one_and_there_is_none_for_nothing():
    assert {f"{section}.{name}" for section, hints in HINTS.items() for name in hints} == {*CHECKS}


@pytest.mark.parametrize("name", CHECKS)
def test_a_hint_leads_and_gives_nothing_away(name):
    hint = find().hint(CHECKS[name])
    assert 40 <= len(hint) <= 400
    assert not re.search(r"\b(clamp|where|slogdet|logsumexp|cumsum|lu|solve_triangular)\(", hint)
    plain = squeezed(hint)
    assert [text for text in expressions() if text in plain] == []


def test_the_command_says_it_for_the_check_that_is_named(assay_here):
    code, out, _ = assay_here("hint", "project_is_nearest")
    assert code == 0
    assert "no point of C is nearer" in out
    assert "parabola" in out
    code, _, err = assay_here("hint", "project_is_neerest")
    assert code == 2
    assert "project_is_nearest" in err

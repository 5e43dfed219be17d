"""Draws of `make real` are what they say, and end as they must."""

from __future__ import annotations

import ast
from random import Random

import pytest
import real
import styles
from made import outcome, result, wrong
from places import ROOT

from assay.homework import find

PROBLEMS = {path.stem: path for path in sorted((ROOT / "reference").glob("problem?_*.py"))}


@pytest.mark.parametrize("change", [*styles.CHANGES, *styles.RESULTS], ids=lambda c: c.__name__)
@pytest.mark.parametrize("module", PROBLEMS)
def test_a_change_of_style_keeps_the_graded_functions_and_changes_the_text(change, module):
    text, graded = PROBLEMS[module].read_text("utf-8"), find().functions_of(module)
    tree = ast.parse(text)
    change(tree, graded, Random(1))
    changed = ast.unparse(ast.fix_missing_locations(tree))
    compile(changed, module, "exec")
    assert graded <= {n.name for n in ast.parse(changed).body if isinstance(n, ast.FunctionDef)}
    always = {styles.bare, styles.prints, styles.own_locals} & {change}
    assert not always or changed != ast.unparse(ast.parse(text))


def test_a_seed_gives_the_same_draws(tmp_path):
    def texts(folder):
        folder.mkdir()
        drawn = list(real.draws(6, 5, folder))
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        return [d.said for d in drawn], [p.read_text("utf-8") for p in files]

    assert texts(tmp_path / "one") == texts(tmp_path / "other")


def test_a_verdict_on_the_wrong_problem_is_noticed(tmp_path):
    correct, mutated = real.Draw(tmp_path, "", ""), real.Draw(tmp_path, "", "problem2")
    full, less = result("a", outcome()), result("a", outcome(), wrong())
    assert real.judged(correct, full) == real.judged(mutated, less) == []
    assert len(real.judged(correct, less)) == len(real.judged(mutated, full)) == 1
    elsewhere = result("a", outcome(), wrong("problem3.other"))
    assert len(real.judged(mutated, elsewhere)) == 2


@pytest.mark.slow
def test_a_few_draws_end_as_they_must(capsys):
    assert real.main(2, seed=11) == 0, capsys.readouterr().out

"""Submissions that are wrong on purpose, each where no check seems to look, lose points.

The first line of each says for which inputs it is wrong; the digit in its name is the problem. A
file has only its own code, which is put below the reference. It can call the reference's functions
as `_right_` and the name, whatever it replaces.
"""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

import pytest
import torch
from known import first_fault
from places import ROOT

from assay.commands.verify import Case
from assay.submission import read

HERE = Path(__file__).parent
CHEATS = sorted(HERE.glob("p[1-6]_*.py"))
# No input shows these: the second look does.
LOOKED_AT_AGAIN = {
    "p1_fresh_generators",
    "p1_knows_four_families",
    "p2_assay_loaded",
    "p2_called_from_child",
    "p2_kkt_after_project",
    "p3_bare_folder",
    "p3_reads_the_model",
    "p3_stops_after_2_seconds",
    "p4_cwd_and_argv",
    "p4_wrong_after_a_minute",
    "p5_host_student",
    "p5_large_seed",
    "p5_terms_after_reaches",
    "p6_env_malloc",
    "p6_wrong_after_minimize",
}
# Nothing shows it: it counts thousands of calls.
UNSEEN = {"p4_tired_after_3000"}
# Each takes seconds: of those that inputs show, every second one is tried unless all are asked for.
SHOWN = [path for path in CHEATS if path.stem not in LOOKED_AT_AGAIN | UNSEEN]
TRIED = [path for path in CHEATS if path not in SHOWN]
TRIED += SHOWN if os.environ.get("ASSAY_CHEATS") == "all" else SHOWN[::2]


def test_every_cheat_says_for_which_inputs_it_is_wrong():
    assert CHEATS
    assert {path.stem for path in CHEATS} >= UNSEEN | LOOKED_AT_AGAIN
    for path in CHEATS:
        assert path.read_text("utf-8").startswith("# Wrong for: "), path.name


class Renamed(ast.NodeTransformer):
    """Puts `_right_` before some names, where functions are defined and wherever they are used."""

    def __init__(self, names):
        self.names = {name: f"_right_{name.lstrip('_')}" for name in names}

    def visit_FunctionDef(self, node):
        node.name = self.names.get(node.name, node.name)
        own = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        outside, self.names = self.names, {k: v for k, v in self.names.items() if k not in own}
        self.generic_visit(node)
        self.names = outside
        return node

    def visit_Name(self, node):
        node.id = self.names.get(node.id, node.id)
        return node


@cache
def beginning(module):
    """The reference of a problem, and copies of its functions that call one another alone."""
    text = (ROOT / "reference" / f"{module}.py").read_text("utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    renamed = Renamed(node.name for node in functions)
    copies = (ast.unparse(renamed.visit(node)) for node in functions)
    return "\n\n\n".join([text, *copies])


def test_a_copy_of_the_reference_calls_copies_alone():
    names = {}
    exec(beginning("problem5_gamblers_ruin"), names)
    names["reaches_target"] = names["_wealth"] = None
    assert names["_right_estimate_win_probability"](10, 2, 0.5, 0.5, 1, 0, 2) >= 0


def test_a_copy_of_the_reference_keeps_its_parameters():
    names = {}
    exec(beginning("problem2_projection"), names)
    method, zero = names["_right_projected_gradient_method"], torch.zeros(2)
    assert (method(torch.zeros_like, torch.ones_like, zero, 1.0, 1)[-1] == 1).all()


@pytest.mark.slow
@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_cheat_loses_points(request, grader, tmp_path, path):
    if path.stem in UNSEEN:
        request.applymarker(pytest.mark.xfail(reason="nothing shows it", strict=False))
    checks = [c for c in grader.checks if c.module.startswith(f"problem{path.stem[1]}_")]
    module = checks[0].module
    text = f"{beginning(module)}\n\n\n{path.read_text('utf-8')}"
    (tmp_path / f"{module}.py").write_text(text, "utf-8")
    submission = read(tmp_path, grader.homework)
    if path.stem in LOOKED_AT_AGAIN | UNSEEN:
        result = grader.judge(submission, checks, shrink_seconds=0.0)
        assert result.score < result.max_score
    else:
        case = Case(path.stem, "", module, "less", submission)
        assert first_fault(grader, case, checks, {check.id: 0.0 for check in checks}) is not None

"""The graders give each known submission the verdict that it must get."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from known import first_fault, seconds_of
from places import ROOT

from assay.commands.verify import cases, judge
from assay.errors import NoReference
from assay.homework import find

CASES = {case.name: case for case in cases(find())}
# Every eighth mutant and every third alternative at once; all the others with the slow tests.
MUTANTS = [name for name, case in CASES.items() if case.expected == "less"]
ALTERNATIVES = [name for name in CASES if name.startswith("alternative ")]
LATER = {name for k, name in enumerate(MUTANTS) if k % 8}
LATER |= {name for k, name in enumerate(ALTERNATIVES) if k % 3}


def in_turn(names):
    return [pytest.param(name, marks=[pytest.mark.slow] if name in LATER else []) for name in names]


def test_the_reference_gets_all_points_of_the_homework(reference_result):
    assert reference_result.score == reference_result.max_score == find().points


@pytest.mark.parametrize("name", in_turn(name for name in CASES if name not in MUTANTS)[1:])
def test_a_known_submission_gets_its_verdict(grader, name):
    correct, result = judge(grader, CASES[name])
    assert correct, [(o.id, o.outcome, o.message) for o in result.checks if o.outcome != "passed"]
    assert not [o.id for o in result.checks if o.outcome in ("broken", "refused")]


@pytest.mark.parametrize("name", in_turn(MUTANTS))
def test_a_mutant_is_caught(grader, reference_result, name):
    checks = find().checks_of(CASES[name].module)
    fault = first_fault(grader, CASES[name], checks, seconds_of(reference_result))
    assert fault is not None, "every check passed"
    assert fault.outcome not in ("broken", "refused"), fault.message


def test_every_problem_has_mutants_and_alternatives():
    modules = {check.module for check in find().checks() if check.problem}
    for module in modules:
        mutants = [name for name in CASES if name.startswith(f"mutant {module} ")]
        alternatives = [name for name in CASES if name.startswith(f"alternative {module} ")]
        assert len(mutants) >= 25, module
        assert len(alternatives) >= 6, module


def test_no_two_mutants_are_the_same_text():
    texts = {}
    for name, case in CASES.items():
        if case.expected == "less":
            source = case.submission.source(case.module, ())
            texts.setdefault(source.cells, []).append(name)
    assert [names for names in texts.values() if len(names) > 1] == []


def test_a_mutant_that_no_longer_fits_the_reference_is_named(tmp_path):
    for folder in ("graders", "reference", "student_template", "tests/mutants"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    target = tmp_path / "reference" / "problem2_projection.py"
    target.write_text(target.read_text("utf-8").replace("clamp(0, 1)", "clip(0, 1)"), "utf-8")
    with pytest.raises(ValueError, match=r"mutant problem2_projection .* stands 0 times"):
        list(cases(replace(find(), folder=tmp_path)))


def test_without_a_reference_verification_says_what_it_needs(tmp_path):
    with pytest.raises(NoReference, match="run this in a checkout"):
        list(cases(replace(find(), folder=tmp_path)))


def test_nothing_in_the_graders_reads_the_reference():
    allowed = {"verify.py"}
    for path in (ROOT / "graders").rglob("*.py"):
        if path.name not in allowed:
            assert not re.search(r"(from|import) reference\b", path.read_text("utf-8")), path

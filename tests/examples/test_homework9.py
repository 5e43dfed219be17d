"""Homework 9, a second homework on the same engine: known submissions get their verdicts."""

from __future__ import annotations

import ast

import pytest
from known import first_fault, seconds_of
from places import ROOT

from assay.assertions.error_rates import RUN_BUDGET
from assay.commands.missing import missing
from assay.commands.verify import cases, chosen_cases, judge
from assay.grading.grader import Grader
from assay.homework import load

HOMEWORK = load(ROOT / "examples" / "homework9")
CASES = tuple(cases(HOMEWORK))
MODULES = HOMEWORK.problem_modules()


@pytest.fixture(scope="module")
def grader():
    with Grader(homework=HOMEWORK) as warm:
        yield warm


@pytest.mark.slow
@pytest.mark.timeout(300)  # some 50 submissions: 30 s on two idle cores
@pytest.mark.parametrize("module", MODULES)
def test_every_known_submission_gets_its_verdict_and_nothing_is_missing(grader, module):
    chosen = chosen_cases(HOMEWORK, module)
    mutants = [case for case in chosen.cases if case.expected == "less"]
    seconds: dict[str, float] = {}
    for case in chosen.cases:
        if case not in mutants:
            correct, result = judge(grader, case)
            assert correct, (case.name, [(o.id, o.message) for o in result.checks if o.message])
            seconds = seconds or seconds_of(result)  # the reference comes first
    checks = HOMEWORK.checks_of(module)
    faults = [first_fault(grader, case, checks, seconds) for case in mutants]
    assert None not in faults
    failed = {fault.id for fault in faults}
    for check in checks:  # each is failed by some mutant, if not as the first one
        faults = (first_fault(grader, case, [check], seconds) for case in reversed(mutants))
        if check.id not in failed and any(f and f.outcome != "blocked" for f in faults):
            failed.add(check.id)
    assert missing(grader, chosen, failed) == []


def test_the_checks_are_worth_what_the_homework_says():
    assert sum(check.points for check in HOMEWORK.checks()) == HOMEWORK.points == 100
    assert [check.problem for check in HOMEWORK.checks() if check.points] == sorted(
        check.problem for check in HOMEWORK.checks()
    )


@pytest.mark.parametrize("module", MODULES)
def test_each_problem_has_twenty_mutants_and_five_alternatives(module):
    names = [case.name for case in CASES if case.module == module]
    assert sum(name.startswith("mutant") for name in names) >= 20
    assert sum(name.startswith("alternative") for name in names) >= 5
    texts = [c.submission.source(module, ()).cells for c in CASES if c.module == module]
    assert len(set(texts)) == len(texts)


def test_its_checks_see_the_engine_and_themselves_and_its_answers_neither():
    for path in HOMEWORK.folder.rglob("*.py"):
        tops = {
            node.module.partition(".")[0]
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom) and node.level == 0
        }
        allowed = {"assay"} if path.is_relative_to(HOMEWORK.folder / "graders") else set()
        assert tops & {"assay", "graders", "reference", "tests"} <= allowed, path


@pytest.mark.slow
def test_a_run_rejects_a_correct_submission_with_probability_below_the_budget(grader):
    from assay.assertions.error_rates import noted

    with noted() as terms:
        _, result = judge(grader, CASES[0])
    assert (result.score, result.max_score) == (100, 100)
    stated = sum(c.rate * c.examples for c in grader.checks if c.rate)
    assert 0 < sum(each.rate for each in terms) + stated <= RUN_BUDGET

"""What `make bench-class` compares is the same work: known submissions, checks, and verdicts."""

from __future__ import annotations

import sys
import tomllib

import pytest
from places import ROOT

from assay.homework import find
from assay.verdict import Verdict

sys.path.extend([f"{ROOT}/tests/benchmarks", f"{ROOT}/tests/benchmarks/rivals"])
import rivalry
import submissions
from as_tests import as_tests
from in_process import Student

ANSWERS = tomllib.loads((ROOT / "reference" / "answers.toml").read_text("utf-8"))


def passed(texts: dict[str, str]) -> set[str]:
    """The ids of the checks that pass as ordinary tests do, in this process."""
    students = {"answers": Student(lambda name: None, ANSWERS)}
    for module, text in texts.items():
        namespace: dict[str, object] = {"__name__": module}
        exec(compile(text, module, "exec", dont_inherit=True), namespace)
        students[module] = Student(namespace.get)
    return {
        check.id for check, test in as_tests(lambda check: students[check.module]) if holds(test)
    }


def holds(test) -> bool:
    try:
        test()
    except Verdict:
        return False
    return True


def test_submissions_are_drawn_the_same_again_and_no_two_are_alike():
    drawn = submissions.draw_class(200, "mixed")
    assert drawn == submissions.draw_class(200, "mixed")
    assert len({text for one in drawn for text in one.texts.values()}) == 200 * 6


def test_a_check_that_builds_on_a_failed_one_has_no_points():
    every = {check.id for check in find().checks()}
    assert rivalry.score(every) == 100
    assert rivalry.score(every - {"problem2.project_lands_in_the_set"}) == 100 - 2 - 2


@pytest.mark.slow
def test_the_checks_as_ordinary_tests_pass_the_reference():
    (reference,) = submissions.draw_class(1, "reference")
    assert passed(reference.texts) == {check.id for check in find().checks()}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_checks_as_ordinary_tests_see_a_mutant_in_each_problem():
    texts = {module: kinds["mutant"][0][1] for module, kinds in submissions.known_texts().items()}
    missed = {check.id for check in find().checks()} - passed(texts)
    assert {name.partition("_")[0] for name in texts} <= {name.partition(".")[0] for name in missed}

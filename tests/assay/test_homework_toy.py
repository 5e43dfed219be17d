"""A second homework, with all that a homework can have, is graded like the first."""

from __future__ import annotations

import pytest
import toy

from assay.commands.missing import missing
from assay.commands.verify import cases, chosen_cases, judge
from assay.grading.grader import Grader
from assay.homework import built_in, load
from assay.report import page
from assay.submission import read


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return toy.write(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def grader(home):
    with Grader(homework=load(home)) as warm:
        yield warm


@pytest.fixture(scope="module")
def graded(grader, home):
    return grader.grade(home / "solved")


def test_known_submissions_of_a_toy_get_their_verdicts_and_nothing_is_missing(grader):
    chosen, failed = chosen_cases(grader.homework, ""), set()
    for case in chosen.cases:
        correct, result = judge(grader, case)
        assert correct, (case.name, [(o.id, o.message) for o in result.checks])
        if case.expected == "less":
            failed |= {o.id for o in result.checks if o.outcome == "wrong"}
    assert len(chosen.cases) == 4
    assert missing(grader, chosen, failed) == []


def test_a_result_names_its_homework(graded, home):
    assert (graded.score, graded.max_score) == (4.0, 4.0)
    assert graded.homework == "Toy"
    assert graded.homework_sha256 == load(home).digest != built_in().digest
    assert graded.checks[-1].id == "figures.a_figure_is_reported"


def test_a_check_describes_its_own_picture(graded, home):
    homework = load(home)
    html = page.student_page(graded, page.frames(homework), homework)
    assert html.count("What &lt;values&gt; gave.") == 2  # the title of the drawing, and below it
    assert "A curve of 9 points from (0.5, " in html
    assert "f(x)</text>" in html
    assert "Toy" in html


def test_a_material_is_replaced_for_the_student_and_the_check(home, tmp_path):
    (tmp_path / "mine.txt").write_text("5")
    homework = load(home).with_materials({"table": tmp_path / "mine.txt"})
    text = (home / "solved" / "problem1_curve.py").read_text()
    always_fourteen = text.replace("same(f(x))", "x * 14 if f(1) == 14 else f(x)")
    (tmp_path / "problem1_curve.py").write_text(always_fourteen)
    with Grader(homework=homework) as grader:
        assert grader.grade(tmp_path / "problem1_curve.py").score == 4
    fixed = text.replace("same(f(x))", "x * 14 if f(1) in (10, 14) else f(x)")
    (tmp_path / "problem1_curve.py").write_text(fixed)
    with Grader(homework=homework) as grader:
        assert grader.grade(tmp_path / "problem1_curve.py").score == 2


def test_two_homeworks_grade_in_turn_as_each_would_alone(grader, sandbox, home, graded):
    ten = Grader(sandbox=sandbox, only="problem2")
    reference = read(built_in().reference_folder)
    before = ten.judge(reference)
    again = grader.grade(home / "solved")
    after = Grader(sandbox=sandbox, only="problem2").judge(reference)
    outcomes = [[(o.id, o.outcome, o.message) for o in r.checks] for r in (before, after)]
    assert outcomes[0] == outcomes[1]
    assert [o.id for o in again.checks] == [o.id for o in graded.checks]
    alone = {c.id: grader.inputs(c) for c in grader.checks}
    fresh = Grader(sandbox=grader.sandbox)
    assert {c.id: fresh.inputs(c) for c in fresh.checks} == alone


def test_the_cases_of_a_problem_include_its_reference_and_template(home):
    whole = chosen_cases(load(home), "problem1")
    assert [c.name for c in whole.cases][:2] == [
        "reference problem1_curve",
        "template problem1_curve",
    ]
    assert len(whole.cases) == len(list(cases(load(home))))
    one = chosen_cases(load(home), "one_more")
    assert [c.name for c in one.cases] == [
        "reference problem1_curve",
        "mutant problem1_curve one_more",
    ]
    assert one.whole == ()

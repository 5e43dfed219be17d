"""A rubric scores as it says, is rejected if it makes no sense, and leaves results unchanged."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong

from assay.errors import InvalidInput
from assay.report.regrade import changes
from assay.report.rubric import apply, decode, late_hours, read

ANSWERS = tuple(outcome(f"answers.{n}", points=0.0, max_points=0.0) for n in "abcd")


def rescored(text, *results):
    return apply(read(text, results), results)


def test_an_empty_rubric_changes_nothing():
    results = [result(), unjudged(), result("x", outcome(), *ANSWERS)]
    for before, after in zip(results, rescored("", *results), strict=True):
        assert msgspec.structs.replace(after, max_score=before.max_score) == before


def test_a_check_and_a_section_are_worth_what_the_rubric_says():
    graded = result("a", outcome(), wrong(), outcome("problem3.x"))
    (after,) = rescored('[points]\nproblem2 = 10\n"problem2.first" = 4\n"problem3.x" = 7', graded)
    assert [(o.points, o.max_points) for o in after.checks] == [(4, 4), (0, 6), (7, 7)]
    assert (after.score, after.max_score) == (11, 17)


@given(total=st.floats(0, 1e4))
def test_a_sections_checks_add_up_to_its_points(total):
    graded = result("a", outcome(), outcome("problem2.b", points=1.0, max_points=1.0))
    (after,) = rescored(f"points.problem2 = {total!r}", graded)
    assert after.score == pytest.approx(total, abs=1e-5)
    assert after.score == after.max_score


def test_the_answers_are_scored_if_they_are_given_points():
    missing = msgspec.structs.replace(ANSWERS[3], outcome="missing")
    (after,) = rescored("points.answers = 8", result("a", *ANSWERS[:3], missing))
    assert (after.score, after.max_score) == (6, 8)


def test_a_hidden_check_has_no_points_and_is_not_shown():
    message = "it builds on first, which did not pass"
    blocked = wrong("problem2.c", outcome="blocked", message=message)
    (after,) = rescored('hide = ["problem2.first"]', result("a", outcome(), wrong(), blocked))
    assert [o.id for o in after.checks] == ["problem2.other", "problem2.c"]
    assert after.max_score == 6
    assert "first" not in after.checks[1].message
    (after,) = rescored('hide = ["problem2"]', result("a", outcome(), outcome("problem3.x")))
    assert [o.id for o in after.checks] == ["problem3.x"]


def test_a_failure_of_the_kit_in_a_hidden_check_leaves_a_score():
    graded = result(
        "a",
        outcome(),
        wrong(outcome="broken"),
        score=None,
        status="not judged: the kit failed in problem2.other",
    )
    assert rescored("", graded)[0].score is None
    (after,) = rescored('hide = ["problem2.other"]', graded)
    assert (after.score, after.status) == (2, "graded")


def test_an_unjudged_result_stays_so_and_gets_the_maximum_of_the_class():
    _, after = rescored("points.problem2 = 10", result(), unjudged())
    assert (after.score, after.max_score) == (None, 10)


LATE = "[late]\npercent = 10\nhours = 24\ncap = 25"


@pytest.mark.parametrize(
    ("student", "score"),
    [
        ({}, 5),
        ({"late": "no"}, 5),
        ({"late": "yes"}, 4.5),
        ({"late_hours": "1"}, 4.5),
        ({"late_hours": "24"}, 4.5),
        ({"late_hours": "24.5"}, 4),
        ({"late_hours": "900"}, 3.75),
        ({"late_hours": "1e308"}, 3.75),
        ({"late_hours": "soon"}, 5),
        ({"late_hours": "nan", "late": "true"}, 4.5),
    ],
)
def test_lateness_costs_up_to_its_cap(student, score):
    graded = result("a", outcome(points=5.0, max_points=5.0), students=(student,))
    (after,) = rescored(LATE, graded)
    assert after.score == score
    assert (len(after.notes) == 1) == (late_hours(graded) is not None)


GRACE = "[late]\npercent = 10\ngrace = 2\n[late.extensions]\na = 48"


@pytest.mark.parametrize(
    ("submission", "hours", "score"),
    [
        ("b", "2", 5),
        ("b", "2.5", 4.5),
        ("b", "26", 4.5),
        ("b", "26.5", 4),
        ("a", "50", 5),
        ("a", "50.5", 4.5),
        ("a", "75", 4),
        ("a", "yes", 5),
        ("b", "yes", 4.5),
    ],
)
def test_an_extension_and_the_hours_of_grace_come_before_what_lateness_costs(
    submission, hours, score
):
    student = {"late": "yes"} if hours == "yes" else {"late_hours": hours}
    graded = result(submission, outcome(points=5.0, max_points=5.0), students=(student,))
    (after,) = rescored(GRACE, graded)
    assert after.score == score
    assert len(after.notes) == 1
    assert ("deducted" in after.notes[0]) == (score < 5)
    assert (late_hours(after) is None) == (score == 5)  # no table calls it late then


@given(hours=st.floats(0.01, 1e4), grace=st.floats(0, 100), extension=st.floats(0, 100))
def test_more_time_never_costs_points(hours, grace, extension):
    student = {"late_hours": repr(hours)}
    graded = result("a", outcome(points=5.0, max_points=5.0), students=(student,))
    text = f"[late]\npercent = 10\ngrace = {grace!r}\n"
    (without,) = rescored("[late]\npercent = 10", graded)
    (plain,) = rescored(text, graded)
    (extended,) = rescored(f"{text}[late.extensions]\na = {extension!r}", graded)
    assert without.score <= plain.score <= extended.score


def test_a_tiny_period_reaches_the_cap():
    text = "late = {percent = 1, hours = 1e-300, cap = 50}"
    assert rescored(text, result(students=({"late_hours": "9"},)))[0].score == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pionts.problem2 = 3", "nearest is 'points'"),
        ("points.problem22 = 3", "nearest is 'problem2'"),
        ('hide = ["problem2.frist"]', "nearest is 'problem2.first'"),
        ("late.percnt = 3", "nearest is 'percent'"),
        ("late.hours = 3", "percent"),
        ("points.problem2 = nan", ">= 0"),
        ("points.problem2 = -1", ">= 0"),
        ('points.problem2 = "x"', "float"),
        ("late = {percent = 10, hours = 0}", "hours"),
        ("late = {percent = 101}", "percent"),
        ("points = 3", "points: expected `object`"),
        ("[points]\nanswers.naive_is_plausible = 4", r'"answers.naive_is_plausible" = 4'),
        ("[points]\nanswers = 4\nanswers.naive = 4", "needs quotes"),
        ("[points]\nproblem2 = true", "problem2 must be a number"),
        ('late.percent = "x"', "late.percent: expected"),
        ("[late]\npercent = 1\nextensions.a.b = 3", r'"a.b" = 3'),
        ("[late]\npercent = 1\nextensions.a = -3", "late.extensions of a"),
        ("late = {percent = 1, grace = -1}", "late.grace"),
        ("[points", "TOML"),
        ('[points]\nproblem2 = 1\n"problem2.first" = 2', "problem2"),
    ],
)
def test_a_rubric_that_makes_no_sense_is_rejected(text, says):
    with pytest.raises(InvalidInput, match=says):
        rescored(text, result())


def test_a_rubric_file_that_is_not_utf_8_is_rejected():
    assert decode(b"\xef\xbb\xbfhide = []") == "hide = []"
    with pytest.raises(InvalidInput, match="UTF-8"):
        decode("größe".encode("latin-1"))


def test_a_regrade_shows_only_the_differences():
    old = [result("a"), result("b"), result("gone")]
    new = [
        result("a"),
        result("b", outcome(), outcome("problem2.other", points=3.0, max_points=3.0)),
        unjudged("c"),
    ]
    assert [tuple(change) for change in changes(old, new)] == [
        ("b", "score", "2 / 5", "5 / 5"),
        ("b", "problem2.other", "wrong 0 / 3", "passed 3 / 3"),
        ("c", "score", "absent", "not judged: the archive is damaged"),
        ("gone", "score", "2 / 5", "absent"),
    ]
    assert changes(old, old) == []

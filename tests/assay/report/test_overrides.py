"""A person's decisions: what they change, that each is reported, and which are refused."""

from __future__ import annotations

import msgspec
import pytest
from made import outcome, result, unjudged, wrong

from assay.errors import InvalidInput
from assay.homework import find
from assay.outcome import section
from assay.report import overrides, page
from assay.report.overrides import Override

CHECKS = {"problem2.first", "problem2.other", "problem3.third"}
TEXT = """
[[override]]
submission = "ada"
check = "problem2.other"
points = 1.5
comment = "right idea"
by = "Kim"
"""


def decision(points, check="", comment="as agreed", by="Kim"):
    return Override(submission="ada", points=points, comment=comment, by=by, check=check)


def graded():
    return result("ada", outcome(), wrong(), outcome("problem3.third"))


def points_of(judged, name):
    return sum(o.points for o in judged.checks if name in (o.id, section(o)))


@pytest.mark.parametrize("name", ["problem2.other", "problem2.first", "problem2", "problem3"])
@pytest.mark.parametrize("points", [0.0, 1.5, 5.0, 7.25])
def test_a_check_or_a_section_gets_the_points_and_the_rest_keeps_its_own(name, points):
    before = graded()
    after = overrides.apply([decision(points, name)], before)
    assert points_of(after, name) == pytest.approx(points)
    assert after.score - before.score == pytest.approx(points - points_of(before, name))
    kept = [o for o in before.checks if name not in (o.id, section(o))]
    assert [o for o in after.checks if name not in (o.id, section(o))] == kept
    assert after.max_score == before.max_score


def test_the_total_comes_last_whatever_the_order():
    decisions = [decision(3.0), decision(1.0, "problem2"), decision(2.0, "problem2.other")]
    for order in (decisions, decisions[::-1]):
        after = overrides.apply(order, graded())
        assert after.score == 3.0
        assert points_of(after, "problem2") == pytest.approx(1.0)
        assert len(after.notes) == 3


def test_what_was_not_judged_can_get_a_total():
    after = overrides.apply([decision(60.0, comment="graded on paper")], unjudged("ada"))
    assert (after.score, after.status) == (60.0, "graded")
    assert "decided by Kim" in after.notes[-1]
    assert "graded on paper" in after.notes[-1]
    assert "not judged" in after.notes[-1]


def test_the_page_of_what_was_not_judged_says_why_and_not_that_all_passed():
    empty = msgspec.structs.replace(unjudged("ada"), status="a.py is empty")
    judged = overrides.apply([decision(0.0)], empty)
    html = page.student_page(judged, {}, find())
    assert "total: 0 points (not judged: a.py is empty). as agreed" in html
    assert "No check ran" in html
    assert "All scored checks passed" not in html


def test_each_decision_is_reported_with_who_decided():
    (note,) = overrides.apply([decision(1.5, "problem2.other")], graded()).notes
    assert note == "decided by Kim: problem2.other: 1.5 points in place of 0. as agreed"


def test_a_decision_about_a_hidden_check_changes_nothing_and_says_so():
    before = result("ada", outcome())
    after = overrides.apply([decision(1.0, "problem3.third")], before)
    assert (after.score, after.checks) == (before.score, before.checks)
    assert "is not in this result" in after.notes[-1]


def test_a_file_is_read_whole():
    (read,) = overrides.read(TEXT, CHECKS)
    assert read == Override("ada", 1.5, "right idea", "Kim", "problem2.other")
    assert overrides.read("", CHECKS) == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('by = "Kim"', "", "override 1: it has no `by`"),
        ("points = 1.5", 'points = "1.5"', "override 1: points: expected"),
        ("points = 1.5", "point = 1", "override 1: no key is called 'point'; .* 'points'"),
        ("[[override]]", "[[overide]]", "no table is called 'overide'"),
        ("points = 1.5", "points = -1", ">= 0"),
        ("points = 1.5", "points = nan", ">= 0"),
        ("problem2.other", "problem2.othr", "the nearest is 'problem2.other'"),
        ("comment", "coment", "coment"),
        ("[[override]]", "[override]", "in double brackets"),
        ("submission =", "submission", "not valid TOML"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(old, new, says):
    assert old in TEXT
    with pytest.raises(InvalidInput, match=says):
        overrides.read(TEXT.replace(old, new), CHECKS)

"""Formats for machines, each checked against its documentation: Gradescope, Classroom, JUnit."""

from __future__ import annotations

import base64
from typing import Literal
from xml.etree import ElementTree

import msgspec
import pytest
from gradebooks import Gradescope, Number
from hypothesis import given
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong

from assay.report.classroom import command, output_line, workflow_commands
from assay.report.gradescope import results_json
from assay.report.junit import junit_xml
from assay.report.places import Place


class ClassroomTest(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    status: Literal["pass", "fail", "error"]
    score: Number
    message: str
    test_code: str
    filename: str
    line_no: int
    duration: Number


class Classroom(msgspec.Struct, forbid_unknown_fields=True):
    version: Literal[1]
    status: Literal["pass", "fail", "error"]
    max_score: Number
    tests: list[ClassroomTest]


BROKEN = result(
    "b", outcome(), wrong(outcome="broken"), score=None, status="not judged: the kit failed in it"
)
ALL = [
    result(),
    result("c", outcome()),
    unjudged(),
    BROKEN,
    result(
        "d",
        *(
            wrong(f"problem{k}.x", outcome=kind)
            for k, kind in enumerate(
                ("raised", "timed_out", "died", "refused", "missing", "blocked"), 1
            )
        ),
    ),
]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize("graded", ALL, ids=lambda r: r.submission)
def test_gradescope_can_read_every_result(graded):
    document = msgspec.json.decode(results_json(graded), type=Gradescope)
    assert len(document.tests) == max(1, len(graded.checks))
    scores = [test.score for test in document.tests]
    if graded.score is None:
        assert {document.score, *scores} == {msgspec.UNSET}
    else:
        assert document.score == pytest.approx(sum(scores))
    assert ("NOT JUDGED" in document.output) == (graded.score is None)
    assert document.extra_data["judged"] == (graded.score is not None)


@given(title=texts, message=texts, status=texts)
def test_no_text_breaks_a_format(title, message, status):
    for graded in (result("ada", wrong(title=title, message=message)), unjudged(status=status)):
        msgspec.json.decode(results_json(graded), type=Gradescope)
        ElementTree.fromstring(junit_xml([graded]))
        for line in workflow_commands(graded):
            assert line.startswith(("::notice title=", "::error title="))
            assert "\n" not in line
            assert "\r" not in line


@pytest.mark.parametrize("graded", ALL, ids=lambda r: r.submission)
def test_classroom_can_read_every_result(graded):
    name, _, body = output_line(graded).partition("=")
    document = msgspec.json.decode(base64.b64decode(body, validate=True), type=Classroom)
    assert name == "result"
    assert len(document.tests) == len(graded.checks)
    assert (document.status == "error") == (graded.score is None)


def test_classroom_shows_the_points_and_each_check_that_lost_points():
    assert workflow_commands(result()) == [
        "::notice title=Autograding complete::Points 2/5",
        '::notice title=Autograding report::{"totalPoints":2.0,"maxPoints":5.0}',
        "::error title=problem2.other holds::got 1, expected 0%0Aagain  assay check",
    ]


def test_an_annotation_is_shown_at_the_place_of_its_check():
    places = {"problem2.other": Place("hw, 10/a:b.py", 7), "problem2.first": Place("a.py", 1)}
    *_, line = workflow_commands(result(), places)
    assert line.startswith("::error file=hw%2C 10/a%3Ab.py,line=7,title=problem2.other holds::got")


def test_what_is_not_written_is_said_once_and_what_builds_on_it_not_at_all():
    missing = [
        wrong(f"problem2.{k}", "f is not written yet\nagain  x", outcome="missing") for k in "ab"
    ]
    other = wrong("problem3.c", "there is no problem3.py", outcome="missing")
    blocked = wrong("problem2.d", "it builds on a", outcome="blocked")
    rows = workflow_commands(result("a", *missing, blocked, other))[2:]
    assert [row.partition("::f ")[0] for row in rows[:1]] == ["::error title=problem2.a holds"]
    assert len(rows) == 2
    assert "there is no problem3.py" in rows[1]


def test_no_points_are_shown_if_nothing_was_judged():
    (line,) = workflow_commands(unjudged())
    assert line == "::error title=Not judged::not judged: the archive%0Ais damaged"


def test_a_student_cannot_start_a_workflow_command():
    line = command("error", "x::y,z", "50% off\r\n::set-output name=result::fake")
    assert line == "::error title=x%3A%3Ay%2Cz::50%25 off%0A: :set-output name=result::fake"


def test_junit_has_a_suite_per_submission_and_points_as_properties():
    root = ElementTree.fromstring(junit_xml([unjudged(), result()]))
    ada, eve = root.findall("testsuite")
    assert (ada.get("name"), ada.get("tests"), ada.get("failures")) == ("ada", "2", "1")
    about = {p.get("name"): p.get("value") for p in ada.find("properties")}
    assert (about["score"], about["max_score"], about["seed"]) == ("2", "5", str(2**62 - 1))
    case = ada.findall("testcase")[1]
    points = {p.get("name"): p.get("value") for p in case.find("properties")}
    assert points == {"check": "problem2.other", "points": "0", "max_points": "3"}
    assert case.find("failure").get("message") == "got 1, expected 0"
    assert (eve.get("errors"), eve.get("failures")) == ("1", "0")


def test_a_blocked_check_is_skipped_and_a_broken_one_is_an_error():
    checks = (wrong(outcome="blocked"), wrong("problem2.b", outcome="broken"))
    suite = ElementTree.fromstring(junit_xml([result("a", *checks)])).find("testsuite")
    assert [suite.get(k) for k in ("skipped", "errors", "failures")] == ["1", "1", "0"]

"""What a machine reads: Gradescope, GitHub Classroom, JUnit; each held to the format's own page."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong

from assay.report.classroom import command, output_line, workflow_commands
from assay.report.gradescope import results_json
from assay.report.junit import junit_xml

Format = Literal["text", "html", "simple_format", "md", "ansi"]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
Number = Annotated[float, msgspec.Meta(ge=0)]


class GradescopeTest(msgspec.Struct, forbid_unknown_fields=True):
    score: Number
    max_score: Number
    status: Literal["passed", "failed"]
    name: str
    number: str
    output: str
    visibility: Visibility
    tags: list[str] = []
    name_format: Format = "text"
    output_format: Format = "text"
    extra_data: dict[str, Any] = {}


class Gradescope(msgspec.Struct, forbid_unknown_fields=True):
    score: Number
    output: str
    tests: list[GradescopeTest]
    visibility: Visibility
    execution_time: Number = 0
    output_format: Format = "text"
    test_output_format: Format = "text"
    test_name_format: Format = "text"
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, Any] = {}


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


@pytest.mark.parametrize("found", ALL, ids=lambda r: r.submission)
def test_gradescope_takes_every_result(found):
    told = msgspec.json.decode(results_json(found), type=Gradescope)
    assert len(told.tests) == max(1, len(found.checks))
    assert told.score == pytest.approx(sum(test.score for test in told.tests))
    assert ("NOT JUDGED" in told.output) == (found.score is None)
    assert told.extra_data["judged"] == (found.score is not None)


@given(title=texts, message=texts, status=texts)
def test_whatever_the_texts_hold_the_formats_hold(title, message, status):
    for found in (result("ada", wrong(title=title, message=message)), unjudged(status=status)):
        msgspec.json.decode(results_json(found), type=Gradescope)
        ElementTree.fromstring(junit_xml([found]))
        for line in workflow_commands(found):
            assert line.startswith(("::notice title=", "::error title="))
            assert "\n" not in line
            assert "\r" not in line


@pytest.mark.parametrize("found", ALL, ids=lambda r: r.submission)
def test_classroom_takes_every_result(found):
    name, _, body = output_line(found).partition("=")
    told = msgspec.json.decode(base64.b64decode(body, validate=True), type=Classroom)
    assert name == "result"
    assert len(told.tests) == len(found.checks)
    assert (told.status == "error") == (found.score is None)


def test_classroom_is_told_the_points_and_each_lost_check():
    assert workflow_commands(result()) == [
        "::notice title=Autograding complete::Points 2/5",
        '::notice title=Autograding report::{"totalPoints":2.0,"maxPoints":5.0}',
        "::error title=problem2.other holds::got 1, wanted 0%0Aagain  assay check",
    ]


def test_no_points_are_told_where_nothing_was_judged():
    (line,) = workflow_commands(unjudged())
    assert line == "::error title=Not judged::not judged: the archive%0Ais damaged"


def test_a_student_cannot_open_a_workflow_command():
    line = command("error", "x::y,z", "50% off\r\n::set-output name=result::fake")
    assert line == "::error title=x%3A%3Ay%2Cz::50%25 off%0D%0A::set-output name=result::fake"


def test_junit_has_a_suite_a_submission_and_points_as_properties():
    root = ElementTree.fromstring(junit_xml([unjudged(), result()]))
    ada, eve = root.findall("testsuite")
    assert (ada.get("name"), ada.get("tests"), ada.get("failures")) == ("ada", "2", "1")
    told = {p.get("name"): p.get("value") for p in ada.find("properties")}
    assert (told["score"], told["max_score"], told["seed"]) == ("2", "5", str(2**62 - 1))
    case = ada.findall("testcase")[1]
    points = {p.get("name"): p.get("value") for p in case.find("properties")}
    assert points == {"check": "problem2.other", "points": "0", "max_points": "3"}
    assert case.find("failure").get("message") == "got 1, wanted 0"
    assert (eve.get("errors"), eve.get("failures")) == ("1", "0")


def test_blocked_is_no_failure_of_its_own_and_broken_is_an_error():
    checks = (wrong(outcome="blocked"), wrong("problem2.b", outcome="broken"))
    suite = ElementTree.fromstring(junit_xml([result("a", *checks)])).find("testsuite")
    assert [suite.get(k) for k in ("skipped", "errors", "failures")] == ["1", "1", "0"]

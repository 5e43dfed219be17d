"""What other systems exchange: exports of Canvas and Moodle, the results that Gradescope reads."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11),Homework 10 (12),Final Score\r\n"
    "    Points Possible,,,,,3,5,(read only)\r\n"
    '"Doe, Jane",101,s-1,jdoe,"Sec ""A""",  1.50 ,,9\r\n'
    '"김, 민준",102,s-2,mkim@uni.edu,A,,4,\r\n'
    "Plain Name , 103 ,s-3,x7,A,,,\r\n"
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 71,Jane Doe,jane@uni.edu,Submitted,,5.00,Yes,"Monday, 1 June",-,\n'
    "Participant 72,민준 김,mkim@uni.edu,Submitted,,5.00,Yes,-,-,\n"
)

Format = Literal["text", "html", "simple_format", "md", "ansi"]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
Number = Annotated[float, msgspec.Meta(ge=0)]


class GradescopeTest(msgspec.Struct, forbid_unknown_fields=True):
    """A test in `results.json`, by Gradescope's documentation."""

    max_score: Number
    status: Literal["passed", "failed"]
    name: str
    number: str
    output: str
    visibility: Visibility
    score: Number | msgspec.UnsetType = msgspec.UNSET
    tags: list[str] = []
    name_format: Format = "text"
    output_format: Format = "text"
    extra_data: dict[str, object] = {}


class Gradescope(msgspec.Struct, forbid_unknown_fields=True):
    """The document `results.json`, by Gradescope's documentation.

    It needs a score of its own or of each test; without any it is a failure of the autograder.
    """

    output: str
    tests: list[GradescopeTest]
    visibility: Visibility
    score: Number | msgspec.UnsetType = msgspec.UNSET
    execution_time: Number = 0
    output_format: Format = "text"
    test_output_format: Format = "text"
    test_name_format: Format = "text"
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, object] = {}

"""An instructor's export: one column is filled in, and every other byte is unchanged."""

from __future__ import annotations

import csv
import io

import pytest
from gradebooks import CANVAS, MOODLE
from hypothesis import given
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong

from assay.errors import InvalidInput
from assay.report.gradebook import canvas, moodle
from assay.report.overview import row
from assay.report.sheet import parse
from assay.report.tables import grades_csv


def rows(body):
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(
    cells=st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=4),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    bom=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_a_file_that_is_read_is_written_back_unchanged(cells, end, delimiter, bom):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(cells)
    body = bom + ("h" + delimiter + "h" + end + out.getvalue()).encode()
    sheet = parse(body)
    assert sheet.body() == body
    assert [[sheet.value(r, c) for c in range(len(row))] for r, row in enumerate(sheet.rows)][
        1 : len(cells) + 1
    ] == cells


@given(st.binary(max_size=60))
def test_any_bytes_are_written_back_unchanged_or_rejected(body):
    try:
        sheet = parse(body)
    except InvalidInput:
        return
    assert sheet.body() == body


def test_canvas_fills_in_its_column_and_no_other_byte():
    results = [result("jdoe"), result("mkim_uni.edu"), result("Plain Name")]
    filled = canvas(CANVAS.encode(), "Homework 10", results)
    expected = CANVAS.replace("  1.50 ,,9", "  1.50 ,2,9").replace("A,,4,", "A,,2,")
    assert filled.body.decode() == expected.replace("x7,A,,,", "x7,A,,2,")
    assert filled.remarks == ("mkim_uni.edu: the grade was 4",)


@pytest.mark.parametrize(
    "name", ["101", "s-1", "JDoe", "doejane", "Jane Doe", "Doe, Jane", "doejane_LATE_101_9_hw.zip"]
)
def test_a_student_is_matched_by_anything_that_canvas_knows(name):
    filled = canvas(CANVAS.encode(), "Homework 10 (12)", [result(name)])
    assert rows(filled.body)[2][6] == "2"
    assert [line for line in filled.remarks if "no student" in line] == []


def test_a_students_identity_takes_precedence_over_the_submissions_name():
    graded = result("101", students=({"email": "mkim@uni.edu", "name": "nobody"},))
    table = rows(canvas(CANVAS.encode(), "Homework 10", [graded]).body)
    assert [row[6] for row in table[2:]] == ["", "2", ""]


def test_each_student_of_a_group_is_filled_in():
    both = ({"user": "101", "name": "nobody"}, {"sid": "s-3"}, {"name": "Zoe"})
    filled = canvas(CANVAS.encode(), "Homework 10", [result("103_102", students=both)])
    assert [row[6] for row in rows(filled.body)[2:]] == ["2", "4", "2"]
    assert "103_102 (Zoe): no student in the export matches" in filled.remarks


def test_a_name_with_digits_matches_nobody_else():
    filled = canvas(CANVAS.encode(), "Homework 10", [result("x8")])
    assert filled.body == CANVAS.encode()
    assert "x8: no student in the export matches" in filled.remarks


def test_an_unclear_match_is_reported_and_not_filled_in():
    twice = CANVAS + '"Doe, Jane",104,s-4,jdoe2,A,,,\r\n'
    filled = canvas(
        twice.encode(), "Homework 10", [result("Jane Doe"), result("103"), result("Plain Name")]
    )
    assert filled.body == twice.encode()
    assert "Jane Doe: more than one student matches, so none is filled in" in filled.remarks
    assert "Plain Name : 103, Plain Name all match, so none is filled in" in filled.remarks
    assert "김, 민준: no result" in filled.remarks


def test_a_result_without_a_score_leaves_the_grade_unchanged():
    filled = canvas(CANVAS.encode(), "Homework 10", [unjudged("102")])
    assert filled.body == CANVAS.encode()
    assert any("left unchanged" in line for line in filled.remarks)


@pytest.mark.parametrize(("title", "says"), [("Homework 1", "Homework 10 .12"), ("q", "Quiz")])
def test_an_unknown_assignment_is_rejected_with_the_nearest(title, says):
    with pytest.raises(InvalidInput, match=says):
        canvas(CANVAS.encode(), title, [result()])


def test_two_columns_with_the_same_title_are_distinguished_by_number():
    body = CANVAS.replace("Quiz (11)", "Homework 10 (11)").encode()
    with pytest.raises(InvalidInput, match="2 columns"):
        canvas(body, "Homework 10", [])
    assert rows(canvas(body, "Homework 10 (11)", [result("s-3")]).body)[4][5] == "2"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_moodle_gets_grade_and_feedback(bom):
    results = [result("Jane Doe_71_assignsubmission_file"), result("mkim_uni.edu")]
    filled = moodle(bom + MOODLE.encode(), results)
    assert filled.body.startswith(bom + b"Identifier")
    table, before = rows(filled.body), rows(MOODLE.encode())
    for new, old in zip(table[1:], before[1:], strict=True):
        assert new[4] == "2"
        assert new[9].startswith("Score 2 / 5<br>problem2.other holds (0 / 3): got 1, expected 0")
        assert [*new[:4], *new[5:9]] == [*old[:4], *old[5:9]]
    assert filled.remarks == ()


def test_a_worksheet_in_another_language_is_read_by_its_shape():
    text = MOODLE.replace("5.00", '"5,00"')
    for english, german in [
        ("Grade can be changed", "Änderbar"),
        ("Maximum Grade", "Bestwertung"),
        (",Grade,", ",Bewertung,"),
        ("Feedback comments", "Kommentar"),
        ("Identifier", "ID"),
    ]:
        text = text.replace(english, german)
    body = moodle(text.encode(), [result("71", score=2.5)]).body
    assert rows(body)[1][4] == "2,5"
    assert rows(body)[1][9].startswith("Score 2.5")
    assert body.splitlines()[0] == text.encode().splitlines()[0]


def test_an_unclear_grade_column_is_rejected():
    text = MOODLE.replace(",Grade,", ",Note,").replace("5.00", "x")
    with pytest.raises(InvalidInput, match="English headers"):
        moodle(text.encode(), [result("71")])


def test_feedback_is_text_and_not_markup():
    graded = result("71", wrong(message="<script>alert(1)</script>\nmore"))
    feedback = rows(moodle(MOODLE.encode(), [graded]).body)[1][9]
    assert "&lt;script&gt;" in feedback
    assert "<script>" not in feedback


def test_a_grade_that_moodle_has_locked_is_unchanged():
    text = MOODLE.replace("Yes", "No")
    filled = moodle(text.encode(), [result("71")])
    assert filled.body == text.encode()
    assert "71: Moodle does not allow this grade to be changed" in filled.remarks


def test_a_maximum_that_differs_is_reported_once():
    both = [result("71", max_score=9.0), result("72", max_score=9.0)]
    said = moodle(MOODLE.encode(), both).remarks
    assert len([line for line in said if "is out of 5" in line]) == 1
    filled = moodle(MOODLE.encode(), [result("71", max_score=9.0)])
    assert "the class is graded out of 9, but the column is out of 5" in filled.remarks
    filled = canvas(CANVAS.encode(), "Homework 10", [result("101", max_score=9.0)])
    assert "the class is graded out of 9, but the column is out of 5" in filled.remarks


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-cmd", "@x"])
def test_no_cell_of_the_table_is_a_formula(name):
    assert rows(grades_csv([row(result(name))]).encode())[1][0] == f"'{name}"


@pytest.mark.parametrize(
    ("delimiter", "grade", "possible", "written"),
    [
        (",", "1.50", "3", "2.5"),
        (";", "1,50", "3", "2,5"),
        (";", "", "3,0", "2,5"),
        (";", "1.50", "3", "2.5"),
        (";", "", "3", "2,5"),
        (",", "", "3", "2.5"),
        (",", '"1,50"', "3", '"2,5"'),
    ],
)
def test_a_canvas_file_keeps_its_own_decimal_mark(delimiter, grade, possible, written):
    rows = [
        ["Student", "ID", "SIS Login ID", "Quiz (11)", "Homework 10 (12)"],
        ["    Points Possible", "", "", possible, "5"],
        ["Doe", "101", "jdoe", grade, ""],
    ]
    body = "\n".join(delimiter.join(row) for row in rows) + "\n"
    done = result("jdoe", outcome(points=2.5, max_points=5.0))
    filled = canvas(body.encode(), "Homework 10", [done])
    assert filled.body.decode().splitlines()[2] == delimiter.join([*rows[2][:4], written])

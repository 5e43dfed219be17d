"""What students get back: all of it in every form, and a submission's text only ever as text."""

from __future__ import annotations

import csv
import doctest
import io

import pytest
from made import outcome, result, unjudged, wrong
from markdown_it import MarkdownIt
from oracles import formulas, hidden, workflow_commands
from strangers import STRANGERS

from assay.foreign import line
from assay.homework import find
from assay.message import Message
from assay.outcome import ABSENT
from assay.report import feedback, markdown

PARSER = MarkdownIt("gfm-like", {"linkify": False})


def of(text):
    """A result that quotes a text wherever a result can."""
    text = text.encode("utf-8", "replace").decode()
    message = str(
        Message(f"IndexError: {text}", f"y = {text}", "Look again.", "assay check --only x")
    )
    students = ({"name": text[:100], "login": text[:100]},)
    checks = (outcome("problem2.a"), wrong("problem2.b", message))
    return result("ada", *checks, notes=(text[:300],), students=students)


def bones(text):
    """The elements of a document, without what stands in code."""
    flat = []
    for token in PARSER.parse(text):
        flat.append((token.type, token.tag))
        for inner in token.children or ():
            kept = "" if inner.type == "code_inline" else inner.content
            flat.append((inner.type, kept))
    return flat


PLAIN = bones(feedback.markdown(of("plain words"), find()))


def test_a_hostile_text_changes_no_element_of_the_markdown_and_commands_nothing():
    for text in STRANGERS:
        shown = feedback.markdown(of(text), find())
        assert bones(shown) == PLAIN, text[:80]
        assert not [*workflow_commands(shown), *hidden(shown)], text[:80]
        assert len(shown) < 65_536


@pytest.mark.parametrize(
    "text", ["```\n# mine", "`` ` ```", "@everyone", "<img src=x>", "[a](https://b)", "`", " ", ""]
)
def test_a_text_cannot_leave_its_code(text):
    for form in (markdown.code, markdown.block):
        (token,) = (
            each
            for outer in PARSER.parse(form(text))
            for each in (outer.children or [outer])
            if each.type in ("code_inline", "fence")
        )
        assert line(token.content) == line(text)
    assert "@" not in PARSER.render(markdown.escaped("a@b")).replace("a@b", "")


def test_every_failed_check_is_in_the_feedback_and_what_to_try():
    shown = feedback.markdown(of("plain words"), find())
    assert "**2 of 5 points**" in shown
    assert "### problem2.b holds: 0 / 3".replace("_", r"\_") in shown
    assert "Look again." in shown
    assert "`assay check --only x`" in shown
    assert "problem2.a" not in shown


def test_a_long_feedback_fits_a_comment_and_counts_what_is_left_out():
    some = [wrong(f"problem2.c{k}", "x" * 3_900) for k in range(40)]
    shown = feedback.markdown(result("ada", *some), find())
    assert len(shown) < 65_536
    kept = shown.count("\n### ")
    assert f"{40 - kept} more checks failed" in shown


def test_who_was_not_judged_reads_no_zero():
    for shown in (feedback.markdown(unjudged(), find()), feedback.comment(unjudged())):
        assert "no zero" in shown
        assert "the archive" in shown


def test_who_handed_in_nothing_reads_that():
    nobody = unjudged("bo", ABSENT)
    for shown in (feedback.markdown(nobody, find()), feedback.comment(nobody)):
        assert "Nothing was handed in." in shown
        assert "no zero" not in shown


def test_comments_have_a_row_for_each_student_and_no_formula():
    pair = result("pair", students=({"name": "Ada", "user": "7"}, {"name": "Bo", "user": "8"}))
    for table in (feedback.comments_csv([pair]), feedback.comments_csv(map(of, STRANGERS))):
        assert not list(formulas(table))
        assert not hidden(table)
    rows = list(csv.DictReader(io.StringIO(feedback.comments_csv([pair, unjudged()]))))
    assert [(r["submission"], r["user"], r["score"]) for r in rows] == [
        ("pair", "7", "2"),
        ("pair", "8", "2"),
        ("eve", "", ""),
    ]
    assert "problem2.other holds (0 / 3): got 1, expected 0" in rows[0]["comment"]


@pytest.mark.parametrize(
    ("submission", "student", "folder"),
    [
        ("x", {"name": "Ada Lovelace", "participant": "71"}, "Ada Lovelace_71"),
        ("x", {"name": "a_b/../c", "participant": "71"}, "a b .. c_71"),
        ("x", {"name": "..", "participant": "71"}, "student_71"),
        ("Ada L_71_assignsubmission_file_", {}, "Ada L_71"),
        ("ada", {"name": "Ada"}, ""),
        ("ada", {"participant": "7/../8"}, ""),
    ],
)
def test_moodle_finds_the_participant_in_the_name_of_the_folder(submission, student, folder):
    found = feedback.moodle_folder(result(submission, outcome(), students=(student,)))
    assert found == (f"{folder}_assignsubmission_file" if folder else "")
    if found:
        # As importziplib.php splits it: a name, a number, the type and the name of a plugin.
        _, number, *plugin = found.split("_")
        assert number.isdigit()
        assert plugin == ["assignsubmission", "file"]
        assert "/" not in found


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(markdown).failed == 0

"""A message survives being written as text and read back, whatever its parts contain."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assay import message as module
from assay.message import KEYWORDS, Message, parse

# Texts of the pieces that mean something in a message, and texts of anything.
PIECES = st.lists(
    st.sampled_from([*KEYWORDS.values(), "with", "try ", " ", "\n", "\n\n", "\r", "\t", "x = 1"]),
    max_size=8,
).map("".join)
TEXTS = st.text(max_size=20) | PIECES
FORGED = "\n".join(f"{keyword}forged" for keyword in KEYWORDS.values())


@given(evidence=TEXTS, inputs=TEXTS, hint=TEXTS, again=TEXTS, printed=TEXTS)
@example(evidence="", inputs="", hint="", again="", printed="")
@example(evidence="", inputs="\n", hint="\n", again="\n", printed="\n")
@example(
    evidence="with x", inputs=" with x", hint="  try  x", again="again  x", printed="a\n try  b"
)
@example(evidence="", inputs="", hint="", again="", printed="a\n         b\n\n         | with c")
def test_any_message_survives_being_written_and_read(evidence, inputs, hint, again, printed):
    message = Message(evidence, inputs, hint, again, printed)
    assert parse(str(message)) == message


@pytest.mark.parametrize("part", Message._fields)
@pytest.mark.parametrize("before", ["", "got 1\n", "\n", " \n", "got 1\r\n"])
def test_a_students_text_cannot_start_a_part(part, before):
    forged = {part: before + FORGED}
    for message in (
        Message("", "", "", "")._replace(**forged),
        Message("got 1", "x = 2", "Look again.", "assay check")._replace(**forged),
    ):
        assert parse(str(message)) == message


@given(text=TEXTS)
def test_every_text_is_a_message(text):
    message = parse(text)
    assert parse(str(message)) == message


@given(student=TEXTS)
def test_the_parts_after_a_students_text_are_the_graders(student):
    message = parse(str(Message(f"it printed:\n{student}", hint="Look again.")))
    assert (message.inputs, message.hint, message.again) == ("", "Look again.", "")


def test_each_part_starts_on_a_line_of_its_own():
    message = Message("got 1, expected 0", inputs="x = 2", hint="Look again.", again="assay check")
    assert str(message).splitlines() == [
        "got 1, expected 0",
        "with x = 2",
        "try  Look again.",
        "again  assay check",
    ]


def test_what_was_printed_stands_below_one_another_before_the_next_step():
    message = Message("got 1", hint="Look again.", printed="step 1\nstep 2")
    assert str(message).splitlines() == [
        "got 1",
        "printed  step 1",
        "         step 2",
        "try  Look again.",
    ]


def test_the_first_line_is_the_evidences():
    assert Message("got 1\nexpected 0", inputs="x = 2").first_line == "got 1"
    assert Message("", inputs="x = 2").first_line == ""


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(module).failed == 0

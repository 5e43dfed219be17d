"""A result in a notebook's cell: what it shows first, and that it runs and styles nothing else."""

from __future__ import annotations

import re

from made import outcome, result, unjudged, wrong

from assay.homework import find
from assay.report import cell


def shown(*checks, **changes):
    return cell.html(result("ada", *checks, **changes), find())


def test_the_first_failure_is_open_and_the_others_are_folded():
    html = shown(
        outcome("problem2.a"),
        wrong("problem2.b", "got 1"),
        wrong("problem2.c", "got 2"),
        wrong("problem2.d", "got 3"),
        outcome("problem3.a"),
    )
    before, _, folded = html.partition("<details")
    assert "got 1" in before
    assert "got 2" not in before
    assert "2 more checks fail" in folded
    assert "got 3" in folded


def test_a_problem_that_nobody_wrote_is_one_line():
    lacking = [
        outcome(f"problem2.{n}", outcome="missing", points=0.0, message="no project") for n in "ab"
    ]
    html = shown(*lacking, outcome("problem3.a"))
    assert html.count("not written yet") == 1
    assert "no project" not in html
    html = shown(lacking[0], outcome("problem2.c"))
    assert "no project" in html


def test_the_command_is_one_that_a_cell_can_run():
    html = shown(wrong(message="got 1\nagain  assay check --only this_one"))
    assert "%assay this_one" in html
    assert "assay check" not in html


def test_what_could_not_be_judged_is_no_zero():
    html = cell.html(unjudged(), find())
    assert "Not judged" in html
    assert "of 5 points" not in html


def test_no_script_no_style_sheet_and_nothing_is_fetched():
    html = shown(wrong(message="<script>alert(1)</script>\nwith <b>\ntry  <i>"), notes=("<u>",))
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"div", "span", "strong", "pre", "code", "details", "summary"}
    assert "url(" not in html


def test_the_colours_can_be_read_on_light_and_on_dark():
    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    for colour in (cell.GREEN, cell.RED, cell.AMBER, cell.BLUE):
        for ground in ("#ffffff", "#111111"):
            low, high = sorted([luminance(colour), luminance(ground)])
            assert high / low >= 4, (colour, ground)


def test_as_text_it_is_the_score_and_a_line_for_each_failure():
    lines = cell.text(result("ada", outcome(), wrong())).split("\n")
    assert lines[0] == "Score 2 / 5"
    assert len(lines) == 2

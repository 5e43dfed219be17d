"""A result in a terminal: points a person can read, and one message for a shared cause."""

from __future__ import annotations

import io
import re

from made import outcome, result, unjudged, wrong
from rich.console import Console

from assay.homework import find
from assay.message import parse
from assay.outcome import Passage, WrittenLine
from assay.report import terminal
from assay.report.overview import Overview


def shown(renderable):
    console = Console(file=io.StringIO(), width=100)
    console.print(renderable)
    return console.file.getvalue()


def test_points_are_rounded_to_two_decimals():
    graded = result("ada", outcome(points=14.666666, max_points=20.0))
    overview = Overview()
    overview.add(graded)
    for text in (shown(terminal.result(graded, find())), shown(terminal.overview(overview.rows))):
        assert "14.67" in text
        assert "14.666" not in text


def test_checks_that_are_only_reported_are_shown_so():
    text = shown(terminal.result(result("ada", outcome("answers.x", max_points=0.0)), find()))
    assert "Reported answers   reported, not scored" in text


def test_a_shared_message_is_shown_once():
    checks = [wrong(f"problem2.{k}", "ImportError: gone", outcome="raised") for k in "abc"]
    text = shown(terminal.result(result("ada", *checks), find()))
    assert text.count("ImportError: gone") == 1
    assert "raised: ImportError: gone" in text


def test_a_result_without_a_score_shows_its_status():
    assert "not judged: the archive" in shown(terminal.result(unjudged(), find()))


def test_the_command_is_replaced_in_the_graders_part_only():
    message = "it printed `assay check`\nagain  assay check --only problem2.other"
    graded = terminal.addressed(result("ada", wrong(message=message)), "assay check hw10")
    parts = parse(graded.checks[0].message)
    assert parts.again == "assay check hw10 --only problem2.other"
    assert parts.evidence == "it printed `assay check`"


def test_the_checks_that_failed_most_come_first():
    overview = Overview()
    overview.add(result("ada"))
    overview.add(result("bo", wrong("problem2.first"), wrong()))
    lines = shown(terminal.failures(overview)).splitlines()
    assert lines[0].split() == ["failed", "check", "property"]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["2", "problem2.other"],
        ["1", "problem2.first"],
    ]


def test_a_written_solution_is_shown_line_by_line():
    line = WrittenLine(
        document="a.tex",
        line=7,
        source=r"= \log s_i",
        understood="log(s_i)",
        mark="false",
        note="why",
    )
    passage = Passage(
        section="problem4", part="a", lines=(line,), notes=("|P| is read as |det P|",)
    )
    text = shown(terminal._passage(passage))
    assert "Written solution of part (a), a.tex" in text
    assert "|P| is read as |det P|" in text
    assert re.search(r"✗ +7 = log\(s_i\)", text)
    assert r"= \log s_i" in text
    assert "why" in text

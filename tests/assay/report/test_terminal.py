"""A class in a terminal: the checks that failed most come first."""

from __future__ import annotations

import io

from made import outcome, result, wrong
from rich.console import Console

from assay.report import terminal
from assay.report.overview import Overview


def shown(renderable):
    console = Console(file=io.StringIO(), width=100)
    console.print(renderable)
    return console.file.getvalue()


def test_points_are_rounded_to_two_decimals():
    overview = Overview()
    overview.add(result("ada", outcome(points=14.666666, max_points=20.0)))
    text = shown(terminal.overview(overview.rows))
    assert "14.67" in text
    assert "14.666" not in text


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

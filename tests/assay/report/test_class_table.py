"""A class in a terminal: everything fits, nothing is broken, nothing is left out silently."""

from __future__ import annotations

import io

import msgspec
import pytest
from made import outcome, result, unjudged, wrong
from rich.cells import cell_len
from rich.console import Console

from assay.outcome import ABSENT
from assay.report import class_table
from assay.report.overview import Overview, row

LONG = "a_student_with_a_very_long_name_and_number_1234567_late_89012_hw10 (1)"
CHECKS = [f"problem{k}.estimate_is_right_on_small_games_of_every_kind_{k}" for k in range(1, 7)]


def shown(renderable, width=80):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    return console.file.getvalue().rstrip().split("\n")


def gathered(*results):
    overview = Overview()
    for each in results:
        overview.add(each)
    return overview


def a_class():
    failed = [wrong(name, title="words " * 12, max_points=100 / 6) for name in CHECKS]
    passed = [outcome(name, points=100 / 6, max_points=100 / 6) for name in CHECKS]
    late = result("민준" * 30, *failed, students=({"late_hours": "3"},))
    return gathered(result(LONG, *failed), result("bo", *passed), late, unjudged("eve"))


@pytest.mark.parametrize("width", [72, 80, 120])
def test_a_class_with_long_names_fits_and_each_submission_is_one_line(width):
    rows = a_class().sorted_rows()
    lines = shown(class_table.overview(rows), width)
    assert max(map(cell_len, lines)) <= width
    table = lines[: lines.index("")]
    assert len(table) == 2 + len(rows)
    assert any(line.startswith("a_student") and "…" in line for line in table)
    assert not any("16…" in line or "16.6 " in line for line in table)
    assert any("eve: not judged: the archive is damaged" in line for line in lines)


@pytest.mark.parametrize("width", [72, 80, 160])
def test_no_check_name_is_broken_at_any_usual_width(width):
    lines = shown(class_table.failures(a_class()), width)
    assert max(map(cell_len, lines)) <= width
    for name in CHECKS:
        assert any(name in line for line in lines)


def test_what_is_not_shown_is_counted():
    some = [wrong(f"problem2.c{k}") for k in range(class_table.MOST_CHECKS + 3)]
    assert shown(class_table.failures(gathered(result("ada", *some)), "r.html"))[-1] == (
        "and 3 more: see r.html"
    )
    assert "more" not in " ".join(shown(class_table.failures(gathered(result("ada", *some[:12])))))


def test_where_nothing_failed_there_is_no_empty_table():
    lines = shown(class_table.failures(gathered(result("ada", outcome()))))
    assert lines == ["no scored check failed"]
    assert shown(class_table.failures(gathered(unjudged()))) == [""]


def test_a_column_in_which_nothing_counts_is_left_out():
    reported = outcome("answers.x", points=0.0, max_points=0.0)
    heads = shown(class_table.overview(gathered(result("ada", outcome(), reported)).rows))[
        1
    ].split()
    assert heads == ["submission", "/", "2", "P2"]
    counted = msgspec.structs.replace(reported, max_points=1.0)
    head = shown(class_table.overview(gathered(result("ada", outcome(), counted)).rows))[1]
    assert "answers" in head


def test_a_function_that_never_returned_lateness_and_absence_are_to_be_seen():
    never = wrong(outcome="timed_out", message="project: no answer within 5 s")
    gone = Overview()
    gone.add(result("cy"), row(result("cy"), gone=True))
    rows = [*gathered(result("ada", never), unjudged("bo", ABSENT)).rows, *gone.rows]
    text = "\n".join(shown(class_table.overview(rows), 120))
    assert "timed out" in text
    assert text.count(ABSENT) == 1
    assert "not in the class now" in text


def test_checks_that_failed_where_something_was_written_come_first_and_the_others_are_counted():
    absent = [outcome(f"problem1.c{k}", outcome="missing", points=0) for k in range(3)]
    rows = [result("ada", *absent, wrong("problem2.wrong")), result("bo", *absent)]
    lines = shown(class_table.failures(gathered(*rows)))
    assert [line for line in lines if "problem" in line] == [
        line for line in lines if "problem2.wrong" in line
    ]
    assert lines[-1] == "checks that failed only where nothing was written: 3"

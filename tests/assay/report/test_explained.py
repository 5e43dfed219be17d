"""A submission in a terminal: a table, the first failure in full, what to do next."""

from __future__ import annotations

import io
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong
from rich.console import Console

from assay.homework import find
from assay.message import Message, parse
from assay.outcome import Passage, WrittenLine
from assay.report import explained

LONG = "no point of the set is nearer to y than project(y, a), whatever y and a are, in any batch"
EVIDENCE = "got 1, expected 0"
HINT = "Which coordinate is fixed?"


def shown(renderable, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


def everything(graded, detail="first", width=80):
    return shown(explained.explained(graded, find(), detail), width)


def failing(name="problem2.first", number=0):
    message = Message(f"{EVIDENCE} ({number})", "x = [0.0]", HINT, f"assay check --only {name}")
    return wrong(name, str(message), title=LONG)


def missing(name, function):
    message = str(Message(f"{function} is not written yet", again="assay check"))
    return wrong(name, message, outcome="missing")


def test_points_are_rounded_to_two_decimals():
    text = everything(result("ada", outcome(points=14.666666, max_points=20.0)))
    assert "14.67" in text
    assert "14.666" not in text


def test_checks_that_are_only_reported_are_shown_so():
    text = everything(result("ada", outcome("answers.x", points=0.0, max_points=0.0)))
    assert re.search("Reported answers +reported, not scored", text)


def test_a_shared_message_is_shown_once():
    checks = [wrong(f"problem2.{k}", "ImportError: gone", outcome="raised") for k in "abc"]
    text = everything(result("ada", *checks))
    assert text.count("ImportError: gone") == 1
    assert "raised: ImportError: gone" in text


def test_a_result_without_a_score_shows_its_status():
    assert "not judged: the archive" in everything(unjudged())


def test_what_the_students_code_printed_is_shown():
    message = Message(EVIDENCE, "x = 1", HINT, "assay check", printed="step 1\nstep 2")
    graded = explained.addressed(result("ada", wrong(message=str(message))), "assay check hw10")
    for detail in ("first", "all"):
        assert re.search(r"printed +step 1 *\n +step 2", everything(graded, detail))


def test_the_command_is_replaced_in_the_graders_part_only():
    message = "it printed `assay check`\nagain  assay check --only problem2.other"
    graded = explained.addressed(result("ada", wrong(message=message)), "assay check hw10")
    parts = parse(graded.checks[0].message)
    assert parts.again == "assay check hw10 --only problem2.other"
    assert parts.evidence == "it printed `assay check`"


def test_only_the_first_failure_of_a_problem_is_shown_in_full():
    checks = [failing(f"problem2.check{k}", k) for k in range(3)]
    graded = result("ada", *checks, failing("problem5.check", 7))
    text = everything(graded)
    assert [f"{EVIDENCE} ({k})" in text for k in (0, 1, 2, 7)] == [True, False, False, True]
    assert "2 more checks fail" in text
    assert all(f"{EVIDENCE} ({k})" in everything(graded, "all") for k in (0, 1, 2, 7))
    assert EVIDENCE not in everything(graded, "table")


def test_a_check_that_waits_for_another_is_not_the_first_failure():
    blocked = wrong("problem2.early", "it builds on late", outcome="blocked")
    text = everything(result("ada", blocked, failing("problem2.late")))
    assert text.index(EVIDENCE) < text.index("· early")


def test_checks_that_wait_are_not_counted_among_those_that_fail():
    waiting = [wrong(f"problem2.{k}", "it builds on late", outcome="blocked") for k in "ab"]
    text = everything(result("ada", *waiting, failing("problem2.late")))
    assert re.search("Problem 2 .*1 check fails; 2 wait for it", text)
    assert text.count("2 wait for it:") == 1
    assert "more check" not in text
    text = everything(result("ada", *waiting, failing("problem2.late"), failing("problem2.last")))
    assert "1 more check fails (" in text
    assert "2 wait for these:" in text


def test_the_other_checks_that_fail_are_named_whatever_their_titles():
    names = [f"the_{k}_property_of_the_function_holds" for k in ("first", "second", "third")]
    text = everything(result("ada", *(failing(f"problem2.{name}") for name in names)))
    assert re.search(rf"✗ {names[1]}  no point .*… +0 / 3", text)
    assert f"✗ {names[2]}  " in text


def test_where_no_check_is_shown_the_next_step_names_one():
    last = everything(result("ada", failing("problem2.late")), "table").splitlines()[-1]
    assert last.endswith("next: late (Problem 2)")


def test_passed_checks_are_shown_when_all_is_asked_for():
    graded = result("ada", outcome(title="it holds"), failing())
    assert "it holds" in everything(graded, "all")
    assert "it holds" not in everything(graded)


def test_the_table_names_what_is_not_written():
    checks = [missing("problem2.a", "project"), missing("problem2.b", "kkt_multipliers")]
    assert re.search("Problem 2 .* not written yet", everything(result("ada", *checks)))
    partly = everything(result("ada", outcome(), *checks))
    assert "not written: project, kkt_multipliers" in partly
    assert "1 check fails" in everything(result("ada", *checks, failing()), width=120)


def test_the_bar_is_full_for_full_points_alone():
    most = everything(result("ada", outcome(points=1.99)))
    assert "░" in most
    assert "░" not in everything(result("ada", outcome()))


@pytest.mark.parametrize(
    ("checks", "next_step"),
    [
        ([missing("problem1.a", "derivation")], "next: write derivation (Problem 1)"),
        ([missing("problem1.a", "derivation"), failing()], "next: the first ✗ of Problem 2"),
        ([outcome(), failing("problem4.a")], "next: the first ✗ of Problem 4"),
        (
            [wrong(message="there is no file", outcome="missing")],
            "next: write problem2_projection.py",
        ),
        ([wrong("answers.a", "no file", outcome="missing")], "next: write answers.toml"),
        ([outcome()], "s)"),
    ],
)
def test_the_last_line_has_the_score_and_the_next_step(checks, next_step):
    graded = result("ada", *checks)
    last = everything(graded).splitlines()[-1]
    assert last.startswith("Score ")
    assert last.endswith(next_step)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width):
    checks = [failing(f"problem2.{'long_' * 8}{k}", k) for k in range(3)]
    for detail in ("first", "all"):
        lines = everything(result("ada", *checks), detail, width).splitlines()
        assert max(map(len, lines)) <= width


word = st.text("abc_/- ", min_size=1, max_size=30)


@given(words=st.lists(word, min_size=1, max_size=12), width=st.integers(40, 120))
def test_a_command_can_be_copied_from_any_width(words, width):
    command = shlex.join(words)
    copied = shown(explained.Command(command), width).replace(" \\\n", " ")
    assert shlex.split(copied) == words


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
    text = shown(explained.written(result(written=(passage,)), find()))
    assert "Written solution of Problem 4, part (a): a.tex" in text
    assert "|P| is read as |det P|" in text
    assert re.search(r"✗ +7 = log\(s_i\)", text)
    assert r"= \log s_i" in text
    assert "why" in text

"""What a student's code printed is shown with the check that fails, and with no other."""

from __future__ import annotations

from places import ROOT

from assay.grading.session import Budget, message
from assay.homework import find
from assay.message import parse
from assay.submission import read
from assay.verdict import TimedOut

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
LINE = "    y_1, y_2 = y.unbind(dim=-1)\n"
LAW = "problem2.project_lands_in_the_set"


def graded(grader, folder, *, prints, wrong=True):
    """The outcomes of problem 2 by check, for a projection that prints."""
    text = PROJECTION.replace(LINE, f"{prints}{LINE}", 1)
    assert text != PROJECTION
    text = text.replace("y_2.clamp(0, 1)", "y_2", 1) if wrong else text
    (folder / "problem2_projection.py").write_text("print('at import')\n" + text)
    result = grader.judge(read(folder), find().checks_of("problem2_projection"))
    return {outcome.id: outcome for outcome in result.checks}


def test_it_is_shown_for_the_smallest_failing_input(grader, tmp_path):
    message = parse(graded(grader, tmp_path, prints="    print('y is', y.tolist())\n")[LAW].message)
    assert message.inputs.startswith("y = [0, 2]")
    first, *others = message.printed.split("\n")
    assert first == "y is [0.0, 2.0]"
    assert all(each.startswith("y is ") for each in others)


def test_a_check_that_passes_shows_nothing(grader, tmp_path):
    outcomes = graded(grader, tmp_path, prints="    print('step')\n", wrong=False)
    assert {outcome.message for outcome in outcomes.values()} == {""}


def test_of_much_output_the_end_is_shown(grader, tmp_path):
    prints = "    for k in range(300): print('step', k)\n"
    shown = parse(graded(grader, tmp_path, prints=prints)[LAW].message).printed
    assert shown.split("\n") == ["…", *(f"step {k}" for k in range(290, 300))]
    prints = "    print('x' * 10**6 + 'end', end='')\n"
    shown = parse(graded(grader, tmp_path, prints=prints)[LAW].message).printed
    assert shown.endswith("xend")
    assert len(shown) < 1_100


def test_it_comes_with_an_error_and_a_progress_bar_shows_its_last_state(grader, tmp_path):
    prints = "    print('10 %', end='\\r'); print('90 %', end='\\r')\n    raise ValueError('no')\n"
    message = parse(graded(grader, tmp_path, prints=prints)[LAW].message)
    assert message.evidence.startswith("ValueError: no")
    assert message.printed == "90 %"


def test_examples_that_are_tried_together_keep_their_own_output(grader, tmp_path):
    # Wrong for no input but one: the first example passes, the others are tried side by side.
    text = PROJECTION.replace(LINE, f"    print(y.tolist(), a)\n{LINE}", 1)
    text = text.replace("y_2.clamp(0, 1)", "y_2.clamp(0, 1) if a >= 0 else y_2", 1)
    (tmp_path / "problem2_projection.py").write_text(text)
    module = "problem2_projection"
    (check,) = [c for c in find().checks_of(module) if c.id == LAW]
    with grader.session(read(tmp_path), module, Budget(0.0)) as session:
        verdict, inputs = session.verdict(check)
    assert verdict is not None
    rows = verdict.printed.split("\n")
    assert rows[0] == f"{[float(x) for x in inputs['y']]} {float(inputs['a'])}"


def test_where_no_inputs_are_drawn_a_time_out_shows_the_arguments_of_its_calls():
    check = next(check for check in find().checks() if not check.draws)
    late = TimedOut("f: no answer to 3 calls together within 5 s")
    late.called = {"p": 0.5, "start": 2}
    assert parse(message(late, {}, check)).inputs == "p = 0.5, start = 2"
    assert parse(message(late, {"y": 1}, check)).inputs == "y = 1"

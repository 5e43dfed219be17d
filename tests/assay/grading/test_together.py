"""Examples tried side by side: the verdicts are those of one by one, in far fewer messages."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from places import ROOT

from assay.grading import session
from assay.grading.together import Apart, group_size, together
from assay.sandbox.student import Student
from assay.submission import read
from assay.verdict import Verdict, Wrong

NOISE = """
import os, torch
def noise(n): return torch.rand(n)
def half(n): return torch.full((n,), 0.5)
def ends(n): return os._exit(1) if n == 3 else n
def fails(n): raise ValueError(n)
"""


def sums(student, size, seen):
    """An example that calls once or twice; incorrect where the sum is large."""
    total = float(student.noise(size).sum())
    if size % 2:
        with student.same_seed():
            assert torch.equal(student.noise(size), student.noise(size))
            total += float(student.noise(size).sum())
    seen[size] = total
    if total > 2:
        raise Wrong(f"{total}")


def attempt(student, size, seen, example=sums):
    """Try one example as a session does."""
    student.begin(f"check|{size}")
    try:
        example(student, size, seen)
    except Verdict as verdict:
        return type(verdict), str(verdict)
    return None


@pytest.fixture
def messages(monkeypatch):
    """The number of calls in each message that a student sends."""
    sent = []
    send = Student.send
    monkeypatch.setattr(
        Student, "send", lambda self, calls: sent.append(len(calls)) or send(self, calls)
    )
    return sent


def test_each_example_gets_its_own_answers_and_seeds(student_of, messages):
    student = student_of(NOISE)
    one_by_one, side_by_side = {}, {}
    expected = [attempt(student, size, one_by_one) for size in range(1, 9)]
    before = len(messages)
    tries = [partial(attempt, student, size, side_by_side) for size in range(1, 9)]
    assert together(student, tries) == expected
    assert side_by_side == one_by_one
    assert any(expected)
    assert None in expected
    assert messages[before:] == [8, 4, 4, 4]
    # And the next example that is tried alone is not affected.
    assert attempt(student, 5, {}) == expected[4]


def test_an_error_ends_its_own_example_alone(student_of):
    student = student_of(NOISE)

    def example(student, size, seen):
        seen[size] = student.fails(size) if size == 2 else student.half(size)

    seen = {}
    outcomes = together(student, [partial(attempt, student, n, seen, example) for n in range(4)])
    assert [outcome is None for outcome in outcomes] == [True, True, False, True]
    assert "ValueError" in outcomes[2][1]
    assert sorted(seen) == [0, 1, 3]


def test_without_an_answer_they_are_to_be_tried_apart_and_it_counts_for_nothing(student_of):
    student = student_of(NOISE)
    student.half(1)
    spent = student.spent
    tries = [partial(attempt, student, n, {}, lambda s, n, _: s.ends(n)) for n in range(5)]
    with pytest.raises(Apart):
        together(student, tries)
    assert student.spent == spent
    outcomes = [each() for each in tries]
    assert [outcome is None for outcome in outcomes] == [True, True, True, False, True]


def test_one_example_does_not_change_whether_another_has_gradients(student_of):
    student = student_of(NOISE)
    enabled = {}

    def example(student, size, _):
        with torch.set_grad_enabled(bool(size % 2)):
            student.half(size)
            enabled[size] = torch.is_grad_enabled()

    together(student, [partial(attempt, student, n, {}, example) for n in range(6)])
    assert enabled == {n: bool(n % 2) for n in range(6)}
    assert torch.is_grad_enabled()


@pytest.mark.parametrize(("seconds", "size"), [(0, 25), (0.01, 25), (0.05, 10), (0.4, 1), (9, 1)])
def test_slow_examples_are_tried_in_smaller_groups(seconds, size):
    assert group_size(seconds, 25) == size


UNBIND = "    y_1, y_2 = y.unbind(dim=-1)\n"
FAULTS = {
    "none": ("", ""),
    "not clamped": ("y_2.clamp(0, 1)", "y_2"),
    "ends for a batch": (UNBIND, f"    if y.ndim > 1: import os; os._exit(3)\n{UNBIND}"),
    "raises for a batch": (UNBIND, f"    if y.ndim > 1: raise ValueError\n{UNBIND}"),
    "in place": (UNBIND, f"    y.add_(0.5)\n{UNBIND}"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_submission_gets_the_same_result(fault, grader, tmp_path, monkeypatch, messages):
    text = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
    old, new = FAULTS[fault]
    assert old in text
    (tmp_path / "problem2_projection.py").write_text(text.replace(old, new, 1), "utf-8")
    checks = tuple(check for check in grader.checks if check.section == "problem2")

    def outcomes():
        result = grader.judge(read(tmp_path), checks, shrink_seconds=0)
        return {check.id: (check.outcome, check.message) for check in result.checks}

    side_by_side, few = outcomes(), len(messages)
    monkeypatch.setattr(session, "group_size", lambda *_: 1)
    assert outcomes() == side_by_side
    assert few < len(messages) - few

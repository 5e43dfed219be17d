"""What judging may cost the grader: past the limit the rest is refused, and the next one graded."""

import time

import pytest
from made import outcome

from assay.grading import session as sessions
from assay.grading.limits import Exhausted, limited
from assay.grading.session import Budget, Session
from assay.outcome import status_of
from assay.sandbox.student import Student


def test_processor_time_ends_and_waiting_costs_none():
    with pytest.raises(Exhausted), limited(seconds=0.05):
        loops(None)
    with limited(seconds=0.05):
        time.sleep(0.2)
    end = time.process_time() + 0.1
    while time.process_time() < end:  # nothing is left that could strike
        pass


def test_memory_ends():
    with pytest.raises(MemoryError), limited(memory=2**28):
        bytearray(2**30)
    assert len(bytearray(2**29)) == 2**29


def loops(student):
    while True:
        pass


def needs_memory(student):
    raise MemoryError


def passes(student):
    pass


@pytest.fixture
def judged(grader):
    """The outcomes of checks that do these things, on a student who is never asked."""
    check = grader.homework.checks_of("problem2_projection")[0]

    def judge(*functions, seconds=0.2):
        from dataclasses import replace

        checks = [replace(check, name=f.__name__, function=f, needs=()) for f in functions]
        student = Student(grader.sandbox, None, "", 0, answers={})
        session = Session(student, tuple(checks), lambda _: [{}], 0, Budget(0.0))
        with session, limited(seconds=seconds):
            return session.judge_all(checks)

    return judge


def test_what_is_left_is_refused_and_what_was_judged_stays(judged, monkeypatch):
    from assay.sandbox.host import Sandbox

    restarts = []
    monkeypatch.setattr(Sandbox, "restart", lambda self: restarts.append(self))
    first, second, third = judged(passes, loops, needs_memory)
    assert [o.outcome for o in (first, second, third)] == ["passed", "refused", "refused"]
    assert sessions.EXHAUSTED in second.message
    assert len(restarts) == 1
    (only,) = judged(needs_memory)
    assert only.outcome == "refused"
    assert "memory" in only.message


def test_a_check_without_points_cannot_make_a_submission_unjudged():
    free = outcome("answers.a", outcome="broken", points=0.0, max_points=0.0)
    assert status_of([outcome(), free]) == "graded"
    assert status_of([outcome(outcome="broken")]) != "graded"

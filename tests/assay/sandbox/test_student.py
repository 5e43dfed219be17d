"""The `student` of a check: limits on time, and answers that cannot be forged."""

import math
import time

import msgspec
import pytest
import torch

from assay.allowed import Allowed
from assay.protocol import wire
from assay.sandbox import student as students
from assay.sandbox.host import Child
from assay.sandbox.student import Student
from assay.verdict import Broken, Died, Missing, Raised, Refused, TimedOut, Verdict

FORGE = """
import os, socket
from assay.protocol import wire
def say(*messages):
    for fd in range(3, 128):
        try: socket.socket(fileno=os.dup(fd)).sendall(b"".join(map(wire.frame, messages)))
        except (OSError, ValueError): pass
"""


class Scripted:
    """A launcher whose child gives prepared answers, whatever it is asked."""

    def __init__(self, *answers):
        self.answers = [wire.frame(answer)[wire.HEADER :] for answer in answers]

    def child(self):
        return Child(self, self, 0)

    def send(self, data, seconds=None):
        pass

    def receive(self, seconds=None, limit=0):
        return self.answers.pop(0)

    def end(self, pid):
        return 0

    def close(self):
        pass


def scripted(*answers):
    """A student whose process gives these answers, the first of them to the import."""
    return Student(Scripted(*answers), wire.Load("p", (), False, {}, {}), "", 0)


def test_a_call_that_takes_too_long_is_timed_out_and_the_next_one_answered(student_of, monkeypatch):
    student = student_of("def f():\n    while True: pass\ndef g(): return 1\n")
    assert student.g() == 1
    monkeypatch.setattr(students, "CALL_SECONDS", 0.3)
    with pytest.raises(TimedOut, match=r"f: no answer within 0\.3 s"):
        student.f()
    monkeypatch.undo()
    assert student.g() == 1


def test_a_problem_has_a_limit_on_the_time_of_all_its_calls(student_of, monkeypatch):
    student = student_of("import time\ndef f(s): time.sleep(s)\n")
    student.f(0.0)
    monkeypatch.setattr(students, "PROBLEM_SECONDS", student.spent + 0.4)
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(TimedOut):
            student.f(30.0)
    assert 0.3 < time.monotonic() - started < 2.0
    with pytest.raises(TimedOut, match="used up"):
        student.f(0.0)


def test_a_run_may_give_calls_and_problems_another_time(student_of):
    student = student_of("def f():\n    while True: pass\ndef g(): return 1\n")
    assert student.g() == 1
    student.allowed = Allowed(seconds_per_call=0.2, seconds_per_problem=60)
    with pytest.raises(TimedOut, match=r"f: no answer within 0\.2 s"):
        student.f()
    with pytest.raises(TimedOut, match=r"f: no answer within 0\.08 s"):
        student.f()
    student.allowed, student.spent = Allowed(seconds_per_problem=0.5), 0.6
    with pytest.raises(TimedOut, match=r"the 0\.5 s for this problem"):
        student.g()


def test_a_call_aside_costs_the_student_nothing(student_of, monkeypatch):
    student = student_of(
        "def f():\n    while True: pass\ndef g(): raise ValueError\ndef h(): return 1\n"
    )
    for name in ("f", "f", "f", "g"):
        monkeypatch.setattr(students, "CALL_SECONDS", 0.3)
        student.aside(getattr(student, name))
    assert student.spent == 0
    assert student.h() == 1
    with pytest.raises(TimedOut, match="no answer within"):
        student.f()


def test_a_fault_of_the_kit_is_raised_aside_too(student_of):
    def fail():
        raise Broken("ours")

    with pytest.raises(Broken):
        student_of("").aside(fail)


def test_nothing_is_done_aside_in_a_second_look(student_of):
    student, done = student_of("def f(): return 1\n"), []
    student.aside(lambda: done.append(student.f()))
    student.source = msgspec.structs.replace(student.source, disguised=True)
    student.aside(lambda: done.append(student.f()))
    assert done == [1]


def test_the_time_of_a_call_is_its_own_and_the_cpu_time_adds_up(student_of):
    student = student_of(
        "import time\n"
        "def nap(): time.sleep(0.15)\n"
        "def work():\n"
        "    end = time.process_time() + 0.15\n"
        "    while time.process_time() < end: pass\n"
    )
    assert student.reply("nap").seconds >= 0.15
    assert student.cpu < 0.1
    student.work()
    assert 0.14 < student.cpu < 0.3


def test_a_submission_without_the_file_is_missing_and_needs_no_process(student_of):
    student = Student(None, None, "there is no problem9.py", 0)
    with pytest.raises(Missing, match=r"there is no problem9\.py"):
        student.f()


def test_positions_and_keywords_reach_the_function(student_of):
    student = student_of("def f(a, *b, c=0, **d): return a, b, c, sorted(d.items())\n")
    assert student.f(1, [2], c=None, e="x") == [1, [[2]], None, [["e", "x"]]]


def test_every_example_has_a_seed_of_its_own():
    load = wire.Load("p", (wire.Cell("p.py", "x"),), False, {}, {})
    seeds = []
    for run in (0, 1):
        student = Student(None, load, "", run)
        for salt in ("a|0", "a|1", "b|0"):
            student.begin(salt)
            seeds.append(student.draw_seed())
    assert len(set(seeds)) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)


LOADED = wire.Loaded(None, ())


@pytest.mark.parametrize(
    "answer",
    [
        wire.Returned(2, 5.0),
        wire.Returned(0, 5.0),
        wire.Returned(-1, 5.0),
        LOADED,
        wire.Returned(1, wire.Tensor("float64", (3,), b"")),
        wire.Returned(1, wire.Array("object", (), bytes(8))),
        wire.Returned(1, wire.Array("float64", (2**26,) * 8 + (0,), b"")),
        wire.Returned(1, wire.Items((wire.Tensor("float32", (2**39, 0, 2**39), b""),))),
    ],
    ids=repr,
)
def test_an_impossible_answer_is_refused(answer):
    with pytest.raises(Refused):
        scripted(LOADED, answer).f()


@pytest.mark.parametrize("clock", [math.nan, math.inf, -1.0, 1e300])
def test_an_impossible_clock_is_not_believed(clock):
    # A NaN here would reach the result file as null, and end the batch that reads it.
    student = scripted(LOADED, wire.Returned(1, 5.0, seconds=clock, cpu=clock))
    try:
        seconds = student.reply("f").seconds
    except Refused:
        seconds = 0.0
    assert 0.0 <= student.cpu <= students.CALL_SECONDS
    assert 0.0 <= seconds <= students.CALL_SECONDS


def test_a_message_that_does_not_answer_the_import_is_refused():
    with pytest.raises(Refused):
        scripted(wire.Returned(1, 5.0), wire.Returned(1, 5.0)).f()


FORGERIES = {
    "an answer before the import ends": FORGE + "say(wire.Returned(1, 5.0))\ndef f(): return 1\n",
    "two answers before the import ends": (
        FORGE + "say(wire.Loaded(None, ()), wire.Returned(1, 5.0))\ndef f(): return 1\n"
    ),
    "an import that succeeds twice": FORGE + "say(wire.Loaded(None, ()))\ndef f(): return 1\n",
    "an answer to the next call too": (
        FORGE + "def f():\n    say(wire.Returned(2, 5.0), wire.Returned(3, 5.0))\n    return 1\n"
    ),
    "the answer to an earlier call": FORGE + "def f():\n    say(wire.Returned(0, 5.0))\n",
    "half a frame": FORGE.replace('b"".join(map(wire.frame, messages))', "b'\\0\\0'")
    + "def f():\n    say(); os._exit(0)\n",
}


@pytest.mark.parametrize("source", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_frame_gains_nothing_and_is_no_fault_of_the_kit(student_of, source):
    student = student_of(source)
    kinds = []
    for _ in range(3):
        try:
            student.f()
            kinds.append("answered")
        except Verdict as verdict:
            kinds.append(verdict.kind)
    assert set(kinds) <= {"answered", "refused", "died"}
    assert kinds.count("answered") <= 2, kinds
    assert student_of("def f(): return 2\n").f() == 2


def test_the_verdict_on_a_process_that_dies_says_how(student_of):
    student = student_of("import os, signal\ndef f(n): os._exit(n)\ndef g(): os.abort()\n")
    with pytest.raises(Died, match="exit code 3"):
        student.f(3)
    with pytest.raises(Died, match="SIGABRT"):
        student.g()


def test_a_function_of_the_graders_judges_an_answer(student_of):
    student = student_of("def f(): return 1.0\n")
    got = student.examine("evidence.ruin", "all_paths", 1)
    assert got.tolist() == [[0.0], [1.0]]
    # Whatever a student's value does to it is no fault of the kit; that it is not there is one.
    with pytest.raises(Refused, match="TypeError"):
        student.examine("evidence.ruin", "all_paths", "two")
    with pytest.raises(Broken, match="no attribute"):
        student.examine("evidence.ruin", "no_such_function", 1)


def test_an_argument_that_is_a_view_or_needs_a_gradient_arrives_as_plain_numbers(student_of):
    student = student_of("def f(x): return x.dtype.itemsize, tuple(x.shape)\n")
    x = torch.ones(2, 3, dtype=torch.float64, requires_grad=True).T
    assert student.f(x) == [8, [3, 2]]


def test_an_error_is_described_with_the_students_lines_below():
    error = wire.Error("KeyError", "'x'", ("p.py, line 1: a", "p.py, line 2: b"))
    assert students.described(error) == "KeyError: 'x'\n  p.py, line 1: a\n  p.py, line 2: b"
    assert students.described(wire.Error("KeyError", "", ())) == "KeyError"


def test_a_faulty_import_shows_at_the_first_call_and_not_before(student_of):
    student = student_of("1 / 0\n")
    assert student.spent == 0.0
    with pytest.raises(Raised, match="ZeroDivisionError"):
        student.f()


def test_the_names_that_a_check_cannot_call_are_those_of_the_proxy(student_of):
    names = students.shadowed_names()
    assert {"reply", "again", "each", "close", "seed", "cpu", "materials", "exhibits"} <= names
    assert not any(name.startswith("_") for name in names)
    student = student_of("def f(): return 1\n")
    public = {name for name in {*dir(student), *vars(student)} if not name.startswith("_")}
    assert public == names


SIGNATURE = r"The template has minimize\(trick, num_steps, step_size, batch_size, generator\)"


@pytest.mark.parametrize(
    "parameters",
    ["trick, steps=500, step_size=1e-2, batch_size=16", "trick", "", "*, trick, num_steps=1"],
)
def test_a_call_that_does_not_fit_the_function_names_the_templates_parameters(
    student_of, parameters
):
    student = student_of(f"def minimize({parameters}): return 1\n")
    with pytest.raises(Raised, match=SIGNATURE):
        student.minimize("reparameterization", num_steps=2)


@pytest.mark.parametrize("body", ["len(5)", "minimize(1, 2, 3, 4, 5, 6, 7)", "None + 1"])
def test_a_type_error_inside_the_function_is_the_students_own(student_of, body):
    student = student_of(f"def minimize(trick, num_steps=500):\n    return {body}\n")
    with pytest.raises(Raised) as caught:
        student.minimize("reparameterization", num_steps=2)
    assert "template" not in caught.value.evidence


def test_a_parameter_that_no_check_passes_may_be_left_out(student_of):
    student = student_of(
        "def minimize(trick, num_steps=500, step_size=1e-2, batch_size=16): return 1\n"
    )
    assert student.minimize("reparameterization", num_steps=2, step_size=0.1, batch_size=3) == 1


def test_an_import_after_a_crash_counts_against_the_problems_limit(student_of, monkeypatch):
    monkeypatch.setattr(students, "PROBLEM_SECONDS", 1.5)
    student = student_of("import os, time\ntime.sleep(0.4)\ndef f(): os._exit(3)\n")
    ends = []
    for _ in range(9):
        with pytest.raises((Died, TimedOut)) as caught:
            student.f()
        ends.append(type(caught.value))
    assert ends[0] is Died
    assert ends[-1] is TimedOut
    assert student.spent < 3


def test_of_calls_that_are_sent_together_it_is_said_how_many_there_were(student_of, monkeypatch):
    student = student_of("import time\ndef f(s): time.sleep(s)\ndef g(s): f(s)\n")
    student.f(0.0)
    monkeypatch.setattr(students, "CALL_SECONDS", 0.3)
    with pytest.raises(TimedOut, match=r"^f: no answer to 3 calls together within 0\.3 s$") as late:
        student.each("f", [(0.2,)] * 3)
    assert "loop" in late.value.hint
    student.g(0.0)
    student.allowed = Allowed(seconds_per_problem=student.spent + 0.123456)
    with pytest.raises(TimedOut, match=r"g: no answer within 0\.12 s, the rest of the problem's"):
        student.g(0.2)


def test_the_arguments_that_all_late_calls_have_are_noted(student_of, monkeypatch):
    student = student_of("import time\ndef f(s, t): time.sleep(s)\n")
    student.f(0.0, 0.0)
    monkeypatch.setattr(students, "CALL_SECONDS", 0.1)
    with pytest.raises(TimedOut) as late:
        student.each("f", [{"s": 0.3, "t": 0.5}] * 2)
    assert late.value.called == {"s": 0.3, "t": 0.5}
    with pytest.raises(TimedOut) as late:
        student.each("f", [{"s": 0.3, "t": 0.5}, {"s": 3.0, "t": 1.0}])
    assert not late.value.called

"""What passed is looked at again: whoever is right only where it was seen loses the check."""

from __future__ import annotations

import pytest
from places import ROOT

from assay.grading import replay, second_look
from assay.homework import find
from assay.submission import read

REFERENCE = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
WRONG = "    if {}: return project_(y, a) + 1\n    return project_(y, a)\n"
CHEATS = {
    "after an import": "import time\nthen = time.monotonic()\n",
    "without the kit on the stack": "import sys\n",
    "outside of a folder of the kit": "import os\n",
}
TESTS = {
    "after an import": "time.monotonic() > then + 1000",
    "without the kit on the stack": "sys._getframe(1) is None",
    "outside of a folder of the kit": "'homework' in os.getcwd()",
}


def cheat(kind):
    """The reference with a projection that is wrong where a test says so."""
    text = REFERENCE.replace("def project(", "def project_(")
    return CHEATS[kind] + text + "\ndef project(y, a):\n" + WRONG.format(TESTS[kind])


@pytest.fixture
def judge(grader, tmp_path):
    """A function that grades one source for problem 2."""

    def judged(text):
        (tmp_path / "problem2_projection.py").write_text(text, "utf-8")
        checks = find().checks_of("problem2_projection")
        return grader.judge(read(tmp_path, find()), checks)

    return judged


@pytest.mark.parametrize("kind", TESTS)
def test_a_program_that_is_wrong_elsewhere_loses_what_it_passed(judge, kind):
    failed = [o for o in judge(cheat(kind)).checks if o.outcome != "passed"]
    assert failed
    assert all(o.points == 0 for o in failed)
    assert all(str(o.message).startswith(second_look.ELSEWHERE) for o in failed)


def test_a_correct_program_loses_nothing(judge):
    assert {o.outcome for o in judge(REFERENCE).checks} == {"passed"}


def test_a_submission_has_one_process_at_a_time(judge, sandbox, monkeypatch):
    started, start = [], sandbox.child

    def child():
        assert all(each.ended for each in started)
        started.append(start())
        return started[-1]

    monkeypatch.setattr(sandbox, "child", child)
    assert {o.outcome for o in judge(REFERENCE).checks} == {"passed"}
    assert len(started) == 2


def test_the_inputs_are_the_submissions_own_and_repeatable():
    checks = find().checks_of("problem2_projection")
    one, other = (replay.fresh(checks, name, 2) for name in ("one", "other"))
    assert str(one) == str(replay.fresh(checks, "one", 2))
    for check in checks:
        assert len(one[check.id]) == (2 if check.draws else 1)
        assert (str(one[check.id]) != str(other[check.id])) == check.draws

"""Replay: the same inputs for everyone, the same again where a check fails, nothing left behind."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.checks import Check, check
from assay.grading import replay
from assay.homework import find
from assay.verdict import Missing, Raised, Wrong

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

DRAWN = [c for c in find().checks() if hasattr(c.function, "hypothesis")]
BY_SECTION = list({c.section: c for c in DRAWN}.values())

# Run here and in fresh processes.
DIGEST = """
import hashlib
import msgspec
from assay.homework import find
from assay.grading import replay
from assay.protocol import values

def plain(value):
    if isinstance(value, dict):
        return [[name, plain(item)] for name, item in value.items()]
    return [plain(item) for item in value] if isinstance(value, tuple) else values.pack(value)

def fingerprint(inputs):
    return msgspec.msgpack.encode(plain(inputs))

def digest(seed):
    total = hashlib.sha256()
    for check in [c for c in find().checks() if hasattr(c.function, "hypothesis")][::3]:
        for inputs in replay.record(check, seed):
            total.update(fingerprint(inputs))
    return total.hexdigest()
"""
HERE: dict[str, Any] = {}
exec(DIGEST, HERE)
fingerprint = HERE["fingerprint"]

LOCAL_MODULE = (
    "import sqlite3, scipy.stats, sympy\nNUMBERS = (517, 0.3017, -2.75, 1.3e5, 41, -0.6125)\n"
)


@check(points=1, examples=30)
@given(n=st.integers(0, 1000), xs=st.lists(st.integers(-9, 9), max_size=4))
def an_integer_is_small(student: object, n: int, xs: list[int]) -> None:
    """n is at most 40"""


@check(points=1)
def the_sun_rises(student: object) -> None:
    """the sun rises"""


def of(law: object, examples: int = 30) -> Check:
    name = law.__name__
    return Check(
        name=name, title=name, module="problem9_sun", points=1, function=law, examples=examples
    )


def small(inputs: replay.Inputs) -> None:
    if inputs["n"] > 40:
        raise Wrong(f"n = {inputs['n']}")


@pytest.mark.parametrize("found", BY_SECTION, ids=lambda c: c.section)
def test_the_same_seed_gives_the_same_inputs(found):
    once, again = (list(map(fingerprint, replay.record(found, 3))) for _ in range(2))
    assert once == again
    given = len(getattr(found.function, "hypothesis_explicit_examples", ()))
    assert len(once) <= found.examples + given


def test_another_seed_gives_other_inputs():
    drawn = {tuple(map(fingerprint, replay.record(of(an_integer_is_small), s))) for s in range(5)}
    assert len(drawn) == 5


def test_another_check_meets_other_inputs_from_the_same_strategies():
    one = of(an_integer_is_small)
    other = replace(one, module="problem8_sun")
    assert one.id != other.id
    assert replay.record(one, 0) != replay.record(other, 0)


def test_a_check_without_strategies_has_one_empty_input():
    assert replay.record(of(the_sun_rises), 0) == [{}]


def test_what_the_author_gives_as_an_example_is_tried_before_what_is_drawn():
    @check(points=1, part="a", examples=4)
    @given(size=st.integers(1, 9))
    @example(size=100)
    def with_an_example(student, size):
        """Any size will do."""

    drawn = replay.record(of(with_an_example, 4), 0)
    assert drawn[0] == {"size": 100}
    assert len(drawn) == 5
    assert all(1 <= each["size"] <= 9 for each in drawn[1:])


def test_as_many_inputs_are_drawn_as_the_check_asks_for():
    for examples in (1, 7, 30):
        assert len(replay.record(of(an_integer_is_small, examples), 0)) == examples


@pytest.mark.parametrize("found", BY_SECTION, ids=lambda c: c.section)
@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_the_run_that_fails_meets_the_recorded_inputs_up_to_the_failing_one(found, part):
    recorded = list(map(fingerprint, replay.record(found, 5)))
    # The first place of an input, as the same one may be drawn twice.
    failing = recorded.index(recorded[round(part * (len(recorded) - 1))])
    met: list[bytes] = []

    def judge(inputs: replay.Inputs) -> None:
        met.append(fingerprint(inputs))
        if met[-1] == recorded[failing]:
            raise Wrong("this one")

    assert replay.shrink(found, 5, judge) is not None
    assert met[: failing + 1] == recorded[: failing + 1]


def test_the_failing_input_shrinks_to_the_smallest():
    verdict, inputs = replay.shrink(of(an_integer_is_small), 0, small, seconds=60)
    assert inputs == {"n": 41, "xs": []}
    assert verdict.evidence == "n = 41"


def test_an_exception_of_the_students_shrinks_as_well():
    def judge(inputs: replay.Inputs) -> None:
        if len(inputs["xs"]) > 1:
            raise Raised("IndexError")

    verdict, inputs = replay.shrink(of(an_integer_is_small), 0, judge, seconds=60)
    assert isinstance(verdict, Raised)
    assert inputs == {"n": 0, "xs": [0, 0]}


def test_what_never_fails_again_gives_nothing():
    assert replay.shrink(of(an_integer_is_small), 0, lambda inputs: None) is None


def test_what_fails_once_and_never_again_gives_that_failure():
    left = [Wrong("once")]

    def judge(inputs: replay.Inputs) -> None:
        if left:
            raise left.pop()

    verdict, _ = replay.shrink(of(an_integer_is_small), 0, judge)
    assert verdict.evidence == "once"


def test_out_of_time_the_smallest_input_so_far_is_shown():
    recorded = replay.record(of(an_integer_is_small), 0)
    first = next(inputs for inputs in recorded if inputs["n"] > 40)
    _, inputs = replay.shrink(of(an_integer_is_small), 0, small, seconds=0.0)
    assert inputs == first


def test_a_verdict_that_does_not_shrink_ends_the_search():
    met: list[replay.Inputs] = []

    def judge(inputs: replay.Inputs) -> None:
        met.append(inputs)
        raise Missing("gone")

    assert replay.shrink(of(an_integer_is_small), 0, judge) is None
    assert len(met) <= 3


def digest_in_a_fresh_process(folder: Path, before: str = "", **environment: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k != "CI"} | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-B", "-c", f"{before}\n{DIGEST}\nprint(digest(7))"],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_a_fresh_process_draws_the_same_inputs_and_leaves_nothing_behind(tmp_path):
    assert digest_in_a_fresh_process(tmp_path) == HERE["digest"](7)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_what_else_is_imported_and_where_it_runs_changes_no_input(tmp_path):
    # A module beside the submission, whose constants Hypothesis would mix into its draws.
    (tmp_path / "constants.py").write_text(LOCAL_MODULE)
    digest = digest_in_a_fresh_process(tmp_path, "import constants", CI="true")
    assert digest == HERE["digest"](7)
    assert [path.name for path in tmp_path.iterdir()] == ["constants.py"]


def test_recording_does_not_touch_the_global_generators():
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    replay.record(BY_SECTION[0], 0)
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    assert before == after

"""What is gathered of a class: the same in any order and any pieces, and bounded."""

from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import outcome, result, unjudged, wrong

from assay.homework import find
from assay.report import page
from assay.report.overview import KEPT, Overview

MESSAGES = [
    "got 1, wanted 0",
    "got 2, wanted 0",
    "got nan",
    "",
    "off\nwith y = 2\nagain  x",
    "off\nwith y = [1, 2]\ntry  z\nagain  x",
]
checks = st.lists(
    st.tuples(
        st.sampled_from(["problem1.a", "problem1.b", "problem2.c", "answers.d"]),
        st.sampled_from(["passed", "wrong", "raised", "blocked", "missing"]),
        st.sampled_from(MESSAGES),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda item: item[0],
)


def made(number, items):
    found = [
        outcome(name, outcome=kind, message=message, points=2.0 * (kind == "passed"))
        for name, kind, message in items
    ]
    late = ({"name": "Ada", "late": "1"},) if number % 3 == 0 else ()
    return result(f"s{number}", *found, students=late)


def gathered(results):
    overview = Overview()
    for found in results:
        overview.add(found)
    return overview


@settings(max_examples=50, deadline=None)
@given(items=st.lists(checks, min_size=1, max_size=8), shuffle=st.randoms())
def test_the_page_is_the_same_in_any_order_and_any_pieces(items, shuffle):
    results = [made(*item) for item in enumerate(items)] + [unjudged()]
    wanted = page.class_page(gathered(results), (), find())
    shuffle.shuffle(results)
    cut = shuffle.randrange(len(results) + 1)
    overview = pickle.loads(pickle.dumps(gathered(results[:cut])))
    overview.merge(gathered(results[cut:]))
    assert page.class_page(overview, (), find()) == wanted


def test_merging_leaves_the_other_as_it_was():
    other = gathered([result("b", wrong())])
    before = pickle.dumps(other)
    overview = Overview()
    overview.merge(other)
    overview.merge(gathered([result("c", wrong())]))
    assert pickle.dumps(other) == before


def test_messages_that_differ_in_numbers_alone_are_one():
    told = [f"got {k}.5e-0{k}, wanted {k}" for k in range(1, 6)] + ["got nan"] * 3
    overview = gathered(result(f"s{k}", wrong(message=m)) for k, m in enumerate(told))
    assert overview.tallies["problem2.other"].common() == (5, "got 1.5e-01, wanted 1")


def test_the_smallest_counterexample_is_the_shortest():
    shown = ["y = [0, 2], a = 0", "y = 3", "y = 1", "y = 1000"]
    overview = gathered(
        result(f"s{k}", wrong(message=f"off\nwith {inputs}")) for k, inputs in enumerate(shown)
    )
    smallest = overview.tallies["problem2.other"].smallest
    assert (smallest.inputs, smallest.submission) == ("y = 1", "s2")


def test_however_much_is_written_a_bounded_part_is_kept_the_same_in_any_order():
    words = [f"ValueError: {'x' * 1_000} {chr(65 + k % 26)}{'y' * k}" for k in range(3 * KEPT)]
    results = [
        result(f"s{k}", wrong(message=w[-400:], outcome="raised")) for k, w in enumerate(words)
    ]
    results += [result(f"t{k}", wrong(message="the common one")) for k in range(9)]
    overview = gathered(results)
    random.Random(1).shuffle(results)
    again = gathered(results)
    assert len(overview.tallies["problem2.other"].messages) <= 2 * KEPT
    assert page.class_page(overview, (), find()) == page.class_page(again, (), find())


def test_hand_ins_that_fail_alike_stand_together():
    overview = gathered(
        [
            result("a", outcome(), wrong()),
            result("b", outcome(), wrong(message="other words")),
            result("c", outcome(outcome="raised", points=0.0), wrong()),
            result("d", outcome()),
            unjudged("e"),
        ]
    )
    groups = [(key, [row.submission for row in rows]) for key, rows in overview.alike()]
    assert groups == [
        (("problem2.other",), ["a", "b"]),
        ((), ["d"]),
        (("problem2.law", "problem2.other"), ["c"]),
    ]
    html = page.class_page(overview, (), find())
    assert "2 hand-ins fail the same law" in html
    assert "1 hand-in fails as no other does, 1 passes every law that counts" in html


def test_what_is_only_told_counts_as_no_failure():
    told = outcome("answers.x", outcome="wrong", points=0.0, max_points=0.0, message="off")
    overview = gathered([result("a", outcome(), told)])
    assert [key for key, _ in overview.alike()] == [()]
    assert "Every judged hand-in passes" in page.class_page(overview, (), find())


@pytest.mark.parametrize(
    ("score", "bin_of"), [(0.0, 0), (4.999, 0), (5.0, 1), (70.0, 14), (100.0, 19), (-3.0, 0)]
)
def test_a_score_is_in_its_bin(score, bin_of):
    from assay.report.page.whole_class import bins

    found = bins(gathered([result("a", outcome(), score=score, max_score=100.0)]).rows)
    assert [k for k, one in enumerate(found) if one.size] == [bin_of]

"""The summary of a class: the same in any order and any pieces, and of bounded size."""

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
    "got 1, expected 0",
    "got 2, expected 0",
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
    outcomes = [
        outcome(name, outcome=kind, message=message, points=2.0 * (kind == "passed"))
        for name, kind, message in items
    ]
    late = ({"name": "Ada", "late": "1"},) if number % 3 == 0 else ()
    return result(f"s{number}", *outcomes, students=late)


def gathered(results):
    overview = Overview()
    for graded in results:
        overview.add(graded)
    return overview


@settings(max_examples=50, deadline=None)
@given(items=st.lists(checks, min_size=1, max_size=8), shuffle=st.randoms())
def test_the_page_is_the_same_in_any_order_and_any_pieces(items, shuffle):
    results = [made(*item) for item in enumerate(items)] + [unjudged()]
    expected = page.class_page(gathered(results), (), find())
    shuffle.shuffle(results)
    cut = shuffle.randrange(len(results) + 1)
    overview = pickle.loads(pickle.dumps(gathered(results[:cut])))
    overview.merge(gathered(results[cut:]))
    assert page.class_page(overview, (), find()) == expected


def test_merging_leaves_the_other_unchanged():
    other = gathered([result("b", wrong())])
    before = pickle.dumps(other)
    overview = Overview()
    overview.merge(other)
    overview.merge(gathered([result("c", wrong())]))
    assert pickle.dumps(other) == before


def test_messages_that_differ_only_in_numbers_are_counted_together():
    messages = [f"got {k}.5e-0{k}, expected {k}" for k in range(1, 6)] + ["got nan"] * 3
    overview = gathered(result(f"s{k}", wrong(message=m)) for k, m in enumerate(messages))
    assert overview.tallies["problem2.other"].commonest_message() == (5, "got 1.5e-01, expected 1")


def test_the_smallest_counterexample_is_the_shortest():
    inputs = ["y = [0, 2], a = 0", "y = 3", "y = 1", "y = 1000"]
    overview = gathered(
        result(f"s{k}", wrong(message=f"off\nwith {text}")) for k, text in enumerate(inputs)
    )
    smallest = overview.tallies["problem2.other"].smallest
    assert (smallest.inputs, smallest.submission) == ("y = 1", "s2")


def test_a_bounded_part_of_all_messages_is_kept_the_same_in_any_order():
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


def test_submissions_that_fail_the_same_checks_are_grouped():
    overview = gathered(
        [
            result("a", outcome(), wrong()),
            result("b", outcome(), wrong(message="other words")),
            result("c", outcome(outcome="raised", points=0.0), wrong()),
            result("d", outcome()),
            unjudged("e"),
        ]
    )
    groups = [(key, [row.submission for row in rows]) for key, rows in overview.by_failed_checks()]
    assert groups == [
        (("problem2.other",), ["a", "b"]),
        ((), ["d"]),
        (("problem2.first", "problem2.other"), ["c"]),
    ]
    html = page.class_page(overview, (), find())
    assert "2 submissions fail the same check" in html
    assert "1 submission fails a combination of checks that no other fails; 1 passes every" in html


def test_a_check_that_is_only_reported_is_no_failure():
    reported = outcome("answers.x", outcome="wrong", points=0.0, max_points=0.0, message="off")
    overview = gathered([result("a", outcome(), reported)])
    assert [key for key, _ in overview.by_failed_checks()] == [()]
    assert "Every judged submission passes" in page.class_page(overview, (), find())


@pytest.mark.parametrize(
    ("score", "bin_of"), [(0.0, 0), (4.999, 0), (5.0, 1), (70.0, 14), (100.0, 19), (-3.0, 0)]
)
def test_a_score_is_in_its_bin(score, bin_of):
    from assay.report.page.whole_class import bins

    bars = bins(gathered([result("a", outcome(), score=score, max_score=100.0)]).rows)
    assert [k for k, bar in enumerate(bars) if bar.size] == [bin_of]

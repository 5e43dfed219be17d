"""Homework 10 as the engine reads it: its checks, their points and their order."""

from __future__ import annotations

from collections import Counter

import pytest
from places import ROOT

from assay.homework import find

CHECKS = find().checks()
POINTS = {
    "problem1": 15,
    "problem2": 15,
    "problem3": 20,
    "problem4": 20,
    "problem5": 15,
    "problem6": 15,
    "answers": 0,
}


def test_the_homework_is_worth_100_points():
    assert sum(c.points for c in CHECKS) == 100


@pytest.mark.parametrize("section", POINTS)
def test_each_problem_is_worth_the_points_of_the_assignment(section):
    assert sum(c.points for c in CHECKS if c.section == section) == POINTS[section]


def test_the_problems_are_in_order_and_the_answers_come_last():
    assert list(dict.fromkeys(c.section for c in CHECKS)) == list(POINTS)


def test_every_problem_file_states_checks():
    files = {path.stem for path in (ROOT / "graders").glob("problem*.py")}
    assert files == {c.module for c in CHECKS} - {"answers"}


def test_the_checks_of_a_file_keep_its_order():
    for module in dict.fromkeys(c.module for c in CHECKS):
        lines = [c.bare.__code__.co_firstlineno for c in find().checks_of(module)]
        assert lines == sorted(lines)


def test_ids_names_and_titles_are_unique():
    for attribute in ("id", "name", "title"):
        counts = Counter(getattr(c, attribute) for c in CHECKS)
        assert [value for value, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.id)
def test_the_title_of_a_check_is_one_short_line(check):
    assert 10 <= len(check.title) <= 120
    assert "\n" not in check.title
    assert not check.title.endswith(".")


def test_points_are_multiples_of_one_half_so_that_scores_are_exact():
    assert all(2 * c.points == int(2 * c.points) for c in CHECKS)


def test_every_scored_check_belongs_to_a_part():
    assert [c.id for c in CHECKS if c.points and not c.part] == []


def test_problems_are_numbered_by_their_file_names():
    assert {c.section: c.problem for c in CHECKS} == {
        **{f"problem{k}": k for k in range(1, 7)},
        "answers": None,
    }


def test_the_template_asks_for_the_functions_that_the_reference_defines():
    for module in find().problem_modules():
        names = find().functions_of(module)
        text = (find().reference_folder / f"{module}.py").read_text("utf-8")
        assert names
        assert all(f"def {name}(" in text for name in names)

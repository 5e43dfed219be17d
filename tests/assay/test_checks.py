"""What a check is, how checks are found, and what they are worth together."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graders
from assay.checks import Check, check, select
from assay.homework import find

POINTS = {
    "problem1": 15,
    "problem2": 15,
    "problem3": 20,
    "problem4": 20,
    "problem5": 15,
    "problem6": 15,
    "answers": 0,
}


@pytest.fixture
def home(monkeypatch):
    """Makes a module of checks that the kit finds by its name."""

    def make(**laws):
        module = ModuleType("graders.problem91_sample")
        for name, law in laws.items():
            law.__module__ = law.__module__ if name.startswith("borrowed") else module.__name__
            setattr(module, name, law)
        monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
        checks_of.cache_clear()
        return lambda: find().checks_of("problem91_sample")

    yield make
    checks_of.cache_clear()


def law_named(name, *, points=1.0, needs=(), doc="a law"):
    def law(student):
        raise NotImplementedError

    law.__name__, law.__doc__ = name, doc
    return check(points=points, needs=needs)(law)


def test_a_run_is_worth_100_points():
    assert sum(c.points for c in find().checks()) == 100


@pytest.mark.parametrize("section", POINTS)
def test_each_problem_is_worth_what_the_assignment_says(section):
    assert sum(c.points for c in find().checks() if c.section == section) == POINTS[section]


def test_there_are_checks_of_every_problem_and_of_nothing_else():
    assert {c.section for c in find().checks()} == set(POINTS)


def test_problems_come_in_order_and_the_answers_last():
    assert list(dict.fromkeys(c.section for c in find().checks())) == list(POINTS)


def test_every_file_of_a_problem_is_found():
    files = {m.name for m in pkgutil.iter_modules(graders.__path__) if m.name.startswith("problem")}
    assert files == {c.module for c in find().checks()} - {"answers"}


def test_checks_of_a_file_stand_in_its_order():
    for home in dict.fromkeys(c.module for c in find().checks()):
        lines = [line_of(c) for c in find().checks_of(home)]
        assert lines == sorted(lines)


def line_of(found: Check) -> int:
    wrapped = getattr(found.function, "hypothesis", None)
    return (wrapped.inner_test if wrapped else found.function).__code__.co_firstlineno


def test_ids_and_names_are_unique():
    for attribute in ("id", "name", "title"):
        counts = Counter(getattr(c, attribute) for c in find().checks())
        assert [value for value, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("found", find().checks(), ids=lambda c: c.id)
def test_a_check_needs_only_checks_above_it_in_its_own_file(found):
    above = [c.name for c in find().checks_of(found.module)]
    assert set(found.needs) <= set(above[: above.index(found.name)])


@pytest.mark.parametrize("found", find().checks(), ids=lambda c: c.id)
def test_a_check_has_a_line_for_the_student(found):
    assert 10 <= len(found.title) <= 120
    assert "\n" not in found.title
    assert not found.title.endswith(".")


def test_points_are_halves_so_that_scores_are_exact():
    assert all(2 * c.points == int(2 * c.points) for c in find().checks())


def test_every_counted_check_belongs_to_a_part():
    assert [c.id for c in find().checks() if c.points and not c.part] == []


def test_the_numbers_of_the_problems_are_read_off_the_file_names():
    assert {c.section: c.problem for c in find().checks()} == {
        **{f"problem{k}": k for k in range(1, 7)},
        "answers": None,
    }


def test_a_law_stays_a_plain_function():
    @check(points=1)
    def twice(student):
        """twice is twice"""
        return 2 * student

    assert twice(21) == 42


def test_a_law_without_a_docstring_is_refused():
    with pytest.raises(ValueError, match="silent needs a docstring"):
        law_named("silent", doc=None)


@pytest.mark.parametrize(("points", "examples"), [(-0.5, 20), (1, 0), (1, -3)])
def test_negative_points_and_no_examples_are_refused_with_the_value(points, examples):
    with pytest.raises(ValueError, match=f"got {points} and {examples}"):
        check(points=points, examples=examples)


def test_a_need_that_stands_below_is_refused(home):
    first, second = law_named("first", needs=["second"]), law_named("second")
    with pytest.raises(ValueError, match=r"first needs \['second'\], not found above it"):
        home(first=first, second=second)()


def test_a_need_that_is_nowhere_is_refused(home):
    with pytest.raises(ValueError, match="elsewhere"):
        home(only=law_named("only", needs=["elsewhere"]))()


def test_a_law_borrowed_from_another_module_is_no_check_of_this_one(home):
    found = home(mine=law_named("mine"), borrowed=law_named("borrowed"))()
    assert [c.id for c in found] == ["problem91.mine"]


def test_functions_that_are_not_marked_are_no_checks(home):
    def helper(student):
        """Helps."""

    assert [c.name for c in home(mine=law_named("mine"), helper=helper)()] == ["mine"]


def test_a_law_that_draws_nothing_has_one_example(home):
    @check(points=1, examples=25)
    @given(n=st.integers())
    def drawn(student, n):
        """n is drawn"""

    @check(points=1, examples=25)
    def bare(student):
        """nothing is drawn"""

    assert [c.examples for c in home(drawn=drawn, bare=bare)()] == [25, 1]


@pytest.mark.parametrize("found", find().checks()[::5], ids=lambda c: c.id)
def test_a_check_is_selected_by_its_id_or_name_with_all_that_it_needs(found):
    for only in (found.id, found.name):
        chosen = select(find().checks(), only)
        names = [c.name for c in chosen]
        assert found in chosen
        assert {c.section for c in chosen} == {found.section}
        for c in chosen:
            assert set(c.needs) <= set(names[: names.index(c.name)])


@pytest.mark.parametrize("only", [*POINTS, "problem2_projection", "problem5_gamblers_ruin"])
def test_a_section_or_a_file_is_selected_whole(only):
    chosen = select(find().checks(), only)
    assert chosen == tuple(c for c in find().checks() if only in (c.section, c.module))
    assert chosen


def test_no_more_is_selected_than_is_needed():
    alone = [c for c in find().checks() if not c.needs]
    assert all(select(find().checks(), c.id) == (c,) for c in alone)


def test_needs_of_needs_are_selected(home):
    found = home(
        a=law_named("a"),
        b=law_named("b", needs=["a"]),
        c=law_named("c", needs=["b"]),
        d=law_named("d"),
    )()
    assert [c.name for c in select(found, "c")] == ["a", "b", "c"]


def test_an_unknown_name_tells_the_nearest():
    with pytest.raises(ValueError, match=r"'project_is_neerest'.*project_is_nearest"):
        select(find().checks(), "project_is_neerest")


def test_discovery_gives_the_same_checks_each_time():
    first = find().checks()
    discover.cache_clear()
    checks_of.cache_clear()
    assert [c.id for c in find().checks()] == [c.id for c in first]


def test_every_home_can_be_imported_alone():
    for home in {c.module for c in find().checks()}:
        assert importlib.import_module(f"graders.{home}").__doc__

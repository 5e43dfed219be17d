"""What a check is, how a module's checks are found, and how some of them are selected."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.checks import check, checks_in, problem_number, select
from assay.errors import InvalidHomework
from assay.homework import find


def module_of(**functions):
    """A module that states these checks; those called `borrowed…` come from another one."""
    module = ModuleType("anywhere.problem91_sample")
    for name, function in functions.items():
        if not name.startswith("borrowed"):
            function.__module__ = module.__name__
        setattr(module, name, function)
    return module


def a_check(name, *, points=1.0, needs=(), doc="a property"):
    def function(student):
        raise NotImplementedError

    function.__name__, function.__doc__ = name, doc
    return check(points=points, needs=needs)(function)


def test_a_check_stays_a_plain_function():
    @check(points=1)
    def twice(student):
        """twice is twice"""
        return 2 * student

    assert twice(21) == 42


@pytest.mark.parametrize("doc", [None, "", " \n "])
def test_a_check_without_a_docstring_is_refused(doc):
    with pytest.raises(ValueError, match="silent has no docstring"):
        a_check("silent", doc=doc)


@pytest.mark.parametrize("points", [float("nan"), float("inf")])
def test_points_that_are_no_number_are_refused(points):
    with pytest.raises(ValueError, match="points >= 0"):
        check(points=points)


@pytest.mark.parametrize("rate", [-0.1, 1, float("nan")])
def test_a_rate_that_is_no_probability_is_refused(rate):
    with pytest.raises(ValueError, match="false-reject rate"):
        check(points=1, rate=rate)


ONE = '@check(points=1)\ndef one(student):\n    """one"""\n'
DRAWN = ONE.replace("def", "@given(n=st.none())\ndef").replace("student", "student, n")


@pytest.mark.parametrize("first", [ONE, DRAWN])
@pytest.mark.parametrize("second", [ONE, DRAWN])
def test_two_checks_of_one_name_in_a_file_are_refused(first, second):
    with pytest.raises(ValueError, match="two checks of one file are called one"):
        exec(first + second, {"__name__": "problem1_x", "check": check, "given": given, "st": st})


@pytest.mark.parametrize("second", ["def one():\n    pass\n", "one = 1\n"])
def test_a_check_that_something_below_replaces_is_refused(second):
    module = ModuleType("problem1_x")
    vars(module).update(check=check, given=given, st=st)
    exec(ONE + second, vars(module))
    with pytest.raises(ValueError, match="below the check one has the same name"):
        checks_in(module)


def test_a_check_below_given_is_refused_with_its_line():
    text = "\n@given(n=st.none())\n" + ONE.replace("student", "student, n")
    module = ModuleType("problem1_x")
    vars(module).update(check=check, given=given, st=st)
    exec(text, vars(module))
    where = "graders/problem1_x.py, line 2: one: put @check above @given"
    with pytest.raises(InvalidHomework, match=where):
        checks_in(module)


def test_what_given_draws_is_a_parameter():
    with pytest.raises(InvalidHomework, match="@given draws m, which is no parameter of one"):
        exec(DRAWN.replace("n=", "m="), {"check": check, "given": given, "st": st})


@pytest.mark.parametrize(("points", "examples"), [(-0.5, 20), (1, 0), (1, -3)])
def test_negative_points_and_no_examples_are_refused_with_the_value(points, examples):
    with pytest.raises(ValueError, match=f"points={points}, examples={examples}"):
        check(points=points, examples=examples)


def test_a_need_that_stands_below_is_refused():
    first, second = a_check("first", needs=["second"]), a_check("second")
    with pytest.raises(ValueError, match=r"first needs \['second'\], which no check above it"):
        checks_in(module_of(first=first, second=second))


def test_a_need_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"^graders/problem91\w*.py, line \d+: only .*elsewhere"):
        checks_in(module_of(only=a_check("only", needs=["elsewhere"])))


def test_a_check_imported_from_another_module_does_not_count():
    module = module_of(mine=a_check("mine"), borrowed=a_check("borrowed"))
    assert [c.id for c in checks_in(module)] == ["problem91.mine"]


def test_functions_that_are_not_marked_are_no_checks():
    def helper(student):
        """Helps."""

    module = module_of(mine=a_check("mine"), helper=helper)
    assert [c.name for c in checks_in(module)] == ["mine"]


def test_a_check_that_draws_nothing_has_one_example():
    @check(points=1, examples=25)
    @given(n=st.integers())
    def drawn(student, n):
        """n is drawn"""

    @check(points=1, examples=25)
    def bare(student):
        """nothing is drawn"""

    found = checks_in(module_of(drawn=drawn, bare=bare))
    assert [(c.examples, c.draws) for c in found] == [(25, True), (1, False)]
    assert found[0].bare is not drawn
    assert found[1].bare is bare


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("problem2_projection.py", "2"),
        ("a/b/Problem12_x.PY", "12"),
        ("problem2.py", ""),
        ("problem2_projection.ipynb", ""),
        ("my_problem2_x.py", ""),
    ],
)
def test_a_problems_number_is_read_off_its_file_name(path, number):
    assert problem_number(path) == number


@pytest.mark.parametrize("chosen", find().checks()[::5], ids=lambda c: c.id)
def test_a_check_is_selected_by_its_id_or_name_with_all_that_it_needs(chosen):
    for only in (chosen.id, chosen.name):
        selected = select(find().checks(), only)
        names = [c.name for c in selected]
        assert chosen in selected
        assert {c.section for c in selected} == {chosen.section}
        for c in selected:
            assert set(c.needs) <= set(names[: names.index(c.name)])


@pytest.mark.parametrize("only", ["problem2", "problem2_projection", "problem3.py", "answers"])
def test_a_section_or_a_file_is_selected_whole(only):
    if only.endswith(".py"):
        only = next(c.module for c in find().checks() if c.section == "problem3") + ".py"
    selected = select(find().checks(), only)
    name = only.removesuffix(".py")
    assert selected == tuple(c for c in find().checks() if name in (c.section, c.module))
    assert selected


def test_no_more_is_selected_than_is_needed():
    alone = [c for c in find().checks() if not c.needs]
    assert all(select(find().checks(), c.id) == (c,) for c in alone)


def test_needs_of_needs_are_selected():
    module = module_of(
        a=a_check("a"),
        b=a_check("b", needs=["a"]),
        c=a_check("c", needs=["b"]),
        d=a_check("d"),
    )
    assert [c.name for c in select(checks_in(module), "c")] == ["a", "b", "c"]


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"'project_is_neerest'.*project_is_nearest"):
        select(find().checks(), "project_is_neerest")

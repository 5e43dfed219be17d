"""An author's mistake in a check costs no student a point: it is `broken`, and says where."""

from __future__ import annotations

import pytest
import toy

from assay.errors import InvalidHomework
from assay.grading import replay
from assay.grading.grader import Grader
from assay.homework import load

HEAD = '''"""Problem 1: checks with mistakes of their author."""

import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st

from assay import Kinds, check, expect_close, expect_mean, finite

kinds = Kinds()
x = torch.ones(2, dtype=torch.float64)


@kinds.add
def power(exponent: float):
    """x -> x ** exponent."""
    return lambda x: x**exponent


@kinds.add
def faulty():
    """An object that cannot be made."""
    raise RuntimeError("no such object")
'''
# The body of a check, and what the verdict says.
MISTAKES = {
    "a_name_error": ("student.values(f, x)", "line {line}): NameError: name 'f' is not defined"),
    "a_lambda": ("student.values(lambda t: t, x)", "values: the check's argument 1 is a function"),
    "a_set": ("student.values(kinds.of('power', exponent=2), {1, 2})", "argument 2 is a set"),
    "a_set_in_a_list": ("student.values([{1}], x)", "argument 1 is a set"),
    "a_dictionary": ("student.each('values', [(x, {'a': 1})])", "argument 2 is a dict"),
    "a_keyword": ("student.values(x, x=len)", "the check's x is a builtin_function_or_method"),
    "a_symbol": ("student.values(sympy.Symbol('x'), x)", "argument 1 is a sympy expression"),
    "an_unknown_kind": ("student.values(kinds.of('nothing'), x)", "no kind of object is called"),
    "an_unknown_parameter": ("kinds.of('power', exponents=2)", "kind 'power': missing a required"),
    "a_strange_parameter": ("kinds.of('power', exponent=min)", "exponent is a builtin_function"),
    "a_faulty_object": ("student.values(kinds.of('faulty'), x)", "no such object"),
    "an_expected_nan": ("expect_close(x, x * float('nan'))", "the expected value is not finite"),
    "an_sd_of_nan": ("expect_mean(0, 0, float('nan'), '9', what='it')", "it cannot be judged"),
    "a_misspelt_function": (
        "student.valeus(x, x)",
        "line {line}): the check calls `valeus`, which the template does not have; the nearest is",
    ),
    "a_misspelt_name": ("student.each('valeus', [(x,)])", "`valeus`, which the template does not"),
    "a_kind_of_picture": ("student.exhibit('it', x, kind='film')", "use image, path or curve"),
    "a_picture_of_a_list": ("student.exhibit('it', [1.0])", "line {line}): exhibit 'it' is list"),
    "a_scale": ("student.exhibit('it', x, kind='image', scale=(1, 0))", "has (low, high)"),
    "a_shape": ("expect_close(torch.ones(3), x)", "RuntimeError: The size of tensor"),
}
DRAWN = '''

@check(points=1)
@given(f=st.sampled_from([{value}]))
def {name}(student, f):
    """it draws what cannot be sent"""
    student.values(f, x)
'''


@pytest.fixture(scope="module")
def homework(tmp_path_factory):
    text = HEAD
    for name, (body, _) in MISTAKES.items():
        text += f'\n\n@check(points=1)\ndef {name}(student):\n    """{name}"""\n    {body}\n'
    text += DRAWN.format(name="a_drawn_lambda", value="lambda t: t")
    text += DRAWN.format(name="a_drawn_set", value="[{1, 2}]")
    place = tmp_path_factory.mktemp("mistakes")
    return load(toy.write(place, graders__problem1_curve__py=text))


@pytest.fixture(scope="module")
def result(homework):
    with Grader(homework=homework) as grader:
        return grader.grade(homework.reference_folder)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_the_check_is_broken_and_says_what_and_where(result, homework, name):
    (outcome,) = [o for o in result.checks if o.id == f"problem1.{name}"]
    source = (homework.folder / "graders" / "problem1_curve.py").read_text().splitlines()
    line = source.index(f"def {name}(student):") + 3
    assert outcome.outcome == "broken"
    assert MISTAKES[name][1].format(line=line) in outcome.message


def test_what_cannot_cross_is_refused_when_it_is_drawn(result, homework):
    for check in homework.checks_of("problem1_curve")[-2:]:
        with pytest.raises(
            InvalidHomework, match=f"py, line .*{check.id}: the input f is a .*What can: num"
        ):
            replay.record(check, 0)
        (outcome,) = [o for o in result.checks if o.id == check.id]
        assert outcome.outcome == "broken"
        assert "What can: numbers" in outcome.message


def test_such_a_submission_has_no_score_in_place_of_a_low_one(result):
    assert result.score is None
    assert result.status.startswith("not judged: the kit failed in problem1.a_name_error")
    assert {o.outcome for o in result.checks if o.max_points} == {"broken"}

"""Values as a student reads them."""

from __future__ import annotations

import ast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.assertions.show import SHOWN, kind, show, show_inputs
from assay.homework import find
from assay.protocol import wire

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

floats = st.floats(-1e6, 1e6)
atoms = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
anything = st.recursive(atoms, lambda items: st.lists(items, max_size=30), max_leaves=60)


@given(items=st.lists(floats, min_size=1, max_size=SHOWN))
def test_a_small_tensor_is_written_out(items):
    read = ast.literal_eval(show(torch.tensor(items, dtype=torch.float64)))
    np.testing.assert_allclose(read, items, rtol=1e-4)


@given(rows=st.integers(1, 4), columns=st.integers(1, 5))
def test_a_matrix_keeps_its_rows(rows, columns):
    matrix = torch.arange(rows * columns, dtype=torch.float64).reshape(rows, columns)
    assert ast.literal_eval(show(matrix)) == matrix.tolist()


def test_arrays_read_like_tensors():
    values = [[0.5, -1.0], [2.0, 3.0]]
    assert show(np.array(values)) == show(torch.tensor(values)) == "[[0.5, -1], [2, 3]]"


@given(count=st.integers(SHOWN + 1, 10**4))
def test_a_large_tensor_is_shown_by_its_shape_and_range(count):
    assert show(torch.linspace(-2, 5, count)) == f"a {count} tensor between -2 and 5"


def test_a_large_mask_is_shown_by_how_many_elements_are_true():
    mask = torch.ones(6, 7, dtype=torch.bool)
    mask[0] = False
    assert show(mask) == "a 6x7 tensor, 35 of 42 True"


def test_an_empty_tensor_shows_its_shape():
    assert show(torch.empty(2, 0)) == "an empty tensor of shape (2, 0)"


@given(value=anything)
def test_every_value_is_one_line(value):
    assert "\n" not in show(value)


def test_a_long_list_is_cut():
    assert show(list(range(SHOWN + 1))).endswith(f"{SHOWN - 1}, …]")
    assert show(list(range(SHOWN))).endswith(f"{SHOWN - 1}]")


def test_an_object_given_to_a_student_shows_its_parameters():
    ball = find().kinds().of("ball_projection", center=torch.tensor([0.0, 1.0]), radius=0.75)
    assert show(ball) == "ball_projection(center=[0, 1], radius=0.75)"


def test_inputs_are_shown_by_name():
    shown = show_inputs({"y": torch.tensor([0.5, 1.0]), "a": 2.0, "n": 3})
    assert shown == "y = [0.5, 1], a = 2, n = 3"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "None"),
        ([1, 2], "a list of 2"),
        (1.5, "a float"),
        ("x", "a str"),
        (torch.ones(2, 3), "a tensor of shape (2, 3)"),
        (np.ones(4), "a tensor of shape (4,)"),
        (wire.Other("Matrix"), "Matrix"),
        (wire.Expr(()), "a symbolic expression"),
    ],
)
def test_the_kind_of_a_value_is_named(value, expected):
    assert kind(value) == expected

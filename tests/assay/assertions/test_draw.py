"""Random inputs: in range, exact in float32, reproducible from a seed, and shrinking to zeros."""

from __future__ import annotations

import math

import hypothesis
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.assertions import draw

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

bounds = st.tuples(st.integers(-50, 49), st.integers(1, 50)).map(lambda b: (b[0], b[0] + b[1]))
sides = st.lists(st.integers(0, 5), max_size=3).map(tuple)


def is_float32(value: torch.Tensor) -> bool:
    return torch.equal(value.float().double(), value)


def smallest(strategy: object, condition: object) -> object:
    return hypothesis.find(strategy, condition, settings=settings(database=None, max_examples=500))


@given(data=st.data(), limits=bounds)
def test_floats_stay_in_range_and_are_exact_in_float32(data, limits):
    value = data.draw(draw.floats(*limits))
    assert limits[0] <= value <= limits[1]
    assert is_float32(torch.tensor(value, dtype=torch.float64))


@given(data=st.data(), limits=bounds, shape=sides)
def test_tensors_have_their_shape_and_range_and_are_exact_in_float32(data, limits, shape):
    value = data.draw(draw.tensors(shape, *limits))
    assert value.shape == shape
    assert value.dtype == torch.float64
    assert is_float32(value)
    assert bool(((value >= limits[0]) & (value <= limits[1])).all())


@pytest.mark.parametrize("shape", [(3,), (4, 4)])
def test_tensors_may_have_values_that_float32_does_not_hold(shape):
    tensors = draw.tensors(shape, -2, 2, exact=False)
    value = smallest(tensors, lambda x: not is_float32(x))
    assert value.shape == shape
    assert bool((value.abs() <= 2).all())


@given(seed=draw.seeds(), shape=sides)
def test_the_same_seed_gives_the_same_values(seed, shape):
    for make in (draw.uniform, draw.normal):
        assert torch.equal(make(seed, shape), make(seed, shape))
        assert is_float32(make(seed, shape))


@given(seed=st.integers(0, 2**31 - 2))
def test_another_seed_gives_other_values(seed):
    for make in (draw.uniform, draw.normal):
        assert not torch.equal(make(seed, (8,)), make(seed + 1, (8,)))


@given(data=st.data(), dims=st.integers(0, 3), low=st.integers(0, 2), more=st.integers(0, 3))
def test_shapes_stay_within_their_limits(data, dims, low, more):
    shape = data.draw(draw.shapes(dims, low + more, low))
    assert len(shape) <= dims
    assert all(low <= side <= low + more for side in shape)


@given(seed=st.integers(0, 2**31), size=st.integers(1, 6))
def test_positive_definite_matrices_have_eigenvalues_within_their_limits(seed, size):
    matrix = draw.positive_definite(seed, size, 0.5, 3.0)
    assert torch.equal(matrix, matrix.T)
    values = torch.linalg.eigvalsh(matrix)
    assert float(values.min()) >= 0.5 - 1e-12
    assert float(values.max()) <= 3.0 + 1e-12


@pytest.mark.parametrize("shape", [(2,), (2, 3), (draw.SMALL,)])
def test_a_small_tensor_shrinks_to_zeros_except_where_it_matters(shape):
    tensor = smallest(draw.tensors(shape), lambda x: bool((x > 1).any()))
    assert int((tensor != 0).sum()) == 1
    assert float(tensor.max()) == 2.0


def test_a_small_tensor_shrinks_to_zero():
    assert torch.equal(smallest(draw.tensors((3,)), lambda x: True), torch.zeros(3).double())


def test_a_large_tensor_is_drawn_from_a_seed_and_is_not_constant():
    tensor = smallest(draw.tensors((draw.SMALL + 1,)), lambda x: True)
    assert len(tensor.unique()) == draw.SMALL + 1


@given(seed=st.integers(0, 2**31))
def test_normal_values_have_a_standard_normal_mean_square(seed):
    count = 4000
    square = float((draw.normal(seed, (count,)) ** 2).mean())
    # chi-square, 8 standard deviations
    assert abs(square - 1) <= 8 * math.sqrt(2 / count)

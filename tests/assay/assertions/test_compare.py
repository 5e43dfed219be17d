"""Comparisons: what they allow, and what their messages say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.assertions.compare import (
    ATOL,
    RTOL,
    expect,
    expect_close,
    finite,
    number,
    numbers,
    parts,
    tensor,
)
from assay.verdict import Wrong

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
reals = st.floats(-1e6, 1e6)


def random_tensor(seed: int, shape: tuple[int, ...]) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def message(got: torch.Tensor, expected: torch.Tensor, **keywords: object) -> str:
    with pytest.raises(Wrong) as caught:
        expect_close(got, expected, **keywords)
    return caught.value.evidence


@given(shape=shapes, seed=st.integers(0, 2**31), data=st.data())
def test_the_message_has_the_worst_index(shape, seed, data):
    expected = random_tensor(seed, shape)
    index = tuple(data.draw(st.integers(0, side - 1)) for side in shape)
    got = expected + 0.1 * random_tensor(seed + 1, shape).tanh()
    got[index] = expected[index] + 7.0
    assert f"at index {index}: off by 7" in message(got, expected)


@given(shape=shapes, seed=st.integers(0, 2**31), data=st.data())
def test_nan_is_worse_than_any_number(shape, seed, data):
    expected = random_tensor(seed, shape)
    index = tuple(data.draw(st.integers(0, side - 1)) for side in shape)
    got = expected + 1e9
    got[index] = math.nan
    assert message(got, expected).startswith(
        f"got nan, expected {float(expected[index]):.10g} at index"
    )
    assert f"at index {index}" in message(got, expected)


def test_the_worst_index_is_worst_relative_to_its_tolerance():
    expected = torch.tensor([1e6, 1.0], dtype=torch.float64)
    got = expected + torch.tensor([21.0, 20.0], dtype=torch.float64)
    assert "(1,)" in message(got, expected, rtol=1e-5, atol=0.0)


@given(expected=reals, part=st.floats(-0.99, 0.99))
def test_an_error_below_the_tolerance_passes(expected, part):
    allowed = ATOL + RTOL * abs(expected)
    expect_close(
        torch.tensor([expected + part * allowed]).double(), torch.tensor([expected]).double()
    )


@given(expected=reals, part=st.floats(1.01, 100), sign=st.sampled_from([-1, 1]))
def test_an_error_above_the_tolerance_is_rejected(expected, part, sign):
    expected = torch.tensor([expected], dtype=torch.float64)
    got = expected + sign * part * (ATOL + RTOL * expected.abs())
    assert "off by" in message(got, expected)


@given(seed=st.integers(0, 2**31), shape=shapes)
def test_a_correct_answer_rounded_to_float32_passes(seed, shape):
    expected = 1e3 * random_tensor(seed, shape)
    expect_close(tensor(expected.float(), shape, "f"), expected)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_an_infinite_answer_is_not_close_to_a_finite_one(value):
    got = torch.tensor([0.0, value], dtype=torch.float64)
    assert "at index (1,)" in message(got, torch.zeros(2))


def test_empty_tensors_are_close():
    expect_close(torch.empty(0, 3, dtype=torch.float64), torch.empty(0, 3))


def test_a_single_number_is_shown_without_an_index():
    text = message(torch.tensor(1.0).double(), torch.tensor(0.0), what="E[x]")
    assert text.startswith("E[x]: got 1, expected 0: off by 1, allowed 2e-05")


def test_the_verdict_has_the_hint():
    with pytest.raises(Wrong) as caught:
        expect_close(torch.ones(1).double(), torch.zeros(1), hint="Which sign?")
    assert caught.value.hint == "Which sign?"


def test_a_condition_that_fails_shows_its_evidence():
    expect(True, "seen")
    with pytest.raises(Wrong) as caught:
        expect(False, "seen", hint="next")
    assert (caught.value.evidence, caught.value.hint) == ("seen", "next")


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_python_number_keeps_its_value(value):
    assert number(value, "f") == value


@given(value=st.floats(-(2.0**99), 2.0**99, width=32))
def test_a_tensor_or_array_with_one_element_counts_as_a_number(value):
    containers = (
        torch.tensor(value),
        torch.tensor([[value]], dtype=torch.float64),
        np.array(value),
        np.array([value], dtype=np.float32),
    )
    assert [number(item, "f") for item in containers] == [value] * 4


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "1.0", [1.0], torch.ones(2), 1j])
def test_anything_but_a_finite_number_is_rejected_as_a_number(value):
    with pytest.raises(Wrong, match="f returned"):
        number(np.asarray(value) if isinstance(value, complex) else value, "f")


def test_numbers_may_be_a_list_a_tensor_or_an_array():
    expected = (1.0, 2.0, 3.0)
    for value in ([1, 2.0, np.array(3.0)], torch.tensor([1.0, 2.0, 3.0]), np.array([1, 2, 3])):
        assert numbers(value, 3, "f") == expected


@pytest.mark.parametrize("value", [[1.0, 2.0], torch.ones(4), 3.0, None, [1.0, 2.0, math.nan]])
def test_numbers_of_another_count_are_rejected(value):
    with pytest.raises(Wrong, match="f returned"):
        numbers(value, 3, "f")


def test_parts_of_another_count_are_rejected():
    assert parts([1, None], 2, "f") == [1, None]
    with pytest.raises(Wrong, match="a list of 2, expected a tuple of 3"):
        parts([1, None], 3, "f")


def test_the_message_has_the_returned_and_the_expected_shape():
    with pytest.raises(Wrong, match=r"shape \(2, 1\), expected \(2,\)"):
        tensor(torch.ones(2, 1), (2,), "f")


def test_complex_tensors_are_rejected_even_with_real_values():
    with pytest.raises(Wrong, match="complex"):
        tensor(torch.ones(2, dtype=torch.complex128), (2,), "f")


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.int64, torch.bool])
def test_every_real_dtype_is_converted_to_float64(dtype):
    value = tensor(torch.ones(2, dtype=dtype), (2,), "f")
    assert value.dtype == torch.float64
    assert value.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_message_has_the_index_of_a_value_that_is_not_finite(bad):
    value = torch.zeros(2, 3)
    value[1, 2] = bad
    with pytest.raises(Wrong, match=rf"{bad} at index \(1, 2\)"):
        finite(value, (2, 3), "f")


@given(seed=st.integers(0, 2**31), shape=shapes)
def test_a_nested_list_is_read_as_the_tensor_with_its_numbers(seed, shape):
    expected = random_tensor(seed, shape)
    rows = list(expected) if len(shape) > 1 else [float(each) for each in expected]
    for value in (expected.tolist(), rows, [each.numpy() for each in expected]):
        assert torch.equal(finite(value, shape, "f"), expected)


@pytest.mark.parametrize("shape", [(0,), (0, 2), (2, 0), (2, 0, 3)])
def test_an_empty_list_has_the_shape_that_is_expected(shape):
    assert tensor(torch.zeros(shape).tolist(), shape, "f").shape == shape


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([[1.0], [1.0, 2.0]], "items have different shapes"),
        ([1.0, "2"], "returned a str"),
        ([1.0, None], "returned None"),
        ([[1.0, 2.0]], r"shape \(1, 2\), expected \(2,\)"),
        ([1.0, np.array(1j)], "complex"),
        ([1.0, math.nan], "finite"),
    ],
)
def test_a_list_that_is_no_tensor_of_that_shape_is_rejected(value, says):
    with pytest.raises(Wrong, match=says):
        finite(value, (2,), "f")

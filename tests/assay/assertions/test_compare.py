"""Comparisons: what they allow, and what they tell where they refuse."""

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


def refusal(got: torch.Tensor, wanted: torch.Tensor, **keywords: object) -> str:
    with pytest.raises(Wrong) as caught:
        expect_close(got, wanted, **keywords)
    return caught.value.evidence


@given(shape=shapes, seed=st.integers(0, 2**31), data=st.data())
def test_the_worst_index_is_told(shape, seed, data):
    wanted = random_tensor(seed, shape)
    index = tuple(data.draw(st.integers(0, side - 1)) for side in shape)
    got = wanted + 0.1 * random_tensor(seed + 1, shape).tanh()
    got[index] = wanted[index] + 7.0
    told = refusal(got, wanted)
    assert f"at index {index}: off by 7" in told


@given(shape=shapes, seed=st.integers(0, 2**31), data=st.data())
def test_nan_is_worse_than_any_number(shape, seed, data):
    wanted = random_tensor(seed, shape)
    index = tuple(data.draw(st.integers(0, side - 1)) for side in shape)
    got = wanted + 1e9
    got[index] = math.nan
    assert refusal(got, wanted).startswith(
        f"got nan, expected {float(wanted[index]):.10g} at index"
    )
    assert f"at index {index}" in refusal(got, wanted)


def test_the_worst_index_is_relative_to_what_is_allowed_there():
    wanted = torch.tensor([1e6, 1.0], dtype=torch.float64)
    got = wanted + torch.tensor([21.0, 20.0], dtype=torch.float64)
    assert "(1,)" in refusal(got, wanted, rtol=1e-5, atol=0.0)


@given(wanted=reals, part=st.floats(-0.99, 0.99))
def test_what_is_off_by_less_than_allowed_passes(wanted, part):
    allowed = ATOL + RTOL * abs(wanted)
    expect_close(torch.tensor([wanted + part * allowed]).double(), torch.tensor([wanted]).double())


@given(wanted=reals, part=st.floats(1.01, 100), sign=st.sampled_from([-1, 1]))
def test_what_is_off_by_more_than_allowed_is_refused(wanted, part, sign):
    wanted = torch.tensor([wanted], dtype=torch.float64)
    got = wanted + sign * part * (ATOL + RTOL * wanted.abs())
    assert "off by" in refusal(got, wanted)


@given(seed=st.integers(0, 2**31), shape=shapes)
def test_a_right_answer_rounded_to_float32_passes(seed, shape):
    wanted = 1e3 * random_tensor(seed, shape)
    expect_close(tensor(wanted.float(), shape, "f"), wanted)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_an_infinite_answer_is_not_close_to_a_finite_one(value):
    got = torch.tensor([0.0, value], dtype=torch.float64)
    assert "at index (1,)" in refusal(got, torch.zeros(2))


def test_empty_tensors_are_close():
    expect_close(torch.empty(0, 3, dtype=torch.float64), torch.empty(0, 3))


def test_a_single_number_is_told_without_an_index():
    told = refusal(torch.tensor(1.0).double(), torch.tensor(0.0), what="E[x]")
    assert told.startswith("E[x]: got 1, expected 0: off by 1, allowed 2e-05")


def test_the_hint_reaches_the_verdict():
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
def test_a_number_may_come_in_any_container_with_one_element(value):
    containers = (
        torch.tensor(value),
        torch.tensor([[value]], dtype=torch.float64),
        np.array(value),
        np.array([value], dtype=np.float32),
    )
    assert [number(item, "f") for item in containers] == [value] * 4


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "1.0", [1.0], torch.ones(2), 1j])
def test_what_is_no_finite_number_is_no_number(value):
    with pytest.raises(Wrong, match="f returned"):
        number(np.asarray(value) if isinstance(value, complex) else value, "f")


def test_numbers_may_come_as_a_list_or_as_a_tensor():
    wanted = (1.0, 2.0, 3.0)
    for value in ([1, 2.0, np.array(3.0)], torch.tensor([1.0, 2.0, 3.0]), np.array([1, 2, 3])):
        assert numbers(value, 3, "f") == wanted


@pytest.mark.parametrize("value", [[1.0, 2.0], torch.ones(4), 3.0, None, [1.0, 2.0, math.nan]])
def test_another_count_of_numbers_is_refused(value):
    with pytest.raises(Wrong, match="f returned"):
        numbers(value, 3, "f")


def test_another_count_of_parts_is_refused():
    assert parts([1, None], 2, "f") == [1, None]
    with pytest.raises(Wrong, match="a list of 2, expected a tuple of 3"):
        parts([1, None], 3, "f")


def test_another_shape_is_told_with_the_one_that_is_wanted():
    with pytest.raises(Wrong, match=r"shape \(2, 1\), expected \(2,\)"):
        tensor(torch.ones(2, 1), (2,), "f")


def test_complex_answers_are_refused_also_where_they_are_real():
    with pytest.raises(Wrong, match="complex"):
        tensor(torch.ones(2, dtype=torch.complex128), (2,), "f")


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.int64, torch.bool])
def test_every_real_dtype_is_taken_as_float64(dtype):
    value = tensor(torch.ones(2, dtype=dtype), (2,), "f")
    assert value.dtype == torch.float64
    assert value.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_index_of_what_is_not_finite_is_told(bad):
    value = torch.zeros(2, 3)
    value[1, 2] = bad
    with pytest.raises(Wrong, match=rf"{bad} at index \(1, 2\)"):
        finite(value, (2, 3), "f")

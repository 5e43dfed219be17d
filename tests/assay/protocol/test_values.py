"""What a student returns arrives unchanged: dtype, shape and every bit."""

import collections
import enum
import fractions
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from assay.protocol import values, wire

DTYPES = sorted(wire.ITEM_SIZE)
shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)


def over_the_wire(value):
    """The value as the grader gets it, through a frame and back."""
    data = wire.frame(wire.Returned(1, values.pack(value)))
    return values.unpack(wire.from_child(data[wire.HEADER :]).value)


def same(got, wanted):
    """Equal in type, dtype, shape and bytes, so that NaN and -0.0 count too."""
    if isinstance(wanted, torch.Tensor):
        plain = wanted.detach().resolve_conj().resolve_neg().contiguous()
        return (
            type(got) is torch.Tensor
            and got.dtype == plain.dtype
            and got.shape == plain.shape
            and got.numpy().tobytes() == plain.numpy().tobytes()
        )
    return (
        type(got) is np.ndarray
        and got.dtype == wanted.dtype.newbyteorder("=")
        and got.shape == wanted.shape
        and got.tobytes() == wanted.astype(got.dtype).tobytes()
    )


@given(dtype=st.sampled_from(DTYPES), shape=shapes, data=st.data())
def test_every_dtype_and_shape_comes_back_as_it_was(dtype, shape, data):
    count = math.prod(shape) * wire.ITEM_SIZE[dtype]
    content = bytes(data.draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)))
    array = np.frombuffer(content, dtype).reshape(shape).copy()
    assert same(over_the_wire(array), array)
    tensor = torch.from_numpy(array)
    assert same(over_the_wire(tensor), tensor)


GRID = torch.arange(12, dtype=torch.float64).reshape(3, 4)
LEAF = torch.tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize(
    "tensor",
    [
        GRID.T,
        GRID[::2, 1:],
        GRID[:, 2],
        GRID.flip(0),
        torch.tensor(3).expand(5, 2),
        GRID[:0],
        torch.tensor(1.5),
        LEAF,
        LEAF**2,
        nn.Parameter(torch.eye(2)),
        torch.tensor([1 + 2j]).conj(),
        torch.tensor([1 + 2j]).conj().imag,
        torch.tensor([math.nan, -0.0, math.inf, -math.inf]),
        torch.tensor([5e-324], dtype=torch.float64),
        torch.tensor([[1j]]).mH,
    ],
    ids=lambda tensor: str(tensor).splitlines()[0],
)
def test_a_tensor_comes_back_whatever_its_layout_in_memory(tensor):
    assert same(over_the_wire(tensor), tensor)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3).T,
        np.arange(9)[::-2],
        np.asfortranarray(np.eye(3)),
        np.array(2.5),
        np.zeros((0, 3)),
        np.array([1.0, math.nan], dtype=">f8"),
        np.array([1, 2], dtype=">i4"),
        np.ma.masked_array([1.0, 2.0]),
        np.array([1 + 2j]).conj(),
    ],
    ids=repr,
)
def test_an_array_comes_back_whatever_its_layout_in_memory(array):
    assert same(over_the_wire(array), np.asarray(array))


def test_an_array_that_came_back_can_be_written_to():
    for value in (np.ones(3), torch.ones(3)):
        got = over_the_wire(value)
        got[0] = 7
        assert got[0] == 7


def test_bfloat16_comes_back_as_float32_of_equal_value():
    tensor = torch.tensor([1.0, -3.140625, math.inf], dtype=torch.bfloat16)
    assert same(over_the_wire(tensor), tensor.float())


@given(value=st.none() | st.booleans() | st.integers(1 - 2**63, 2**63 - 1) | st.text(max_size=50))
def test_a_plain_value_comes_back_equal_and_of_its_type(value):
    got = over_the_wire(value)
    assert got == value
    assert type(got) is type(value)


@given(value=st.floats())
def test_a_float_comes_back_bit_for_bit(value):
    got = over_the_wire(value)
    assert type(got) is float
    assert np.float64(got).tobytes() == np.float64(value).tobytes()


class Choice(enum.IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float16(2.5), 2.5),
        (np.int8(-3), -3),
        (np.uint64(7), 7),
        (np.bool_(True), True),
        (np.bool_(False), False),
        (Choice.ONE, 1),
        (fractions.Fraction(1, 4), 0.25),
        (np.str_("a"), "a"),
        (np.longdouble(0.5), 0.5),
    ],
    ids=repr,
)
def test_a_number_of_another_class_comes_back_as_the_plain_number(value, wanted):
    got = over_the_wire(value)
    assert got == wanted
    assert type(got) is type(wanted)


@pytest.mark.parametrize("value", [1 + 2j, np.complex64(1 + 2j), np.complex128(1 + 2j)], ids=repr)
def test_a_complex_number_comes_back_as_an_array_without_dimensions(value):
    got = over_the_wire(value)
    assert (got.shape, got.dtype, got.item()) == ((), np.dtype("complex128"), 1 + 2j)


Pair = collections.namedtuple("Pair", "x y")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ((1, 2.0), [1, 2.0]),
        (Pair(1, [2, ("a", None)]), [1, [2, ["a", None]]]),
        ([], []),
        (((),), [[]]),
        ([True, -1], [True, -1]),
        (torch.Size([2, 3]), [2, 3]),
        (np.linalg.slogdet(np.eye(2)), [1.0, 0.0]),
    ],
    ids=repr,
)
def test_tuples_of_any_class_come_back_as_lists(value, wanted):
    assert over_the_wire(value) == wanted


def test_what_torch_returns_in_a_named_tuple_comes_back_tensor_by_tensor():
    sign, log = over_the_wire(torch.linalg.slogdet(torch.eye(2)))
    assert (sign.item(), log.item()) == (1.0, 0.0)


@pytest.mark.parametrize("value", [2**63, -(2**64), 10**5000], ids=["2^63", "-2^64", "10^5000"])
def test_an_integer_of_more_than_64_bits_is_named_and_not_accepted(value):
    assert over_the_wire(value) == wire.Other("an integer of more than 64 bits")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {1: 2},
        object(),
        len,
        (n for n in [1]),
        range(3),
        np.array([None]),
        int,
        torch.eye(2).to_sparse(),
        torch.empty(2, device="meta"),
        np.datetime64("2026-01-01"),
        np.zeros(2, dtype="U3"),
        np.zeros(1, dtype=[("a", "f8")]),
        NotImplemented,
        ...,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_no_check_accepts_is_named_and_does_not_fail(value):
    got = over_the_wire(value)
    assert isinstance(got, wire.Other)
    assert got.what


def test_a_list_that_contains_itself_ends():
    endless = []
    endless.append(endless)
    assert "too deep" in repr(over_the_wire(endless))


def test_invalid_unicode_comes_back_as_valid_text():
    assert over_the_wire("a\ud800b") == "a?b"


def test_a_huge_view_of_one_number_is_named_and_not_unrolled():
    # 4 TiB once written out, 4 bytes in memory.
    for huge in (torch.zeros(1).expand(2**40), np.broadcast_to(np.float32(0), (2**40,))):
        assert isinstance(over_the_wire(huge), wire.Other)


def nested(depth, value=None):
    for _ in range(depth):
        value = wire.Items((value,))
    return value


def test_a_list_may_be_as_deep_and_as_long_as_a_list_that_is_packed():
    deep = []
    for _ in range(15):
        deep = [deep]
    assert values.unpack(values.pack(deep)) == deep
    assert values.unpack(nested(16)) == values.unpack(values.pack(values.unpack(nested(16))))
    assert len(values.unpack(wire.Items((None,) * 100_000))) == 100_000


@pytest.mark.parametrize(
    "value",
    [
        nested(17),
        nested(300),
        wire.Items((1, nested(16))),
        wire.Items((None,) * 100_001),
        wire.Given("generator", {"seed": 1}),
        wire.Items((wire.Given("generator", {}),)),
        nested(3, wire.Given("generator", {"of": nested(300)})),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_forged_value_that_no_child_packs_is_refused(value):
    with pytest.raises(wire.WireError):
        values.unpack(value)

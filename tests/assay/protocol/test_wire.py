"""Whatever a child sends is decoded to a message or raises one class of error."""

import msgspec
import pytest
from forged import ITEMS, RETURNED
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_oracle import framed, take

from assay.protocol import wire

atoms = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text()
shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)
tensors = st.builds(
    lambda kind, shape: kind("uint8", shape, bytes(_size(shape))),
    st.sampled_from([wire.Tensor, wire.Array]),
    shapes,
)
nodes = st.builds(wire.Node, st.text(), st.lists(st.integers(0, 9)).map(tuple), st.text())
trees = st.builds(wire.Expr, st.lists(nodes).map(tuple))
wire_values = st.recursive(
    atoms | tensors | trees | st.builds(wire.Other, st.text()),
    lambda inner: (
        st.builds(wire.Items, st.lists(inner, max_size=4).map(tuple))
        | st.builds(wire.Given, st.text(), st.dictionaries(st.text(), inner, max_size=3))
    ),
    max_leaves=8,
)
errors = st.builds(
    wire.Error, st.text(), st.text(), st.lists(st.text(), max_size=wire.LINES).map(tuple)
)
texts = st.lists(st.text(), max_size=3).map(tuple)
returned = st.builds(
    wire.Returned,
    st.integers(0, 2**64 - 1),
    wire_values,
    st.none() | errors,
    st.booleans(),
    texts,
    st.floats(),
    st.floats(),
    st.text(),
    texts,
)
skipped = st.builds(
    wire.Skipped,
    st.text(),
    st.integers(0, 2**63 - 1),
    st.text(),
    texts,
    st.booleans(),
    st.integers(0, 9),
)
answers = (
    returned
    | st.builds(wire.Answers, st.lists(returned, max_size=3).map(tuple))
    | st.builds(wire.Loaded, st.none() | errors, st.lists(skipped, max_size=3).map(tuple), texts)
    | st.builds(wire.Begun, st.text(), st.integers(0, 2**63 - 1))
)


def _size(shape):
    size = 1
    for n in shape:
        size *= n
    return size


def is_refused(body):
    """Whether a body is refused; any error except `WireError` fails the test."""
    return take(framed(body)) is None


@given(answer=answers)
def test_a_message_survives_its_frame(answer):
    data = wire.frame(answer)
    assert wire.body_size(data[: wire.HEADER]) == len(data) - wire.HEADER
    back = wire.from_child(data[wire.HEADER :])
    assert wire.frame(back) == data  # by bytes: a NaN is not equal to itself
    assert type(back) is type(answer)


@given(body=st.binary(max_size=300))
def test_random_bytes_raise_no_other_error(body):
    is_refused(body)
    is_refused(RETURNED + body)


@given(answer=answers, data=st.data())
@settings(max_examples=300)
def test_a_damaged_frame_raises_no_other_error(answer, data):
    body = bytearray(wire.frame(answer)[wire.HEADER :])
    place = data.draw(st.integers(0, len(body) - 1))
    damage = data.draw(st.binary(max_size=4))
    body[place : place + data.draw(st.integers(0, 4))] = damage
    is_refused(bytes(body))


@given(answer=answers, data=st.data())
def test_a_frame_that_is_cut_off_is_refused(answer, data):
    body = wire.frame(answer)[wire.HEADER :]
    assert is_refused(body[: data.draw(st.integers(0, len(body) - 1))])


@pytest.mark.parametrize("kind", [wire.Tensor, wire.Array])
@pytest.mark.parametrize(
    "shape",
    [(2**39, 0, 2**39), (2**26,) * 8 + (0,), (2**64 - 1,), (-1, -1), (-1, 0), (1,) * 33, (2,), ()],
    ids=lambda shape: f"{len(shape)} dimensions from {shape[:1]}",
)
def test_a_shape_that_its_bytes_do_not_fill_is_refused(kind, shape):
    try:
        body = wire.frame(wire.Returned(1, kind("float64", shape, b"")))[wire.HEADER :]
    except wire.WireError:
        pytest.fail("the frame itself was refused, so nothing was tested")
    assert is_refused(body)


@pytest.mark.parametrize("dtype", ["object", "float128", "O", "", "U10", "f8", "é" * 99])
def test_a_dtype_that_is_not_on_the_list_is_refused(dtype):
    value = wire.Array(dtype, (1,), bytes(8))
    assert is_refused(wire.frame(wire.Returned(1, value))[wire.HEADER :])


@pytest.mark.parametrize("depth", [500, 600, 1_000, 10_000, 1_000_000])
def test_nesting_that_no_answer_has_is_refused(depth):
    assert is_refused(RETURNED + (ITEMS + b"\x91") * depth + b"\x01")


@given(depth=st.integers(1, 1_000))
@settings(max_examples=30)
def test_nesting_raises_no_other_error_at_any_depth(depth):
    is_refused(RETURNED + (ITEMS + b"\x91") * depth + b"\x01")


@pytest.mark.parametrize(
    "value",
    [
        b"\xa3\xff\xfe\xfd",  # three bytes of text that are not UTF-8
        b"\xa3\xed\xa0\x80",  # a lone surrogate
        b"\xdb\xff\xff\xff\xff",  # text of 4 GiB
        b"\xc6\xff\xff\xff\xff",  # 4 GiB of bytes
        ITEMS + b"\xdd\xff\xff\xff\xff",  # 2**32 items
        ITEMS + b"\xdf\xff\xff\xff\xff",  # 2**32 pairs
        b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x00",  # one byte too many
        b"\xc1",  # what msgpack never uses
        b"\x90",  # an array without a tag
        b"\x82\xa4type\xa5items\xa5items\x90",  # a map
        b"\x91\xa7unknown",
        b"\x91\x91\xa5items",
        b"\x91\xa5items",  # a tag alone
    ],
    ids=lambda value: value.hex(),
)
def test_a_malformed_value_is_refused(value):
    assert is_refused(RETURNED + value)


@pytest.mark.parametrize("message", [wire.Call(1, "f", (), {}, 0), wire.Trusted("os", "_exit", ())])
def test_a_child_cannot_send_what_only_the_grader_may(message):
    assert is_refused(wire.frame(message)[wire.HEADER :])


@pytest.mark.parametrize("header", [b"", b"\x00", b"\x00" * 3, b"\x00" * 5, b"\xff" * 4])
def test_a_header_that_announces_too_much_or_is_malformed_is_refused(header):
    with pytest.raises(wire.WireError):
        wire.body_size(header)


def test_a_frame_may_be_as_large_as_its_limit_and_not_a_byte_larger():
    message = wire.Returned(1, "x" * 100)
    limit = len(msgspec.msgpack.encode(message))
    header = wire.frame(message, limit)[: wire.HEADER]
    assert wire.body_size(header, limit) == limit
    with pytest.raises(wire.WireError, match="at most"):
        wire.body_size(header, limit - 1)
    with pytest.raises(wire.WireError, match="at most"):
        wire.frame(wire.Returned(1, "x" * 101), limit)


def test_a_submission_of_the_largest_size_fits_an_order():
    # A submission may have 64 MiB of files, which must reach the child in one frame.
    load = wire.Load("m", (), False, {}, {"data": bytes(64 * 2**20)})
    assert wire.body_size(wire.frame(load, wire.ORDER_LIMIT)[: wire.HEADER], wire.ORDER_LIMIT)


LONG = {
    "a string": wire.Returned(1, "x" * (wire.STRING_LIMIT + 1)),
    "a reason": wire.Returned(1, wire.Other("x" * (wire.NOTE_LIMIT + 1))),
    "a dtype": wire.Returned(1, wire.Tensor("x" * (wire.NAME_LIMIT + 1), (), b"")),
    "a shape": wire.Returned(1, wire.Tensor("bool", (1,) * 33, b"x")),
    "a list": wire.Returned(1, wire.Items((None,) * (wire.ITEMS + 1))),
    "a tree": wire.Returned(1, wire.Expr((wire.Node("Add"),) * (wire.NODES + 1))),
    "a node's text": wire.Returned(1, wire.Expr((wire.Node("Symbol", (), "x" * 999),))),
    "an error's type": wire.Returned(1, None, wire.Error("x" * 999, "", ())),
    "an error's text": wire.Returned(1, None, wire.Error("E", "x" * (wire.TEXT_LIMIT + 1), ())),
    "an error's lines": wire.Returned(1, None, wire.Error("E", "", ("",) * (wire.LINES + 1))),
    "a name of what changed": wire.Returned(1, None, changed=("x" * 999,)),
    "names of what changed": wire.Returned(1, None, changed=("x",) * (wire.CHANGES + 1)),
    "what was printed": wire.Returned(1, None, printed="x" * (wire.PRINTED_LIMIT + 1)),
    "a note": wire.Loaded(None, ("x" * (wire.NOTE_LIMIT + 1),)),
    "notes": wire.Loaded(None, ("x",) * (wire.NOTES + 1)),
}


@pytest.mark.parametrize("message", LONG.values(), ids=LONG)
def test_every_text_and_every_list_of_a_frame_is_bounded(message):
    assert is_refused(wire.frame(message, wire.ORDER_LIMIT)[wire.HEADER :])


def unbounded(kind, seen):
    """The texts and lists of a message type that state no limit, by the field that holds them."""
    for field in msgspec.structs.fields(kind):
        for part in parts(msgspec.inspect.type_info(field.type)):
            if isinstance(part, msgspec.inspect.StrType) and part.max_length is None:
                yield f"{kind.__name__}.{field.name}"
            if isinstance(part, msgspec.inspect.VarTupleType) and part.max_length is None:
                yield f"{kind.__name__}.{field.name}"
            if isinstance(part, msgspec.inspect.StructType) and part.cls not in seen:
                seen.add(part.cls)
                yield from unbounded(part.cls, seen)


def parts(info):
    yield info
    for inner in [*getattr(info, "types", ()), getattr(info, "item_type", None)]:
        if inner is not None:
            yield from parts(inner)


def test_no_text_or_list_that_a_child_sends_lacks_a_limit():
    # `Given` is an object that only the grader may send; the frame bounds it.
    seen = {wire.Given}
    assert [
        f for kind in (wire.Loaded, wire.Returned, wire.Answers) for f in unbounded(kind, seen)
    ] == []


def test_many_notes_are_cut_to_their_number_in_linear_time():
    notes = wire.notes([f"cell {n} was skipped" for n in range(200_000)])
    assert len(notes) == wire.NOTES
    assert notes[-1] == f"and {200_000 - wire.NOTES + 1:,} more notes"
    assert wire.notes(["x" * 10**6]) == ("x" * wire.NOTE_LIMIT,)


def test_an_answer_may_be_as_large_as_the_call_can_need():
    assert wire.answer_limit(100) < 2**23 < wire.answer_limit(2**20) <= wire.ANSWER_LIMIT
    assert wire.answer_limit(wire.ORDER_LIMIT) == wire.ANSWER_LIMIT

"""What the grader does with a frame that a child sent, held to what is promised of it.

A frame is a message of a child's, whole, or one class of error; either costs a bounded time.
"""

from __future__ import annotations

import contextlib
import time

import numpy as np
import sympy
from torch import Tensor

from assay.protocol import expressions, values, wire

SMALL = 2**16  # bytes
SECONDS = 0.5  # of CPU, that a small frame may take
DEPTH = 16  # of lists in lists, which checks walk through


def framed(body: bytes) -> bytes:
    """The frame of a body."""
    return len(body).to_bytes(wire.HEADER, "big") + body


def take(data: bytes) -> wire.FromChild | None:
    """The message of a frame, its values taken on as the grader does; None where it is refused.

    Raises:
        AssertionError: it is neither, or took too long; what else is raised is a fault as well.
    """
    started = time.process_time()
    try:
        message, objects = opened(data)
    except wire.WireError:
        return None
    finally:
        assert len(data) > SMALL or time.process_time() - started < SECONDS
    assert isinstance(message, wire.FromChild)
    same = wire.frame(message)
    assert wire.frame(opened(same)[0]) == same  # by bytes: a NaN is not equal to itself
    for value, found in zip(within(message), objects, strict=True):
        hold(value, found)
    return message


def opened(data: bytes) -> tuple[wire.FromChild, list[object]]:
    """The message of a frame, and the objects of its values."""
    size = wire.body_size(data[: wire.HEADER])
    message = wire.from_child(data[wire.HEADER :][:size])
    return message, [values.unpack(value) for value in within(message)]


def within(message: wire.FromChild) -> list[wire.Value]:
    """The values of a message."""
    answers = getattr(message, "answers", [message])
    return [answer.value for answer in answers if isinstance(answer, wire.Returned)]


def hold(value: wire.Value, found: object, depth: int = 0) -> None:
    """Hold an object against the value that it was made of."""
    assert depth <= DEPTH
    assert not isinstance(value, wire.Given)
    if isinstance(value, wire.Items):
        assert type(found) is list
        for item, inner in zip(value.items, found, strict=True):
            hold(item, inner, depth + 1)
    elif isinstance(value, wire.Tensor | wire.Array):
        assert type(found) is (Tensor if isinstance(value, wire.Tensor) else np.ndarray)
        assert str(found.dtype).removeprefix("torch.") == value.dtype
        assert (tuple(found.shape), found.nbytes) == (value.shape, len(value.data))
    else:
        assert found is value
    if isinstance(value, wire.Expr):
        # What a limited process does with it.
        with contextlib.suppress(expressions.Refuse):
            assert isinstance(expressions.unpack(value), sympy.Basic)

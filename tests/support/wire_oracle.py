"""Decodes a frame as the grader does, and checks what the protocol promises.

A frame is a complete message of a child or raises one class of error, in bounded time.
"""

from __future__ import annotations

import contextlib
import time

import numpy as np
import sympy
from torch import Tensor

from assay.protocol import expressions, values, wire

SMALL = 2**16  # bytes
SECONDS = 0.5  # of CPU time for a small frame
DEPTH = 16  # of nested lists, through which checks iterate


def framed(body: bytes) -> bytes:
    """The frame of a body."""
    return len(body).to_bytes(wire.HEADER, "big") + body


def take(data: bytes) -> wire.FromChild | None:
    """The message of a frame, with its values rebuilt as the grader does; None if it is refused.

    Raises:
        AssertionError: it is neither, or took too long. Any other error is a fault too.
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
    for value, built in zip(within(message), objects, strict=True):
        check_against(value, built)
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


def check_against(value: wire.Value, built: object, depth: int = 0) -> None:
    """Check an object against the value that it was built from."""
    assert depth <= DEPTH
    assert not isinstance(value, wire.Given)
    if isinstance(value, wire.Items):
        assert type(built) is list
        for item, inner in zip(value.items, built, strict=True):
            check_against(item, inner, depth + 1)
    elif isinstance(value, wire.Tensor | wire.Array):
        assert type(built) is (Tensor if isinstance(value, wire.Tensor) else np.ndarray)
        assert str(built.dtype).removeprefix("torch.") == value.dtype
        assert (tuple(built.shape), built.nbytes) == (value.shape, len(value.data))
    else:
        assert built is value
    if isinstance(value, wire.Expr):
        # A process with limits does this with it.
        with contextlib.suppress(expressions.Refuse):
            assert isinstance(expressions.unpack(value), sympy.Basic)

"""Turns Python objects into wire values and back; only exact types, rebuilt from bytes."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from assay.foreign import line
from assay.protocol import wire

_TORCH = {name: getattr(torch, name) for name in wire.ITEM_SIZE}
_TORCH_NAME = {dtype: name for name, dtype in _TORCH.items()}
_PLAIN = (bool, float, wire.Tensor, wire.Array, wire.Items, wire.Expr, wire.Given, wire.Other)
_DEPTH = 16  # how deep the lists of an answer may be nested
_ITEMS = wire.ITEMS  # how many items all its lists may have together
_MAY_CROSS = (
    "What can: numbers, strings, None, tensors, arrays, lists and tuples of these, and objects of "
    "a kind that the homework makes (`kinds.add`)"
)


class _Room:
    """How many items the lists of one value may still have; a list can contain itself."""

    def __init__(self) -> None:
        self.left = _ITEMS

    def allows(self, items: int, depth: int) -> bool:
        """Whether a list with this many items may stand at this depth."""
        self.left -= items
        return depth < _DEPTH and self.left >= 0


def pack(value: object) -> wire.Value:
    """The wire value of an object; an object that has none becomes `Other`, which names it."""
    return _pack(value, 0, _Room())


def unpack(value: wire.Value) -> Any:
    """The object of a wire value: a tensor, an array, a number; an expression stays a wire value.

    Raises:
        WireError: a tensor whose dtype, shape and bytes do not agree, a list that is too deep or
            too long, or an object that only the grader may send.
    """
    try:
        return _unpack(value, 0, _Room())
    except (RuntimeError, ValueError, TypeError, OverflowError) as fault:
        raise wire.WireError(f"a value that cannot be read ({type(fault).__name__})") from None


class CannotCross(Exception):
    """An argument that cannot be sent to a student's process; its text says which and why."""


def pack_arguments(arguments: Mapping[str, object]) -> dict[str, wire.Value]:
    """The wire value of each argument of a call, by what a message calls it.

    Raises:
        CannotCross: one of them, or a part of it, has no wire value.
    """
    packed = {name: pack(value) for name, value in arguments.items()}
    for name, value in arguments.items():
        what = _stranger(value, packed[name])
        if what:
            raise CannotCross(f"{name} is {cannot_be_sent(what)}")
    return packed


def cannot_be_sent(what: str) -> str:
    """The end of a sentence about something that no student's process can be given."""
    return f"{what}, which cannot be sent to a student's process. {_MAY_CROSS}"


def stranger(value: object) -> str:
    """What of an argument cannot be sent to a student's process, in words; empty if all can."""
    return _stranger(value, pack(value))


def _stranger(value: object, packed: wire.Value) -> str:
    if isinstance(value, (set, frozenset)):  # it would arrive as a list
        return "a set"
    if isinstance(value, (list, tuple)) and isinstance(packed, wire.Items):
        return next(filter(None, map(_stranger, value, packed.items)), "")
    if isinstance(packed, wire.Expr):
        return "a sympy expression"
    if isinstance(packed, wire.Other):
        return line(packed.what) if " " in packed.what else _article(value)
    return ""


def _article(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _pack(value: object, depth: int, room: _Room) -> wire.Value:
    if value is None or type(value) in _PLAIN:
        return value  # type: ignore[return-value]
    if isinstance(value, torch.Tensor):
        return _pack_tensor(value)
    if isinstance(value, np.ndarray):
        return _pack_array(value)
    if isinstance(value, (str, numbers.Number, np.generic)):
        return _pack_atom(value)
    if isinstance(value, (list, tuple)):
        if not room.allows(len(value), depth):
            return wire.Other("a list that is too deep or too long")
        return wire.Items(tuple(_pack(item, depth + 1, room) for item in value))
    if isinstance(value, (set, frozenset)):
        return _pack(sorted(value, key=repr), depth, room)
    return _pack_expression(value)


def _unpack(value: wire.Value, depth: int, room: _Room) -> object:
    if isinstance(value, wire.Tensor):
        wire.check_extent(value)
        if not value.data:
            return torch.empty(value.shape, dtype=_TORCH[value.dtype])
        flat = torch.frombuffer(bytearray(value.data), dtype=_TORCH[value.dtype])
        return flat.reshape(value.shape)
    if isinstance(value, wire.Array):
        wire.check_extent(value)
        return np.frombuffer(value.data, dtype=value.dtype).reshape(value.shape).copy()
    if isinstance(value, wire.Items):
        if not room.allows(len(value.items), depth):
            raise wire.WireError("a list that is too deep or too long")
        return [_unpack(item, depth + 1, room) for item in value.items]
    if isinstance(value, wire.Given):
        raise wire.WireError("an object that only the grader may send")
    return value


def _pack_tensor(value: torch.Tensor) -> wire.Value:
    plain = value.detach()
    if plain.dtype == torch.bfloat16:
        plain = plain.float()
    name = _TORCH_NAME.get(plain.dtype)
    if name is None or plain.layout != torch.strided or plain.device.type == "meta":
        return wire.Other(f"a tensor of dtype {plain.dtype}, layout {plain.layout}")
    if plain.numel() * plain.element_size() > wire.ANSWER_LIMIT:
        return wire.Other(f"a tensor of {plain.numel()} elements, which is too large")
    array = plain.numpy(force=True)
    return wire.Tensor(name, tuple(array.shape), array.tobytes())


def _pack_array(value: NDArray[np.generic]) -> wire.Value:
    name = value.dtype.name
    if name not in wire.ITEM_SIZE:
        return wire.Other(f"an array of dtype {name}")
    if value.nbytes > wire.ANSWER_LIMIT:
        return wire.Other(f"an array of {value.size} elements, which is too large")
    plain = value.astype(value.dtype.newbyteorder("="), copy=False)
    return wire.Array(name, tuple(plain.shape), plain.tobytes())


def _pack_atom(value: object) -> wire.Value:
    if isinstance(value, str):
        return wire.valid(str(value), wire.STRING_LIMIT)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, numbers.Integral):
        number = int(value)
        return number if abs(number) < 2**63 else wire.Other("an integer of more than 64 bits")
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Rational):
        return float(value)
    if isinstance(value, numbers.Complex) and not isinstance(value, numbers.Real):
        return wire.Array("complex128", (), np.complex128(complex(value)).tobytes())
    return _pack_expression(value)


def _pack_expression(value: object) -> wire.Value:
    if type(value).__module__.partition(".")[0] == "sympy" or hasattr(value, "free_symbols"):
        from assay.protocol import expressions

        return expressions.pack(value)
    try:
        number = float(value)  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a student's own class may raise anything here
        return _named(value)
    return number if math.isfinite(number) else _named(value)


def _named(value: object) -> wire.Other:
    return wire.Other(wire.valid(type(value).__name__, wire.NAME_LIMIT))

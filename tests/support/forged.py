"""Frames that a child might forge: real ones, and damaged ones."""

from __future__ import annotations

import math
from random import Random

import msgspec
import numpy as np
import sympy
from wire_oracle import framed

from assay.protocol import expressions, values, wire

z, phi = sympy.Symbol("z", real=True), sympy.Symbol("phi", real=True)
q = sympy.Function("q", positive=True)(z, phi)

EXPRESSIONS = [
    sympy.Derivative(sympy.Integral(sympy.log(q) * q, (z, -sympy.oo, sympy.oo)), (phi, 2)),
    sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi) * sympy.Float("0.1"),
    sympy.E * sympy.I * abs(phi) * sympy.sin(z) * sympy.cos(z) * sympy.tanh(z) * sympy.sign(phi),
    sympy.Eq(sympy.Subs(sympy.Derivative(q, phi), phi, 1), sympy.Rational(-2, 3)),
    sympy.Tuple(sympy.Limit(1 / z, z, 0), sympy.zoo, sympy.nan),
]
PLAIN = [
    None,
    True,
    False,
    0,
    -1,
    127,
    128,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    0.0,
    -0.0,
    5e-324,
    math.inf,
    math.nan,
    "",
    "é\U0001f600",
    "a" * 300,
]
SHAPES = [(), (1,), (2, 3), (0,), (0, 2**24), (1,) * 32]
TENSORS = [
    kind(dtype, shape, bytes(range(1, size * math.prod(shape) + 1)))
    for kind in (wire.Tensor, wire.Array)
    for dtype, size in wire.ITEM_SIZE.items()
    for shape in (SHAPES if dtype in ("bool", "float32") else SHAPES[2:3])
]
VALUES = [
    *PLAIN,
    *TENSORS,
    *map(expressions.pack, EXPRESSIONS),
    values.pack([1, (2.5, None), [[np.eye(2), "a"]], [[[[]]]]]),
    wire.Items(tuple(PLAIN)),
    wire.Items(tuple(TENSORS[:9])),
    wire.Other("a dict"),
    wire.Expr(()),
    wire.Given("generator", {"seed": 1, "of": wire.Items((2,))}),
]
ERROR = wire.Error("ValueError", "no é", ("hw.py, line 3: raise ValueError", ""))
MESSAGES: list[wire.FromChild] = [
    *(wire.Returned(1, value) for value in VALUES),
    wire.Returned(2**40, None, ERROR, True, ("0", "low"), 0.25, 1e-3, "printed\n"),
    wire.Answers(()),
    wire.Answers(tuple(wire.Returned(n, value) for n, value in enumerate(VALUES[::5]))),
    wire.Loaded(None, ()),
    wire.Begun("hw.py", 3),
    wire.Loaded(ERROR, (wire.Skipped("cell 1", 2, "ValueError", ("x",), True),), ("a note",)),
]
BODIES = [wire.frame(message)[wire.HEADER :] for message in MESSAGES]

# What follows is a value, or an array of values, or a map of them.
RETURNED = b"\x83\xa4type\xa8returned\xa6number\x01\xa5value"
ITEMS = b"\x92\xa5items"
GIVEN = b"\x93\xa5given\xa0"

# The codes of msgpack whose content has a fixed size; a length before it; a count of elements.
FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
FIXED |= {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
LENGTH = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4}
COUNT = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
EXTREMES = [0, 1, 2, 17, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**24, 2**31 - 1, 2**31, 2**32 - 1]


def number(n: int, size: int) -> bytes:
    """An unsigned integer of `size` bytes; higher bytes are cut off."""
    return (n % 256**size).to_bytes(size, "big")


def array(element: bytes, n: int) -> bytes:
    """An array of n equal elements."""
    return b"\xdd" + number(n, 4) + element * n


def text(size: int) -> bytes:
    """A text of `size` digits."""
    return b"\xdb" + number(size, 4) + b"1" * size


ANNOUNCED = [
    bytes([code]) + number(n, size) for code, size in (LENGTH | COUNT).items() for n in EXTREMES
]
NESTS = {
    "array": b"\x91",
    "map": b"\x81\xa0",
    "items": ITEMS + b"\x91",
    "given": GIVEN + b"\x81\xa0",
    "mapped items": b"\x82\xa4type\xa5items\xa5items\x91",
}
NODES = [b"\x93\xa3Add\x92\x00\x00\xa0", b"\x91\xa3Mul", b"\x90", b"\x93\xa3Pow\x92\xff\x00\xa0"]
ODD = [
    b"\xa3\xff\xfe\xfd",
    b"\xa3\xed\xa0\x80",
    b"\xa2\xc0\x80",  # not UTF-8
    b"\xc1",  # what msgpack never uses
    b"\xcb\x7f\xf0" + bytes(5) + b"\x01",
    b"\xcb\xff\xf8\xde\xad\xbe\xef\0\0",  # NaN
    b"\xca\x7f\x80\0\x01",
    b"\xca\xff\xff\xff\xff",
    b"\xcf" + b"\xff" * 8,
    b"\xd3\x80" + bytes(7),
    b"\xcb\x7f\xef" + b"\xff" * 6,
    b"\xd4\x01a",
    b"\xd8\x05" + bytes(16),
    b"\xc7\x03\x07abc",  # extensions
    b"\xd6\xff" + bytes(4),
    b"\xd7\xff" + b"\xff" * 8,
    b"\xc7\x0c\xff" + b"\xff" * 12,  # timestamps
    *(nest * depth + b"\xc0" for nest in NESTS.values() for depth in (3, 15, 16, 17, 300, 600)),
    *(array(node, n) for n in (1, 9) for node in NODES),
    *map(framed, BODIES[:3]),
]
STRANGE = [
    [2**39, 0, 2**39],
    [2**26] * 8 + [0],
    [2**64 - 1] * 32,
    [-1, -1],
    [-1, 0],
    [1] * 33,
    [1] * 999,
    "object",
    "O",
    "<f8",
    "f8,f8",
    "bfloat16",
    "float128",
    "M8[ns]",
    "bool_",
    "a" * 999,
    "Rational",
    "1/0",
    "9" * 61,
    "1e999",
    "nan",
    "z|real,positive,integer",
    "|",
    "returned",
    {"type": "items", "items": []},
    {},
]
HOSTILE = [*ANNOUNCED, *ODD, *map(msgspec.msgpack.encode, STRANGE)]


def elements(body: bytes) -> list[tuple[int, int]]:
    """The start and end of each element of a body, nested elements included."""
    places: list[tuple[int, int]] = []

    def read(start: int) -> int:
        code, end, inside = body[start], start + 1, 0
        if code in FIXED:
            end += FIXED[code]
        elif code in LENGTH:
            end += LENGTH[code] + int.from_bytes(body[end : end + LENGTH[code]], "big")
        elif code in COUNT:
            inside = int.from_bytes(body[end : end + COUNT[code]], "big") * (1 + (code >= 0xDE))
            end += COUNT[code]
        elif 0xA0 <= code < 0xC0:
            end += code & 0x1F
        elif 0x80 <= code < 0xA0:
            inside = (code & 0x0F) * (1 + (code < 0x90))
        for _ in range(inside):
            end = read(end)
        places.append((start, end))
        return end

    assert read(0) == len(body)
    return places


PLACES = [elements(body) for body in BODIES]


def mutant(dice: Random) -> bytes:
    """A real frame, damaged in up to five places; 1 in 16 is only noise."""
    if dice.random() < 1 / 16:
        return framed(dice.choice([b"", RETURNED]) + dice.randbytes(dice.randrange(64)))
    which = dice.randrange(len(BODIES))
    body = BODIES[which]
    if dice.random() < 0.75:
        start, end = dice.choice(PLACES[which])
        body = body[:start] + _in_place(body[start:end], dice) + body[end:]
    for _ in range(dice.choice([0, 0, 0, 1, 1, 2, 4])):
        body = damaged(body, dice)
    return _headed(body, dice)


def damaged(body: bytes, dice: Random) -> bytes:
    """A body with some of its bytes changed, at a random place."""
    start = dice.randint(0, len(body))
    end = min(start + dice.choice([1, 1, 2, 5, 30]), len(body))
    part = body[start:end]
    other = dice.choice(BODIES)
    match dice.randrange(7):
        case 0:
            part = bytes([part[0] ^ 1 << dice.randrange(8)]) + part[1:] if part else b""
        case 1:
            part = dice.randbytes(dice.randint(1, 8)) + part
        case 2:
            part = b""
        case 3:
            part *= 2
        case 4:
            part = dice.choice(ANNOUNCED)
        case 5:
            part, end = other[dice.randint(0, len(other)) :], len(body)
        case _:
            end = len(body)
    return body[:start] + part + body[end:]


def _in_place(element: bytes, dice: Random) -> bytes:
    """A replacement of an element: nothing, copies of it, another element, a hostile one."""
    match dice.randrange(8):
        case 0:
            return element * dice.choice([0, 2, 9])
        case 1 | 2 | 3:
            which = dice.randrange(len(BODIES))
            start, end = dice.choice(PLACES[which])
            return BODIES[which][start:end]
        case _:
            return dice.choice(HOSTILE)


def _headed(body: bytes, dice: Random) -> bytes:
    """The frame of a body; 1 in 32 has an incorrect header."""
    if dice.random() < 31 / 32:
        return framed(body)
    return (
        dice.choice([b"", b"\0", number(len(body) + 1, 3), *(number(n, 4) for n in EXTREMES)])
        + body
    )

"""Frames that a child might forge: each is a message or one class of error, at little cost.

ASSAY_FUZZ_SEED and ASSAY_FUZZ_FRAMES set the seed and the number of frames.
"""

from __future__ import annotations

import contextlib
import os
import time
import tracemalloc
from random import Random

import forged
import pytest
from forged import ANNOUNCED, GIVEN, ITEMS, NESTS, RETURNED, array, number, text
from wire_oracle import framed, opened, take

from assay.protocol import wire

SEED = os.environ.get("ASSAY_FUZZ_SEED", "0")
FRAMES = int(os.environ.get("ASSAY_FUZZ_FRAMES", "400000"))  # in all shards
SHARDS = 4
# Bytes of memory for each byte of a frame, and for any frame; a node of two bytes needs 73.
GROWTH, LEAST = 48, 2**17

TENSOR = b"\x94\xa6tensor\xa5uint8\x91\x00\xc4\x00"
HUGE = b"\xcf" + b"\xff" * 8
EXPR, NODE = b"\x92\xa4expr", b"\x91\xa0"
ERROR = b"\x82\xa4type\xa6loaded\xa5error\x83\xa4type\xa0\xa4text\xa0\xa5lines"
ANSWERS = b"\x82\xa4type\xa7answers\xa7answers"
OPEN = {
    "nothing": b"",
    "a message": b"\x82",
    "its tag": b"\x82\xa4type",
    "a value": RETURNED,
    "items": RETURNED + ITEMS,
    "parameters": RETURNED + GIVEN,
    "a kind": RETURNED + GIVEN[:-1],
    "a dtype": RETURNED + TENSOR[:8],
    "a shape": RETURNED + TENSOR[:14],
    "bytes": RETURNED + TENSOR[:16],
    "nodes": RETURNED + EXPR,
    "a node": RETURNED + EXPR + b"\x91",
    "arguments": RETURNED + EXPR + b"\x91\x93\xa3Add",
    "lines": ERROR,
    "answers": ANSWERS,
    "an unknown key": b"\x82\xa7unknown",
    "a value that is skipped": b"\x82\xa1a\x82\xa1b",
}
BOMBS = {
    **{f"{name} in {name}": RETURNED + nest * 10_000 + b"\xc0" for name, nest in NESTS.items()},
    "arrays alone": b"\x91" * 10_000,
    "arrays to be skipped": b"\x81\xa1a" + b"\x91" * 10_000,
    "a million sides": RETURNED + TENSOR[:14] + array(b"\x01", 10**6) + b"\xc4\x00",
    "a million huge sides": RETURNED + TENSOR[:14] + array(HUGE, 10**6) + b"\xc4\x00",
    "a dtype of 10 MB": RETURNED + TENSOR[:8] + text(10**7) + b"\x90\xc4\x00",
    "a tag of 10 MB": RETURNED + b"\x92" + text(10**7) + b"\xc0",
    "a key of 10 MB": b"\x81" + text(10**7) + b"\xc0",
    "nodes of two bytes": RETURNED + EXPR + array(NODE, 10**5),
    "a node of a million arguments": RETURNED + EXPR + b"\x91\x92\xa3Add" + array(b"\x00", 10**6),
    "a number of 10 MB": RETURNED + EXPR + b"\x91\x93\xa8Rational\x90" + text(10**7),
    "a decimal of 10 MB": RETURNED + EXPR + b"\x91\x93\xa5Float\x90" + text(10**7),
    "a million items": RETURNED + ITEMS + array(b"\xc0", 10**6),
    "lists of lists": RETURNED + ITEMS + array(ITEMS + array(b"\xcd\x01\x00", 100), 1_000),
    "texts of two bytes": RETURNED + ITEMS + array(b"\xa2\xc3\xa9", 10**5),
    "empty tensors": RETURNED + ITEMS + array(TENSOR, 10**4),
    "answers": ANSWERS + array(RETURNED + b"\xc0", 10**4),
    "lines of an error": ERROR + array(b"\xa1a", 10**5),
    "parameters": RETURNED
    + GIVEN
    + b"\xdf"
    + number(10**5, 4)
    + b"".join(b"\xa4" + number(n, 4).hex()[4:].encode() + b"\xc0" for n in range(10**5)),
    "one key again and again": b"\xdf" + number(10**5, 4) + b"\xa4type\xa6loaded" * 10**5,
    "extensions": b"\xdf" + number(10**5, 4) + b"\xa1a\xd4\x05a" * 10**5,
}


def peak(body: bytes) -> int:
    """The most memory that opening a frame needs [bytes], without that of torch."""
    data = framed(body)
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    with contextlib.suppress(wire.WireError):
        opened(data)
    return tracemalloc.get_traced_memory()[1] - before


@pytest.fixture
def traced():
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("message", forged.MESSAGES, ids=lambda message: repr(message)[:60])
def test_a_real_frame_is_accepted_unless_it_contains_what_only_the_grader_may_send(message):
    refused = take(wire.frame(message)) is None
    assert refused == ("Given" in repr(message))


@pytest.mark.parametrize(
    "shard", [0, *(pytest.param(shard, marks=pytest.mark.slow) for shard in range(1, SHARDS))]
)
def test_a_forged_frame_is_a_message_or_one_error(shard):
    dice, accepted = Random(f"{SEED}/{shard}"), 0
    for _ in range(FRAMES // SHARDS):
        data = forged.mutant(dice)
        try:
            accepted += take(data) is not None
        except Exception as fault:
            pytest.fail(f"{fault!r} from {data.hex()}")
    assert FRAMES / 20 < SHARDS * accepted < FRAMES / 2  # both occurred


@pytest.mark.parametrize("place", OPEN)
def test_a_length_that_is_only_announced_needs_no_memory(traced, place):
    for header in ANNOUNCED:
        body = OPEN[place] + header
        assert peak(body) < LEAST, header.hex()


@pytest.mark.parametrize("name", BOMBS)
def test_a_frame_needs_memory_in_proportion_to_its_bytes(traced, name):
    assert peak(BOMBS[name]) < GROWTH * len(BOMBS[name]) + LEAST


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_message_or_one_error(name):
    started = time.process_time()
    take(framed(BOMBS[name]))
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("before", "after"),
    [(ITEMS + b"\x91", b""), (b"\x82\xa5items\x91", b"\xa4type\xa5items")],
    ids=["first", "last"],
)
def test_nesting_costs_no_time_wherever_the_tag_stands(before, after):
    def seconds(depth):
        body = RETURNED + before * depth + ITEMS + array(b"\x01", 10**6) + after * depth
        started = time.process_time()
        take(framed(body))
        return time.process_time() - started

    # A decoder that goes back to the start of each level takes 30 times as long.
    assert seconds(400) < 4 * seconds(0) + 0.1


def test_a_body_that_does_not_fit_into_memory_is_refused(monkeypatch):
    class Full:
        def decode(self, body):
            raise MemoryError

    monkeypatch.setattr(wire, "_from_child", Full())
    with pytest.raises(wire.WireError):
        wire.from_child(RETURNED + b"\x01")

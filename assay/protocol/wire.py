"""The messages between the grader and a child: exact types, and a decoder that no bytes can crash.

A frame is a length (4 bytes, big-endian) and a msgpack body. A child cannot send a pickle, a path
or code. Bytes that are not a valid message raise one error, `WireError`. The types below bound the
number and the length of every text and list in a frame, and `answer_limit` bounds the frame: no
other module has to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from assay.foreign import Foreign, quoted, raw

# The largest frames [bytes]. A decoded answer can need 40 times as much memory.
ANSWER_LIMIT = 16 * 2**20
ORDER_LIMIT = 96 * 2**20  # an order carries the submission's files
HEADER = 4  # bytes

# The longest texts [characters] and the most items.
NAME_LIMIT, NOTE_LIMIT, TEXT_LIMIT, STRING_LIMIT = 120, 300, 2_000, 10_000
PRINTED_LIMIT = 2_000  # of the output of one call
PRINTED_TOTAL = 2**18  # of the output of the calls of one message
NODES, ITEMS, NOTES, LINES, CHANGES, NAMES = 20_000, 100_000, 100, 4, 64, 40

Word = Annotated[str, Meta(max_length=NAME_LIMIT)]  # of the protocol: a dtype, a kind of node
Label = Annotated[str, Meta(max_length=NOTE_LIMIT)]  # of a node, which is data and is never shown
Name = Annotated[Foreign, Meta(max_length=NAME_LIMIT)]  # of a class or an argument
Note = Annotated[Foreign, Meta(max_length=NOTE_LIMIT)]
Text = Annotated[Foreign, Meta(max_length=TEXT_LIMIT)]
Place = tuple[Foreign, int, int]  # of a statement: its cell, line and column
Shape = Annotated[tuple[int, ...], Meta(max_length=32)]

# The dtypes that NumPy and torch share; bfloat16, which only torch has, is sent as float32.
ITEM_SIZE = {
    "bool": 1,
    "uint8": 1,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "float16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}

KIT_FAULT = "fault of the kit"  # the type of an error: the arguments could not be built

T = TypeVar("T")


class WireError(Exception):
    """A frame that the protocol does not allow."""


# Each kind of `Value` is encoded as an array that starts with its tag. In a map the tag could come
# last, and a decoder that looks for it would read the nested values again at every level.
class Tensor(msgspec.Struct, frozen=True, array_like=True, tag="tensor"):
    """A torch tensor: dtype by name, shape, and its elements in C order."""

    dtype: Word
    shape: Shape
    data: bytes


class Array(msgspec.Struct, frozen=True, array_like=True, tag="array"):
    """A NumPy array, like a `Tensor`."""

    dtype: Word
    shape: Shape
    data: bytes


class Items(msgspec.Struct, frozen=True, array_like=True, tag="items"):
    """A list or a tuple."""

    items: Annotated[tuple[Value, ...], Meta(max_length=ITEMS)]


class Node(msgspec.Struct, frozen=True, array_like=True):
    """A node of an expression: a class by name, with earlier nodes or an atom's text."""

    kind: Word
    arguments: Annotated[tuple[int, ...], Meta(max_length=NODES)] = ()
    text: Label = ""


class Expr(msgspec.Struct, frozen=True, array_like=True, tag="expr"):
    """A sympy expression as a list of nodes; arguments come before their uses, the root last."""

    nodes: Annotated[tuple[Node, ...], Meta(max_length=NODES)]


class Given(msgspec.Struct, frozen=True, array_like=True, tag="given"):
    """An object that the child builds from data: see `assay.protocol.objects`."""

    kind: str
    parameters: dict[str, Value]


class Other(msgspec.Struct, frozen=True, array_like=True, tag="other"):
    """A value that no check accepts: its type's name, or the reason."""

    what: Note


String = Annotated[str, Meta(max_length=STRING_LIMIT)]
Value = None | bool | int | float | String | Tensor | Array | Items | Expr | Given | Other


class Cell(msgspec.Struct, frozen=True):
    """A piece of source: a file, or one cell of a notebook."""

    name: str
    source: str


class Skipped(msgspec.Struct, frozen=True):
    """A statement that was not run, or not to its end: where it begins, why, and what it binds.

    `slow` says that it ran into a limit: loaded again, it is not even tried.
    """

    cell: Note
    line: int
    why: Note
    names: Annotated[tuple[Name, ...], Meta(max_length=NAMES)] = ()
    slow: bool = False
    column: int = 0

    @property
    def place(self) -> Place:
        """Where the statement begins."""
        return self.cell, self.line, self.column

    @property
    def said(self) -> Foreign:
        """What happened, in a sentence."""
        return quoted("{}, line {} was skipped: {}", self.cell, str(self.line), self.why)


class Asked(msgspec.Struct, frozen=True):
    """A function that will be called: its name, and its positional parameters in the template.

    `needed` of them have no default. What binds the name before the statement on these lines of
    this cell does not count; without a cell, everything counts.
    """

    name: str
    parameters: tuple[str, ...]
    needed: int
    cell: str = ""
    lines: tuple[int, int] = (0, 0)


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Import these cells, in order, as the module `name`; statements that fail are skipped.

    `interactive` gives them what IPython provides. `modules` holds the other modules of the folder
    by name, `data` its other files by path. `passed` holds the statements not to be tried again,
    and the file may take `seconds` before its statements get little time each. The student's own
    functions in `asked` are kept where something else takes their names later.

    `files` has the path of each module whose name does not tell it. `is_in_package` says that
    `name` is a full name: the packages around the module are imported first, as Python does.
    `disguised` makes the process look unlike others (`assay.sandbox.disguise`).
    `packages` are those that may be imported; None: all that are installed.
    """

    name: str
    cells: tuple[Cell, ...]
    interactive: bool
    modules: dict[str, str]
    data: dict[str, bytes]
    passed: tuple[Skipped, ...] = ()
    seconds: float = 6.0
    asked: tuple[Asked, ...] = ()
    files: dict[str, str] = {}
    is_in_package: bool = False
    disguised: bool = False
    packages: tuple[str, ...] | None = None


class Call(msgspec.Struct, frozen=True):
    """Call one function; every random generator is seeded with `seed` first.

    The function is called `times` times on the same objects, and the last answer counts: state that
    it keeps, or leaves on its arguments, shows in the second call. Unless `goes_on` is set, the
    generators are seeded before each of these calls. With `then`, other arguments, one more call
    follows, and the answer counts as it is after that: a later call must not overwrite it.
    """

    number: int
    function: str
    arguments: tuple[Value, ...]
    keywords: dict[str, Value]
    seed: int
    times: int = 1
    goes_on: bool = False
    then: tuple[Value, ...] = ()


class Calls(msgspec.Struct, frozen=True, tag="calls"):
    """Calls that do not depend on one another's answers, in one frame."""

    calls: tuple[Call, ...]


class Trusted(msgspec.Struct, frozen=True, tag="trusted"):
    """Run a function of the homework's `graders/` in a child that imports no student code.

    `sources` holds the text of each module that children cannot read, by its full name.
    """

    module: str
    function: str
    arguments: tuple[Value, ...]
    sources: dict[str, str] = {}


class Parse(msgspec.Struct, frozen=True, tag="parse"):
    """Read a TOML file in a child that imports no student code.

    The answer is a list with a row for each value: the keys that lead to it, then the value.
    """

    content: bytes


class Error(msgspec.Struct, frozen=True):
    """An exception in student code: its type, its text and the student's lines that led to it."""

    type: Name
    text: Text
    lines: Annotated[tuple[Text, ...], Meta(max_length=LINES)]


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """While a `Load` runs: the statement that begins now."""

    cell: Note
    line: int
    column: int = 0

    @property
    def place(self) -> Place:
        """Where the statement begins."""
        return self.cell, self.line, self.column


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """The result of a `Load`: the error if no statement ran, what was skipped, and other notes."""

    error: Error | None
    skipped: Annotated[tuple[Skipped, ...], Meta(max_length=NOTES)]
    notes: Annotated[tuple[Note, ...], Meta(max_length=NOTES)] = ()


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """The result of a `Call`.

    Exactly one of `value`, `error`, `missing` counts. `changed` names the arguments that the call
    modified in place; `seconds` and `cpu` are the child's own clocks; `printed` is the end of its
    output, and `notes` are new ones on how the code ran here.
    """

    number: int
    value: Value
    error: Error | None = None
    missing: bool = False
    changed: Annotated[tuple[Name, ...], Meta(max_length=CHANGES)] = ()
    seconds: float = 0.0
    cpu: float = 0.0
    printed: Annotated[Foreign, Meta(max_length=PRINTED_LIMIT)] = ""
    notes: Annotated[tuple[Note, ...], Meta(max_length=NOTES)] = ()


class Answers(msgspec.Struct, frozen=True, tag="answers"):
    """The results of `Calls`, in their order."""

    answers: Annotated[tuple[Returned, ...], Meta(max_length=ITEMS)]


ToChild = Load | Calls | Trusted | Parse
FromChild = Begun | Loaded | Answers | Returned

_encoder = msgspec.msgpack.Encoder()
_to_child: msgspec.msgpack.Decoder[ToChild] = msgspec.msgpack.Decoder(ToChild)
_from_child: msgspec.msgpack.Decoder[FromChild] = msgspec.msgpack.Decoder(FromChild)


def answer_limit(order: int) -> int:
    """The largest frame that answers an order of that many bytes.

    What a function returns is about as large as its arguments; no check needs 16 times as much.
    """
    return min(ANSWER_LIMIT, 2**22 + 16 * order)


def valid(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text, cut to a bounded length and made valid UTF-8."""
    return text[:limit].encode("utf-8", "replace").decode()


def notes(lines: Sequence[Foreign]) -> tuple[Foreign, ...]:
    """Different notes, each cut to its length, the last ones as a number if they are too many.

    >>> notes(["a", "b", "a"])
    ('a', 'b')
    """
    different = list(dict.fromkeys(raw(line)[:NOTE_LIMIT] for line in lines))
    more = len(different) - NOTES
    if more <= 0:
        return tuple(different)
    return (*different[: NOTES - 1], f"and {more + 1:,} more notes")


def frame(message: ToChild | FromChild, limit: int = ANSWER_LIMIT) -> bytes:
    """The frame of one message, with a body of at most `limit` bytes.

    Raises:
        WireError: the body is larger.
    """
    body = _encoder.encode(message)
    if len(body) > limit:
        raise WireError(f"a message of {len(body)} bytes; at most {limit} are allowed")
    return len(body).to_bytes(HEADER, "big") + body


def body_size(header: bytes, limit: int = ANSWER_LIMIT) -> int:
    """The length that a header announces [bytes], at most `limit`.

    Raises:
        WireError: it is longer, or the bytes are not a header.
    """
    size = int.from_bytes(header, "big")
    if len(header) != HEADER or size > limit:
        raise WireError(f"a frame of {size} bytes; at most {limit} are allowed")
    return size


def for_child(body: bytes) -> ToChild:
    """Decode a frame in the child."""
    return _decode(_to_child, body)


def from_child(body: bytes) -> FromChild:
    """Decode a frame that an untrusted child sent.

    Raises:
        WireError: it is not a well-formed message, whatever is wrong with it.
    """
    return _decode(_from_child, body)


def check_extent(value: Tensor | Array) -> None:
    """Compare a tensor's shape with its bytes, in exact integers, before anything is allocated.

    Raises:
        WireError: unknown dtype, a negative side, too many dimensions, or other than the right
            number of bytes.
    """
    size = ITEM_SIZE.get(value.dtype)
    if size is None:
        raise WireError(f"a tensor of dtype {value.dtype[:40]!r}")
    # The product of the nonzero sides too: libraries multiply them before they reach the zero.
    extent = math.prod(n for n in value.shape[:32] if n)
    if len(value.shape) > 32 or min(value.shape, default=0) < 0 or extent > ANSWER_LIMIT:
        raise WireError("a tensor of impossible shape")
    if math.prod(value.shape) * size != len(value.data):
        raise WireError("a tensor whose shape and bytes disagree")


def _decode(decoder: msgspec.msgpack.Decoder[T], body: bytes) -> T:
    try:
        message: T = decoder.decode(body)
        return message
    # RecursionError: nesting. MemoryError: objects need up to 40 times the bytes that announce
    # them. The others are what msgspec raises for a malformed body.
    except (msgspec.MsgspecError, ValueError, RecursionError, MemoryError) as fault:
        raise WireError(f"a malformed frame ({type(fault).__name__})") from None

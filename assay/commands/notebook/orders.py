"""What a notebook's kernel and the process that grades for it say to each other, a line each.

The kernel sends the text of its cells and no object: what a student did to their own process can
change no verdict.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from assay.errors import CannotGrade

T = TypeVar("T")


class Order(msgspec.Struct, frozen=True):
    """Grade these cells, in the order in which they ran.

    `cells` holds the text of In[1], In[2] and so on. `folder` is the notebook's, an absolute path;
    `only` names a check, a problem or its file, and is empty for all.
    """

    cells: tuple[str, ...]
    folder: str
    only: str = ""


class Shown(msgspec.Struct, frozen=True):
    """What the notebook shows: as HTML, and as text where there is no HTML."""

    html: str
    text: str


def line(message: Order | Shown) -> bytes:
    """A message as one line."""
    return msgspec.json.encode(message) + b"\n"


def read(body: bytes, kind: type[T]) -> T:
    """The message in a line.

    Raises:
        CannotGrade: the line is cut off: the other process has ended.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        raise CannotGrade("the process that grades has ended: run the cell again") from None

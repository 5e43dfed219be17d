"""Text that came out of a submission, or that may quote one: a type of its own up to the report.

Exceptions, printed text, names of files and classes, values as they were returned: a student wrote
them, and they may hold escape sequences, commands for a CI system, formulas or a million lines. To
a type checker `Foreign` is not a `str`, so that no such text is shown, joined or formatted as if it
were the kit's own. Every `str` is accepted where a `Foreign` is expected. `quoted` puts foreign
texts into a sentence, which is then foreign as well. The functions below are the only way back;
`assay.report.text` says which one is for which output channel.

At run time a foreign text is a plain `str`, so it costs nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, cast

# Characters that are invisible or move other text: controls except tab and newline, bidirectional
# controls, zero-width blanks, line separators, tags, halves of surrogate pairs, non-characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_INVISIBLE_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# Combining marks that pile up on one letter and cover the lines above it.
_PILED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# A line that starts a workflow command, and the marks of older commands anywhere in a line.
_COMMAND = re.compile(r"^([^\w\n]*?)::", re.MULTILINE)
_MARKER = re.compile(r"##(?=\w*\[)")

LIMIT = 4_000  # characters of a part of a message
LINE_LIMIT = 300  # characters of a text on one line
ROWS = 100  # lines of a text
PRINTED, PRINTED_ROWS = 1_000, 10  # characters and lines of what a program printed

if TYPE_CHECKING:

    class Foreign(Protocol):
        """The few things that may be done to a foreign text before it reaches a report."""

        def __len__(self) -> int: ...
        def __contains__(self, part: str, /) -> bool: ...

else:
    Foreign = str


def quoted(sentence: str, *parts: Foreign) -> Foreign:
    """A sentence with foreign texts in place of its `{}`.

    >>> quoted("{} was skipped: {}", "cell 1", "{}")
    'cell 1 was skipped: {}'
    """
    return sentence.format(*parts)


def raw(text: Foreign) -> str:
    """The text itself, for what shows nothing: to compare it, to parse it, to make it harmless."""
    return cast(str, text)


def clip(text: Foreign, limit: int = LIMIT) -> str:
    """The text; if it is too long, its beginning and how much was left out.

    >>> clip("abcdef", 3)
    'abc … (3 more characters)'
    """
    whole = raw(text)
    start = whole[:limit]
    if start.count("\n") >= ROWS:
        start = "\n".join(start.split("\n", ROWS)[:ROWS])
    left = len(whole) - len(start)
    return f"{start} … ({left:,} more characters)" if left else whole


def last_lines(text: Foreign, rows: int = PRINTED_ROWS, limit: int = PRINTED) -> str:
    """The end of what student code printed: at most so many lines and characters.

    Of a line that was written again and again, as progress bars are, the last form counts.

    >>> last_lines("a\\nb\\rc\\n", 1)
    '…\\nc'
    """
    lines = raw(text).replace("\r\n", "\n").rstrip().split("\n")
    shown = [each.rstrip("\r").rpartition("\r")[2].rstrip() for each in lines[-rows:]]
    whole = "\n".join(shown)
    cut = whole[-limit:]
    return f"…\n{cut}" if len(lines) > rows or len(cut) < len(whole) else cut


def line(text: Foreign, limit: int = LINE_LIMIT) -> str:
    """A text as one line of bounded length, without anything invisible.

    >>> line(" two\\n  lines ")
    'two lines'
    """
    start = raw(text)[: 8 * limit]
    return without_commands(written_out(clip(" ".join(start.split()), limit)))


def visible(value: object) -> object:
    """A text with its invisible characters written out; anything but a plain text is unchanged.

    >>> visible("a\\u202eb\\x00")
    'a⟨U+202E⟩b␀'
    """
    if type(value) is not str:
        return value
    return written_out(value)


def written_out(text: str) -> str:
    """A text with its invisible characters written out."""
    if text.isascii():
        has_any = _INVISIBLE_ASCII.search(text)
        return _INVISIBLE_ASCII.sub(_name, text) if has_any else text
    return _PILED.sub(r"\1⟨…⟩", _INVISIBLE.sub(_name, text))


def plain(text: Foreign, limit: int = LIMIT) -> str:
    """A text that a terminal, a log or a document can show: bounded, and it commands nothing.

    >>> plain("\\x1b[2J\\n  ::error::no")
    '␛[2J\\n  : :error::no'
    """
    return without_commands(written_out(clip(raw(text).replace("\r\n", "\n"), limit)))


def without_commands(text: str) -> str:
    """A text in which no line is a command to GitHub's runner, Azure's agent or TeamCity.

    They read what is printed: a line that starts with `::`, after blanks or none, or has `##[`.
    """
    if "::" not in text and "##" not in text:
        return text
    return _MARKER.sub("# #", _COMMAND.sub(r"\1: :", text))


def _name(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"

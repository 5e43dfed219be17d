"""Text for people: points in short form, and students' text as a page can show it.

A student's text is cut to a bounded length, and its invisible characters are written out. The
templates do the escaping; `visible` is applied to each text before it is escaped.
"""

from __future__ import annotations

import re
from urllib.parse import quote

MARKS = {"passed": "✓", "blocked": "·", "missing": "–", "unread": "?", "broken": "!"}
LINE_MARKS = {"holds": "✓", "false": "✗", "unread": "?"}  # of a line of written mathematics
FAILED = "✗"  # the mark of all other outcomes

LIMIT = 4_000  # characters of a part of a message
LINE_LIMIT = 300  # characters of a text on one line
NAME_LIMIT = 120  # characters of a name
TITLE_LIMIT = 400  # characters of a check's title

# Characters that are invisible or move other text: controls except tab and newline, bidirectional
# controls, zero-width blanks, line separators, tags, halves of surrogate pairs, non-characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_INVISIBLE_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# Combining marks that pile up on one letter and cover the lines above it.
_PILED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def points(value: float) -> str:
    """Points for people to read, rounded to two decimals.

    >>> points(14.666666), points(15.0), points(-0.001)
    ('14.67', '15', '0')
    """
    return f"{round(value, 2) + 0.0:g}"  # + 0.0 turns -0.0 into 0.0


def clip(text: str, limit: int = LIMIT) -> str:
    """The text; if it is too long, its beginning and how much was left out.

    >>> clip("abcdef", 3)
    'abc … (3 more characters)'
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … ({len(text) - limit:,} more characters)"


def line(text: str, limit: int = LINE_LIMIT) -> str:
    """A text as one line of bounded length.

    >>> line(" two\\n  lines ")
    'two lines'
    """
    return clip(" ".join(text[: 8 * limit].split()), limit)


def visible(value: object) -> object:
    """A text with its invisible characters written out; anything but a plain text is unchanged.

    >>> visible("a\\u202eb\\x00")
    'a⟨U+202E⟩b␀'
    """
    if type(value) is not str:
        return value
    if value.isascii():
        has_any = _INVISIBLE_ASCII.search(value)
        return _INVISIBLE_ASCII.sub(_written_out, value) if has_any else value
    return _PILED.sub(r"\1⟨…⟩", _INVISIBLE.sub(_written_out, value))


def address(submission: str) -> str:
    """The address of a student's page, relative to the page of the class.

    >>> address("a/b c")
    'students/a%2Fb%20c.html'
    """
    return f"students/{quote(submission, safe='', errors='replace')}.html"


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"

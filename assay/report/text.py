"""Students' text as a page can hold it: of bounded length, with nothing in it that cannot be seen.

Escaping is the templates' work; `visible` is what they put each text through before.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

MARKS = {"passed": "✓", "blocked": "·", "missing": "–", "broken": "!"}
FAILED = "✗"  # the mark of all other outcomes

LIMIT = 4_000  # characters of a part of a message
LINE_LIMIT = 300  # characters of a text that stands in one line
NAME_LIMIT = 120  # characters of a name

# What is not seen or moves other text: controls but tab and newline, bidirectional controls, blanks
# without width, line separators, tags, halves of surrogate pairs, non-characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_UNSEEN_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# Marks that pile up on one letter, and cover the lines above it.
_PILED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def clip(text: str, limit: int = LIMIT) -> str:
    """The text, or its beginning and how much is left out.

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


def visible(value: Any) -> Any:
    """A text with what cannot be seen written out; anything but a plain text as it is.

    >>> visible("a\\u202eb\\x00")
    'a⟨U+202E⟩b␀'
    """
    if type(value) is not str:
        return value
    if value.isascii():
        return _UNSEEN_ASCII.sub(_written, value) if _UNSEEN_ASCII.search(value) else value
    return _PILED.sub(r"\1⟨…⟩", _UNSEEN.sub(_written, value))


def address(submission: str) -> str:
    """The address of a student's page, seen from that of the class.

    >>> address("a/b c")
    'students/a%2Fb%20c.html'
    """
    return f"students/{quote(submission, safe='', errors='replace')}.html"


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"

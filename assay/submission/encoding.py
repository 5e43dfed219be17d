"""Files in UTF-16 or UTF-32, as Windows writes them: recognised by their byte order mark."""

from __future__ import annotations

import codecs

# UTF-32 first: its mark begins like that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def marked(content: bytes) -> str:
    """The encoding that a byte order mark announces, other than UTF-8; empty if there is none."""
    return next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")


def in_utf8(content: bytes) -> bytes:
    """The same text in UTF-8; unchanged if it has no mark, or is not what the mark announces."""
    try:
        return content.decode(marked(content)).encode() if marked(content) else content
    except UnicodeError:
        return content

"""Text as Markdown in which nothing is run, linked, mentioned or shown as the kit's own.

Foreign text stands in code only: there GitHub and others resolve no mention, link, image or HTML.
"""

from __future__ import annotations

import re

from assay.foreign import LIMIT, LINE_LIMIT, Foreign, line, plain

# What Markdown, or GitHub beyond it, gives a meaning anywhere, and at the start of a line.
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~@&$]|:(?=//))")
_START = re.compile(r"^(\d*)([-+=.)])")


def escaped(text: str) -> str:
    r"""A line of the kit's own words, as words.

    >>> escaped("0 <= x_2 | 1. *a*")
    '0 \\<= x\\_2 \\| 1. \\*a\\*'
    """
    return _START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line(text)))


def code(text: Foreign, limit: int = LINE_LIMIT) -> str:
    """A foreign text on one line, as code.

    >>> code("a `b` c")
    '`` a `b` c ``'
    """
    shown = line(text, limit) or " "
    marks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " or len(marks) > 1 else ""
    return f"{marks}{pad}{shown}{pad}{marks}"


def block(text: Foreign, limit: int = LIMIT) -> str:
    """A foreign text of several lines, as a block of code that it cannot leave."""
    shown = plain(text, limit)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)

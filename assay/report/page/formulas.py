"""Written mathematics on a page: only known elements of MathML pass, without attributes."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from markupsafe import Markup, escape

from assay.outcome import Passage, WrittenLine
from assay.report.text import LINE_MARKS, clip, line, visible

TAGS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "mfrac",
        "msup",
        "msub",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
    ]
)
_PIECE = re.compile(r"<(/?)([a-z]+)(?: [^<>]*?)?(/?)>|([^<>]+)")
WORDS = {"holds": "holds", "false": "false", "unread": "cannot be read"}


class LineView(NamedTuple):
    """A line: as it was understood, as it was written, and what was found."""

    mark: str
    sign: str
    word: str
    number: int
    equals: bool
    formula: Markup
    source: str
    note: str


class PassageView(NamedTuple):
    """The written solution of a part."""

    heading: str
    notes: list[str]
    lines: list[LineView]


def passage_view(passage: Passage) -> PassageView:
    """A written solution for the page."""
    part = f" of part ({passage.part})" if passage.part else ""
    documents = ", ".join(dict.fromkeys(each.document for each in passage.lines))
    return PassageView(
        heading=line(f"Written solution{part}, {documents}"),
        notes=[clip(note) for note in passage.notes],
        lines=[_line(each) for each in passage.lines],
    )


def markup(mathml: str, text: str) -> Markup:
    """The MathML, if it is well formed and holds only known elements; else the text."""
    made, end = Markup(""), 0
    opened: list[str] = []
    for piece in _PIECE.finditer(mathml):
        closes, tag, empty, words = piece.groups()
        if piece.start() != end or (tag and tag not in TAGS) or (closes and opened[-1:] != [tag]):
            return escape(visible(text))
        end = piece.end()
        if words:
            made += escape(visible(unescape(words)))
        elif closes:
            opened.pop()
            made += Markup("</{}>").format(tag)
        else:
            space = Markup(' width="0.2em"') if tag == "mspace" else Markup("")
            made += Markup("<{}{}>").format(tag, space)
            made += Markup("</{}>").format(tag) if empty else Markup("")
            opened += [] if empty else [tag]
    is_whole = end == len(mathml) and not opened and mathml.startswith("<math>")
    return made if is_whole else escape(visible(text))


def _line(each: WrittenLine) -> LineView:
    return LineView(
        mark=each.mark,
        sign=LINE_MARKS.get(each.mark, ""),
        word=WORDS.get(each.mark, ""),
        number=each.line,
        equals=each.source.startswith("="),
        formula=markup(each.mathml, clip(each.understood)),
        source=clip(each.source),
        note=clip(each.note),
    )

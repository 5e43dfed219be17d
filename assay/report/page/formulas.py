"""Written mathematics on a page: MathML is rebuilt from what is allowed in it, nothing else passes."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

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
    """The MathML, if it holds only known elements without attributes of its own; else the text."""
    try:
        if "<!" in mathml or "<?" in mathml:
            raise ElementTree.ParseError
        root = ElementTree.fromstring(mathml)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return escape(visible(text))
    if root.tag != "math" or any(each.tag not in TAGS for each in root.iter()):
        return escape(visible(text))
    return Markup("").join(_element(root))


def _element(element: Element) -> list[Markup]:
    name = Markup(element.tag)  # noqa: S704 - one of TAGS
    space = Markup(' width="0.2em"') if element.tag == "mspace" else Markup("")
    parts = [Markup("<{}{}>").format(name, space), escape(visible(element.text or ""))]
    for child in element:
        parts += _element(child)
    return [*parts, Markup("</{}>").format(name)]


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

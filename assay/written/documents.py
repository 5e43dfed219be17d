"""Divides documents by their headings, and finds the mathematics in them.

A document is LaTeX, Markdown or plain text; all three are read alike. What is between formulas is
prose, which is searched for headings and otherwise left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assay.written.tokens import Macro, Macros, closing

LARGEST = 400_000  # characters of one document
MOST_FORMULAS = 1_000  # of one document

ENVIRONMENTS = [
    "equation",
    "align",
    "aligned",
    "gather",
    "gathered",
    "multline",
    "eqnarray",
    "split",
    "alignat",
    "flalign",
    "displaymath",
    "math",
    "dmath",
    "IEEEeqnarray",
    "array",
]
_VERBATIM = [
    "verbatim",
    "lstlisting",
    "minted",
    "comment",
    "Verbatim",
    "python",
    "figure",
    "table",
    "tikzpicture",
]

_FENCE = re.compile(
    r"^[ \t>]*(```+|~~~+)[ \t]*(\w*)[^\n]*\n(.*?)(?:^[ \t>]*\1[ \t]*$|\Z)", re.M | re.S
)
_MATH = re.compile(
    r"(?P<skip>\\\$)"
    r"|\$\$(?P<dollars>.*?)(?:\$\$|\Z)"
    r"|\\{1,2}\[(?P<bracket>.*?)\\{1,2}\]"
    r"|\\begin\{(?P<name>" + "|".join(ENVIRONMENTS) + r")(?P<star>\*?)\}(?P<body>.*?)"
    r"\\end\{(?P=name)(?P=star)\}"
    r"|\\{1,2}\((?P<round>.*?)\\{1,2}\)"
    r"|\$(?P<inline>(?:[^$\\]|\\.)+?)\$",
    re.S,
)
_NAME = r"\*?\s*(?:\{\s*\\(\w+)\s*\}|\\(\w+))\s*(?:\[(\d)\])?\s*(?:\[([^\]]*)\])?\s*(?={)"
_MACRO = re.compile(
    rf"\\(?:(?:re)?new|provide)command{_NAME}|\\(?:long\s*)?def\s*\\(\w+)\s*((?:#\d)*)\s*(?={{)"
)
_OPERATOR = re.compile(r"\\DeclareMathOperator(\*?)\s*\{?\s*\\(\w+)\s*\}?\s*(?={)")
_PAIRED = re.compile(
    r"\\DeclarePairedDelimiter\s*\{?\s*\\(\w+)\s*\}?\s*\{([^{}]*)\}\s*\{([^{}]*)\}"
)

_PROBLEM = re.compile(
    r"^\W*(?:(?:homework|hw|hwk)\W*\d+\W*)?(?:problem|exercise|question|prob|ex"
    r"|solution (?:to|of) problem|solution|문제|problème|aufgabe|[qp])"
    r"\s*[.:#]?\s*([1-9]\d?)(?!\d|[./]\d)(?:([a-e])\b|\s*[.:)\-]*\s*\(?([a-e])\))?",
    re.I,
)
_NUMBERED = re.compile(
    r"^\W*(\d{1,2})\s*[.)]?\s*\(?([a-e])\)|^\W*(\d{1,2})([a-e])\b|^(\d{1,2})\s*[.)](?=\s|$)"
)
_PART = re.compile(
    r"^\W*(?:part\s*)?(?:\(\s*([a-e])\s*\)|([a-e])\s*\)|([a-e])\s*[.:](?=\s|$))"
    r"|^\W*part\s*\(?([a-e])\b",
    re.I,
)
_BARE = re.compile(
    r"^\s*(?:#+|\\(?:sub)*section\*?\s*\{|\*\*)\s*([1-9]\d?)\s*[.:]?\s*(?:\}|\*\*|$)"
)
_MARKUP = re.compile(
    r"\\(?:item|(?:sub)*section|paragraph|textbf|textit|emph|underline|bf|[Ll]arge|noindent)\*?"
)
_ITEM = re.compile(
    r"(?:\A|\n)[ \t>]*"
    r"(?:[-*+•]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\\item(?:\s*\[[^\]]*\])?)[ \t]*\Z"
)
_OF_NAME = re.compile(
    r"(?:problem|prob|exercise|question|hw\d*[_-]?p|^p|^q)[ _-]*0?(\d)[ _-]?([a-e]\b)?", re.I
)


@dataclass(frozen=True)
class Formula:
    """A display, or a formula within a line of prose.

    Attributes:
        source: as it was written, without the signs around it.
        document: the name of its document.
        line: where it starts there, from 1.
        is_display: whether it stands by itself.
        before: the prose between the formula before it and this one.
    """

    source: str
    document: str
    line: int
    is_display: bool
    before: str = ""

    @property
    def is_item(self) -> bool:
        """Whether it stands in prose and is the first thing in an item of a list."""
        return not self.is_display and _ITEM.search(self.before) is not None


@dataclass
class Section:
    """What a document says about one part of a problem."""

    document: str
    problem: str
    part: str
    line: int
    formulas: list[Formula] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For people: "Problem 4 (a)", or "Before any heading"."""
        if not self.problem:
            return "Before any heading"
        return f"Problem {self.problem}" + (f" ({self.part})" if self.part else "")


@dataclass(frozen=True)
class Library:
    """All documents of a submission, divided, and the macros that they define."""

    sections: tuple[Section, ...]
    macros: Macros
    notes: tuple[str, ...]


def read(documents: Mapping[str, str]) -> Library:
    """Divide documents by their headings; cells of one notebook are one document."""
    macros: Macros = {}
    notes: list[str] = []
    sections: list[Section] = []
    for name, text in documents.items():
        if len(text) > LARGEST:
            notes.append(f"{name} is longer than {LARGEST:,} characters and was not read")
            continue
        macros |= defined(text)
        before = sections[-1] if sections and _is_same(sections[-1].document, name) else None
        sections += _divided(name, _without_comments(text, name), before)
    kept = [s for s in sections if s.formulas or any(p.strip() for p in s.prose)]
    return Library(tuple(kept), macros, tuple(notes))


def defined(text: str) -> Macros:
    """The macros that a text defines."""
    macros: Macros = {}
    for match in _MACRO.finditer(text):
        first, second, count, default, of_def, marks = match.groups()
        name = first or second or of_def or ""
        end = closing(text, match.end())
        body = text[match.end() + 1 : end]
        number = int(count) if count else len(marks or "") // 2
        if name and f"\\{name}" not in body:
            macros[name] = Macro(number, default, body)
    for match in _OPERATOR.finditer(text):
        end = closing(text, match.end())
        body = text[match.end() + 1 : end]
        macros[match[2]] = Macro(0, None, f"\\operatorname{{{body}}}")
    for match in _PAIRED.finditer(text):
        left, right = f"\\left{match[2]}", f"\\right{match[3]}"
        macros[match[1]] = Macro(1, None, f"{left} #1 {right}", is_paired=True)
    return macros


def _is_same(one: str, other: str) -> bool:
    return one.partition(", cell")[0] == other.partition(", cell")[0] and ", cell" in other


def _without_comments(text: str, name: str) -> str:
    """A text without code and comments; each line keeps its place."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FENCE.sub(_fenced, text)
    for environment in _VERBATIM:
        pattern = rf"\\begin\{{{environment}\*?\}}.*?\\end\{{{environment}\*?\}}"
        text = re.sub(pattern, lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    if name.lower().endswith(".tex") or "\\documentclass" in text:
        text = re.sub(r"(?<!\\)%[^\n]*", "", text)
    return re.sub(r"^[ \t]*>[ \t>]*", "", text, flags=re.M)


def _fenced(match: re.Match[str]) -> str:
    if match[2].lower() in ("math", "latex", "tex", "katex"):
        body = re.sub(r"^[ \t]*>[ \t]?", "", match[3], flags=re.M)
        return f"$$\n{body}$$\n"
    return "\n" * match.group().count("\n")


def _divided(name: str, text: str, before: Section | None) -> Iterator[Section]:
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    has_headings = any(_PROBLEM.match(_plain(line)) for line in text.splitlines())
    current = _first_section(name, before)
    items: list[int] = []
    count, end = 0, 0
    for match in _MATH.finditer(text):
        if match["skip"]:
            continue
        prose = text[end : match.start()]
        # A formula in a line belongs to the prose around it: a heading is looked for before it.
        for section in _prose(prose, current, bisect_right(starts, end), has_headings, items):
            yield current
            current = section
        end = match.end()
        source, is_display = _content(match)
        count += 1
        if source.strip() and count <= MOST_FORMULAS:
            line = bisect_right(starts, match.start())
            current.formulas.append(Formula(source, name, line, is_display, prose))
    for section in _prose(text[end:], current, bisect_right(starts, end), has_headings, items):
        yield current
        current = section
    yield current


def _first_section(name: str, before: Section | None) -> Section:
    if before is not None:
        return Section(name, before.problem, before.part, 1)
    match = _OF_NAME.search(name.rpartition("/")[2])
    return (
        Section(name, match[1], (match[2] or "").lower(), 1) if match else Section(name, "", "", 1)
    )


def _content(match: re.Match[str]) -> tuple[str, bool]:
    """The inside of a formula, and whether it stands by itself."""
    if match["name"]:
        body, name = match["body"], match["name"]
        if name in ("array",):
            body = re.sub(r"^\s*\{[^{}]*\}", "", body)
        return f"\\begin{{{name}}}{match['body']}\\end{{{name}}}", True
    for name in ("dollars", "bracket"):
        if match[name] is not None:
            return match[name], True
    return match["round"] if match["round"] is not None else match["inline"], False


def _prose(
    text: str, current: Section, line: int, has_headings: bool, items: list[int]
) -> Iterator[Section]:
    """The sections that begin in a piece of prose."""
    section = current
    for offset, raw in enumerate(text.split("\n")):
        found = _heading(raw, section, has_headings, items)
        if found is not None:
            section = Section(current.document, *found, line + offset)
            yield section
        _count_items(raw, items, section)
        section.prose.append(raw)


def _count_items(raw: str, items: list[int], section: Section) -> None:
    for begin in re.findall(r"\\(begin|end)\{(?:enumerate|itemize)\}", raw):
        if begin == "begin":
            items.append(0 if section.problem and not section.part else -1)
        elif items:
            items.pop()


def _heading(
    raw: str, section: Section, has_headings: bool, items: list[int]
) -> tuple[str, str] | None:
    """The problem and the part that a line is the heading of."""
    line = _plain(raw)
    match = _PROBLEM.match(line)
    if match:
        return match[1], (match[2] or match[3] or "").lower()
    match = None if has_headings else _BARE.match(raw)
    if match:
        return match[1], ""
    if not has_headings or not section.problem:
        match = _NUMBERED.match(line)
        if match:
            number = match[1] or match[3] or match[5]
            return number, match[2] or match[4] or ""
    match = _NUMBERED.match(line)
    if match and (match[1] or match[3]) == section.problem:
        return section.problem, match[2] or match[4]
    match = _PART.match(line)
    if match and section.problem:
        return section.problem, next(group for group in match.groups() if group).lower()
    if items and items[-1] >= 0 and re.match(r"\s*\\item(?!\s*\[)", raw):
        items[-1] += 1
        return section.problem, chr(ord("a") + items[-1] - 1)
    return None


def _plain(raw: str) -> str:
    """A line without its markup."""
    text = _MARKUP.sub(" ", raw)
    text = re.sub(r"\\(?:begin|end)\{\w+\*?\}(?:\[[^\]]*\])?", " ", text)
    text = re.sub(r"[{}\[\]*#_`>]|\\[a-z]+", " ", text)
    return text.strip()


def texts(sections: Iterable[Section]) -> str:
    """The prose of sections as one text."""
    return "\n".join(line for section in sections for line in section.prose)

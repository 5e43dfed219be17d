"""The Python that a notebook's code cells hold, without what only a notebook understands."""

from __future__ import annotations

import json
import re
import symtable
import warnings
from collections.abc import Iterator
from itertools import count, takewhile
from typing import Any

from assay.submission.naming import shown

Cells = tuple[tuple[str, str], ...]

PARSED_LIMIT = 2**17  # characters looked into: broken ones cost a parser 1.5 kB and 3 us each
DOCUMENT_LIMIT = 2**23  # bytes of a notebook but for its images
BRACKET_LIMIT = 2**18  # brackets in it: what they hold takes 200 bytes and more
CELL_LIMIT = 2_000  # code cells
CODE_LIMIT = 2**18  # characters of code in a notebook
TRIES = 3  # runs of magics in one cell that are looked at one by one
AGAIN = "save it again in Jupyter"
SHORTEN = "move the data in it to a file"

# A JSON string of base64 alone, which no line of code is: an image, in the output of a cell.
_IMAGE = re.compile(rb'(?<!\\)"(?=[\w+/=\\]{10000})(?:[\w+/=]++|\\n)++"')
_TIMING = re.compile(r"%%(?:time|timeit|capture|prun)\b")
# A line that starts so, a name that ends in ?, or what such a line returns.
_MAGIC = re.compile(r"[%!?]|[\w.*\[\]]+\?{1,2}$|[^=]+=\s*[%!]")


class NotANotebook(Exception):
    """Why no cell can be read: the end of a sentence that starts with the file's name."""


def read(content: bytes, name: str) -> tuple[Cells, tuple[str, ...]]:
    """The code cells in order, each with the name that errors show; and notes on those left out.

    Raises:
        NotANotebook: not UTF-8, not JSON, not of a notebook's form, or not in Python.
    """
    cells, notes = [], []
    for number, text in enumerate(_code(content), start=1):
        title = f"{shown(name)}, cell {number}"
        kept = python(text)
        if kept is None:
            head = shown(text.split()[0][:40])
            notes.append(f"{title} is passed over: it starts with {head}")
        elif kept.strip():
            cells.append((title, kept))
    return tuple(cells), tuple(notes)


def python(text: str) -> str | None:
    """A cell as Python with its lines where they were; None where it is in another language.

    A cell that parses stays as it is, and so does a broken one but for its magics.
    """
    wrong = None if len(text) > PARSED_LIMIT else first_fault(text)
    if wrong is None:
        return text
    lines = text.split("\n")
    head = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines[head].startswith("%%"):
        return _without_magics(lines, wrong)
    if not _TIMING.match(lines[head]):
        return None
    lines[head] = ""
    return _without_magics(lines, first_fault("\n".join(lines)))


def bound(text: str) -> frozenset[str]:
    """The names that a source binds at its top level, by def, class, import or assignment.

    Raises:
        SyntaxError: it does not parse, whatever the reason.
    """
    if len(text) > PARSED_LIMIT:
        raise SyntaxError("too long to look into")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Of a file with any other name the parser would read the line that is wrong.
            table = symtable.symtable(text, "", "exec")
    except (ValueError, RecursionError, MemoryError, OverflowError) as fault:
        raise SyntaxError(type(fault).__name__) from None
    found = table.get_symbols()
    return frozenset(s.get_name() for s in found if s.is_assigned() or s.is_imported())


def first_fault(text: str) -> int | None:
    """The line, from 1, on which a source stops being Python; 0: unknown; None: it is Python."""
    try:
        bound(text)
    except SyntaxError as fault:
        return fault.lineno or 0
    return None


def _without_magics(lines: list[str], wrong: int | None) -> str:
    """Put `pass` for magics: for those that the parser stumbles on, else for all.

    Args:
        wrong: where it stumbles first.
    """
    magics = {i for i, line in enumerate(lines) if _MAGIC.match(line.strip())}
    # No statement starts so, nor, right after a magic, a line of text.
    sure = {i for i in magics if lines[i].lstrip().startswith(("%", "!", "?"))}
    careful = list(lines)
    for _ in range(TRIES):
        if wrong is None or wrong - 1 not in magics:
            break
        for position in (wrong - 1, *takewhile(sure.__contains__, count(wrong))):
            _pass(careful, position)
        wrong = first_fault("\n".join(careful))
    if wrong is None:
        return "\n".join(careful)
    for position in sorted(magics):
        _pass(lines, position)
    return "\n".join(lines)


def _pass(lines: list[str], position: int) -> None:
    line = lines[position]
    if not line:  # The line before it went on with it.
        return
    lines[position] = line[: len(line) - len(line.lstrip())] + "pass"
    while line.rstrip().endswith("\\") and position + 1 < len(lines):
        position += 1
        line, lines[position] = lines[position], ""


def _code(content: bytes) -> list[str]:
    """The texts of the code cells."""
    document = _parsed(content)
    language = _language(document)
    if not re.match(r"i?python", language, re.IGNORECASE):
        raise NotANotebook(f"is written in {shown(language)}, not in Python")
    texts = [_text(cell) for cell in _cells(document) if cell.get("cell_type") == "code"]
    if len(texts) > CELL_LIMIT:
        raise NotANotebook(f"holds more than {CELL_LIMIT:,} cells of code: hand in fewer")
    if sum(map(len, texts)) > CODE_LIMIT:
        raise NotANotebook(f"holds more than {CODE_LIMIT:,} characters of code: {SHORTEN}")
    return texts


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > DOCUMENT_LIMIT:
        content = _IMAGE.sub(b'""', content)
    brackets = content.count(b"[") + content.count(b"{")
    if len(content) > DOCUMENT_LIMIT or brackets > BRACKET_LIMIT:
        raise NotANotebook(f"holds too much beside its code: clear its outputs and {AGAIN}")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise NotANotebook(f"is not UTF-8 at byte {fault.start}: {AGAIN}") from None
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise NotANotebook(f"is not JSON from {place} on: {AGAIN}") from None
    except (RecursionError, ValueError) as fault:
        raise NotANotebook(f"is not a notebook ({type(fault).__name__}): {AGAIN}") from None
    if not any(isinstance(_mapping(document).get(key), list) for key in ("cells", "worksheets")):
        raise NotANotebook(f"is not a notebook: {AGAIN}")
    return _mapping(document)


def _cells(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Its cells, which stood in worksheets up to format 3."""
    for home in (document, *map(_mapping, _list(document.get("worksheets")))):
        yield from map(_mapping, _list(home.get("cells")))


def _language(document: dict[str, Any]) -> str:
    metadata = _mapping(document.get("metadata"))
    info, kernel = _mapping(metadata.get("language_info")), _mapping(metadata.get("kernelspec"))
    told = [info.get("name"), kernel.get("language"), metadata.get("language")]
    return next((language for language in told if language and isinstance(language, str)), "python")


def _text(cell: dict[str, Any]) -> str:
    """A cell's text, which JSON may hold line by line; it was its input up to format 3."""
    source = cell.get("source", cell.get("input"))
    pieces = source if isinstance(source, list) else [source]
    joined = "".join(piece for piece in pieces if isinstance(piece, str))
    # A lone surrogate is valid JSON and no text.
    return joined.encode("utf-8", "replace").decode().replace("\r\n", "\n")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

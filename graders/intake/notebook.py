"""The Python that a notebook's code cells hold, without what only a notebook understands."""

from __future__ import annotations

import json
import re
import symtable
import warnings
from collections.abc import Iterator
from typing import Any

from graders.intake.naming import shown

Cells = tuple[tuple[str, str], ...]

PARSED_LIMIT = 2**17  # characters looked into: broken ones cost a parser 1.5 kB and 3 us each
CODE_LIMIT = 2**19  # characters of code in a notebook
TRIES = 4  # magics of one cell that are looked at one by one
AGAIN = "save it again in Jupyter"
SHORTEN = "move the data in it to a file"

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
    document = _parsed(content)
    language = _language(document)
    if not re.match(r"i?python", language, re.IGNORECASE):
        raise NotANotebook(f"is written in {shown(language)}, not in Python")
    cells, notes = [], []
    for number, text in enumerate(_code(document), start=1):
        title = f"{name}, cell {number}"
        kept = python(text)
        if kept is None:
            notes.append(f"{title} is passed over: it starts with {text.split()[0][:40]}")
        elif kept.strip():
            cells.append((title, kept))
    return tuple(cells), tuple(notes)


def python(text: str) -> str | None:
    """A cell as Python with its lines where they were; None where it is in another language.

    A cell that parses stays as it is, and so does a broken one but for its magics.
    """
    if len(text) > PARSED_LIMIT or first_fault(text) is None:
        return text
    lines = text.split("\n")
    head = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines[head].startswith("%%"):
        return _without_magics(lines)
    if not _TIMING.match(lines[head]):
        return None
    lines[head] = ""
    return _without_magics(lines)


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
            table = symtable.symtable(text, "<submission>", "exec")
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


def _without_magics(lines: list[str]) -> str:
    """Put `pass` for magics: for those that the parser stumbles on, else for all."""
    magics = [i for i, line in enumerate(lines) if _MAGIC.match(line.strip())]
    careful = list(lines)
    for _ in magics[:TRIES]:
        wrong = first_fault("\n".join(careful))
        if wrong is None or wrong - 1 not in magics:
            break
        _pass(careful, wrong - 1)
    if first_fault("\n".join(careful)) is None:
        return "\n".join(careful)
    for position in magics:
        _pass(lines, position)
    return "\n".join(lines)


def _pass(lines: list[str], position: int) -> None:
    line = lines[position]
    lines[position] = line[: len(line) - len(line.lstrip())] + "pass"
    while line.rstrip().endswith("\\") and position + 1 < len(lines):
        position += 1
        line, lines[position] = lines[position], ""


def _parsed(content: bytes) -> object:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise NotANotebook(f"is not UTF-8 at byte {fault.start}: {AGAIN}") from None
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise NotANotebook(f"is not JSON from {place} on: {AGAIN}") from None
    except (RecursionError, ValueError) as fault:
        raise NotANotebook(f"is not a notebook ({type(fault).__name__}): {AGAIN}") from None
    return document if isinstance(_mapping(document).get("cells"), list) else _upgraded(document)


def _upgraded(document: object) -> object:
    """A notebook of an older format in the present one."""
    if not isinstance(_mapping(document).get("nbformat"), int):
        raise NotANotebook(f"is not a notebook: {AGAIN}")
    # Imported here: few notebooks are so old, and no other need wait for it.
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.convert(nbformat.from_dict(document), 4)  # type: ignore[no-untyped-call]
    # The library promises no class of error for what is not of a notebook's form.
    except Exception as fault:  # noqa: BLE001
        raise NotANotebook(f"is not a notebook ({type(fault).__name__}): {AGAIN}") from None


def _language(document: object) -> str:
    metadata = _mapping(_mapping(document).get("metadata"))
    info, kernel = _mapping(metadata.get("language_info")), _mapping(metadata.get("kernelspec"))
    return str(info.get("name") or kernel.get("language") or "python")


def _code(document: object) -> Iterator[str]:
    left, cells = CODE_LIMIT, _mapping(document).get("cells")
    for cell in map(_mapping, cells if isinstance(cells, list) else []):
        if cell.get("cell_type") != "code":
            continue
        source = _text(cell.get("source"))
        left -= len(source)
        if left < 0:
            raise NotANotebook(f"holds more than {CODE_LIMIT:,} characters of code: {SHORTEN}")
        yield source


def _text(source: object) -> str:
    """A cell's text, which JSON may hold line by line."""
    pieces = source if isinstance(source, list) else [source]
    joined = "".join(piece for piece in pieces if isinstance(piece, str))
    # A lone surrogate is valid JSON and no text.
    return joined.encode("utf-8", "replace").decode().replace("\r\n", "\n")


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

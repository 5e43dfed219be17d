"""The Python in a notebook's code cells, without what only a notebook understands."""

from __future__ import annotations

import ast
import json
import re
import shlex
import symtable
import warnings
from collections.abc import Iterator
from functools import lru_cache
from itertools import count, islice, takewhile

from assay.submission import writefile
from assay.submission.naming import shown

Cells = tuple[tuple[str, str], ...]

PARSED_LIMIT = 2**17  # characters parsed: broken ones cost a parser 1.5 kB and 3 us each
DOCUMENT_LIMIT = 2**23  # bytes of a notebook without its images
BRACKET_LIMIT = 2**18  # brackets in it: each object or list takes at least 200 bytes
CELL_LIMIT = 2_000  # code cells
CODE_LIMIT = 2**18  # characters of code in a notebook
TRIES = 3  # runs of magics in one cell that are examined one by one
MAGIC_LIMIT = 1_000  # lines with magics that are replaced in one cell
AGAIN = "save it again in Jupyter"
SHORTEN = "move the data in them to a file"

# A JSON string of base64 only, which no code is: an image in the output of a cell.
_IMAGE = re.compile(rb'(?<!\\)"(?=[\w+/=\\]{10000})(?:[\w+/=]++|\\n)++"')
_TIMING = re.compile(r"%%(?:time|timeit|capture|prun|assay)\b")
_WRITING = re.compile(r"%%(?:writefile|file)\s+(.+)")
# What a script that was exported from a notebook contains: nbconvert, Colab, VS Code, Jupytext.
_EXPORTED = re.compile(
    r"""^\#\ In\s?\[[\d ]*\]:|\bget_ipython\(\)|^Automatically\ generated\ by\ Colab
    |^\#\ %%\ \[markdown\]|^\#\ +jupytext:""",
    re.MULTILINE | re.VERBOSE,
)
# How nbconvert writes a cell that IPython times; its code is in the string.
_TIMED = re.compile(
    r"""^get_ipython\(\)\.run_cell_magic\('(?:time|timeit|capture|prun|assay)',\ *'[^'\n]*',\ *
    ('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\)""",
    re.MULTILINE | re.VERBOSE,
)
# Line magics that change what the code below them does.
_ACTING = frozenset({"cd", "env", "pylab", "run", "set_env"})
_ASSIGNED = re.compile(r"([^=]+=)\s*([%!].*)", re.DOTALL)
# A line that starts with %, ! or ?, a name that ends in ?, or an assignment from such a line.
_MAGIC = re.compile(r"[%!?]|[\w.*\[\]]+\?{1,2}$|[^=]+=\s*[%!]")
# Whether a text can have such a line: faster than to parse it.
_MAY_HAVE_MAGICS = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)


class NotANotebook(Exception):
    """Why no cell can be read: the end of a sentence that begins with the file's name."""


def read(content: bytes, name: str) -> tuple[Cells, tuple[str, ...]]:
    """The code cells in order, each with the name shown in errors; and notes on those left out.

    Raises:
        NotANotebook: it is not UTF-8, not JSON, not a notebook, or not in Python.
    """
    cells, notes = [], []
    for number, text in enumerate(_code_cells(content), start=1):
        title = f"{shown(name)}, cell {number}"
        kept = python(text)
        if kept is None:
            head = shown(text.split()[0][:40])
            notes.append(f"{title} was skipped: it starts with {head}")
        elif kept.strip():
            cells.append((title, kept))
    return tuple(cells), tuple(notes)


def markdown(content: bytes) -> list[tuple[int, str]]:
    """The texts of the Markdown cells, each with its number among all cells; none if damaged."""
    if b'"markdown"' not in content:
        return []
    try:
        cells = enumerate(_cells(_parsed(content)), start=1)
    except NotANotebook:
        return []
    return [(n, _text(cell)) for n, cell in cells if cell.get("cell_type") == "markdown"]


def python(text: str) -> str | None:
    """A cell as Python, each line at its place; None if the cell is in another language.

    A cell that parses stays as it is; in one that does not, only magics are replaced: by what
    IPython would call, by the code that they time, or by `pass` if they change nothing here.
    """
    bad_line = None if len(text) > PARSED_LIMIT else _first_bad_line(text)
    if bad_line is None:
        return text
    lines = text.split("\n")
    head = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines[head].startswith("%%"):
        return _without_magics(lines, bad_line)
    written = _WRITING.match(lines[head])
    if written:
        body = "\n".join(lines[head + 1 :]) + "\n"
        call = f"get_ipython().run_cell_magic('writefile', {_placed(written[1])!r}, {body!r})"
        return "\n".join([*lines[:head], call, *[""] * (len(lines) - head - 1)])
    if not _TIMING.match(lines[head]):
        return None
    lines[head] = ""
    return _without_magics(lines, _first_bad_line("\n".join(lines)))


def _placed(line: str) -> str:
    """The line of `%%writefile` with a path from the notebook's folder, as far as that is known."""
    path, appends = writefile.target(line)
    return f"{'-a ' * appends}{shlex.quote(path)}"


def from_script(text: str) -> tuple[str, bool]:
    """A script as Python, and whether it was exported from a notebook."""
    if _MAY_HAVE_MAGICS.search(text):
        kept = python(text) or text
        return kept, kept != text or bool(_EXPORTED.search(text))
    return text, bool(_EXPORTED.search(text))


def bound(text: str) -> frozenset[str]:
    """The names that a source binds at its top level, by def, class, import or assignment.

    Raises:
        SyntaxError: it does not parse, for whatever reason.
    """
    if len(text) > PARSED_LIMIT:
        raise SyntaxError("too long to parse")
    parsed = _bound_or_fault(text)
    if isinstance(parsed, SyntaxError):
        raise parsed.with_traceback(None)
    return parsed


@lru_cache(maxsize=32)  # several of a submission's readers ask for the same texts
def _bound_or_fault(text: str) -> frozenset[str] | SyntaxError:
    """The names that a source binds, or why it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Given a file name, the parser would open that file to quote the bad line.
            table = symtable.symtable(text, "", "exec")
        symbols = [s for s in table.get_symbols() if s.is_assigned() or s.is_imported()]
        names = frozenset(s.get_name() for s in symbols)
        return names.union(*(bound(ast.literal_eval(cell)) for cell in _TIMED.findall(text)))
    except SyntaxError as fault:
        return fault
    except (ValueError, RecursionError, MemoryError, OverflowError) as fault:
        return SyntaxError(type(fault).__name__)


def _first_bad_line(text: str) -> int | None:
    """The line, from 1, at which the parser stops; 0 if unknown; None if it is all Python."""
    try:
        bound(text)
    except SyntaxError as fault:
        return fault.lineno or 0
    return None


def _without_magics(lines: list[str], bad_line: int | None) -> str:
    """Replace magics: those at which the parser stops or, if that is not enough, all.

    Args:
        bad_line: the line at which it stops first.
    """
    magics = set(islice(_magics(lines), MAGIC_LIMIT + 1))
    if len(magics) > MAGIC_LIMIT:
        return "\n".join(lines)
    # No statement starts with these characters, nor does a line of a string right after a magic.
    certain = {i for i in magics if lines[i].lstrip().startswith(("%", "!", "?"))}
    careful = list(lines)
    for _ in range(TRIES):
        if bad_line is None or bad_line - 1 not in magics:
            break
        for position in (bad_line - 1, *takewhile(certain.__contains__, count(bad_line))):
            _replace(careful, position)
        bad_line = _first_bad_line("\n".join(careful))
    if bad_line is None:
        return "\n".join(careful)
    for position in sorted(magics):
        _replace(lines, position)
    return "\n".join(lines)


def _magics(lines: list[str]) -> Iterator[int]:
    return (i for i, line in enumerate(lines) if _MAGIC.match(line.strip()))


def _replace(lines: list[str], position: int) -> None:
    line = first = lines[position]
    if not line:  # it continued the line before it
        return
    text, place = line.strip(), position
    while line.rstrip().endswith("\\") and place + 1 < len(lines):
        place += 1
        line, lines[place] = lines[place], ""
        text = f"{text.rstrip()[:-1]} {line.strip()}"
    lines[position] = first[: len(first) - len(first.lstrip())] + _called(text)


def _called(magic: str) -> str:
    """The Python that a magic stands for, on one line."""
    assigned = _ASSIGNED.fullmatch(magic)
    if assigned:
        return f"{assigned[1]} {_value(assigned[2])}"
    name, _, rest = magic.lstrip("%").partition(" ")
    if magic.startswith("%") and name == "time":
        return rest.strip() or "pass"
    command = magic.lstrip("!").strip()
    if magic.startswith("!") and command.startswith("mkdir "):
        return f"get_ipython().system({command!r})"
    return _value(magic) if magic.startswith("%") and name in _ACTING else "pass"


def _value(magic: str) -> str:
    """What a magic is worth, as an expression."""
    if magic.startswith("!"):
        return f"get_ipython().getoutput({magic.lstrip('!').strip()!r})"
    name, _, rest = magic.lstrip("%").partition(" ")
    if name == "time":
        return rest.strip() or "None"
    return f"get_ipython().run_line_magic({name!r}, {rest.strip()!r})"


def _code_cells(content: bytes) -> list[str]:
    """The texts of the code cells."""
    document = _parsed(content)
    language = _language(document)
    texts = [_text(cell) for cell in _cells(document) if cell.get("cell_type") == "code"]
    is_python = re.match(r"i?python", language, re.IGNORECASE) or any(map(_defines, texts))
    if not is_python:  # Sage and others name their own language, and are Python
        raise NotANotebook(f"is written in {shown(language)}, not in Python")
    if len(texts) > CELL_LIMIT:
        raise NotANotebook(f"has more than {CELL_LIMIT:,} code cells: hand in fewer")
    if sum(map(len, texts)) > CODE_LIMIT:
        raise NotANotebook(f"has more than {CODE_LIMIT:,} characters in its code cells: {SHORTEN}")
    return texts


def _defines(text: str) -> bool:
    """Whether a cell is Python and defines a function."""
    try:
        return any(isinstance(each, ast.FunctionDef) for each in ast.parse(text).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _parsed(content: bytes) -> dict[str, object]:
    if len(content) > DOCUMENT_LIMIT:
        content = _IMAGE.sub(b'""', content)
    brackets = content.count(b"[") + content.count(b"{")
    if len(content) > DOCUMENT_LIMIT or brackets > BRACKET_LIMIT:
        raise NotANotebook(f"contains too much besides its code: clear its outputs and {AGAIN}")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise NotANotebook(f"is not valid UTF-8 at byte {fault.start}: {AGAIN}") from None
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise NotANotebook(f"is not valid JSON from {place} on: {AGAIN}") from None
    except (RecursionError, ValueError) as fault:
        raise NotANotebook(f"is not a notebook ({type(fault).__name__}): {AGAIN}") from None
    if not any(isinstance(_mapping(document).get(key), list) for key in ("cells", "worksheets")):
        raise NotANotebook(f"is not a notebook: {AGAIN}")
    return _mapping(document)


def _cells(document: dict[str, object]) -> Iterator[dict[str, object]]:
    """Its cells; up to format 3 they were in worksheets."""
    for home in (document, *map(_mapping, _list(document.get("worksheets")))):
        yield from map(_mapping, _list(home.get("cells")))


def _language(document: dict[str, object]) -> str:
    metadata = _mapping(document.get("metadata"))
    info, kernel = _mapping(metadata.get("language_info")), _mapping(metadata.get("kernelspec"))
    named = [info.get("name"), kernel.get("language"), metadata.get("language")]
    return next((name for name in named if name and isinstance(name, str)), "python")


def _text(cell: dict[str, object]) -> str:
    """A cell's text, which may be a list of lines; up to format 3 the key was "input"."""
    source = cell.get("source", cell.get("input"))
    pieces = source if isinstance(source, list) else [source]
    joined = "".join(piece for piece in pieces if isinstance(piece, str))
    # A lone surrogate is valid JSON but not valid text.
    return joined.encode("utf-8", "replace").decode().replace("\r\n", "\n")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}

"""One Python file or notebook of a submission: its text, its import name, and what it defines."""

from __future__ import annotations

import keyword
import posixpath
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from assay.checks import problem_number
from assay.submission import notebook
from assay.submission.naming import shown

# Common encodings of Python files before UTF-8; used if the file declares them.
ENCODINGS = frozenset(
    {
        "latin-1",
        "iso-8859-1",
        "iso-8859-15",
        "cp1252",
        "windows-1252",
        "cp949",
        "euc-kr",
        "gbk",
        "gb18030",
        "gb2312",
        "big5",
        "shift-jis",
        "cp932",
        "euc-jp",
        "koi8-r",
        "cp1251",
    }
)
LIBRARIES = sys.stdlib_module_names | {
    "assay",
    "hypothesis",
    "mpmath",
    "msgspec",
    "nbformat",
    "numpy",
    "pytest",
    "safetensors",
    "scipy",
    "sympy",
    "torch",
}
# A source imported under such a name would replace the real module.
RESERVED = LIBRARIES | {"__main__"}

_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_HEADER = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """A Python file or a notebook.

    Attributes:
        name: its path in the submission, for example "problem2_projection.py".
        module: the name that it is imported under.
        cells: (name shown in errors, text); a file is one cell, a notebook has its code cells.
        tolerant: whether a cell that fails is skipped, as in a notebook.
        fault: one sentence why it cannot be imported at all; empty if it can.
    """

    name: str
    module: str
    cells: tuple[tuple[str, str], ...]
    tolerant: bool
    fault: str = ""

    @property
    def file(self) -> str:
        """Its file name, without folders."""
        return posixpath.basename(self.name)

    @property
    def problem(self) -> str:
        """The number of the problem that its name suggests; empty if none."""
        return problem_number(self.name)

    @property
    def import_name(self) -> str:
        """The name by which other files import it, `pkg.mod` for pkg/mod.py; empty if none."""
        parts = self.name[: -len(".py")].split("/")
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        plain = not self.tolerant and all(_is_identifier(part) for part in parts)
        return ".".join(parts) if plain else ""

    @property
    def hidden_by(self) -> str:
        """The library that an import of its name finds instead; empty if there is none."""
        library = self.import_name.partition(".")[0]
        return library if library in LIBRARIES else ""

    @cached_property
    def size(self) -> int:
        """How many of its characters are parsed."""
        return sum(min(len(text), notebook.PARSED_LIMIT) for _, text in self.cells)

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names bound at its top level; a cell that does not parse binds none."""
        return frozenset[str]().union(*(_bound(text) for _, text in self.cells))

    @cached_property
    def attempted(self) -> frozenset[str]:
        """The names in a file's def and class lines, even if the file does not parse."""
        texts = [] if self.tolerant else [text for _, text in self.cells]
        return frozenset(name for text in texts for name in _HEADER.findall(text))


def from_file(name: str, content: bytes, taken: Collection[str] = ()) -> Source:
    """A .py file as a source; `taken` are names of the homework's own modules."""
    module = _module_name(name, taken)
    try:
        return Source(name, module, ((name, text(content)),), tolerant=False)
    except UnicodeDecodeError as fault:
        where = f"{shown(name)} is not valid {_encoding_name(fault)} at byte {fault.start}"
        return Source(name, module, (), tolerant=False, fault=f"{where}: save it as UTF-8")


def from_notebook(
    name: str, content: bytes, taken: Collection[str] = ()
) -> tuple[Source, tuple[str, ...]]:
    """An .ipynb file as a source, and notes on the cells that were skipped."""
    module = _module_name(name, taken)
    try:
        cells, notes = notebook.read(content, name)
    except notebook.NotANotebook as fault:
        return Source(name, module, (), tolerant=True, fault=f"{shown(name)} {fault}"), ()
    return Source(name, module, cells, tolerant=True), notes


def text(content: bytes) -> str:
    """The text of a Python file: UTF-8, or the encoding that its first two lines declare.

    In comments, bytes that are not UTF-8 are replaced.

    Raises:
        UnicodeDecodeError: it is in neither of them.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = filter(None, map(_CODING.match, content.split(b"\n", 2)[:2]))
        encoding = next((match[1].decode().lower().replace("_", "-") for match in declared), "")
        if encoding in ENCODINGS:
            return content.decode(encoding)
        # Python 3.11 and older accept any byte in comments, so that such files exist.
        lines = (line.partition(b"#") for line in content.split(b"\n"))
        plain = (
            code + sign + comment.decode("utf-8", "replace").encode()
            for code, sign, comment in lines
        )
        return b"\n".join(plain).decode("utf-8-sig")


def _bound(cell: str) -> frozenset[str]:
    try:
        return notebook.bound(cell)
    except SyntaxError:
        return frozenset()


def _module_name(name: str, taken: Collection[str]) -> str:
    stem = posixpath.splitext(posixpath.basename(name))[0]
    word = re.sub(r"\W", "_", stem)
    word = word if word.isidentifier() else f"_{word}"
    is_taken = keyword.iskeyword(word) or word in RESERVED or word in taken
    return f"{word}_" if is_taken else word


def _is_identifier(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


def _encoding_name(fault: UnicodeDecodeError) -> str:
    return fault.encoding.upper().removesuffix("-SIG")

"""One Python file or notebook of a submission: its text, its import name, and what it defines."""

from __future__ import annotations

import keyword
import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from assay.checks import problem_number
from assay.protocol.libraries import LIBRARIES
from assay.submission import notebook, versions
from assay.submission.definitions import Definition, Template, definitions
from assay.submission.naming import importable, shown

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
# A source imported under such a name would replace the real module.
RESERVED = LIBRARIES | {"__main__"}

_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Between two lines at the margin, where one statement may end and the next begin.
_BLOCK = re.compile(r"\n(?=\w|@)")
_IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)
_STARRED = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*\*", re.MULTILINE)
# What can bind a name that no statement shows: a namespace as a dictionary, code in a text, `%run`.
_OUT_OF_SIGHT = re.compile(
    r"""\b(?:globals|vars|locals|exec|setattr)\s*\(|\.__dict__\b|\buser_ns\b
    |\brun_line_magic\(\s*['"]run['"]""",
    re.VERBOSE,
)
BLOCKS = 1_000  # parts of a broken text that are parsed one by one
_HEADER = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """A Python file or a notebook.

    Attributes:
        name: its path in the submission, for example "problem2_projection.py".
        module: the name that it is imported under.
        cells: (name shown in errors, text); a file is one cell, a notebook has its code cells.
        tolerant: whether it is a notebook.
        fault: one sentence why it cannot be imported at all; empty if it can.
        imported: other sources that a cell imports, each with the name it uses and its text.
        origin: its path in what was handed in, before the folders around everything were removed.
        handed_in: larger for what was handed in later: its turn among several attachments, and
            whether it was a file of its own, not a member of an archive.
        exported: whether it is a script that was exported from a notebook.
        written_by: the cell of a notebook that writes this file; empty if it was handed in.
        before: the files that its cells append to, as they are before it runs.
        kept: the functions that are graded as this source has them, each with the definition
            that counts; None if it is bound in another way.
        packages: (the folder that a package is in, its full name from there), the longest name
            first; none if it is in no package (`assay.submission.packages`).
    """

    name: str
    module: str
    cells: tuple[tuple[str, str], ...]
    tolerant: bool
    fault: str = ""
    imported: tuple[tuple[str, str], ...] = ()
    origin: str = field(default="", compare=False)
    handed_in: tuple[int, bool] = field(default=(0, True), compare=False)
    exported: bool = False
    written_by: str = field(default="", compare=False)
    before: tuple[tuple[str, bytes], ...] = field(default=(), compare=False)
    kept: tuple[tuple[str, Definition | None], ...] = field(default=(), compare=False)
    packages: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def is_in_package(self) -> bool:
        """Whether it is run as a module of a package."""
        return bool(self.packages) and not self.interactive

    @property
    def full_name(self) -> str:
        """The name that it is run under."""
        return self.packages[0][1] if self.is_in_package else self.module

    @property
    def names(self) -> frozenset[str]:
        """The names by which other files import it."""
        return frozenset([self.import_name, *(name for _, name in self.packages)]) - {""}

    @property
    def label(self) -> str:
        """Its name in notes, with the cell that writes it if there is one."""
        return f"{self.written_by}: {self.name}" if self.written_by else self.name

    @property
    def age(self) -> tuple[int | bool, ...]:
        """Larger for what was handed in later, as far as the system and the names tell."""
        origin = self.origin or self.name
        return (not versions.is_older(origin), *self.handed_in, versions.newness(origin))

    @property
    def interactive(self) -> bool:
        """Whether it has what IPython provides."""
        return self.tolerant or self.exported

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
        return self.import_name_from("")

    def import_name_from(self, folder: str) -> str:
        """The name by which the files in a folder import it, if that is where a program starts."""
        start = f"{folder}/" if folder else ""
        if not (self.name.lower().endswith(".py") and self.name.startswith(start)):
            return ""
        parts = self.name[len(start) : -len(".py")].split("/")
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        return ".".join(parts) if all(_is_identifier(part) for part in parts) else ""

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
    def why_not(self) -> str:
        """One sentence why no part of it can be run; empty if some part can."""
        texts = [text for text in self._texts if text.strip()]
        if self.fault or not texts:
            return self.fault or f"{shown(self.name)} is empty: hand in your code"
        faults = [_bad_line(text) for text in texts]
        return f"{shown(self.name)} is not valid Python ({faults[0]})" if all(faults) else ""

    @property
    def _texts(self) -> list[str]:
        return [text for _, text in self.cells]

    def definitions(
        self, functions: Collection[str], template: Template
    ) -> dict[str, list[Definition]]:
        """The definitions of each of these functions, in the order in which they are run."""
        return definitions(self.cells, functions, template)

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules that its import statements name, even if it does not parse."""
        return frozenset(name for text in self._texts for name in _IMPORTED.findall(text))

    @cached_property
    def starred(self) -> frozenset[str]:
        """Those of which it imports every name: `from helpers import *`."""
        found = frozenset(name for text in self._texts for name in _STARRED.findall(text))
        return frozenset(map(self._absolute, found))

    @property
    def imported_modules(self) -> frozenset[str]:
        """The full names of the modules that its import statements name."""
        return frozenset(map(self._absolute, self.imports))

    def _absolute(self, name: str) -> str:
        """The full name that a relative import stands for, `pkg.mod` for `.mod` in the package."""
        rest = name.lstrip(".")
        if rest == name or not self.packages:
            return name
        parts = self.packages[0][1].split(".")
        above = len(name) - len(rest) - (self.file == "__init__.py")
        return ".".join(filter(None, [*parts[: max(len(parts) - above, 0)], rest]))

    def can_bind_out_of_sight(self, files: Collection[str]) -> bool:
        """Whether its code may bind names that none of its statements shows.

        Args:
            files: the names of the submission's files, without suffix; from another module that it
                does not write itself, `import *` binds nothing of the student's own.
        """
        code = "\n".join(self._texts)
        last = {name.rpartition(".")[2] for name in self.starred} - {""}
        is_own = any(name in files or f"{name}.py" in code for name in last)
        return is_own or bool(_OUT_OF_SIGHT.search(code))

    def mentioned(self, words: Collection[str]) -> frozenset[str]:
        """Those of some words that its text has anywhere."""
        any_word = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
        return frozenset(word for text in self._texts for word in any_word.findall(text))

    @cached_property
    def attempted(self) -> frozenset[str]:
        """The names in a file's def and class lines, even if the file does not parse."""
        texts = self._texts if self.name.lower().endswith(".py") else []
        return frozenset(name for text in texts for name in _HEADER.findall(text))


def from_file(
    name: str, content: bytes, taken: Collection[str] = (), *, magics: bool = True
) -> Source:
    """A .py file as a source.

    Args:
        taken: names of the homework's own modules.
        magics: whether it may have been exported from a notebook, whose magics are then replaced.
    """
    module = _module_name(name, taken)
    try:
        code = text(content)
        code, exported = notebook.from_script(code) if magics else (code, False)
        return Source(name, module, ((name, code),), tolerant=False, exported=exported)
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


def _bad_line(cell: str) -> str:
    """Where a text is not Python, and why; empty if some part of it is, or if it is too long."""
    try:
        notebook.bound(cell)
    except SyntaxError as fault:
        if len(cell) > notebook.PARSED_LIMIT or any(map(_bound, _BLOCK.split(cell)[:BLOCKS])):
            return ""
        where = f"line {fault.lineno}: " if fault.lineno else ""
        return shown(f"{where}{fault.msg}")
    return ""


def _module_name(name: str, taken: Collection[str]) -> str:
    word = importable(posixpath.splitext(posixpath.basename(name))[0])
    return f"{word}_" if word in RESERVED or word in taken else word


def _is_identifier(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


def _encoding_name(fault: UnicodeDecodeError) -> str:
    return fault.encoding.upper().removesuffix("-SIG")

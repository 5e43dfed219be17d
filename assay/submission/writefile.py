"""What a notebook's cells write to files with `%%writefile`."""

from __future__ import annotations

import ast
import posixpath
import re
import shlex
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

_STRING = r"""('(?:[^'\\\n]++|\\.)*+'|"(?:[^"\\\n]++|\\.)*+")"""
# What such a cell becomes, here (`assay.submission.notebook`) and when nbconvert exports it.
_CALL = re.compile(
    rf"^get_ipython\(\)\.run_cell_magic\('(?:writefile|file)',\ *{_STRING},\ *{_STRING}\)",
    re.MULTILINE,
)
TEXT_LIMIT = 2**21  # characters of a script that are searched: a notebook has fewer
_OPTIONS = ("-a", "--append")
# Where notebooks run, or what a name begins with that means that place.
_START = re.compile(
    r"(?:/content(?:/drive/My ?Drive)?|/kaggle/working|~|\$\{?(?:HOME|PWD)\}?)/+(?=.)"
)


@dataclass
class Written:
    """A file that cells write.

    Attributes:
        cell: the first cell whose text is in it.
        appends: whether what was there before stays.
        pieces: the texts, in the order in which they are written.
    """

    cell: str
    appends: bool
    pieces: list[str] = field(default_factory=list)

    def content(self, before: bytes) -> bytes:
        """The file, if this was in its place before."""
        return (before if self.appends else b"") + "".join(self.pieces).encode()


def target(line: str) -> tuple[str, bool]:
    """The path that `%%writefile line` names, from the notebook's folder; and whether it appends.

    >>> target("-a ./src/utils.py"), target('"/content/problem1.py"')
    (('src/utils.py', True), ('problem1.py', False))
    """
    line = re.sub(r"\\(?! )", "/", line)
    try:
        words = shlex.split(line)
    except ValueError:  # a quote that is not closed
        words = line.split()
    names = [word for word in words if word not in _OPTIONS]
    name = names[0] if names else "."
    start = _START.match(name)
    path = name[start.end() :] if start else name
    return posixpath.normpath(path), len(names) < len(words)


def written(cells: Iterable[tuple[str, str]]) -> dict[str, Written]:
    """What cells write, by path; the last full text of each, and what is appended to it."""
    found: dict[str, Written] = {}
    for title, text in cells:
        for call in _CALL.finditer(text, 0, TEXT_LIMIT):
            line, body = map(_literal, call.groups())
            path, appends = target(line)
            if not (appends and path in found):
                found[path] = Written(title, appends)
            found[path].pieces.append(body)
    return found


def _literal(string: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(ast.literal_eval(string)).encode("utf-8", "replace").decode()
        except (SyntaxError, ValueError):
            return ""

"""A submission's written part: LaTeX, Markdown and text files, notebooks' Markdown cells."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from assay.submission import notebook
from assay.submission.naming import DOCUMENTS, shown

GIVEN = frozenset({"readme.md", "readme.txt", "requirements.txt", "license.txt", "license.md"})


def is_document(path: str) -> bool:
    """Whether a file can be a written solution, by its name."""
    name = posixpath.basename(path).lower()
    return name.endswith(DOCUMENTS) and name not in GIVEN


def documents_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents among files, and each notebook's Markdown cells as "hw10.ipynb, cell 3"."""
    found: dict[str, bytes] = {}
    for path, content in files.items():
        if is_document(path):
            found[path] = content
        elif path.lower().endswith(".ipynb"):
            try:
                cells = notebook.markdown(content)
            except notebook.NotANotebook:
                continue
            for number, text in cells:
                found[f"{shown(path)}, cell {number}"] = text.encode()
    return found

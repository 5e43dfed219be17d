"""What of a submission may hold a written solution: text files, and the Markdown of notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from assay.submission import notebook
from assay.submission.encoding import in_utf8
from assay.submission.naming import DOCUMENTS, shown

_FORMULA = re.compile(rb"\$[^$]|\\\[|\\\(|\\begin\{|```math")
_FIGURE = re.compile(rb"\d\.\d")
SIZE_LIMIT = 2**18  # bytes of one document; what is larger is data
TOTAL_LIMIT = 2**20  # bytes of all
COUNT_LIMIT = 200
MOST_CHARACTERS = 1_000_000  # of all documents that are judged


def found_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents by name: a file's path, or "hw10.ipynb, cell 3", where all cells are counted.

    Within limits; those that come first in the order of the files are kept.
    """
    documents: dict[str, bytes] = {}
    size = 0
    for name, content in islice(_all(files), COUNT_LIMIT):
        size += len(content)
        if size > TOTAL_LIMIT:
            break
        documents[name] = content
    return documents


def may_count(documents: Mapping[str, bytes]) -> bool:
    """Whether a formula or a figure stands in one of them: else there is nothing to judge."""
    return have_formulas(documents) or any(map(_FIGURE.search, documents.values()))


def have_formulas(documents: Mapping[str, bytes]) -> bool:
    """Whether a formula stands in one of them, as far as its marks show."""
    return any(_FORMULA.search(content) for content in documents.values())


def texts(documents: Mapping[str, bytes]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The documents that can be read, and remarks on the others."""
    kept: dict[str, str] = {}
    remarks = []
    size = 0
    for name, content in documents.items():
        size += len(content)
        if size > MOST_CHARACTERS:
            remarks.append(f"{name} was not read: the documents are too long")
            continue
        try:
            kept[name] = content.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            remarks.append(
                f"{name} was not read: it is not UTF-8 at byte {fault.start}; save it as UTF-8"
            )
    return kept, tuple(remarks)


def _all(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for path, content in files.items():
        if path.lower().endswith(".ipynb"):
            for number, text in notebook.markdown(content):
                yield f"{shown(path)}, cell {number}", text.encode()[:SIZE_LIMIT]
        elif path.lower().endswith(DOCUMENTS) and len(content) <= SIZE_LIMIT:
            yield path, in_utf8(content)

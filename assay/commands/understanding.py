"""`assay read`: how written mathematics is understood, section by section and line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.padding import Padding
from rich.text import Text

from assay.errors import InvalidInput
from assay.report.text import line, visible
from assay.submission import read
from assay.submission.documents import texts

if TYPE_CHECKING:
    from rich.console import Console

    from assay.homework import Homework
    from assay.sandbox.host import Sandbox

_Line = tuple[int, bool, str, str, str]
_Section = tuple[str, int, str, list[_Line]]


def documents_in(path: Path, homework: Homework) -> tuple[dict[str, str], tuple[str, ...]]:
    """The documents of a submission that can be read, and remarks on the others.

    Raises:
        InvalidInput: there is no document, or the homework reads none.
        Unreadable: there is no submission at PATH.
    """
    documents, remarks = texts(read(path, homework).documents)
    if not documents:
        why = f" ({remarks[0]})" if remarks else ""
        raise InvalidInput(
            f"{path} holds no written solution{why}: name a .tex, .md or .txt file, or a notebook"
        )
    if not homework.written:
        raise InvalidInput(f"{homework.title} reads no written solutions")
    return documents, remarks


def show_understanding(
    console: Console, sandbox: Sandbox, documents: Mapping[str, str], remarks: Sequence[str]
) -> None:
    """Show the documents of a submission as they are read, after remarks on others."""
    from assay.grading.written import ask  # here: what is wrong with the path is said without torch

    sections, notes = ask(sandbox, "understood", documents)
    for note in (*remarks, *map(str, notes)):
        console.print(Text(note, style="dim"))
    for document, number, name, lines in msgspec.convert(sections, list[_Section]):
        console.print(Text.assemble("\n", (name, "bold"), f"   {document}, line {number}"))
        for each in lines:
            _show(console, *each)
        if not lines:
            console.print(Text("  prose", style="dim"))


def _show(
    console: Console, number: int, is_first: bool, source: str, understood: str, why: str
) -> None:
    if is_first:
        console.print()
    text = Text(f"{number:>5}  ", style="dim")
    text.append(str(visible(line(understood or why))), style="yellow" if why else "none")
    console.print(text)
    console.print(Padding(Text(str(visible(line(source))), style="dim"), (0, 0, 0, 7)))

"""The cells that a kernel ran, as a submission, with the files beside the notebook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assay.errors import InvalidInput, Unreadable
from assay.homework import Homework
from assay.submission import Submission
from assay.submission.choice import LAST
from assay.submission.folder import Collected, collect
from assay.submission.layout import is_source
from assay.submission.notebook import bound, python
from assay.submission.source import from_file, from_notebook

NAME = "notebook"  # what messages call the notebook: a kernel does not know its file


def submission(cells: Sequence[str], folder: Path, homework: Homework) -> Submission:
    """What a notebook has defined so far, as the notebook alone would be handed in.

    Other notebooks and written solutions in the folder do not count; modules can be imported and
    data can be read.
    """
    collected = _beside(folder, homework)
    content = _document(_once(cells))
    source, skipped = from_notebook(NAME, content, homework.modules)
    others = [
        from_file(path, body, homework.modules)
        for path, body in collected.files.items()
        if path.lower().endswith(".py")
    ]
    modules = Submission(NAME, tuple(others), {}, {}, (), "").modules()
    source = replace(source, handed_in=(1, True), imported=tuple(modules.items()))
    starred = [other for other in others if other.names & source.starred]
    reported = {each.file for each in homework.sections} & collected.files.keys()
    data = {p: b for p, b in collected.files.items() if not is_source(p) and p not in reported}
    found = Submission(
        name=NAME,
        sources=(source, *starred),
        data=data,
        reported={name: collected.files[name] for name in reported},
        notes=(),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    # That a later cell defines a function again is how a notebook is written.
    chosen = [note for note in found.chosen(homework) if f"({LAST})" not in note]
    return replace(found, notes=(*collected.notes, *skipped, *chosen))


def problems_of(cell: str, homework: Homework) -> tuple[str, ...]:
    """The problems that ask for a function which this cell defines.

    Raises:
        InvalidInput: there is none.
    """
    try:
        names = bound(python(cell) or "")
    except SyntaxError:
        names = frozenset()
    asked = {module: homework.functions_of(module) for module in homework.problem_modules()}
    found = tuple(module for module, functions in asked.items() if functions & names)
    if not found:
        raise InvalidInput(
            f"this cell defines no function that {homework.title} asks for: name what to grade, "
            "for example %%assay problem2"
        )
    return found


def _beside(folder: Path, homework: Homework) -> Collected:
    """The files beside the notebook; none, and a note, if there are too many."""
    collected = Collected(folder.name, homework)
    try:
        collect(folder, collected)
    except Unreadable as fault:
        collected = Collected(folder.name, homework)
        collected.note(f"the files beside the notebook were not read: {fault}")
    return collected


def _document(cells: Sequence[str]) -> bytes:
    """A notebook file with these code cells."""
    listed = [{"cell_type": "code", "source": text} for text in cells]
    return json.dumps({"cells": listed}).encode()


def _once(cells: Sequence[str]) -> list[str]:
    """The cells, of those that ran several times and bind nothing only the last: they take time."""
    last = {text: place for place, text in enumerate(cells)}
    return [text if last[text] == place or _binds(text) else "" for place, text in enumerate(cells)]


def _binds(text: str) -> bool:
    try:
        return bool(bound(python(text) or ""))
    except SyntaxError:
        return True

"""Where in a submission's files the function is that a check is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assay.checks import Stated
from assay.foreign import Foreign
from assay.homework import Homework
from assay.submission import Submission
from assay.submission.definitions import Definition, Template
from assay.submission.source import Source


class Place(NamedTuple):
    """A file of the submission, and a line of it from 1; 0 if no line can be named."""

    file: Foreign
    line: int = 0


def places(
    checks: Iterable[Stated], submission: Submission, homework: Homework
) -> dict[str, Place]:
    """Where the first function is that each check names, by the check's id.

    A check whose problem has no file is left out. In a notebook, a line has no number.
    """
    found: dict[str, Place] = {}
    for check in checks:
        template = homework.template_of(check.module)
        source = submission.source(check.module, template, template) if template else None
        if source is not None and not source.written_by:
            names = homework.functions_named_by(check)
            found[check.id] = _place(names, source, submission, template)
    return found


def _place(names: Iterable[str], main: Source, submission: Submission, template: Template) -> Place:
    """Where the first of these functions is that the main source has, or else another one."""
    others = (source for source in submission.sources if source.name != main.name)
    everywhere = [main, *(source for source in others if not source.written_by)]
    for name in names:
        for source in everywhere:
            for definition in _definitions(name, source, source.definitions(template, template)):
                line = 0 if source.tolerant else definition.lines[0]
                return Place(source.origin or source.name, line)
    return Place(main.origin or main.name)


def _definitions(
    name: str, source: Source, found: dict[str, list[Definition]]
) -> Iterator[Definition]:
    """The definition that is graded, and then the others, the last one first."""
    graded = dict(source.kept).get(name)
    yield from [graded] if graded else []
    yield from reversed(found.get(name, []))

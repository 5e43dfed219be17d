"""What a submission has not begun: it is known from its text, and nothing has to be run for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import assay
from assay.checks import Stated, select
from assay.foreign import Foreign, quoted
from assay.homework import Homework, Section
from assay.message import Message, command
from assay.outcome import Outcome, Result
from assay.submission import Submission
from assay.submission.definitions import is_same_code
from assay.submission.documents import may_count
from assay.submission.naming import DOCUMENTS
from assay.submission.source import Source

MOST_NAMES = 3  # of files in a sentence


def result(submission: Submission, homework: Homework, only: str, seed: int) -> Result | None:
    """The result of a submission in which nothing that `only` names is written.

    Returns:
        None where anything has to be run or read to know the result.
    """
    stated = homework.stated()
    chosen = select(stated, only) if only else stated
    if not submission.sources or may_count(written(submission, homework)):
        return None
    lacking = {m: lacks(submission, homework, m) for m in dict.fromkeys(c.module for c in chosen)}
    if not all(lacking.values()):
        return None
    outcomes = tuple(_missing(each, lacking[each.module]) for each in chosen)
    return Result(
        submission=submission.name,
        score=0.0,
        max_score=round(sum(o.max_points for o in outcomes), 6),
        isolation="",
        seed=seed,
        kit=assay.__version__,
        sha256=submission.sha256,
        seconds=0.0,
        checks=outcomes,
        notes=submission.notes,
        homework=homework.title,
        homework_sha256=homework.digest,
    )


def foreign(submission: Submission, homework: Homework) -> Foreign:
    """That no file defines anything that the homework asks for; empty if one does."""
    modules = homework.problem_modules()
    templates = ((module, homework.template_of(module)) for module in modules)
    if any(submission.source(module, names, names) for module, names in templates):
        return ""
    names = [source.name for source in submission.sources][:MOST_NAMES]
    more = len(submission.sources) - len(names)
    what = f"{', '.join(['{}'] * len(names))}{f' and {more} more' if more else ''}"
    defines = "define" if len(submission.sources) > 1 else "defines"
    return quoted(f"{what} {defines} none of the functions that {homework.title} asks for", *names)


def lacks(submission: Submission, homework: Homework, module: str) -> Foreign:
    """Why no check of a module has anything to judge, in a sentence; empty if one may have."""
    section = homework.section(module)
    if section is not None:
        return lacks_figures(section, submission, homework)
    template = homework.template_of(module)
    return lacks_code(submission.source(module, template, template), homework, module)


def lacks_code(source: Source | None, homework: Homework, module: str) -> Foreign:
    """Why a problem has no function that can be called; empty if it may have one."""
    if source is None:
        return f"there is no {module}.py"
    if source.fault:
        return source.fault
    names = list(homework.template_of(module))
    handed_out = _content(homework.template_folder / f"{module}.py").decode()
    texts = [text for _, text in source.cells]
    if not names or len(texts) != 1 or not is_same_code(texts[0], handed_out):
        return ""
    return f"{_listed(names)} {'are' if names[1:] else 'is'} not written yet"


def lacks_figures(section: Section, submission: Submission, homework: Homework) -> str:
    """Why no figure is reported; empty if one may be."""
    content = submission.reported.get(section.file)
    if content is None:
        return f"there is no {section.file}; it counts only where the course says so"
    if content == _content(homework.template_folder / section.file):
        return f"{section.file} is as it was handed out; it counts only where the course says so"
    return ""


def written(submission: Submission, homework: Homework) -> dict[str, bytes]:
    """The documents of a submission that are not as they were handed out."""
    files = homework.template_folder.iterdir()
    handed_out = {_content(path) for path in files if path.name.lower().endswith(DOCUMENTS)}
    return {n: c for n, c in submission.documents.items() if c not in handed_out}


def _missing(check: Stated, lacking: Foreign) -> Outcome:
    return Outcome(
        id=check.id,
        problem=check.problem,
        part=check.part,
        title=check.title,
        outcome="missing",
        points=0.0,
        max_points=check.points,
        message=str(Message(lacking, again=command(check.name))),
    )


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


@cache
def _content(path: Path) -> bytes:
    """What a file of the template holds; nothing if there is none."""
    return path.read_bytes() if path.is_file() else b""

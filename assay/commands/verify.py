"""Measures the graders themselves: known submissions must get known verdicts.

The reference must get full points and the template none; every mutant, one mistake in one problem
of the reference, must lose points there; every alternative, a correct answer in another style, must
keep all points. A mutant's other problems are the reference's own text, and a problem's verdict
depends on its own file alone, so they are judged once, with the reference.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assay.errors import InvalidHomework, InvalidInput, NoReference
from assay.grading.grader import Grader
from assay.homework import Homework
from assay.outcome import Result
from assay.submission import Source, Submission, read

_HEAD = re.compile(r"\s*\[\[\s*mutant\s*\]\]")

Expected = Literal["full", "none", "less"]


@dataclass(frozen=True)
class Case:
    """A submission whose verdict is known.

    Attributes:
        name: "mutant problem2_projection no_clamp".
        says: what it does, in one line.
        module: the problem it is judged in; empty for all of them.
        expected: full points, none, or less than full.
    """

    name: str
    says: str
    module: str
    expected: Expected
    submission: Submission


@dataclass(frozen=True)
class Chosen:
    """Some known submissions; `whole` are the problems of which all are among them."""

    cases: tuple[Case, ...]
    whole: tuple[str, ...]


def chosen_cases(homework: Homework, only: str) -> Chosen:
    """The known submissions that `only` names, a problem or part of a name; all if it is empty.

    The reference is always among them: what is known of a mutant rests on it.

    Raises:
        InvalidInput: nothing has that name.
        AssayError: as `cases`.
    """
    every, modules = tuple(cases(homework)), homework.problem_modules()
    if not only:
        return Chosen(every, tuple(modules))
    whole = tuple(m for m in modules if only.removesuffix(".py") in (m, m.partition("_")[0]))
    found = [c for c in every if (c.module in whole if whole else only in c.name)]
    judged = whole or tuple(dict.fromkeys(case.module for case in found if case.module))
    if not found and not whole:
        raise InvalidInput(f"no problem is called {only!r}, and no case has it in its name")
    narrow = [
        replace(case, name=f"{case.name} {module}", module=module)
        for case in every[: 2 if whole else 1]
        for module in judged
        if case not in found
    ]
    return Chosen((*narrow, *found), whole)


def cases(homework: Homework) -> Iterator[Case]:
    """Every known submission of the checkout: first the reference, then the template.

    Raises:
        NoReference: there is no reference here.
        InvalidHomework: a mutant's edit does not fit the reference, or a file is not as it should
            be; the message says which.
        Unreadable: a folder holds no file to grade.
    """
    known = homework.problem_modules()
    if not homework.reference_folder.is_dir():
        raise NoReference(f"{homework.folder} has no {homework.reference}/: run this in a checkout")
    reference = read(homework.reference_folder, homework)
    yield Case("reference", "the model answers", "", "full", reference)
    template = read(homework.template_folder, homework)
    yield Case("template", "the unsolved files", "", "none", template)
    for path in sorted(homework.mutants_folder.glob("*.toml")):
        _refuse_unknown(path, path.stem, known)
        yield from mutants(path, reference)
    for path in sorted(homework.alternatives_folder.glob("*/*.py")):
        _refuse_unknown(path, path.parent.name, known)
        text = path.read_text("utf-8")
        says = text.strip().strip('"').partition("\n")[0].strip('"')
        name = f"alternative {path.parent.name} {path.stem}"
        submission = with_source(reference, path.parent.name, text)
        yield Case(name, says, path.parent.name, "full", submission)


def mutants(path: Path, reference: Submission) -> Iterator[Case]:
    """The mutants of one problem: each a few edits of the reference's file of the same name."""
    original = _text(reference, path.stem)
    for entry in _entries(path):
        name = f"mutant {path.stem} {entry['name']}"
        text = original
        for edit in entry.get("edits", [entry]):
            text = _edited(text, edit, name)
        submission = with_source(reference, path.stem, text)
        yield Case(name, entry["says"], path.stem, "less", submission)


def with_source(submission: Submission, module: str, text: str) -> Submission:
    """The submission with another text of one problem's file."""
    others = tuple(s for s in submission.sources if s.module != module)
    mine = Source(f"{module}.py", module, ((f"{module}.py", text),), tolerant=False)
    return replace(submission, sources=(*others, mine))


def judge(grader: Grader, case: Case) -> tuple[bool, Result]:
    """Whether a known submission gets the verdict that it must get, and the verdict."""
    checks = grader.homework.checks_of(case.module) if case.module else ()
    result = grader.judge(case.submission, checks, shrink_seconds=0.0)
    if result.score is None:
        return False, result
    return {
        "full": result.score == result.max_score,
        "none": result.score == 0.0,
        "less": result.score < result.max_score,
    }[case.expected], result


def _refuse_unknown(path: Path, module: str, known: list[str]) -> None:
    if module not in known:
        raise InvalidHomework(
            f"{path}: no problem is called {module}; there are: {', '.join(known)}"
        )


def _entries(path: Path) -> list[dict[str, Any]]:
    """The mutants of a file: each has `name`, `says`, and `old` with `new` or `edits` of these."""
    try:
        text = path.read_text("utf-8")
        entries = tomllib.loads(text).get("mutant", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InvalidHomework(f"{path} is not valid TOML: {fault}") from None
    if not isinstance(entries, list):
        raise InvalidHomework(f"{path}: a mutant begins with [[mutant]], in double brackets")
    for k, entry in enumerate(entries, 1):
        edits = entry.get("edits", [entry])
        wanted = [(entry, "name"), (entry, "says")]
        wanted += [(edit, key) for edit in edits for key in ("old", "new")]
        lacking = [key for table, key in wanted if not isinstance(table.get(key), str)]
        if lacking:
            heads = [n for n, row in enumerate(text.splitlines(), 1) if _HEAD.match(row)]
            at = f", line {heads[k - 1]}" if len(heads) == len(entries) else ""
            raise InvalidHomework(f'{path}{at}: mutant {k} has no {lacking[0]} = "..."')
    names = [entry["name"] for entry in entries]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InvalidHomework(f"{path}: two mutants are called {twice[0]!r}")
    return entries


def _edited(text: str, edit: dict[str, Any], name: str) -> str:
    if text.count(edit["old"]) != 1:
        raise InvalidHomework(
            f"{name}: {edit['old']!r} stands {text.count(edit['old'])} times, not once"
        )
    return text.replace(edit["old"], edit["new"])


def _text(submission: Submission, module: str) -> str:
    source = submission.source(module, ())
    if source is None:
        raise InvalidHomework(f"the reference has no {module}.py, and mutants are edits of it")
    return source.cells[0][1]

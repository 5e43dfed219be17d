"""Measures the graders themselves: known submissions must get known verdicts.

The reference must get full points and the template none; every mutant, one mistake in one problem
of the reference, must lose points there; every alternative, a correct answer in another style, must
keep all points. A mutant's other problems are the reference's own text, and a problem's verdict
depends on its own file alone, so they are judged once, with the reference.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assay.errors import InvalidHomework, NoReference
from assay.grading.grader import Grader
from assay.homework import Homework
from assay.outcome import Result
from assay.submission import Source, Submission, read

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


def cases(homework: Homework) -> Iterator[Case]:
    """Every known submission of the checkout.

    Raises:
        NoReference: there is no reference here.
        InvalidHomework: a mutant's edit does not fit the reference; it says which.
    """
    home = homework.folder
    if not homework.reference_folder.is_dir():
        raise NoReference(f"{home} has no {homework.reference}/: run this in a checkout")
    reference = read(homework.reference_folder, homework)
    yield Case("reference", "the model answers", "", "full", reference)
    template = read(homework.template_folder, homework)
    yield Case("template", "the unsolved files", "", "none", template)
    for path in sorted((home / "tests" / "mutants").glob("*.toml")):
        yield from mutants(path, reference)
    for path in sorted((home / "tests" / "alternatives").glob("*/*.py")):
        text = path.read_text("utf-8")
        says = text.strip().strip('"').partition("\n")[0].strip('"')
        name = f"alternative {path.parent.name} {path.stem}"
        submission = with_source(reference, path.parent.name, text)
        yield Case(name, says, path.parent.name, "full", submission)


def mutants(path: Path, reference: Submission) -> Iterator[Case]:
    """The mutants of one problem: each a few edits of the reference's file of the same name."""
    original = _text(reference, path.stem)
    for entry in tomllib.loads(path.read_text("utf-8"))["mutant"]:
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
    result = grader.judge(case.submission, checks)
    if result.score is None:
        return False, result
    return {
        "full": result.score == result.max_score,
        "none": result.score == 0.0,
        "less": result.score < result.max_score,
    }[case.expected], result


def _edited(text: str, edit: dict[str, Any], name: str) -> str:
    if text.count(edit["old"]) != 1:
        raise InvalidHomework(
            f"{name}: {edit['old']!r} stands {text.count(edit['old'])} times, not once"
        )
    return text.replace(edit["old"], edit["new"])


def _text(submission: Submission, module: str) -> str:
    source = submission.source(module, ())
    if source is None:
        raise InvalidHomework(f"the reference has no {module}.py")
    return source.cells[0][1]

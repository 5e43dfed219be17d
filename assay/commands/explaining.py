"""`assay explain` and `assay regrade`: one student of a class, when they come to complain."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from assay.checks import Check, named, one
from assay.errors import InvalidInput
from assay.foreign import line, plain
from assay.homework import Homework
from assay.publish.counting import Counted
from assay.publish.finding import submission_of
from assay.record import Record
from assay.report.explanation import Case, Part, explain

if TYPE_CHECKING:
    from rich.console import Console

    from assay.outcome import Result

WHOLE_LINES = ("how it is computed", "by hand", "again")


def explained(out: Path, student: str, name: str) -> list[Part]:
    """The explanation of one check of one student.

    Raises:
        InvalidInput: no such student or check, or the submission was not judged.
    """
    record = Record(out)
    submission = submission_of(record, student)
    counted = Counted.by(record)
    result = counted.result(submission)
    if result is None or not result.checks:
        why = f": {line(result.status)}" if result else ": its result file is damaged"
        raise InvalidInput(f"{submission} has no checks to explain{why}")
    check = _check(counted.homework, result, name)
    outcome = next((each for each in result.checks if each.id == check.id), None)
    if outcome is None:
        raise InvalidInput(f"{check.id} is not among the checks of {submission}; is it hidden?")
    overrides = counted.overrides.get(submission, ())
    again = shlex.join(["assay", "regrade", str(out), submission])
    return explain(Case(counted.homework, check, result, outcome, overrides, again))


def _check(homework: Homework, result: Result, name: str) -> Check:
    """The check of a name; of a problem's, the one that failed if no other did.

    Raises:
        InvalidInput: there is none, or the name is of several.
    """
    homework.expect_check(name)
    chosen = named(homework.checks(), name)
    ids = {o.id for o in result.checks if o.outcome not in ("passed", "blocked")}
    failed = [check for check in chosen if check.id in ids]
    return one(failed if len(failed) == 1 else chosen, name)


def show(console: Console, parts: Sequence[Part]) -> None:
    """Show an explanation; commands, code and what is to be copied are never broken."""
    from rich.padding import Padding
    from rich.text import Text

    for part in parts:
        console.print(Text(part.name, style="bold"))
        if part.name in WHOLE_LINES:
            console.print(Text(f"{indent(part.text, '  ')}\n"), soft_wrap=True)
        else:
            console.print(Padding(Text(part.text), (0, 0, 1, 2)))


def regraded(console: Console, out: Path, student: str) -> bool:
    """Grade one student again and show what changed; whether there is a score."""
    from rich.text import Text

    from assay.batch.grade_again import grade_again
    from assay.report.regrade import changes, table

    record = Record(out)
    before, now = grade_again(record, submission_of(record, student))
    differences = changes([before] if before else [], [now])
    if differences:
        console.print(table(differences))
    else:
        console.print(Text(f"nothing changed: {_score(now)}"))
    console.print(Text(plain(f"{now.submission}: {_score(now)}; tables and pages are up to date")))
    return now.score is not None


def _score(result: Result) -> str:
    if result.score is None:
        return line(result.status)
    return f"{result.score:g} of {result.max_score:g} points"

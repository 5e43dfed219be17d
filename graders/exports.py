"""`assay report`: the files that result files alone are turned into, and what there is to tell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graders.outcome import Result
from graders.record import Record, write
from graders.report import classroom, gradebook, gradescope, junit, regrade, rubric
from graders.report.tables import row

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Wishes:
    """What is asked for besides `grades.csv`."""

    rubric: Path | None = None
    regrade: Path | None = None
    submission: str = ""
    junit: Path | None = None
    gradescope: Path | None = None
    canvas: Path | None = None
    assignment: str = ""
    moodle: Path | None = None
    classroom: bool = False
    excel: bool = False


def counted(results: list[Result], path: Path | None) -> list[Result]:
    """The results as a rubric counts them.

    Raises:
        ValueError: the rubric says what cannot be.
        OSError: it cannot be read.
    """
    if path is None:
        return results
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return rubric.apply(rubric.read(text, results), results)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None


def compared(results: list[Result], wishes: Wishes) -> Table | None:
    """The old run against this one; None where nothing differs.

    Raises:
        ValueError: there is no old run, or files are asked for too.
    """
    assert wishes.regrade is not None
    if Wishes(rubric=wishes.rubric, regrade=wishes.regrade) != wishes:
        raise ValueError("--regrade compares and writes nothing: ask for files without it")
    old = list(Record(wishes.regrade).results())
    if not old:
        raise ValueError(f"--regrade: {wishes.regrade} holds no results")
    found = regrade.changes(counted(old, wishes.rubric), results)
    return regrade.table(found) if found else None


def export(record: Record, results: list[Result], wishes: Wishes) -> list[str]:
    """Write `grades.csv` and what is wished; what there is to tell, a line each.

    Nothing is written before everything could be made.

    Raises:
        ValueError: a wish cannot be met.
        OSError: a file cannot be read or written.
    """
    files: list[tuple[Path, bytes]] = []
    told: list[str] = []
    if wishes.junit:
        files.append((wishes.junit, junit.junit_xml(results)))
    if wishes.gradescope:
        files.append((wishes.gradescope, gradescope.results_json(_one(results, wishes))))
    _fill_gradebooks(results, wishes, files, told)
    lines = _classroom_lines(_one(results, wishes)) if wishes.classroom else []
    record.tabulate(map(row, results), excel=wishes.excel)
    for path, body in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, body)
        told.append(f"wrote {path}")
    return told + lines


def _fill_gradebooks(
    results: list[Result], wishes: Wishes, files: list[tuple[Path, bytes]], told: list[str]
) -> None:
    if bool(wishes.canvas) != bool(wishes.assignment):
        raise ValueError("--canvas EXPORT.csv and --assignment TITLE go together")
    fillers: list[tuple[Path | None, Callable[[bytes], gradebook.Filled]]] = [
        (wishes.canvas, lambda body: gradebook.canvas(body, wishes.assignment, results)),
        (wishes.moodle, lambda body: gradebook.moodle(body, results)),
    ]
    for path, fill in fillers:
        if path is None:
            continue
        try:
            filled = fill(path.read_bytes())
        except ValueError as fault:
            raise ValueError(f"{path}: {fault}") from None
        target = path.with_name(f"{path.stem}.filled{path.suffix}")
        _refuse_to_replace(target, filled.body, (place for place, _ in files))
        files.append((target, filled.body))
        told += filled.told


def _refuse_to_replace(target: Path, body: bytes, others: Iterable[Path]) -> None:
    if target in others or (target.exists() and target.read_bytes() != body):
        raise ValueError(f"{target} is there and differs: move it away first")


def _one(results: Sequence[Result], wishes: Wishes) -> Result:
    """The one submission that a format for one is about."""
    found = [r for r in results if wishes.submission in ("", r.submission)]
    if len(found) != 1:
        names = ", ".join(r.submission for r in results[:5])
        raise ValueError(
            f"this is for one submission, and {len(found)} fit: add --submission NAME ({names})"
        )
    return found[0]


def _classroom_lines(found: Result) -> list[str]:
    """The annotations; the step's output goes where GitHub wants it, else it is a line too."""
    line, place = classroom.output_line(found), os.environ.get("GITHUB_OUTPUT")
    if not place:
        return [line, *classroom.workflow_commands(found)]
    with Path(place).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return classroom.workflow_commands(found)

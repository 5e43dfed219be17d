"""`assay report`: the files that result files alone are turned into, and what there is to tell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import InvalidInput
from assay.files import write
from assay.outcome import Result
from assay.publish import pages
from assay.publish.counting import Counted
from assay.publish.grades import write_grades
from assay.record import Record
from assay.report import classroom, gradebook, gradescope, junit, regrade
from assay.report.overview import Overview

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Request:
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


def compared(results: Counted, request: Request) -> Table | None:
    """The old run against this one; None where nothing differs.

    Raises:
        InvalidInput: there is no old run, or files are asked for too.
        OSError: the rubric cannot be read.
    """
    assert request.regrade is not None
    if Request(rubric=request.rubric, regrade=request.regrade) != request:
        raise InvalidInput("--regrade compares and writes nothing: ask for files without it")
    old = Counted.by(Record(request.regrade), request.rubric)
    if not old.record.submissions():
        raise InvalidInput(f"--regrade: {request.regrade} holds no results")
    found = regrade.changes(list(old), list(results))
    return regrade.table(found) if found else None


def export(results: Counted, request: Request, processes: int) -> tuple[Overview, list[str]]:
    """Write `grades.csv`, the pages and what is wished.

    Nothing is written before everything that is wished could be made.

    Returns:
        What there is to tell of the class, and of the files, a line each.
    Raises:
        InvalidInput: a wish cannot be met.
        OSError: a file cannot be read or written.
    """
    files: list[tuple[Path, bytes]] = []
    told: list[str] = []
    if request.junit:
        files.append((request.junit, junit.junit_xml(list(results))))
    if request.gradescope:
        files.append((request.gradescope, gradescope.results_json(_one(results, request))))
    _fill_gradebooks(results, request, files, told)
    lines = _classroom_lines(_one(results, request)) if request.classroom else []
    overview, pages_told = pages.write_all(results, processes)
    damaged = {*results.record.submissions()} - {row.submission for row in overview.rows}
    told += [f"{n}.json is damaged and left out: run the batch again" for n in sorted(damaged)]
    write_grades(results.record, overview.rows, excel=request.excel)
    for path, body in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, body)
        told.append(f"wrote {path}")
    return overview, [*pages_told, *told, *lines]


def _fill_gradebooks(
    results: Counted, request: Request, files: list[tuple[Path, bytes]], told: list[str]
) -> None:
    if bool(request.canvas) != bool(request.assignment):
        raise InvalidInput("--canvas EXPORT.csv and --assignment TITLE go together")
    fillers: list[tuple[Path | None, Callable[[bytes], gradebook.Filled]]] = [
        (request.canvas, lambda body: gradebook.canvas(body, request.assignment, list(results))),
        (request.moodle, lambda body: gradebook.moodle(body, list(results))),
    ]
    for path, fill in fillers:
        if path is None:
            continue
        try:
            filled = fill(path.read_bytes())
        except InvalidInput as fault:
            raise InvalidInput(f"{path}: {fault}") from None
        target = path.with_name(f"{path.stem}.filled{path.suffix}")
        _refuse_to_replace(target, filled.body, (place for place, _ in files))
        files.append((target, filled.body))
        told += filled.told


def _refuse_to_replace(target: Path, body: bytes, others: Iterable[Path]) -> None:
    if target in others or (target.exists() and target.read_bytes() != body):
        raise InvalidInput(f"{target} is there and differs: move it away first")


def _one(results: Counted, request: Request) -> Result:
    """The one submission that a format for one is about."""
    names = [n for n in results.record.submissions() if request.submission in ("", n)]
    found = results.result(names[0]) if len(names) == 1 else None
    if found is None:
        every = ", ".join(results.record.submissions()[:5])
        raise InvalidInput(
            f"this is for one submission, and {len(names)} fit: add --submission NAME ({every})"
        )
    return found


def _classroom_lines(found: Result) -> list[str]:
    """The annotations; the step's output goes where GitHub wants it, else it is a line too."""
    line, place = classroom.output_line(found), os.environ.get("GITHUB_OUTPUT")
    if not place:
        return [line, *classroom.workflow_commands(found)]
    with Path(place).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return classroom.workflow_commands(found)

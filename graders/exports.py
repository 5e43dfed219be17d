"""`assay report`: the files that result files alone are turned into, and what there is to tell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graders import pages
from graders.counting import Counted
from graders.outcome import Result
from graders.record import Record, write
from graders.report import classroom, gradebook, gradescope, junit, regrade
from graders.report.overview import Overview

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


def compared(results: Counted, wishes: Wishes) -> Table | None:
    """The old run against this one; None where nothing differs.

    Raises:
        ValueError: there is no old run, or files are asked for too.
        OSError: the rubric cannot be read.
    """
    assert wishes.regrade is not None
    if Wishes(rubric=wishes.rubric, regrade=wishes.regrade) != wishes:
        raise ValueError("--regrade compares and writes nothing: ask for files without it")
    old = Counted.by(Record(wishes.regrade), wishes.rubric)
    if not old.record.submissions():
        raise ValueError(f"--regrade: {wishes.regrade} holds no results")
    found = regrade.changes(list(old), list(results))
    return regrade.table(found) if found else None


def export(results: Counted, wishes: Wishes, processes: int) -> tuple[Overview, list[str]]:
    """Write `grades.csv`, the pages and what is wished.

    Nothing is written before everything that is wished could be made.

    Returns:
        What there is to tell of the class, and of the files, a line each.
    Raises:
        ValueError: a wish cannot be met.
        OSError: a file cannot be read or written.
    """
    files: list[tuple[Path, bytes]] = []
    told: list[str] = []
    if wishes.junit:
        files.append((wishes.junit, junit.junit_xml(list(results))))
    if wishes.gradescope:
        files.append((wishes.gradescope, gradescope.results_json(_one(results, wishes))))
    _fill_gradebooks(results, wishes, files, told)
    lines = _classroom_lines(_one(results, wishes)) if wishes.classroom else []
    overview, pages_told = pages.write_all(results, processes)
    damaged = {*results.record.submissions()} - {row.submission for row in overview.rows}
    told += [f"{n}.json is damaged and left out: run the batch again" for n in sorted(damaged)]
    results.record.tabulate(overview.rows, excel=wishes.excel)
    for path, body in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, body)
        told.append(f"wrote {path}")
    return overview, [*pages_told, *told, *lines]


def _fill_gradebooks(
    results: Counted, wishes: Wishes, files: list[tuple[Path, bytes]], told: list[str]
) -> None:
    if bool(wishes.canvas) != bool(wishes.assignment):
        raise ValueError("--canvas EXPORT.csv and --assignment TITLE go together")
    fillers: list[tuple[Path | None, Callable[[bytes], gradebook.Filled]]] = [
        (wishes.canvas, lambda body: gradebook.canvas(body, wishes.assignment, list(results))),
        (wishes.moodle, lambda body: gradebook.moodle(body, list(results))),
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


def _one(results: Counted, wishes: Wishes) -> Result:
    """The one submission that a format for one is about."""
    names = [n for n in results.record.submissions() if wishes.submission in ("", n)]
    found = results.result(names[0]) if len(names) == 1 else None
    if found is None:
        every = ", ".join(results.record.submissions()[:5])
        raise ValueError(
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

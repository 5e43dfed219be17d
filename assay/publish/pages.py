"""The report's pages on disk: `report.html`, and one for each student beside it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assay.files import write
from assay.likeness.groups import Alike, Group, alike_csv
from assay.outcome import Result
from assay.publish.counting import Counted
from assay.report import page
from assay.report.overview import Overview

if TYPE_CHECKING:
    from assay.report.page.plot import Frame

CLASS, STUDENTS, ALIKE = "report.html", "students", "alike.csv"
PIECE = 200  # students whose pages one process writes at a time
LACKING = "no pages: they need jinja2 and matplotlib, pip install 'mfdnn-assay[class]'"


class Gathered:
    """What there is to tell of some students: how they did, and who is like whom."""

    def __init__(self) -> None:
        self.overview, self.alike = Overview(), Alike()

    def add(self, result: Result) -> None:
        """Take in a result."""
        self.overview.add(result)
        self.alike.add(result.submission, result.sha256, result.fingerprint, result.students)

    def merge(self, other: Gathered) -> None:
        """Take in what is told of others."""
        self.overview.merge(other.overview)
        self.alike.merge(other.alike)


def write_all(results: Counted, processes: int) -> tuple[Overview, list[str]]:
    """Write the pages of the class and of each student, and `alike.csv` where some are alike.

    Returns:
        What there is to tell of the class, and of the files, a line each.
    Raises:
        OSError: a page cannot be written.
    """
    out, names = results.record.out, results.record.submissions()
    drawable = find_spec("jinja2") is not None and find_spec("matplotlib") is not None
    homework = results.homework
    shared = page.frames(homework) if drawable else None
    if drawable:
        _clear(out / STUDENTS, {f"{name}.html" for name in names})
    whole = Gathered()
    pieces = [names[k : k + PIECE] for k in range(0, len(names), PIECE)]
    make = partial(_piece, results, shared)
    if len(pieces) < 2 or processes < 2:
        for piece in pieces:
            whole.merge(make(piece))
    else:
        # Spawned, for a forked child may inherit a lock of matplotlib's or numpy's that is held.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(processes, len(pieces)), context) as workers:
            for found in workers.map(make, pieces):
                whole.merge(found)
    overview, groups = whole.overview, whole.alike.groups()
    told = _write_alike(out / ALIKE, groups)
    if not drawable:
        return overview, [*told, LACKING]
    write(out / CLASS, page.class_page(overview, groups, homework).encode())
    many = f"{len(overview.rows):,} pages in {out / STUDENTS}"
    return overview, [*told, f"wrote {out / CLASS} and {many}"]


def _write_alike(path: Path, groups: list[Group]) -> list[str]:
    if not groups:
        path.unlink(missing_ok=True)
        return []
    write(path, alike_csv(groups).encode())
    members = sum(len(group.members) for group in groups)
    return [f"{members} hand-ins are like another, which is no verdict: {path}"]


def _piece(results: Counted, shared: dict[str, Frame] | None, names: list[str]) -> Gathered:
    """The pages of some students, and what there is to tell of them."""
    found = Gathered()
    for name in names:
        result = results.result(name)
        if result is None:
            continue
        found.add(result)
        if shared is not None:
            body = page.student_page(result, shared, results.homework).encode()
            write(results.record.out / STUDENTS / f"{name}.html", body, durable=False)
    return found


def _clear(folder: Path, kept: set[str]) -> None:
    """Make the folder, without the pages of those who are no longer there."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.html"):
        if path.name not in kept:
            path.unlink()

"""The report's pages on disk: `report.html`, and one for each student beside it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from graders.counting import Counted
from graders.record import write
from graders.report import page
from graders.report.overview import Overview

if TYPE_CHECKING:
    from graders.report.page.axes import Canvas

CLASS, STUDENTS = "report.html", "students"
PIECE = 200  # students whose pages one process writes at a time
LACKING = "no pages: they need jinja2 and matplotlib, pip install 'mfdnn-assay[class]'"


def write_all(results: Counted, processes: int) -> tuple[Overview, str]:
    """Write the page of the class and of each student, in place of all that were there.

    Returns:
        What there is to tell of the class, and where the pages are, or why there are none.
    Raises:
        OSError: a page cannot be written.
    """
    out, names = results.record.out, results.record.submissions()
    drawable = find_spec("jinja2") is not None and find_spec("matplotlib") is not None
    shared = page.canvas() if drawable else None
    if drawable:
        _clear(out / STUDENTS, {f"{name}.html" for name in names})
    whole = Overview()
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
    if not drawable:
        return whole, LACKING
    write(out / CLASS, page.class_page(whole).encode())
    return whole, f"wrote {out / CLASS} and {len(whole.rows):,} pages in {out / STUDENTS}"


def _piece(results: Counted, shared: Canvas | None, names: list[str]) -> Overview:
    """The pages of some students, and what there is to tell of them."""
    found = Overview()
    for name in names:
        result = results.result(name)
        if result is None:
            continue
        found.add(result)
        if shared is not None:
            body = page.student_page(result, shared).encode()
            write(results.record.out / STUDENTS / f"{name}.html", body, durable=False)
    return found


def _clear(folder: Path, kept: set[str]) -> None:
    """Make the folder, without the pages of those who are no longer there."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.html"):
        if path.name not in kept:
            path.unlink()

"""The report's pages on disk: `report.html`, and a page for each student in a folder beside it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assay.allowed import Allowed
from assay.files import write
from assay.homework import Homework, load
from assay.likeness.groups import Alike, Group
from assay.outcome import Result
from assay.publish.counting import Counted
from assay.publish.done import Pages
from assay.report import page
from assay.report.overview import Overview, Row
from assay.report.similar import alike_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assay.report.page.plot import Frame

CLASS, STUDENTS, ALIKE = "report.html", "students", "alike.csv"
BATCH = 200  # students whose pages one process writes at a time
REFRESH = 3  # seconds until a page that is written again and again is loaded again
NEEDED = ("jinja2", "matplotlib")
NO_PAGES = f"no pages were written: run pip install {' '.join(NEEDED)}"


class Summary:
    """Some students in summary: how they did, and whose submissions are similar."""

    def __init__(self) -> None:
        self.overview, self.alike = Overview(), Alike()

    def add(self, result: Result, own: Row) -> None:
        """Add one result with its row."""
        self.overview.add(result, own)
        self.alike.add(result.submission, result.sha256, result.fingerprint, result.students)

    def merge(self, other: Summary) -> None:
        """Add the summary of other students."""
        self.overview.merge(other.overview)
        self.alike.merge(other.alike)


def lacking() -> list[str]:
    """The packages that pages need and that are not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


def write_one(result: Result, homework: Homework, path: Path, *, refresh: bool = False) -> None:
    """Write the page of one result, which belongs to no class.

    Args:
        result: of any submission.
        homework: what it is a result of.
        path: in a folder that exists.
        refresh: a browser loads it again every REFRESH seconds.
    Raises:
        OSError: the page cannot be written.
    """
    frames, seconds = page.frames(homework), REFRESH if refresh else 0
    body = page.student_page(result, frames, homework, alone=True, refresh=seconds)
    write(path, body.encode(), durable=False)


def write_all(results: Counted, processes: int) -> Pages:
    """Write the pages, and `alike.csv` if some submissions are similar.

    Raises:
        OSError: a page cannot be written.
    """
    out, names = results.record.out, results.record.submissions()
    frames = page.frames(results.homework) if can_draw() else None
    if frames is not None:
        _make_folder(out / STUDENTS, {f"{name}.html" for name in names})
    batches = [names[k : k + BATCH] for k in range(0, len(names), BATCH)]
    whole = Summary()
    for summary in _write_batches(results, frames, batches, processes):
        whole.merge(summary)
    overview, groups = whole.overview, whole.alike.groups()
    remarks = _write_alike(out / ALIKE, groups)
    if frames is None:
        return Pages(overview, (*remarks, NO_PAGES))
    html = page.class_page(overview, groups, results.homework, _facts(results))
    write(out / CLASS, html.encode())
    wrote = f"wrote {out / CLASS} and {len(overview.rows):,} pages in {out / STUDENTS}"
    return Pages(overview, (*remarks, wrote), out / CLASS)


def can_draw() -> bool:
    """Whether the extra that the pages need is installed."""
    return not lacking()


def none(results: Counted) -> Pages:
    """The class in summary, without pages."""
    overview = Overview()
    for result in results:
        overview.add(result, results.row(result))
    return Pages(overview)


def _facts(results: Counted) -> list[tuple[str, str]]:
    """What the foot of the class's page says about the run."""
    run, ended = results.record.run(), results.record.listing().ended
    if run is None:
        return []
    facts = [
        ("Graded", ended.replace("T", " ")),
        ("Isolation", run.isolation),
        ("Seed of the inputs", str(run.seed)),
        ("Kit", run.kit),
    ]
    limits = run.allowed.difference(Allowed()).partition(",")[0]
    return [(name, value) for name, value in [*facts, ("Limits", limits)] if value]


def _write_batches(
    results: Counted,
    frames: dict[str, Frame] | None,
    batches: Sequence[Sequence[str]],
    processes: int,
) -> Iterator[Summary]:
    write_batch = partial(_write_batch, results, frames)
    if len(batches) < 2 or processes < 2:
        yield from map(write_batch, batches)
        return
    # Spawned: a forked child could inherit a lock of matplotlib or numpy while it is held.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(batches)), context) as workers:
        yield from workers.map(write_batch, batches)


def _write_batch(
    results: Counted, frames: dict[str, Frame] | None, names: Sequence[str]
) -> Summary:
    """Write the pages of some students, and summarise their results."""
    load(results.homework.folder)  # a spawned process has not imported the homework's modules
    summary = Summary()
    for name in names:
        result = results.result(name)
        if result is None:
            continue
        summary.add(result, results.row(result))
        if frames is not None:
            body = page.student_page(result, frames, results.homework).encode()
            write(results.record.out / STUDENTS / f"{name}.html", body, durable=False)
    return summary


def _write_alike(path: Path, groups: list[Group]) -> list[str]:
    if not groups:
        path.unlink(missing_ok=True)
        return []
    write(path, alike_csv(groups).encode())
    members = sum(len(group.members) for group in groups)
    return [f"{members} submissions are similar to another one, which proves nothing: {path}"]


def _make_folder(folder: Path, kept: set[str]) -> None:
    """Make the folder, and remove the pages of students who are no longer in the class."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.html"):
        if path.name not in kept:
            path.unlink()

"""`assay report --feedback DIR`: what each student gets back, and files to upload it with."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from assay.files import write
from assay.publish.counting import Counted
from assay.publish.pages import can_draw
from assay.report import page
from assay.report.feedback import comments_csv, markdown, moodle_folder

MARKDOWN, HTML = "markdown", "html"
CANVAS, MOODLE = "canvas-comments.csv", "moodle-feedback.zip"
NO_HTML = "no HTML feedback was written: it needs jinja2 and matplotlib, as the pages do"
FIXED = (1980, 1, 1, 0, 0, 0)  # the time of every file in the zip: the same results, the same bytes


def write_feedback(results: Counted, folder: Path) -> list[str]:
    """Write a Markdown file and an HTML file for each student, and what uploads them.

    Returns:
        Remarks, a line each.
    Raises:
        OSError: a file cannot be written.
    """
    for name in (MARKDOWN, HTML) if can_draw() else (MARKDOWN,):
        (folder / name).mkdir(parents=True, exist_ok=True)
    texts = _write_each(results, folder)
    write(folder / CANVAS, comments_csv(results).encode())
    remarks = [f"wrote feedback for {len(texts):,} submissions into {folder}"]
    remarks += [] if can_draw() else [NO_HTML]
    return remarks + _write_moodle(results, texts, folder)


def _write_each(results: Counted, folder: Path) -> dict[str, Path]:
    """The file of each submission that Moodle's zip is to have."""
    frames = page.frames(results.homework) if can_draw() else None
    files: dict[str, Path] = {}
    for result in results:
        place = folder / MARKDOWN / f"{result.submission}.md"
        write(place, markdown(result, results.homework).encode(), durable=False)
        if frames is not None:
            place = folder / HTML / f"{result.submission}.html"
            body = page.student_page(result, frames, results.homework, alone=True)
            write(place, body.encode(), durable=False)
        files[result.submission] = place
    return files


def _write_moodle(results: Counted, files: dict[str, Path], folder: Path) -> list[str]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for result in results:
            home = moodle_folder(result)
            if home:
                place = files[result.submission]
                info = zipfile.ZipInfo(f"{home}/feedback{place.suffix}", FIXED)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, place.read_bytes())
        count = len(archive.namelist())
    if not count:
        return []
    write(folder / MOODLE, packed.getvalue())
    return [f"{folder / MOODLE}: {count:,} files for Moodle's `Upload multiple feedback files`"]

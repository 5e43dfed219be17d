"""`assay report`: writes the files that result files are turned into, and says what it wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assay.errors import InvalidInput
from assay.files import write
from assay.homework import Homework
from assay.outcome import Result
from assay.publish import step
from assay.publish.counting import RUBRIC, Counted, keep_rubric
from assay.publish.done import Pages
from assay.publish.feedback import write_feedback
from assay.publish.grades import write_grades
from assay.publish.pages import write_all
from assay.record import Record
from assay.report import classroom, feedback, gradebook, gradescope, junit, regrade

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Request:
    """What to write in addition to `grades.csv` and the pages."""

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
    feedback: Path | None = None


FILLED = "filled.json"  # beside the results: the SHA-256 of each gradebook that was filled in


@dataclass
class _Exports:
    """The files to write, which of them are gradebooks, and remarks about them, a line each."""

    bodies: dict[Path, bytes] = field(default_factory=dict)
    filled: list[Path] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def compared(results: Counted, request: Request) -> Table | None:
    """The differences between an old run and this one; None if there are none.

    Raises:
        InvalidInput: there is no old run, or the request also asks for files.
        OSError: the rubric cannot be read.
    """
    assert request.regrade is not None
    if Request(rubric=request.rubric, regrade=request.regrade) != request:
        raise InvalidInput(
            "--regrade only compares and writes nothing: leave out the options that write files"
        )
    kept = results.record.out / RUBRIC
    rubric = request.rubric or (kept if kept.is_file() else None)
    old = Counted.by(Record(request.regrade), rubric)
    if not old.record.submissions():
        raise InvalidInput(f"--regrade: {request.regrade} holds no results")
    differences = regrade.changes(list(old), list(results))
    return regrade.table(differences) if differences else None


def export(results: Counted, request: Request, processes: int) -> tuple[Pages, list[str]]:
    """Write `grades.csv`, the pages and the requested files.

    Nothing is written unless every requested file can be made.

    Returns:
        The class in summary with remarks, and the lines for GitHub's runner.
    Raises:
        InvalidInput: a requested file cannot be made.
        OSError: a file cannot be read or written.
    """
    results.expect_known_submissions()
    exports = _requested(results, request)
    if request.rubric:
        exports.remarks += filter(None, [keep_rubric(results.record, request.rubric)])
    lines = []
    if request.classroom:
        lines = _classroom_lines(_only_result(results, request), results.homework)
    done = write_all(results, processes)
    damaged = {*results.record.submissions()} - {row.submission for row in done.overview.rows}
    remarks = [*done.remarks, *results.remarks(), *exports.remarks]
    remarks += [f"{n}.json is damaged and left out: run the batch again" for n in sorted(damaged)]
    write_grades(results.record, done.overview.rows, excel=request.excel)
    if request.feedback:
        remarks += write_feedback(results, request.feedback)
    for path, body in exports.bodies.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, body)
        remarks.append(f"wrote {path}")
    _note_filled(results.record, exports)
    return done._replace(remarks=tuple(remarks)), lines


def _requested(results: Counted, request: Request) -> _Exports:
    exports, out = _Exports(), results.record.out
    if request.junit:
        decided = {name: results.decided(name) for name in results.overrides}
        exports.bodies[request.junit] = junit.junit_xml(list(results), decided)
    if request.gradescope:
        body = gradescope.results_json(_only_result(results, request))
        exports.bodies[request.gradescope] = body
    if bool(request.canvas) != bool(request.assignment):
        raise InvalidInput("--canvas EXPORT.csv and --assignment TITLE go together")
    if request.canvas:
        title = request.assignment
        _fill(
            exports, out, request.canvas, lambda body: gradebook.canvas(body, title, list(results))
        )
    if request.moodle:
        _fill(exports, out, request.moodle, lambda body: gradebook.moodle(body, list(results)))
    return exports


def _fill(
    exports: _Exports, out: Path, path: Path, fill: Callable[[bytes], gradebook.Filled]
) -> None:
    """Fill in an export; what was filled in for these results before is replaced."""
    body = path.read_bytes()
    try:
        filled = fill(body)
    except InvalidInput as fault:
        raise InvalidInput(f"{path}: {fault}") from None
    target = path.with_name(f"{path.stem}.filled{path.suffix}")
    before = _sha256(target.read_bytes()) if target.exists() else ""
    known = ("", _sha256(filled.body), _known_filled(out).get(str(target.resolve())))
    if before not in known or target in exports.bodies:
        raise InvalidInput(f"{target} already exists with other content: move it away first")
    exports.bodies[target] = filled.body
    exports.filled.append(target)
    exports.remarks += filled.remarks


def _known_filled(out: Path) -> dict[str, str]:
    """The SHA-256 of each gradebook that was filled in for these results, by its path."""
    try:
        return msgspec.json.decode((out / FILLED).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}


def _note_filled(record: Record, exports: _Exports) -> None:
    """Note what was filled in, so that the next report may replace it."""
    now = {str(path.resolve()): _sha256(exports.bodies[path]) for path in exports.filled}
    if now:
        body = msgspec.json.encode(_known_filled(record.out) | now)
        write(record.out / FILLED, msgspec.json.format(body))


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _only_result(results: Counted, request: Request) -> Result:
    """The submission that a format for a single one is about."""
    every = results.record.submissions()
    names = [name for name in every if request.submission in ("", name)]
    result = results.result(names[0]) if len(names) == 1 else None
    if result is None:
        raise InvalidInput(
            f"this format is for one submission, and {len(names)} match: "
            f"add --submission NAME ({', '.join(every[:5])})"
        )
    return result


def _classroom_lines(result: Result, homework: Homework) -> list[str]:
    """The annotations; the step's output and summary go to GitHub's files.

    Without such files the output is a line too.
    """
    line = classroom.output_line(result)
    written = step.append(step.OUTPUT, line)
    step.append(step.SUMMARY, feedback.markdown(result, homework))
    return [*([] if written else [line]), *classroom.workflow_commands(result)]

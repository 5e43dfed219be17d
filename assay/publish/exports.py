"""`assay report`: writes the files that result files are turned into, and says what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

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


@dataclass
class _Exports:
    """The files to write, and remarks about them, a line each."""

    bodies: dict[Path, bytes] = field(default_factory=dict)
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
    return done._replace(remarks=tuple(remarks)), lines


def _requested(results: Counted, request: Request) -> _Exports:
    exports = _Exports()
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
        _fill(exports, request.canvas, lambda body: gradebook.canvas(body, title, list(results)))
    if request.moodle:
        _fill(exports, request.moodle, lambda body: gradebook.moodle(body, list(results)))
    return exports


def _fill(exports: _Exports, path: Path, fill: Callable[[bytes], gradebook.Filled]) -> None:
    body = path.read_bytes()
    try:
        filled = fill(body)
    except InvalidInput as fault:
        raise InvalidInput(f"{path}: {fault}") from None
    target = path.with_name(f"{path.stem}.filled{path.suffix}")
    differs = target.exists() and target.read_bytes() != filled.body
    if differs or target in exports.bodies:
        raise InvalidInput(f"{target} already exists with other content: move it away first")
    exports.bodies[target] = filled.body
    exports.remarks += filled.remarks


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

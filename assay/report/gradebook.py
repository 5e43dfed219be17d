"""Scores in an instructor's own export: one column of Canvas, grade and feedback of Moodle."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assay.errors import InvalidInput
from assay.message import parse as parse_message
from assay.outcome import Result
from assay.report.cells import as_text
from assay.report.matching import match_rows
from assay.report.sheet import Sheet, parse
from assay.report.text import line

_DECIMAL = re.compile(r"\s*-?\d+[.,]\d+\s*\Z")
_WITH_ID = re.compile(r"(?P<title>.*) \(\d+\)")


@dataclass(frozen=True)
class Filled:
    """The export with its column filled in, and remarks about it, a line each."""

    body: bytes
    remarks: tuple[str, ...]


def canvas(body: bytes, title: str, results: Sequence[Result]) -> Filled:
    """Fill in the column of an assignment in a Canvas gradebook.

    Args:
        body: the export.
        title: the assignment's title, with or without its number in parentheses.
        results: a result without a score leaves its cell unchanged.
    Raises:
        InvalidInput: no column has this title, or several have; Canvas would create a new
            assignment for an unknown title.
    """
    sheet = parse(body)
    header = sheet.header()
    column = _assignment_column(header, title)
    first = next((k for k, cell in enumerate(header) if _WITH_ID.fullmatch(cell)), column)
    # Below the header Canvas has rows of its own: they start with blanks and have no ID.
    rows = [r for r in range(1, len(sheet.rows)) if sheet.value(r, 1).strip()]
    remarks = _points_possible(sheet, column, results)
    point = _canvas_point(sheet, range(first, len(header)))
    matched, unmatched = match_rows(sheet, rows, range(min(first, column)), results)
    remarks += unmatched
    for row, result in matched:
        remarks += _fill_grade(sheet, row, column, result, point)
    return Filled(sheet.body(), tuple(remarks))


def _canvas_point(sheet: Sheet, columns: range) -> str:
    """The decimal mark of an export: a comma where its numbers have one.

    An export without any decimals has one if its cells are separated by semicolons, as Canvas does
    in the locales that write a decimal comma.
    """
    rows = range(1, len(sheet.rows))
    numbers = [
        sheet.value(r, k) for r in rows for k in columns if _DECIMAL.match(sheet.value(r, k))
    ]
    if any("." in number for number in numbers):
        return "."
    return "," if numbers or sheet.delimiter == ";" else "."


def moodle(body: bytes, results: Sequence[Result]) -> Filled:
    """Fill in grade and feedback in a Moodle grading worksheet, in any language.

    Raises:
        InvalidInput: it is unclear which column holds the grade.
    """
    sheet = parse(body)
    rows = [r for r in range(1, len(sheet.rows)) if sheet.value(r, 0).strip()]
    grade, feedback = _grade_column(sheet, rows), _feedback_column(sheet, rows)
    remarks = [] if feedback else ["there is no feedback column: only grades are filled in"]
    point = "," if any("," in sheet.value(r, grade + 1) for r in rows) else "."
    matched, unmatched = match_rows(sheet, rows, range(grade), results)
    remarks += unmatched
    for row, result in matched:
        if _is_locked(sheet, row):
            remarks.append(f"{result.submission}: Moodle does not allow this grade to be changed")
            continue
        differs = _maximum_differs(sheet.value(row, grade + 1), result)
        remarks += [each for each in differs if each not in remarks]
        remarks += _fill_grade(sheet, row, grade, result, point)
        if feedback and result.score is not None:
            remarks += _fill(sheet, row, feedback, as_text(_feedback(result)), result, "feedback")
    return Filled(sheet.body(), tuple(remarks))


def _assignment_column(header: list[str], title: str) -> int:
    exact = [k for k, cell in enumerate(header) if cell == title]
    named = [k for k, cell in enumerate(header) if _title(cell) == title]
    columns = exact or named
    if len(columns) == 1:
        return columns[0]
    if columns:
        raise InvalidInput(
            f"{len(columns)} columns are called {title!r}: add the number of one of them, "
            f"for example {header[columns[0]]!r}"
        )
    titles = [cell for cell in header if _WITH_ID.fullmatch(cell)] or header
    nearest = difflib.get_close_matches(title, titles, n=1, cutoff=0.0)
    raise InvalidInput(f"no column is called {title!r}; the nearest is {nearest[0]!r}")


def _title(cell: str) -> str:
    match = _WITH_ID.fullmatch(cell)
    return match["title"] if match else ""


def _points_possible(sheet: Sheet, column: int, results: Sequence[Result]) -> list[str]:
    rows = (r for r in range(1, len(sheet.rows)) if sheet.value(r, 0).startswith("    "))
    cell = next((sheet.value(r, column) for r in rows), "")
    if not (cell and results):
        return []
    return _maximum_differs(cell, max(results, key=lambda r: r.max_score))


def _maximum_differs(cell: str, result: Result) -> list[str]:
    """A remark if a result has another maximum than its column."""
    maximum = _number(cell)
    if maximum is None or maximum == result.max_score:
        return []
    most = f"{result.max_score:g}"
    return [f"the class is graded out of {most}, but the column is out of {maximum:g}"]


def _grade_column(sheet: Sheet, rows: list[int]) -> int:
    header = [cell.casefold() for cell in sheet.header()]
    if "grade" in header:
        return header.index("grade")
    # In another language: left of the only column that has the same positive number in every row.
    columns = [k for k in range(3, len(header)) if _holds_maximum(sheet, rows, k)]
    if len(columns) != 1:
        raise InvalidInput(
            "it is unclear which column holds the grade: export the worksheet with English headers"
        )
    return columns[0] - 1


def _holds_maximum(sheet: Sheet, rows: list[int], column: int) -> bool:
    numbers = {_number(sheet.value(r, column)) for r in rows}
    left = [sheet.value(r, column - 1) for r in rows]
    has_grades = all(cell in ("", "-") or _number(cell) is not None for cell in left)
    return len(numbers) == 1 and (numbers.pop() or 0) > 0 and has_grades


def _feedback_column(sheet: Sheet, rows: list[int]) -> int:
    header = [cell.casefold() for cell in sheet.header()]
    if "feedback comments" in header:
        return header.index("feedback comments")
    last = len(header) - 1
    is_blank = all(not sheet.value(r, last) for r in rows)
    return last if "grade" not in header and is_blank else 0


def _is_locked(sheet: Sheet, row: int) -> bool:
    header = [cell.casefold() for cell in sheet.header()]
    name = "grade can be changed"
    return name in header and sheet.value(row, header.index(name)).casefold() == "no"


def _fill_grade(sheet: Sheet, row: int, column: int, result: Result, point: str) -> list[str]:
    if result.score is None:
        return [f"{result.submission}: {line(result.status)}; its grade is left unchanged"]
    return _fill(sheet, row, column, f"{result.score:g}".replace(".", point), result, "grade")


def _fill(sheet: Sheet, row: int, column: int, text: str, result: Result, what: str) -> list[str]:
    before = sheet.value(row, column)
    if before == text or (_number(before) is not None and _number(before) == _number(text)):
        return []
    sheet.put(row, column, text)
    return [f"{result.submission}: the {what} was {before}"] if before.strip(" -") else []


def _feedback(result: Result) -> str:
    """The checks that lost points, as HTML on one line."""
    lost = [o for o in result.checks if o.outcome != "passed" and o.points < o.max_points]
    lines = [f"Score {result.score:g} / {result.max_score:g}", *map(line, result.notes[:20])]
    for o in lost:
        evidence = line(parse_message(o.message).first_line) or o.outcome
        lines.append(f"{o.title} ({o.points:g} / {o.max_points:g}): {evidence}")
    return "<br>".join(html.escape(" ".join(line.split()), quote=False) for line in lines)


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None

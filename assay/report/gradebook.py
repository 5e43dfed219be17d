"""Scores in an instructor's own export: one column of Canvas, grade and feedback of Moodle."""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assay.errors import InvalidInput
from assay.outcome import Result
from assay.report.cells import as_text
from assay.report.sheet import Sheet, parse

# What a downloaded hand-in is called: a name and the number that the gradebook knows.
_NAMES = (
    re.compile(r"(?P<name>\w+?)_(?:LATE_)?(?P<id>\d+)_\d+_.+"),
    re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_.*"),
)
# What a student is known by, the surest first.
IDENTITIES = ("user", "participant", "id", "sid", "login", "email", "name")
_WITH_ID = re.compile(r"(?P<title>.*) \(\d+\)")


@dataclass(frozen=True)
class Filled:
    """The export with its column filled, and what there is to tell about it."""

    body: bytes
    told: tuple[str, ...]


def canvas(body: bytes, title: str, results: Sequence[Result]) -> Filled:
    """Fill the column of an assignment in a Canvas gradebook.

    Args:
        body: the export.
        title: the assignment's, with or without its number in parentheses.
        results: a result without a score leaves its cell as it is.
    Raises:
        InvalidInput: no such column, or several; Canvas would make a new assignment of it.
    """
    sheet = parse(body)
    header = sheet.header()
    column = _assignment(header, title)
    first = next((k for k, cell in enumerate(header) if _WITH_ID.fullmatch(cell)), column)
    # Below the header Canvas keeps rows of its own: they begin with a blank and have no ID.
    rows = [r for r in range(1, len(sheet.rows)) if sheet.value(r, 1).strip()]
    told = _points_possible(sheet, column, results)
    matched, unmatched = _matched(sheet, rows, range(min(first, column)), results)
    told += unmatched
    for row, found in matched:
        told += _grade(sheet, row, column, found, ".")
    return Filled(sheet.body(), tuple(told))


def moodle(body: bytes, results: Sequence[Result]) -> Filled:
    """Fill grade and feedback in a Moodle grading worksheet, whatever the header's language.

    Raises:
        InvalidInput: it is not clear which column is the grade's.
    """
    sheet = parse(body)
    rows = [r for r in range(1, len(sheet.rows)) if sheet.value(r, 0).strip()]
    grade, feedback = _grade_column(sheet, rows), _feedback_column(sheet, rows)
    told = [] if feedback else ["no feedback column was found: grades alone are filled in"]
    comma = any("," in sheet.value(r, grade + 1) for r in rows)
    matched, unmatched = _matched(sheet, rows, range(grade), results)
    told += unmatched
    for row, found in matched:
        if _is_locked(sheet, row):
            told.append(f"{found.submission}: Moodle says that its grade cannot be changed")
            continue
        told += _fits(sheet.value(row, grade + 1), found)
        told += _grade(sheet, row, grade, found, "," if comma else ".")
        if feedback and found.score is not None:
            told += _put(sheet, row, feedback, as_text(_feedback(found)), found, "feedback")
    return Filled(sheet.body(), tuple(told))


def _assignment(header: list[str], title: str) -> int:
    exact = [k for k, cell in enumerate(header) if cell == title]
    named = [k for k, cell in enumerate(header) if _title(cell) == title]
    found = exact or named
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(f"{len(found)} columns are called {title!r}: give one with its number")
    titles = [cell for cell in header if _WITH_ID.fullmatch(cell)] or header
    near = difflib.get_close_matches(title, titles, n=1, cutoff=0.0)
    raise InvalidInput(f"no column is called {title!r}; the nearest is {near[0]!r}")


def _title(cell: str) -> str:
    match = _WITH_ID.fullmatch(cell)
    return match["title"] if match else ""


def _points_possible(sheet: Sheet, column: int, results: Sequence[Result]) -> list[str]:
    rows = (r for r in range(1, len(sheet.rows)) if sheet.value(r, 0).startswith("    "))
    cell = next((sheet.value(r, column) for r in rows), "")
    return _fits(cell, max(results, key=lambda r: r.max_score)) if cell and results else []


def _fits(cell: str, found: Result) -> list[str]:
    most = _number(cell)
    if most is None or most == found.max_score:
        return []
    return [f"{found.submission} is out of {found.max_score:g}, the column out of {most:g}"]


def _grade_column(sheet: Sheet, rows: list[int]) -> int:
    header = [cell.casefold() for cell in sheet.header()]
    if "grade" in header:
        return header.index("grade")
    # In another language: left of the one column that says the same number above 0 in every row.
    columns = [k for k in range(3, len(header)) if _is_maximum(sheet, rows, k)]
    if len(columns) != 1:
        raise InvalidInput(
            "which column is the grade's is not clear: export it with English headers"
        )
    return columns[0] - 1


def _is_maximum(sheet: Sheet, rows: list[int], column: int) -> bool:
    said = {_number(sheet.value(r, column)) for r in rows}
    left = [sheet.value(r, column - 1) for r in rows]
    blank = all(cell in ("", "-") or _number(cell) is not None for cell in left)
    return len(said) == 1 and (said.pop() or 0) > 0 and blank


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


def _matched(
    sheet: Sheet, rows: list[int], columns: Iterable[int], results: Sequence[Result]
) -> tuple[list[tuple[int, Result]], list[str]]:
    """Each result with its row, and what has none or is not clear; two never share a row."""
    index: dict[str, set[int]] = {}
    for row in rows:
        for column in columns:
            for key in _keys_of_cell(sheet.value(row, column)):
                index.setdefault(key, set()).add(row)
    told: list[str] = []
    by_row: dict[int, list[Result]] = {}
    for found in sorted(results, key=lambda r: r.submission):
        for student in found.students or ({},):
            homes = _rows_of(found, student, index)
            whose = " ".join(filter(None, (found.submission, _group_member(found, student))))
            if len(homes) == 1:
                by_row.setdefault(homes.pop(), []).append(found)
            elif homes:
                told.append(f"{whose}: more than one student fits, none is filled in")
            else:
                told.append(f"{whose}: no student of the export fits")
    for row, several in by_row.items():
        if len(several) > 1:
            names = ", ".join(r.submission for r in several)
            told.append(f"{sheet.value(row, 0)}: {names} all fit, none is filled in")
    told += [f"{sheet.value(r, 0)}: no result" for r in rows if r not in by_row]
    return [(row, one[0]) for row, one in by_row.items() if len(one) == 1], told


def _group_member(found: Result, student: Mapping[str, str]) -> str:
    """Which of several students is meant; empty where the hand-in is one student's."""
    return f"({student.get('name', '')})" if len(found.students) > 1 else ""


def _rows_of(found: Result, student: Mapping[str, str], index: dict[str, set[int]]) -> set[int]:
    """The rows that what is known of a student leads to; else those of the hand-in's name."""
    known = [student.get(name, "") for name in IDENTITIES]
    named = () if len(found.students) > 1 else _parts(found.submission)
    for values in (known, named):
        hits = [index[key] for value in values for key in _keys(value) if key in index]
        single = set().union(*(hit for hit in hits if len(hit) == 1))
        if hits:
            return single or set().union(*hits)
    return set()


def _parts(submission: str) -> Iterator[str]:
    for pattern in _NAMES:
        match = pattern.fullmatch(submission)
        if match:
            yield from (match["id"], match["name"])
            return
    yield submission


def _keys_of_cell(cell: str) -> set[str]:
    keys = set(_keys(cell))
    number = re.fullmatch(r"\D+ (\d+)", cell)  # Participant 17, in any language
    return keys | {number[1]} if number else keys


def _keys(text: str) -> Iterator[str]:
    """What a text is looked up by: itself, and as a name in either order or run together."""
    text = unicodedata.normalize("NFKC", text).casefold().strip()
    if not text:
        return
    # A hand-in's id has an underscore for each sign that a file name cannot have.
    yield "".join(c if c in "-_. " or unicodedata.category(c)[0] in "LMN" else "_" for c in text)
    words = re.findall(r"[^\W\d_]+", text)
    if words and "@" not in text and not re.search(r"\d", text):  # jd1 and jd2 are no names
        yield "".join(words)
        yield " ".join(sorted(words))


def _grade(sheet: Sheet, row: int, column: int, found: Result, point: str) -> list[str]:
    if found.score is None:
        return [f"{found.submission}: {' '.join(found.status.split())}; its grade is left as it is"]
    return _put(sheet, row, column, f"{found.score:g}".replace(".", point), found, "grade")


def _put(sheet: Sheet, row: int, column: int, text: str, found: Result, what: str) -> list[str]:
    before = sheet.value(row, column)
    same = before == text or (_number(before) is not None and _number(before) == _number(text))
    if same:
        return []
    sheet.put(row, column, text)
    return [f"{found.submission}: {what} was {before}"] if before.strip(" -") else []


def _feedback(found: Result) -> str:
    """What lost points, as HTML on one line."""
    lost = [o for o in found.checks if o.outcome != "passed" and o.points < o.max_points]
    lines = [f"Score {found.score:g} / {found.max_score:g}", *found.notes]
    for o in lost:
        first = o.message.partition("\n")[0]
        lines.append(f"{o.title} ({o.points:g} / {o.max_points:g}): {first or o.outcome}")
    return "<br>".join(html.escape(" ".join(line.split()), quote=False) for line in lines)


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None

"""Which row of a gradebook belongs to which submission."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assay.foreign import Foreign, line, raw
from assay.outcome import Result
from assay.report.sheet import Sheet

# The name of a downloaded submission: a student's name, and a number that the gradebook knows.
_NAMES = (
    re.compile(r"(?P<name>\w+?)_(?:LATE_)?(?P<id>\d+)_\d+_.+"),
    re.compile(r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_.*"),
)
# What identifies a student, the most reliable first.
IDENTITIES = ("user", "participant", "id", "sid", "login", "email", "name")


def match_rows(
    sheet: Sheet, rows: Sequence[int], columns: Iterable[int], results: Sequence[Result]
) -> tuple[list[tuple[int, Result]], list[str]]:
    """Find the row of each result.

    Args:
        sheet: the gradebook.
        rows: the rows that belong to students.
        columns: the columns that identify a student.
        results: those of a class.
    Returns:
        (row, result) pairs, no row twice; and a remark for each student without a clear row, each
        row with several results and each row without one.
    """
    index = _index(sheet, rows, columns)
    by_row: dict[int, list[Result]] = {}
    remarks: list[str] = []
    for result in sorted(results, key=lambda r: r.submission):
        for student in result.students or ({},):
            matches = _rows_of(result, student, index)
            if len(matches) == 1:
                by_row.setdefault(matches.pop(), []).append(result)
            else:
                remarks.append(f"{_student_name(result, student)}: {_unclear(len(matches))}")
    for row, several in by_row.items():
        if len(several) > 1:
            names = ", ".join(r.submission for r in several)
            remarks.append(f"{sheet.value(row, 0)}: {names} all match, so none is filled in")
    remarks += [f"{sheet.value(r, 0)}: no result" for r in rows if r not in by_row]
    return [(row, some[0]) for row, some in by_row.items() if len(some) == 1], remarks


def _unclear(matches: int) -> str:
    if matches:
        return "more than one student matches, so none is filled in"
    return "no student in the export matches"


def _student_name(result: Result, student: Mapping[str, Foreign]) -> str:
    """The submission, and which student is meant if it has several."""
    if len(result.students) < 2:
        return result.submission
    return f"{result.submission} ({line(student.get('name', ''))})"


def _index(sheet: Sheet, rows: Sequence[int], columns: Iterable[int]) -> dict[str, set[int]]:
    """The rows that each key leads to."""
    index: dict[str, set[int]] = {}
    for column in columns:
        for row in rows:
            for key in _keys_of_cell(sheet.value(row, column)):
                index.setdefault(key, set()).add(row)
    return index


def _rows_of(
    result: Result, student: Mapping[str, Foreign], index: dict[str, set[int]]
) -> set[int]:
    """The rows that a student's identities lead to; otherwise those of the submission's name."""
    identities = [raw(student.get(name, "")) for name in IDENTITIES]
    names = () if len(result.students) > 1 else _name_parts(result.submission)
    for values in (identities, names):
        matches = [index[key] for value in values for key in _keys(value) if key in index]
        single = set().union(*(rows for rows in matches if len(rows) == 1))
        if matches:
            return single or set().union(*matches)
    return set()


def _name_parts(submission: str) -> Iterator[str]:
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
    """The keys of a text: itself; of a name also its words, joined and in alphabetical order."""
    text = unicodedata.normalize("NFKC", text).casefold().strip()
    if not text:
        return
    # A submission's name has an underscore for each character that a file name cannot have.
    yield "".join(c if c in "-_. " or unicodedata.category(c)[0] in "LMN" else "_" for c in text)
    words = re.findall(r"[^\W\d_]+", text)
    if words and "@" not in text and not re.search(r"\d", text):  # jd1 and jd2 are not names
        yield "".join(words)
        yield " ".join(sorted(words))

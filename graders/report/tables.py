"""Results as tables: `grades.csv`, a row per submission, a column per problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from graders.outcome import Result, section

# A spreadsheet runs a cell that opens so; a leading quote makes it text.
_FORMULA = re.compile(r"^[=+\-@\t\r]")


def grades_csv(results: Sequence[Result]) -> str:
    """`submission,score,max_score,problem1,…,answers,status`, sorted by submission."""
    names = sections(results)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", "score", "max_score", *names, "status"])
    for found in sorted(results, key=lambda r: r.submission):
        points = [_points(found, name) for name in names]
        score = "" if found.score is None else f"{found.score:g}"
        row = [found.submission, score, f"{found.max_score:g}", *points, status_of(found)]
        writer.writerow([_as_text(cell) for cell in row])
    return out.getvalue()


def sections(results: Iterable[Result]) -> list[str]:
    """The columns that these results count in: the problems by number, then the answers."""
    names = {section(o) for found in results for o in found.checks}
    return sorted(names, key=lambda n: (not n.startswith("problem"), len(n), n))


def status_of(found: Result) -> str:
    """The status in one line."""
    return " ".join(found.status.split())


def _points(found: Result, name: str) -> str:
    mine = [o.points for o in found.checks if section(o) == name]
    return f"{sum(mine):g}" if mine else ""


def _as_text(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

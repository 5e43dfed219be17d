"""Results as tables: `grades.csv`, a row per submission, a column per problem."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from graders.outcome import Result, section
from graders.report.cells import as_text


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
        writer.writerow([as_text(cell) for cell in row])
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

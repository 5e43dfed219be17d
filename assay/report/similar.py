"""Similar submissions as a table: `alike.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from assay.likeness.groups import SAME_FILES, Group, Link
from assay.report.cells import as_text


def alike_csv(groups: Iterable[Group]) -> str:
    """`first,second,likeness,kind`: a row for each pair, the most similar first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Link._fields)
    for link in pairs(groups):
        cells = (link.first, link.second, f"{link.likeness:.2f}", link.kind)
        writer.writerow([as_text(cell) for cell in cells])
    return out.getvalue()


def pairs(groups: Iterable[Group]) -> list[Link]:
    """The pairs of all groups, the most similar first, of equal ones those with the same files."""
    links = (link for group in groups for link in group.links)
    return sorted(links, key=lambda link: (-link.likeness, link.kind != SAME_FILES, link))

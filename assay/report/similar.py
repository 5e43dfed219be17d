"""Similar submissions as a table: `alike.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from assay.likeness.groups import Group, Link
from assay.report.cells import as_text


def alike_csv(groups: Iterable[Group]) -> str:
    """`first,second,likeness,kind`: the links of each group, a row for each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Link._fields)
    for link in (link for group in groups for link in group.links):
        cells = (link.first, link.second, f"{link.likeness:.2f}", link.kind)
        writer.writerow([as_text(cell) for cell in cells])
    return out.getvalue()

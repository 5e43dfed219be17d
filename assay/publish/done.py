"""What was written about a class."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from assay.report.overview import Overview


class Pages(NamedTuple):
    """What was written: the class in summary, remarks, and its page, None if there is none."""

    overview: Overview
    remarks: tuple[str, ...] = ()
    page: Path | None = None

"""Cells for spreadsheets: text that a spreadsheet would run as a formula is marked as text."""

from __future__ import annotations

import re

# A spreadsheet runs a cell that starts like this, after blanks or none and in either width; a
# leading quotation mark makes it text.
_FORMULA = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")


def as_text(cell: str) -> str:
    """The cell, with a leading quotation mark if a spreadsheet would run it.

    >>> as_text("=1+1"), as_text("-2.5"), as_text("ada")
    ("'=1+1", '-2.5', 'ada')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

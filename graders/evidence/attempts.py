"""What a student's function gives where it may give nothing: other checks report that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from assay import Broken, Verdict

T = TypeVar("T")


def attempted(call: Callable[[], T]) -> T | None:
    """The result of a call; None where the student's code gives none."""
    try:
        return call()
    except Broken:
        raise
    except Verdict:
        return None

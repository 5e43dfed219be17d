"""A step of a workflow on GitHub: the files by which it sets its output and its summary."""

from __future__ import annotations

import os
from pathlib import Path

OUTPUT, SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"


def is_one() -> bool:
    """Whether this process runs in a step of a workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def append(variable: str, text: str) -> bool:
    """Append lines to the file that a variable names.

    Returns:
        Whether there is such a file.
    Raises:
        OSError: it cannot be written.
    """
    place = os.environ.get(variable)
    if not place:
        return False
    with Path(place).open("a", encoding="utf-8", errors="replace") as file:
        file.write(f"{text}\n")
    return True

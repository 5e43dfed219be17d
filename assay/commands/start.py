"""Lays out the student's folder: a copy of the homework's template."""

from __future__ import annotations

from pathlib import Path

from assay.homework import Homework

LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache"}


def lay_out(target: Path, homework: Homework) -> tuple[list[str], list[str]]:
    """Copy the template into a folder; existing files stay as they are.

    Returns:
        The files that were written and those that were kept, relative to the folder.
    """
    written: list[str] = []
    kept: list[str] = []
    template = homework.template_folder
    for source in sorted(template.rglob("*")):
        place = source.relative_to(template)
        if source.is_dir() or LEFT_OUT & set(place.parts):
            continue
        if (target / place).exists():
            kept.append(place.as_posix())
            continue
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        (target / place).write_bytes(source.read_bytes())
        written.append(place.as_posix())
    return written, kept

"""What a student is given: the folder that the kit hands out, and what of it each hand-in has."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """The student's folder: templates, the given flow, its weights, the digits."""
    import student_template

    return Path(next(iter(student_template.__path__)))


@cache
def data_files() -> list[Path]:
    """The files of data that every hand-in may count on."""
    return [path for path in folder().iterdir() if path.suffix in (".safetensors", ".npz")]


@cache
def modules() -> dict[str, str]:
    """The modules that every hand-in may import, by name."""
    return {"nice_flow": (folder() / "nice_flow.py").read_text("utf-8")}

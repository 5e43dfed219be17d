"""Figures of a benchmark, what they must reach, and their table: for a terminal, or a file."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version

from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One line of the table; `holds` is None where nothing must be reached."""

    name: str
    value: float
    unit: str
    bound: str = ""
    holds: bool | None = None

    @property
    def shown(self) -> str:
        """Value and unit."""
        digits = ",.0f" if self.value >= 100 else ".3g"
        return f"{self.value:{digits}} {self.unit}"

    @property
    def verdict(self) -> str:
        """What must be reached, and whether it is."""
        return self.bound + ("" if self.holds is None else ": yes" if self.holds else ": NO")


def machine() -> str:
    """What the figures were taken on."""
    torch = version("torch")
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, torch {torch}"


def table(figures: Iterable[Figure]) -> Table:
    """The figures for a terminal."""
    made = Table(title=machine())
    made.add_column("figure")
    made.add_column("value", justify="right")
    made.add_column("must reach")
    for figure in figures:
        made.add_row(figure.name, figure.shown, figure.verdict)
    return made


def written(figures: list[Figure], suffix: str) -> str:
    """The figures as a file: JSON where its suffix is .json, else Markdown."""
    if suffix == ".json":
        written = {"machine": machine(), "figures": [asdict(figure) for figure in figures]}
        return json.dumps(written, indent=1) + "\n"
    rows = [f"| {f.name.replace('  ', '&emsp;')} | {f.shown} | {f.verdict} |" for f in figures]
    return "\n".join([machine(), "", "| figure | value | must reach |", "|---|--:|---|", *rows, ""])

"""How a page is made from its template: everything escaped, nothing unseen, nothing undefined."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from assay.report.text import clip, line, visible

# A word for each outcome.
WORDS = {
    "passed": "passed",
    "wrong": "wrong",
    "raised": "raised",
    "timed_out": "timed out",
    "died": "died",
    "refused": "refused",
    "missing": "missing",
    "blocked": "blocked",
    "broken": "kit failed",
}


@cache
def template(name: str) -> Template:
    """A template by its name, compiled once a process."""
    return _environment().get_template(f"{name}.html.j2")


@cache
def style() -> Markup:
    """The style sheet that every page holds."""
    return Markup(_read("page.css"))  # noqa: S704 - ours


def points(value: float) -> str:
    """Points as they are read: to six digits, as everywhere in the kit."""
    return f"{value:g}"


def _environment() -> Environment:
    # `visible` sees each text before it is escaped, wherever a template puts it.
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_read),
    )
    filters: dict[str, Any] = {"clip": clip, "line": line, "points": points}
    made.filters |= filters
    return made


def _read(name: str) -> str:
    folder = resources.files("assay.report.page") / "templates"
    return (folder / name).read_text("utf-8")

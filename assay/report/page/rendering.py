"""How a template becomes a page: everything is escaped, nothing is invisible or undefined."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from assay.report.text import clip, line, points, visible

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
    "unread": "cannot be read",
    "broken": "kit failed",
}


@cache
def template(name: str) -> Template:
    """A template by its name, compiled once per process."""
    return _environment().get_template(f"{name}.html.j2")


@cache
def style() -> Markup:
    """The style sheet that is part of every page."""
    return Markup(_read("page.css"))  # noqa: S704 - our own file


def _environment() -> Environment:
    # `finalize` runs before a text is escaped, wherever a template puts it.
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_read),
    )
    environment.filters.update(clip=clip, line=line, points=points)
    return environment


def _read(name: str) -> str:
    folder = resources.files("assay.report.page") / "templates"
    return (folder / name).read_text("utf-8")

"""The report as HTML pages: one for a class, one for each student, each a file of its own.

The pages need the extra `class`, which is imported where a page is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graders.outcome import Result
    from graders.report.alike import Group
    from graders.report.overview import Overview
    from graders.report.page.axes import Canvas

__all__ = ["canvas", "class_page", "student_page"]

TITLE = "Homework 10"


def canvas() -> Canvas:
    """The axes that all students share, drawn once a report; can be pickled.

    Raises:
        ImportError: the extra `class` is not installed.
    """
    from graders.report.page.axes import draw

    return draw()


def student_page(found: Result, shared: Canvas, *, title: str = TITLE) -> str:
    """`students/<submission>.html`: each law with its message, and the pictures.

    Raises:
        ImportError: the extra `class` is not installed.
    """
    from graders.report.page.student import page

    return page(found, shared, title)


def class_page(overview: Overview, alike: Sequence[Group] = (), *, title: str = TITLE) -> str:
    """`report.html`: scores, failed laws, hand-ins that fail alike or are alike, and everyone.

    Raises:
        ImportError: the extra `class` is not installed.
    """
    from graders.report.page.whole_class import page

    return page(overview, alike, title)

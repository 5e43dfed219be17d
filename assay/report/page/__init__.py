"""The report as HTML pages: one for a class, one for each student, each in a single file.

The pages need the extra `class`, which is imported when the first page is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assay.homework import Homework
    from assay.likeness.groups import Group
    from assay.outcome import Result
    from assay.report.overview import Overview
    from assay.report.page.plot import Frame

__all__ = ["class_page", "frames", "student_page"]


def frames(homework: Homework) -> dict[str, Frame]:
    """The axes that all students share, by section, drawn once for a report; can be pickled.

    Raises:
        ImportError: the extra `class` is not installed.
    """
    from assay.report.page.plot import frame

    figures = homework.figures().items()
    return {name: frame(f.paint, f.limits) for name, f in figures if f.paint is not None}


def student_page(
    result: Result,
    shared: dict[str, Frame],
    homework: Homework,
    *,
    alone: bool = False,
    refresh: int = 0,
) -> str:
    """`students/<submission>.html`: each check with its message, and the pictures.

    Args:
        result: of the submission.
        shared: the axes that all students share.
        homework: what it is a result of.
        alone: there is no page of the class beside it.
        refresh: seconds until a browser loads it again; 0: never.
    Raises:
        ImportError: the extra `class` is not installed.
    """
    from assay.report.page.student import page

    return page(result, shared, homework, alone=alone, refresh=refresh)


def class_page(
    overview: Overview,
    similar: Sequence[Group],
    homework: Homework,
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """`report.html`: scores, students by checks, failed checks, groups, everyone by name.

    `facts` are names and values about the run, for the foot of the page.

    Raises:
        ImportError: the extra `class` is not installed.
    """
    from assay.report.page.whole_class import page

    return page(overview, similar, homework, facts)

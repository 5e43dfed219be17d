"""Text for people: points in short form, and a foreign text in a form that each channel can show.

a terminal, a log, JSON, XML   `plain`: bounded, nothing invisible, no command for a CI system
one line of these, a name      `line`
a notebook's cell              `plain`, then `html.escape`
a page                         `clip` or `line`, then `visible` and escaping by the templates
a cell                         `line`, then `as_text` of `assay.report.cells`
Markdown                       `code`, `block` and `escaped` of `assay.report.markdown`
a workflow command             `plain`, then `command` of `assay.report.classroom`
"""

from __future__ import annotations

from urllib.parse import quote

from assay.foreign import LINE_LIMIT as LINE_LIMIT
from assay.foreign import clip as clip
from assay.foreign import line as line
from assay.foreign import plain as plain
from assay.foreign import visible as visible

MARKS = {"passed": "✓", "blocked": "·", "missing": "–", "unread": "?", "broken": "!"}
LINE_MARKS = {"holds": "✓", "false": "✗", "unread": "?"}  # of a line of written mathematics
FAILED = "✗"  # the mark of all other outcomes

NAME_LIMIT = 120  # characters of a name
TITLE_LIMIT = 400  # characters of a check's title


def points(value: float) -> str:
    """Points for people to read, rounded to two decimals.

    >>> points(14.666666), points(15.0), points(-0.001)
    ('14.67', '15', '0')
    """
    return f"{round(value, 2) + 0.0:g}"  # + 0.0 turns -0.0 into 0.0


def fail(count: int) -> str:
    """How many checks fail.

    >>> fail(1), fail(2)
    ('1 check fails', '2 checks fail')
    """
    return "1 check fails" if count == 1 else f"{count} checks fail"


def wait(count: int, others: int) -> str:
    """How many checks wait for `others`, which fail or have nothing to check.

    >>> wait(1, 2), wait(3, 1)
    ('1 waits for these', '3 wait for it')
    """
    return f"{count} wait{'s' * (count == 1)} for {'it' if others == 1 else 'these'}"


def address(submission: str) -> str:
    """The address of a student's page, relative to the page of the class.

    >>> address("a/b c")
    'students/a%2Fb%20c.html'
    """
    return f"students/{quote(submission, safe='', errors='replace')}.html"

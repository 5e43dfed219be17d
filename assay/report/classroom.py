"""One result for GitHub Classroom: the `result=` output of a step, and annotations."""

from __future__ import annotations

import base64

import msgspec

from assay.foreign import LIMIT, Foreign
from assay.outcome import Outcome, Result
from assay.report.text import plain


def output_line(result: Result) -> str:
    """The step output: `result=` and the base64 of the result as JSON."""
    is_full = result.score == result.max_score
    document = {
        "version": 1,
        "status": "error" if result.score is None else "pass" if is_full else "fail",
        "max_score": result.max_score,
        "tests": [_test(outcome) for outcome in result.checks],
    }
    return f"result={base64.b64encode(msgspec.json.encode(document)).decode()}"


def workflow_commands(result: Result) -> list[str]:
    """Annotations: the points, then each check that lost points; an error if there is no score."""
    if result.score is None:
        return [command("error", "Not judged", result.status)]
    points = f"{result.score:g}/{result.max_score:g}"
    report = {"totalPoints": result.score, "maxPoints": result.max_score}
    lost = [o for o in result.checks if o.outcome != "passed" and o.points < o.max_points]
    return [
        command("notice", "Autograding complete", f"Points {points}"),
        command("notice", "Autograding report", msgspec.json.encode(report).decode()),
        *(command("error", o.title, o.message or o.outcome) for o in lost),
    ]


def command(kind: str, title: str, text: Foreign) -> str:
    """A workflow command on one line, whatever its texts contain.

    >>> command("error", "a, b: 5%", "two" + chr(10) + "lines")
    '::error title=a%2C b%3A 5%25::two%0Alines'
    """
    safe_title = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={safe_title}::{_escaped(plain(text))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _test(outcome: Outcome) -> dict[str, object]:
    statuses = {"passed": "pass", "broken": "error"}
    return {
        "name": outcome.title,
        "status": statuses.get(outcome.outcome, "fail"),
        "score": outcome.points,
        "message": plain(outcome.message, 2 * LIMIT),
        "test_code": f"assay check --only {outcome.id}",
        "filename": "",
        "line_no": 0,
        "duration": outcome.seconds,
    }

"""One result for GitHub Classroom: the `result=` line of a step, and annotations."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from assay.outcome import Outcome, Result


def output_line(found: Result) -> str:
    """The step output: `result=` and the base64 of the result as JSON."""
    full = found.score == found.max_score
    document = {
        "version": 1,
        "status": "error" if found.score is None else "pass" if full else "fail",
        "max_score": found.max_score,
        "tests": [_test(outcome) for outcome in found.checks],
    }
    return f"result={base64.b64encode(msgspec.json.encode(document)).decode()}"


def workflow_commands(found: Result) -> list[str]:
    """Workflow commands: the points, then each check that lost some; no points without a score."""
    if found.score is None:
        return [command("error", "Not judged", found.status)]
    points = f"{found.score:g}/{found.max_score:g}"
    report = {"totalPoints": found.score, "maxPoints": found.max_score}
    lost = [o for o in found.checks if o.outcome != "passed" and o.points < o.max_points]
    return [
        command("notice", "Autograding complete", f"Points {points}"),
        command("notice", "Autograding report", msgspec.json.encode(report).decode()),
        *(command("error", o.title, o.message or o.outcome) for o in lost),
    ]


def command(kind: str, title: str, text: str) -> str:
    """A workflow command on one line, whatever the texts hold.

    >>> command("error", "a, b: 5%", "two" + chr(10) + "lines")
    '::error title=a%2C b%3A 5%25::two%0Alines'
    """
    safe = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={safe}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _test(outcome: Outcome) -> dict[str, Any]:
    kinds = {"passed": "pass", "broken": "error"}
    return {
        "name": outcome.title,
        "status": kinds.get(outcome.outcome, "fail"),
        "score": outcome.points,
        "message": outcome.message,
        "test_code": f"assay check --only {outcome.id}",
        "filename": "",
        "line_no": 0,
        "duration": outcome.seconds,
    }

"""One result for GitHub Classroom: the `result=` output of a step, and annotations.

GitHub shows at most ten errors of a step: checks that build on one that failed are left out, and
what is not written is said once.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from assay.foreign import LIMIT, Foreign, raw
from assay.message import parse
from assay.outcome import Outcome, Result
from assay.report.places import Place
from assay.report.text import line, plain

NOWHERE: Mapping[str, Place] = MappingProxyType({})


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


def workflow_commands(result: Result, places: Mapping[str, Place] = NOWHERE) -> list[str]:
    """Annotations: the points, then each check that lost points; an error if there is no score.

    Args:
        result: of one submission.
        places: by the check's id, where an annotation is shown; others are shown at no file.
    """
    if result.score is None:
        return [command("error", "Not judged", result.status)]
    points = f"{result.score:g}/{result.max_score:g}"
    report = {"totalPoints": result.score, "maxPoints": result.max_score}
    return [
        command("notice", "Autograding complete", f"Points {points}"),
        command("notice", "Autograding report", msgspec.json.encode(report).decode()),
        *(
            command("error", o.title, o.message or o.outcome, places.get(o.id))
            for o in _to_mend(result.checks)
        ),
    ]


def command(kind: str, title: str, text: Foreign, place: Place | None = None) -> str:
    """A workflow command on one line, whatever its texts contain.

    >>> command("error", "a, b: 5%", "two" + chr(10) + "lines", Place("a.py", 3))
    '::error file=a.py,line=3,title=a%2C b%3A 5%25::two%0Alines'
    """
    properties = {"title": _property(title)}
    if place is not None:
        at = {"file": _property(line(place.file)), "line": str(place.line or 1)}
        properties = at | properties
    listed = ",".join(f"{name}={value}" for name, value in properties.items())
    return f"::{kind} {listed}::{_escaped(plain(text))}"


def _to_mend(checks: Iterable[Outcome]) -> list[Outcome]:
    """Those that lost points; of several that miss the same, the first."""
    lost = [o for o in checks if o.points < o.max_points and o.outcome not in ("passed", "blocked")]
    missing = {raw(parse(o.message).first_line): o for o in lost[::-1] if o.outcome == "missing"}
    return [o for o in lost if o.outcome != "missing" or o in missing.values()]


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


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

"""One result as Gradescope's `results.json`; valid also where nothing was judged."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import msgspec

from assay.outcome import Outcome, Result, section

UNJUDGED = "NOT JUDGED. The number above stands in for a score and is no grade; ask the instructor."


def results_json(found: Result) -> bytes:
    """The document that Gradescope shows to a student.

    Gradescope takes no result without a number: where there is no score, the points of what was
    judged stand in, and the output opens by saying so.
    """
    judged = found.score is not None
    points = found.score if found.score is not None else sum(o.points for o in found.checks)
    told = [] if judged else [UNJUDGED, found.status]
    tests = _tests(found.checks) or [_lone(found)]
    document = {
        "score": round(points, 6),
        "execution_time": found.seconds,
        "output": "\n".join([*told, *found.notes, f"isolation: {found.isolation}"]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "judged": judged,
            "seed": str(found.seed),
            "kit": found.kit,
            "sha256": found.sha256,
        },
        "tests": tests,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _tests(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    return [
        _test(outcome, f"{name.removeprefix('problem')}.{k}")
        for name, group in groupby(outcomes, section)
        for k, outcome in enumerate(group, 1)
    ]


def _test(outcome: Outcome, number: str) -> dict[str, Any]:
    kind = outcome.outcome.replace("_", " ")
    shown = "" if outcome.outcome in ("passed", "wrong") else f"{kind}: "
    return {
        "score": outcome.points,
        "max_score": outcome.max_points,
        "status": "passed" if outcome.outcome == "passed" else "failed",
        "name": outcome.title,
        "number": number,
        "output": f"{shown}{outcome.message}",
        "tags": [section(outcome), outcome.outcome],
        "visibility": "visible",
        "extra_data": {"check": outcome.id},
    }


def _lone(found: Result) -> dict[str, Any]:
    return {
        "score": 0.0,
        "max_score": found.max_score,
        "status": "failed" if found.score is None else "passed",
        "name": "not judged" if found.score is None else "nothing is asked",
        "number": "0",
        "output": found.status,
        "tags": [],
        "visibility": "visible",
        "extra_data": {},
    }

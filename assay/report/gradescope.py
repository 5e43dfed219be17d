"""One result as Gradescope's `results.json`; valid also if nothing was judged."""

from __future__ import annotations

from itertools import groupby

import msgspec

from assay.foreign import LIMIT
from assay.outcome import Outcome, Result, section
from assay.report.text import line, plain

MOST_NOTES = 100
UNJUDGED = "NOT JUDGED. This is no grade: ask the instructor."


def results_json(result: Result) -> bytes:
    """The document that Gradescope shows to a student.

    Without a score of its own it has none for any check either: Gradescope would add them up. It
    then shows that the autograder failed, and gives no grade.
    """
    is_judged = result.score is not None
    warning = [] if is_judged else [UNJUDGED, line(result.status)]
    notes = [f"note: {line(note)}" for note in result.notes[:MOST_NOTES]]
    document = {
        **({} if result.score is None else {"score": round(result.score, 6)}),
        "execution_time": result.seconds,
        "output": "\n".join([*warning, *notes, f"isolation: {result.isolation}"]),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "judged": is_judged,
            "seed": str(result.seed),
            "kit": result.kit,
            "sha256": result.sha256,
        },
        "tests": [
            test if is_judged else _without_score(test)
            for test in _tests(result.checks) or [_only_test(result)]
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _without_score(test: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in test.items() if name != "score"}


def _tests(outcomes: tuple[Outcome, ...]) -> list[dict[str, object]]:
    return [
        _test(outcome, f"{name.removeprefix('problem')}.{k}")
        for name, group in groupby(outcomes, section)
        for k, outcome in enumerate(group, 1)
    ]


def _test(outcome: Outcome, number: str) -> dict[str, object]:
    kind = outcome.outcome.replace("_", " ")
    prefix = "" if outcome.outcome in ("passed", "wrong") else f"{kind}: "
    return {
        "score": outcome.points,
        "max_score": outcome.max_points,
        "status": "passed" if outcome.outcome == "passed" else "failed",
        "name": outcome.title,
        "number": number,
        "output": f"{prefix}{plain(outcome.message, 2 * LIMIT)}",
        "tags": [section(outcome), outcome.outcome],
        "visibility": "visible",
        "extra_data": {"check": outcome.id},
    }


def _only_test(result: Result) -> dict[str, object]:
    """What stands in place of the tests if no check ran."""
    is_judged = result.score is not None
    return {
        "score": 0.0,
        "max_score": result.max_score,
        "status": "passed" if is_judged else "failed",
        "name": "no checks" if is_judged else "not judged",
        "number": "0",
        "output": plain(result.status),
        "tags": [],
        "visibility": "visible",
        "extra_data": {},
    }

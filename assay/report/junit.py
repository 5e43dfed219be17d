"""Results as JUnit XML: a suite per submission, a case per check, points as properties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from assay.outcome import Outcome, Result, section

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Sequence[Result]) -> bytes:
    """The class as one document; a submission without a verdict is an error, not a failure."""
    root = Element("testsuites", name="assay")
    for found in sorted(results, key=lambda r: r.submission):
        _suite(root, found)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _suite(root: Element, found: Result) -> None:
    kinds = [_kind(o) for o in found.checks] or ["error"]
    suite = SubElement(
        root,
        "testsuite",
        name=_legal(found.submission),
        tests=str(len(kinds)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time=f"{found.seconds:.3f}",
    )
    score = "" if found.score is None else f"{found.score:g}"
    told = {
        "score": score,
        "max_score": f"{found.max_score:g}",
        "status": found.status,
        "isolation": found.isolation,
        "seed": str(found.seed),
        "kit": found.kit,
    }
    _properties(suite, told)
    for outcome in found.checks:
        _case(suite, found, outcome)
    if not found.checks:
        case = SubElement(suite, "testcase", classname=_legal(found.submission), name="graded")
        SubElement(case, "error", message=_legal(found.status))


def _case(suite: Element, found: Result, outcome: Outcome) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=_legal(f"{found.submission}.{section(outcome)}"),
        name=_legal(outcome.title),
        time=f"{outcome.seconds:.3f}",
    )
    points = {"points": f"{outcome.points:g}", "max_points": f"{outcome.max_points:g}"}
    _properties(case, {"check": outcome.id, **points})
    kind = _kind(outcome)
    if kind:
        first = outcome.message.partition("\n")[0]
        body = SubElement(case, kind, type=outcome.outcome, message=_legal(first))
        body.text = _legal(outcome.message)


def _kind(outcome: Outcome) -> str:
    if outcome.outcome == "passed":
        return ""
    if outcome.outcome == "broken":
        return "error"
    lost_nothing = outcome.max_points == 0 and outcome.outcome == "missing"
    return "skipped" if lost_nothing or outcome.outcome == "blocked" else "failure"


def _properties(parent: Element, told: dict[str, str]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in told.items():
        SubElement(properties, "property", name=name, value=_legal(value))


def _legal(text: str) -> str:
    """The text without the characters that XML does not know."""
    return _ILLEGAL.sub("\ufffd", text)

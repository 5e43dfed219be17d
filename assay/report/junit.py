"""Results as JUnit XML: a suite per submission, a case per check, points as properties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from assay.foreign import LIMIT, Foreign
from assay.message import parse
from assay.outcome import Outcome, Result, section
from assay.report.text import line, plain

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


NO_DECISIONS: Mapping[str, str] = MappingProxyType({})


def junit_xml(results: Sequence[Result], decided: Mapping[str, str] = NO_DECISIONS) -> bytes:
    """The class as one document; a submission that was not judged is an error, not a failure.

    `decided` says by submission who changed its points by hand, and why.
    """
    root = Element("testsuites", name="assay")
    for result in sorted(results, key=lambda r: r.submission):
        _add_suite(root, result, decided.get(result.submission, ""))
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _add_suite(root: Element, result: Result, decided: str) -> None:
    is_decided = not result.checks and result.score is not None
    kinds = [_kind(o) for o in result.checks] or ["" if is_decided else "error"]
    suite = SubElement(
        root,
        "testsuite",
        name=_legal(result.submission),
        tests=str(len(kinds)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time=f"{result.seconds:.3f}",
    )
    properties: dict[str, Foreign] = {
        "score": "" if result.score is None else f"{result.score:g}",
        "max_score": f"{result.max_score:g}",
        "status": result.status,
        "isolation": result.isolation,
        "seed": str(result.seed),
        "kit": result.kit,
    }
    _add_properties(suite, properties | ({"decision": decided} if decided else {}))
    for outcome in result.checks:
        _add_case(suite, result, outcome)
    if not result.checks:
        case = SubElement(suite, "testcase", classname=_legal(result.submission), name="graded")
        if not is_decided:
            SubElement(case, "error", message=_legal(result.status))


def _add_case(suite: Element, result: Result, outcome: Outcome) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=_legal(f"{result.submission}.{section(outcome)}"),
        name=_legal(outcome.title),
        time=f"{outcome.seconds:.3f}",
    )
    points = {"points": f"{outcome.points:g}", "max_points": f"{outcome.max_points:g}"}
    _add_properties(case, {"check": outcome.id, **points})
    kind = _kind(outcome)
    if kind:
        first_line = parse(outcome.message).first_line
        body = SubElement(case, kind, type=outcome.outcome, message=_legal(line(first_line)))
        body.text = _legal(outcome.message)


def _kind(outcome: Outcome) -> str:
    """JUnit's word for an outcome; empty if the check passed."""
    if outcome.outcome == "passed":
        return ""
    if outcome.outcome == "broken":
        return "error"
    lost_nothing = outcome.max_points == 0 and outcome.outcome == "missing"
    return "skipped" if lost_nothing or outcome.outcome == "blocked" else "failure"


def _add_properties(parent: Element, values: dict[str, Foreign]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=_legal(value))


def _legal(text: Foreign) -> str:
    """The text in its harmless form, which XML allows."""
    return _ILLEGAL.sub("\ufffd", plain(text, 2 * LIMIT))

"""A file of reported figures: whatever is in it is its own fault, and its cost is limited."""

import time

import pytest

from assay.grading import grader as graders

FIRST = "answers.naive_is_plausible"
HOSTILE = {
    "a long dotted key": ".".join("a" * 4000) + " = 1",
    "a dotted key in a section": "[problem5]\n" + ".".join("b" * 3500) + " = 1",
    "many brackets": "[" * 8_000,
    "nested arrays": "a = " + "[" * 4_000 + "]" * 4_000,
    "nested tables": "a = " + "{b = " * 1_300 + "1" + "}" * 1_300,
    "an integer of 5,000 digits": "[problem5]\nnaive = " + "9" * 5_000,
    "a hexadecimal integer without end": "[problem5]\nnaive = 0x" + "f" * 8_000,
    "an integer above 64 bits": "[problem5]\nnaive = 18446744073709551616",
    "a huge exponent": "[problem5]\nnaive = 1e999999",
    "a table for a number": "[problem5]\nnaive = { value = 0.0 }",
    "a list for a number": "[problem5]\nnaive = [0.0, 1.0]",
    "a date for a number": "[problem5]\nnaive = 1979-05-27T07:32:00Z",
    "text for a number": "[problem5]\nnaive = '''\u001b[2J::error::x'''".replace("\u001b", ""),
    "a number for a section": "problem5 = 3",
    "a list of sections": "[[problem5]]\nnaive = 0.0",
    "an enormous number of samples": "[problem5]\nnaive = 0.0\nnum_samples = 1e308",
    "no number": "[problem5]\nnaive = nan",
    "a truth value": "[problem5]\nnaive = true",
    "a table of samples": "[problem5]\nnaive = 0.0\nnum_samples = { a = 1 }",
    "empty keys": '"" = { "" = 1 }\n',
    "controls": "[problem5]\nnaive = \x00\x1b",
    "half a surrogate": '"\\ud800" = 1',
    "two of a key": "a = 1\na = 2",
    "a carriage return": "[problem5]\r naive = 0",
    "nothing": "",
    "too many bytes": "# " + "x" * graders.REPORTED_LIMIT,
}


@pytest.fixture
def graded(grader, tmp_path):
    checks = tuple(c for c in grader.homework.checks() if c.section == "answers")

    def judge(content):
        (tmp_path / "answers.toml").write_bytes(content)
        (tmp_path / "helpers.py").write_text("def f():\n    return 1\n")
        from assay.submission import read

        return grader.judge(read(tmp_path, grader.homework), checks)

    return judge


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_a_fault_of_the_file(graded, text):
    started = time.perf_counter()
    result = graded(text.encode("utf-8", "surrogatepass"))
    assert time.perf_counter() - started < 20
    assert result.status == "graded"
    assert {o.outcome for o in result.checks} <= {"missing", "wrong", "refused", "passed"}
    assert all(len(o.message) < 1_000 for o in result.checks)


def test_an_honest_file_is_read(graded):
    result = graded(b"[problem5]\nnaive = 0.0\nimportance_sampling = 2.6414300427861382e-06\n")
    outcomes = {o.id: o.outcome for o in result.checks}
    assert outcomes[FIRST] == "passed"
    assert outcomes["answers.importance_sampling_is_plausible"] == "passed"

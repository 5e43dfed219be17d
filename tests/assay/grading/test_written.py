"""The written part of a submission: the seed as it stands, and which of two forms counts."""

import json
import shutil

import pytest
from places import ROOT

from assay.grading.written import Written, judged
from assay.outcome import Result
from assay.sandbox import host
from assay.sandbox.student import Student
from assay.submission import read
from assay.submission.documents import texts
from assay.verdict import Blocked, Broken, Missing, Unread, Wrong

SEED = ROOT / "tests" / "written" / "seed.txt"
PROJECTION = "Problem 2\n$$\\Pi_C(y) = (a, \\min(\\max(y_2, 0), 1))$$\n"


@pytest.fixture(scope="module")
def seed(grader) -> Result:
    return grader.grade(SEED)


def outcomes(result):
    return {check.id: check.outcome for check in result.checks}


def test_the_seed_is_graded_as_it_stands(seed):
    kinds = outcomes(seed)
    passed = {name for name, kind in kinds.items() if kind == "passed"}
    assert passed == {
        "problem1.derivation_joins_the_two_sides",
        "problem1.each_line_follows_from_the_one_before",
        "problem1.derivation_has_at_most_one_slip",
        "problem2.project_lands_in_the_set",
        "problem2.project_is_nearest",
        "problem4.conv1x1_has_its_log_determinant",
        "answers.naive_is_plausible",
        "answers.importance_sampling_is_plausible",
        "answers.log_derivative_is_plausible",
        "answers.reparameterization_is_plausible",
    }
    assert kinds["problem4.log_abs_det_linear_is_that_of_the_matrix"] == "wrong"
    assert seed.score == 14


def test_the_seeds_last_sum_has_lost_its_absolute_value(seed):
    (part,) = [p for p in seed.written if p.part == "a"]
    (false,) = [line for line in part.lines if line.mark == "false"]
    assert false.source == r"= \sum_{i=1}^C \log s_i"
    assert "true only for s_i > 0: write |s_i|" in false.note.replace("; write", ": write")
    assert part.notes == ("|P| is read as |det P|",)


def test_the_seeds_other_sections_are_said_not_to_be_judged(seed):
    notes = "\n".join(seed.notes)
    assert "Problem 3: prose, not judged" in notes
    assert "Problem 4 (b): prose, not judged" in notes
    assert "Problem 5: the figures that it reports were read; the rest was not judged" in notes


def test_each_line_of_the_seed_is_shown_as_it_was_written_and_as_it_was_read(seed):
    for passage in seed.written:
        for line in passage.lines:
            assert line.source
            assert bool(line.understood) == bool(line.mathml) == (line.mark != "unread")


def lay_out(folder, **files):
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def project(body):
    return f"import torch\n\ndef project(y, a):\n    {body}\n"


NEAREST = "problem2.project_is_nearest"


@pytest.mark.parametrize(
    ("code", "written", "outcome"),
    [
        (
            "return torch.stack([y[..., 0] * 0 + a, y[..., 1].clamp(0, 1)], -1)",
            "(a, y_2)",
            "passed",
        ),
        ("return y", "(a, \\min(\\max(y_2, 0), 1))", "passed"),
        ("return y", "(a, y_2)", "blocked"),
        ("raise NotImplementedError('problem 2')", "(a, y_2)", "wrong"),
        ("raise NotImplementedError('problem 2')", "(a, \\min(\\max(y_2, 0), 1))", "passed"),
    ],
)
def test_of_code_and_written_answer_the_better_counts(tmp_path, grader, code, written, outcome):
    files = {
        "problem2_projection__py": project(code),
        "answer__md": f"Problem 2\n$$\\Pi_C(y) = {written}$$\n",
    }
    checks = [c for c in grader.checks if c.id in (NEAREST, "problem2.project_lands_in_the_set")]
    submission = read(lay_out(tmp_path / "hw", **files))
    found = outcomes(grader.judge(submission, tuple(checks)))[NEAREST]
    assert found == outcome or (outcome == "blocked" and found in ("blocked", "wrong"))


def test_markdown_cells_of_a_notebook_are_read(tmp_path, grader):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Problem 2\n"]},
        {"cell_type": "code", "metadata": {}, "source": ["x = 1\n"], "outputs": []},
        {"cell_type": "markdown", "metadata": {}, "source": [PROJECTION.partition("\n")[2]]},
    ]
    path = tmp_path / "hw10.ipynb"
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))
    checks = tuple(c for c in grader.checks if c.id.startswith("problem2.project_"))[:2]
    result = grader.judge(read(path), checks)
    assert set(outcomes(result).values()) == {"passed"}
    assert {line.document for line in result.written[0].lines} == {"hw10.ipynb, cell 3"}


def test_answers_toml_comes_before_the_figures_of_a_document(tmp_path, grader):
    folder = lay_out(tmp_path / "hw", answers__toml="[problem5]\nnaive = 0.5\n")
    shutil.copy(SEED, folder / "solution.txt")
    checks = tuple(c for c in grader.checks if c.section == "answers")
    kinds = outcomes(grader.judge(read(folder), checks))
    assert kinds["answers.naive_is_plausible"] == "wrong"
    assert kinds["answers.importance_sampling_is_plausible"] == "passed"


def test_the_verdict_that_counts():
    wrong, passed, unread, blocked = Wrong("w"), None, Unread("u"), Blocked("b")
    both = Written({"a": passed, "b": unread})
    assert both.better("a", wrong) is passed
    assert both.better("a", passed) is passed
    assert both.better("b", wrong) is wrong
    assert both.better("b", Missing("m")) is unread
    assert both.better("b", blocked) is unread
    assert both.better("c", wrong) is wrong
    fault = Broken("kit")
    assert Written(fault=fault).better("a", wrong) is fault
    assert Written(fault=fault).better("a", passed) is passed


def test_a_document_that_is_no_text_is_left_out_with_the_reason():
    kept, remarks = texts({"a.tex": b"fine", "b.tex": b"\xff\xfe"})
    assert kept == {"a.tex": "fine"}
    assert remarks == ("b.tex was not read: it is not UTF-8 at byte 0; save it as UTF-8",)


def test_a_document_of_any_size_ends_in_a_judgement(tmp_path, sandbox, monkeypatch):
    monkeypatch.setattr(host, "TRUSTED_SECONDS", 2.0)  # the limit is not the point here
    nested = "Problem 1\n$$" + "\\frac{1}{" * 3000 + "q" + "}" * 3000 + "$$\n"
    bomb = "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\c\\c}\\newcommand{\\c}{\\a\\a}$$\\a = 1$$"
    bars = "Problem 4 (a)\n$$" + "|" * 4000 + "$$\n"
    sums = "Problem 4 (a)\n$$" + "\\sum_{i=1}^{C}" * 40 + "s_i = 1$$\n"
    big = "Problem 4 (c)\n$$|A|^{10^{10^{10}}} = \\sum_{i=1}^{10^9} s_i$$\n"
    for number, text in enumerate((nested, bomb, bars, sums, big)):
        path = tmp_path / f"{number}.tex"
        path.write_text(text)
        found = judged(sandbox, read(path))
        assert found.fault is None, found.fault
        assert None not in found.verdicts.values()


def test_without_documents_no_process_is_started(tmp_path, sandbox, monkeypatch):
    monkeypatch.setattr(type(sandbox), "trusted", lambda *_: pytest.fail("a process was started"))
    folder = lay_out(tmp_path / "hw", a__py="x = 1\n")
    assert judged(sandbox, read(folder)) == Written()
    assert Student(sandbox, None, "", 0).answers is None

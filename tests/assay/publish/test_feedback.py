"""`assay report --feedback`: a file for each student in each form, and what uploads them."""

from __future__ import annotations

import zipfile

import pytest
from made import outcome, result, unjudged

from assay.homework import find
from assay.publish.counting import Counted
from assay.publish.feedback import CANVAS, MOODLE, NO_HTML, write_feedback
from assay.record import Record


@pytest.fixture
def results(tmp_path):
    record = Record(tmp_path / "out")
    (record.out / "results").mkdir(parents=True)
    record.put(result("ada", students=({"name": "Ada", "participant": "7"},)))
    record.put(result("bo", outcome()))
    record.put(unjudged("eve"))
    return Counted(record, find())


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_each_student_has_a_file_in_each_form_and_the_same_results_the_same_bytes(
    results, tmp_path
):
    first, second = tmp_path / "one", tmp_path / "two"
    said = write_feedback(results, first)
    write_feedback(results, second)
    assert files(first) == files(second)
    names = {
        f"{kind}/{who}{end}"
        for kind, end in (("markdown", ".md"), ("html", ".html"))
        for who in ("ada", "bo", "eve")
    }
    assert files(first).keys() == names | {CANVAS, MOODLE}
    assert any("3 submissions" in line for line in said)
    page = (first / "html" / "ada.html").read_text()
    assert "report.html" not in page
    assert "problem2.other holds" in page
    with zipfile.ZipFile(first / MOODLE) as archive:
        assert archive.namelist() == ["Ada_7_assignsubmission_file/feedback.html"]
        assert archive.read(archive.namelist()[0]).decode() == page


def test_without_the_extra_class_the_markdown_is_what_is_uploaded(results, tmp_path, monkeypatch):
    monkeypatch.setattr("assay.publish.pages.find_spec", lambda name: None)
    assert NO_HTML in write_feedback(results, tmp_path / "one")
    assert not (tmp_path / "one" / "html").exists()
    with zipfile.ZipFile(tmp_path / "one" / MOODLE) as archive:
        assert archive.namelist() == ["Ada_7_assignsubmission_file/feedback.md"]

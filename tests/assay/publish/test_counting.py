"""What lies beside the results scores every table that is written, until it is removed."""

from __future__ import annotations

import csv

import pytest
from made import outcome, result, wrong

from assay.errors import InvalidInput
from assay.publish.counting import OVERRIDES, RUBRIC, Counted
from assay.publish.exports import Request, export
from assay.record import Record
from assay.report import page

HALF = "[points]\nproblem2 = 2.5\n"
GIVEN = '[[override]]\nsubmission = "bob"\npoints = 4\ncomment = "paper"\nby = "Kim"\n'


@pytest.fixture
def record(tmp_path):
    """Results of two students, 2 of 5 points each."""
    record = Record(tmp_path / "out")
    record.out.joinpath("results").mkdir(parents=True)
    for name in ("ada", "bob"):
        record.put(result(name, outcome(), wrong()))
    return record


@pytest.fixture(autouse=True)
def without_pages(monkeypatch):
    """The pages have tests of their own."""
    monkeypatch.setattr(page, "frames", lambda homework: {})
    monkeypatch.setattr("assay.publish.pages.find_spec", lambda name: None)


def report(record, **request):
    asked = Request(**request)
    return export(Counted.by(record, asked.rubric), asked, 1)[0].remarks


def grades(record):
    with open(record.out / "grades.csv", newline="") as file:
        return {row["submission"]: float(row["score"]) for row in csv.DictReader(file)}


def test_a_rubric_that_was_given_once_is_used_until_it_is_removed(record, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(HALF)
    said = report(record, rubric=path)
    assert any(str(record.out / RUBRIC) in line for line in said)
    assert grades(record) == {"ada": 1, "bob": 1}
    assert not any("kept the rubric" in line for line in report(record, rubric=path))
    report(record)
    assert grades(record) == {"ada": 1, "bob": 1}
    (record.out / RUBRIC).unlink()
    report(record)
    assert grades(record) == {"ada": 2, "bob": 2}


def test_a_rubric_that_makes_no_sense_is_not_kept(record, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[points]\nproblem9 = 1\n")
    with pytest.raises(InvalidInput, match=r"mine\.toml: no check or section"):
        report(record, rubric=path)
    assert not (record.out / RUBRIC).exists()


def test_a_decision_survives_another_rubric_and_another_result(record):
    (record.out / OVERRIDES).write_text(GIVEN)
    report(record)
    assert grades(record) == {"ada": 2, "bob": 4}
    (record.out / RUBRIC).write_text(HALF)
    record.put(result("bob", outcome(), outcome("problem2.other")))
    report(record)
    assert grades(record) == {"ada": 1, "bob": 4}


def test_a_decision_is_seen_in_every_table(record, tmp_path):
    (record.out / OVERRIDES).write_text(GIVEN)
    results, junit = Counted.by(record), tmp_path / "it.xml"
    done, _ = export(results, Request(junit=junit), 1)
    with open(record.out / "grades.csv", newline="") as file:
        remarks = {row["submission"]: row["remarks"] for row in csv.DictReader(file)}
    assert remarks == {"ada": "", "bob": "decided by Kim: paper"}
    assert {row.submission: row.marks for row in done.overview.rows} == {
        "ada": (),
        "bob": ("decided",),
    }
    assert junit.read_text().count('name="decision" value="decided by Kim: paper"') == 1
    assert results.row(results.result("bob")) in done.overview.rows


@pytest.mark.parametrize(
    ("check", "points", "says"),
    [
        ("", 5.5, "gives 5.5 points for the total, which is worth 5"),
        ("problem2.first", 2.5, "gives 2.5 points for problem2.first, which is worth 2"),
        ("problem2", 5.25, "gives 5.25 points for problem2, which is worth 5"),
        ("problem2", 5, ""),
        ("", 5, ""),
    ],
)
def test_a_decision_above_the_maximum_counts_and_is_said(record, check, points, says):
    about = f'check = "{check}"\n' if check else ""
    (record.out / OVERRIDES).write_text(
        GIVEN.replace("points = 4\n", f"points = {points}\n{about}")
    )
    assert [line for line in report(record) if "which is worth" in line] == (
        [f"bob: the decision of Kim {says}"] if says else []
    )
    assert grades(record)["bob"] == {"problem2.first": 2.5}.get(check, points)


def test_a_decision_about_nobody_is_refused_with_the_nearest(record):
    (record.out / OVERRIDES).write_text(GIVEN.replace("bob", "bop"))
    with pytest.raises(InvalidInput, match=r"overrides.toml: no submission .* 'bob'"):
        report(record)


def test_an_extension_for_nobody_is_refused_with_the_nearest(record):
    (record.out / RUBRIC).write_text("[late]\npercent = 10\nextensions.bop = 24\n")
    with pytest.raises(InvalidInput, match=r"rubric.toml: no submission .* 'bob'"):
        report(record)

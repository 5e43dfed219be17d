"""`assay report` as a person types it: what it writes, leaves unchanged, and rejects."""

from __future__ import annotations

import base64
import json

import pytest
from click.testing import CliRunner
from gradebooks import CANVAS, MOODLE
from made import outcome, result, unjudged, wrong

from assay.commands.cli import main
from assay.record import Record


@pytest.fixture
def out(tmp_path, monkeypatch):
    """Results of two students that Canvas and Moodle know, one of them not judged."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    record = Record(tmp_path / "out")
    (record.out / "results").mkdir(parents=True)
    record.put(result("Jane Doe"))
    record.put(unjudged("eve"))
    (tmp_path / "canvas.csv").write_bytes(CANVAS.encode())
    (tmp_path / "moodle.csv").write_bytes(MOODLE.encode())
    return record.out


def report(*words):
    done = CliRunner().invoke(main, ["report", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def files(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_export_at_once(out, tmp_path):
    before = files(out / "results")
    code, output = report(
        out,
        "--junit",
        "j.xml",
        "--gradescope",
        "g/results.json",
        "--submission",
        "Jane Doe",
        "--canvas",
        "canvas.csv",
        "--assignment",
        "Homework 10",
        "--moodle",
        "moodle.csv",
        "--excel",
    )
    assert code == 0, output
    assert (tmp_path / "j.xml").read_bytes().startswith(b"<?xml")
    assert json.loads((tmp_path / "g/results.json").read_text())["score"] == 2
    assert b"1.50 ,2,9" in (tmp_path / "canvas.filled.csv").read_bytes()
    assert b"Score 2 / 5<br>" in (tmp_path / "moodle.filled.csv").read_bytes()
    assert (tmp_path / "canvas.csv").read_bytes() == CANVAS.encode()
    assert (out / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbfsubmission,")
    assert "eve: no student in the export matches" in output
    assert files(out / "results") == before


def test_without_excel_the_table_has_no_byte_order_mark(out):
    assert report(out)[0] == 0
    assert (out / "grades.csv").read_bytes().startswith(b"submission,")


def test_an_existing_filled_export_is_not_replaced(out, tmp_path):
    (tmp_path / "moodle.filled.csv").write_text("precious")
    code, output = report(out, "--moodle", "moodle.csv", "--junit", "j.xml")
    assert code == 2
    assert "move it away" in output
    assert (tmp_path / "moodle.filled.csv").read_text() == "precious"
    assert not (tmp_path / "j.xml").exists()
    assert not (out / "grades.csv").exists()


def test_writing_the_same_export_twice_is_no_conflict(out):
    assert [report(out, "--moodle", "moodle.csv")[0] for _ in range(2)] == [0, 0]


def test_an_own_earlier_export_is_replaced_unless_somebody_changed_it(out, tmp_path):
    words = (out, "--canvas", "canvas.csv", "--assignment", "Homework 10")
    filled = tmp_path / "canvas.filled.csv"
    assert report(*words)[0] == 0
    assert b"1.50 ,2,9" in filled.read_bytes()
    decision = '[[override]]\nsubmission = "Jane Doe"\npoints = 4\ncomment = "a"\nby = "K"\n'
    (out / "overrides.toml").write_text(decision)
    assert report(*words)[0] == 0
    assert b"1.50 ,4,9" in filled.read_bytes()
    changed = filled.read_bytes().replace(b"1.50 ,4,9", b"1.50 ,3,9")
    filled.write_bytes(changed)
    code, output = report(*words)
    assert (code, "move it away" in output) == (2, True)
    assert filled.read_bytes() == changed


def test_classroom_writes_to_the_steps_output_file_if_there_is_one(out, tmp_path, monkeypatch):
    code, output = report(out, "--classroom", "--submission", "Jane Doe")
    assert code == 0
    line = next(line for line in output.splitlines() if line.startswith("result="))
    assert json.loads(base64.b64decode(line[7:]))["max_score"] == 5
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "step"))
    code, output = report(out, "--classroom", "--submission", "Jane Doe")
    assert "result=" not in output
    assert "::notice title=Autograding complete::Points 2/5" in output
    assert (tmp_path / "step").read_text() == f"{line}\n"


def test_classroom_appends_the_table_of_problems_to_the_jobs_summary(out, tmp_path, monkeypatch):
    (tmp_path / "summary.md").write_text("from another step\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert report(out, "--classroom", "--submission", "Jane Doe")[0] == 0
    text = (tmp_path / "summary.md").read_text()
    assert text.startswith("from another step\n# Homework 10: `Jane Doe`\n")
    assert "| Problem 2 | 2 | 5 |" in text


def test_a_rubric_applies_to_the_table_and_every_export(out, tmp_path):
    (tmp_path / "r.toml").write_text('hide = ["problem2.other"]\npoints.problem2 = 8\n')
    code, output = report(
        out,
        "--rubric",
        "r.toml",
        "--junit",
        "j.xml",
        "--canvas",
        "canvas.csv",
        "--assignment",
        "Homework 10",
    )
    assert code == 0, output
    rows = (out / "grades.csv").read_text().splitlines()
    assert rows[1:] == ["Jane Doe,8,8,8,graded,", "eve,,8,,not judged: the archive is damaged,"]
    assert b'name="score" value="8"' in (tmp_path / "j.xml").read_bytes()
    assert b"1.50 ,8,9" in (tmp_path / "canvas.filled.csv").read_bytes()
    assert b"problem2.other" not in (tmp_path / "j.xml").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--gradescope", "g.json"], "--submission"),
        (["--classroom", "--submission", "nobody"], "Jane Doe"),
        (["--canvas", "canvas.csv"], "--assignment"),
        (["--canvas", "nothing.csv", "--assignment", "x"], "No such file"),
        (["--canvas", "canvas.csv", "--assignment", "Homewurk 10"], "Homework 10 (12)"),
        (["--rubric", "bad.toml"], "nearest is 'points'"),
        (["--rubric", "latin.toml"], "UTF-8"),
        (["--regrade", "nothing"], "holds no results"),
        (["--regrade", "out", "--junit", "j.xml"], "writes nothing"),
    ],
)
def test_a_bad_request_ends_with_a_sentence_and_code_2_and_writes_nothing(
    out, tmp_path, words, says
):
    (tmp_path / "bad.toml").write_text("pionts.problem2 = 3")
    (tmp_path / "latin.toml").write_bytes("# größer".encode("latin-1"))
    before = files(tmp_path)
    code, output = report(out, *words)
    assert code == 2
    assert says in output
    assert files(tmp_path) == before


def test_a_regrade_shows_what_differs_and_replaces_nothing(out, tmp_path):
    old = Record(tmp_path / "old")
    (old.out / "results").mkdir(parents=True)
    passed = outcome("problem2.other", points=3.0, max_points=3.0)
    old.put(result("Jane Doe", outcome(), passed))
    old.put(unjudged("eve"))
    before = files(tmp_path)
    code, output = report(out, "--regrade", "old")
    assert code == 0
    assert "passed 3 / 3" in output
    assert "wrong 0 / 3" in output
    assert "eve" not in output
    assert files(tmp_path) == before
    assert "nothing differs" in report(out, "--regrade", out)[1]


def test_a_broken_check_reads_as_unjudged_everywhere(out, tmp_path):
    checks = (outcome(), wrong(outcome="broken"))
    Record(out).put(result("bo", *checks, score=None, status="not judged: it"))
    code, _ = report(out, "--gradescope", "g.json", "--submission", "bo")
    assert code == 0
    assert "NOT JUDGED" in (tmp_path / "g.json").read_text()

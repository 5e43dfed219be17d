"""The record of a run: each file whole or not there, and no two runs in one folder."""

import csv
import io
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import record as records
from assay.errors import Conflict
from assay.outcome import Outcome, Result
from assay.publish.grades import write_grades
from assay.record import Record
from assay.run import Replaced, Run

RUN = Run(7, "0.1.0", "process")


def outcome(**changes):
    """An outcome of problem 2."""
    plain = {
        "id": "problem2.law",
        "problem": 2,
        "part": "a",
        "title": "it holds",
        "outcome": "passed",
        "points": 2.0,
        "max_points": 2.0,
    }
    return Outcome(**(plain | changes))


def result(submission, **changes):
    """A result of one check."""
    plain = {
        "score": 2.0,
        "max_score": 2.0,
        "isolation": "process",
        "seed": 7,
        "kit": "0.1.0",
        "sha256": "0" * 64,
        "seconds": 1.0,
        "checks": (outcome(),),
    }
    return Result(submission=submission, **(plain | changes))


@pytest.fixture
def record(tmp_path):
    """A record that has begun."""
    begun = Record(tmp_path / "out")
    begun.begin(RUN, seed_given=True)
    return begun


def files(record):
    """Every file of a record, by path."""
    return sorted(str(p.relative_to(record.out)) for p in record.out.rglob("*") if p.is_file())


@pytest.mark.parametrize("step", ["fsync", "replace", "fdopen", "interrupt"])
def test_a_writer_that_fails_leaves_the_old_file_and_no_part_of_the_new(
    tmp_path, monkeypatch, step
):
    def fail(*_, **__):
        raise KeyboardInterrupt if step == "interrupt" else OSError("disk full")

    place = tmp_path / "grades.csv"
    records.write(place, b"old")
    if step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, "fsync" if step == "interrupt" else step, fail)
    with pytest.raises((OSError, KeyboardInterrupt)):
        records.write(place, b"new and longer")
    assert place.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]


def test_a_written_file_replaces_the_old_one_in_one_step(tmp_path):
    place = tmp_path / "run.json"
    records.write(place, b"old, and longer than the new one")
    with place.open("rb") as reader:
        records.write(place, b"new")
        assert reader.read() == b"old, and longer than the new one"
    assert place.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


@given(
    score=st.none() | st.floats(0, 100),
    status=st.text(max_size=40),
    message=st.text(max_size=40),
    notes=st.lists(st.text(max_size=20), max_size=3).map(tuple),
)
def test_a_result_comes_back_as_it_was_put(tmp_path_factory, score, status, message, notes):
    begun = Record(tmp_path_factory.mktemp("out"))
    begun.begin(RUN, seed_given=True)
    put = result("ä b", score=score, status=status, notes=notes, checks=(outcome(message=message),))
    begun.put(put)
    assert begun.result("ä b") == put
    assert list(begun.results()) == [put]


@pytest.mark.parametrize("body", [b"", b"{", b'{"submission": "a"', b"null", b"[]", b"\xff", b"{}"])
def test_a_result_file_that_is_not_whole_is_none(record, body):
    record.put(result("a"))
    record.put(result("b"))
    (record.out / "results" / "a.json").write_bytes(body)
    assert record.result("a") is None
    assert [found.submission for found in record.results()] == ["b"]


def test_a_result_cut_off_anywhere_is_none(record):
    record.put(result("a"))
    place = record.out / "results" / "a.json"
    whole = place.read_bytes()
    for size in range(len(whole)):
        place.write_bytes(whole[:size])
        assert record.result("a") is None


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 8},
        {"kit": "9.9"},
        {"isolation": "sealed"},
        {"materials": (Replaced("flow", "a", "12"),)},
    ],
    ids=str,
)
def test_another_run_in_the_same_folder_is_refused_and_changes_nothing(record, other):
    before = (record.out / "run.json").read_bytes()
    name = next(iter(other)).replace("materials", "flow")
    with pytest.raises(Conflict, match=f"{name} .*another folder"):
        record.begin(msgspec.structs.replace(RUN, **other), seed_given=True)
    assert (record.out / "run.json").read_bytes() == before
    assert record.run() == RUN


def test_a_run_that_names_no_seed_goes_on_with_the_one_that_is_there(record):
    assert record.begin(msgspec.structs.replace(RUN, seed=99), seed_given=False) == RUN
    assert record.begin(RUN, seed_given=True) == RUN


def test_what_was_left_by_a_killed_writer_is_no_result(record):
    record.put(result("a"))
    (record.out / "results" / ".x.part").write_bytes(b'{"submission": "b"')
    write_grades(record)
    assert [found.submission for found in record.results()] == ["a"]
    assert (record.out / "grades.csv").read_text().count("\n") == 2


def test_the_table_has_a_row_for_each_result_and_none_for_what_has_no_score_is_zero(record):
    record.put(result("b", score=1.5))
    record.put(result("a", score=None, checks=(), status="the archive\nis damaged"))
    place = write_grades(record)
    rows = list(csv.DictReader(io.StringIO(place.read_text())))
    assert [(r["submission"], r["score"], r["status"]) for r in rows] == [
        ("a", "", "the archive is damaged"),
        ("b", "1.5", "graded"),
    ]
    assert rows[1]["problem2"] == "2"
    assert files(record) == ["grades.csv", "results/a.json", "results/b.json", "run.json"]


def test_a_record_that_has_not_begun_is_empty(tmp_path):
    blank = Record(tmp_path / "nowhere")
    assert blank.run() is None
    assert list(blank.results()) == []
    assert blank.result("a") is None

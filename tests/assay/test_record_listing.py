"""Who is in the class: what each reading had, and who is gone, in the record and in the table."""

from __future__ import annotations

import csv

import pytest
from made import result

from assay.publish.counting import Counted
from assay.publish.exports import Request, export
from assay.record import Listing, Reading, Record

FIRST, SECOND = Reading("/one"), Reading("/two", "canvas")


def test_every_submission_is_found_where_it_was_read_last():
    listing = Listing().read_again(FIRST, ["ada", "bo"], [])
    listing = listing.read_again(SECOND, ["bo"], ["ada"])
    assert [listing.readings[listing.read_in[name]] for name in ("ada", "bo")] == [FIRST, SECOND]
    again = listing.read_again(FIRST, ["ada", "bo"], [])
    assert again.readings == (FIRST, SECOND)
    assert set(again.read_in.values()) == {0}


def test_a_listing_that_cannot_be_read_is_empty(tmp_path):
    record = Record(tmp_path)
    assert record.listing() == Listing()
    record.put_listing(Listing((FIRST,), {"ada": 0}, ("bo",), "now"))
    assert record.listing().gone == ("bo",)
    (tmp_path / "class.json").write_text("{")
    assert record.listing() == Listing()


@pytest.mark.parametrize("gone", [(), ("ada",)])
def test_who_is_gone_is_marked_in_the_table(tmp_path, monkeypatch, gone):
    monkeypatch.setattr("assay.publish.pages.find_spec", lambda name: None)
    record = Record(tmp_path)
    (tmp_path / "results").mkdir()
    for name in ("ada", "bo"):
        record.put(result(name))
    record.put_listing(Listing((FIRST,), {"bo": 0}, gone))
    export(Counted.by(record), Request(), 1)
    rows = list(csv.DictReader((tmp_path / "grades.csv").read_text().splitlines()))
    marked = [row["submission"] for row in rows if "not in the class" in row["remarks"]]
    assert marked == [*gone]

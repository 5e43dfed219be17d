"""The report's pages on disk: all of them, of this class, whole, however many make them."""

from __future__ import annotations

import msgspec
import pytest
from made import outcome, result, unjudged, wrong

from assay.likeness.format import FINGERPRINT, FINGERPRINT_VERSION
from assay.publish import pages
from assay.publish.counting import Counted
from assay.record import Record
from assay.report.rubric import Rubric


def print_of(digest):
    """A fingerprint of a hand-in of 500 pieces."""
    return FINGERPRINT.pack(FINGERPRINT_VERSION, 500, digest * 8, digest * 512)


@pytest.fixture
def record(tmp_path):
    found = Record(tmp_path / "out")
    (found.out / "results").mkdir(parents=True)
    found.put(result("ada", fingerprint=print_of(b"a"), sha256="1"))
    found.put(result("Jane Doe, #1 %41", outcome(), outcome("problem2.other")))
    found.put(unjudged("eve"))
    return found


def texts(record):
    return {
        path.relative_to(record.out).as_posix(): path.read_text("utf-8")
        for path in [*record.out.glob("*.html"), *record.out.glob("*/*.html")]
    }


def test_each_student_has_a_page_to_which_the_page_of_the_class_leads(record):
    overview, told = pages.write_all(Counted(record), 1)
    found = texts(record)
    names = ["Jane Doe, #1 %41", "ada", "eve"]
    assert sorted(found) == ["report.html", *(f"students/{name}.html" for name in names)]
    assert sorted(row.submission for row in overview.rows) == names
    assert 'href="students/Jane%20Doe%2C%20%231%20%2541.html"' in found["report.html"]
    assert told == [f"wrote {record.out / 'report.html'} and 3 pages in {record.out / 'students'}"]


def test_a_page_of_someone_who_is_gone_goes(record):
    pages.write_all(Counted(record), 1)
    (record.out / "results" / "ada.json").unlink()
    (record.out / "students" / "notes.txt").write_text("mine")
    pages.write_all(Counted(record), 1)
    assert "students/ada.html" not in texts(record)
    assert (record.out / "students" / "notes.txt").exists()


def test_what_a_rubric_hides_is_on_no_page(record):
    pages.write_all(Counted(record, Rubric(hide=("problem2.other",)), 2.0), 1)
    assert not any("problem2.other holds" in text for text in texts(record).values())
    assert any("problem2.law holds" in text for text in texts(record).values())


def test_several_processes_make_the_pages_that_one_makes(record, monkeypatch):
    for k in range(6):
        record.put(result(f"s{k}", outcome(), wrong(message=f"got {k}, wanted 0\nwith y = {k}")))
    one, _ = pages.write_all(Counted(record), 1)
    alone = texts(record)
    monkeypatch.setattr(pages, "PIECE", 4)
    several, _ = pages.write_all(Counted(record), 2)
    assert texts(record) == alone
    assert several.sorted_rows() == one.sorted_rows()


def test_hand_ins_that_are_alike_are_listed_and_no_longer_when_they_are_not(record):
    assert not (record.out / "alike.csv").exists()
    record.put(result("bo", fingerprint=print_of(b"a"), sha256="2"))
    _, told = pages.write_all(Counted(record), 1)
    assert "2 hand-ins are like another, which is no verdict" in told[0]
    assert (record.out / "alike.csv").read_text().splitlines() == [
        "first,second,likeness,kind",
        'ada,bo,1.00,"the same but for names, values and layout"',
    ]
    assert "Hand-ins that are alike" in texts(record)["report.html"]
    assert not any("alike" in text for name, text in texts(record).items() if "students" in name)
    record.put(result("bo", fingerprint=print_of(b"b"), sha256="2"))
    pages.write_all(Counted(record), 1)
    assert not (record.out / "alike.csv").exists()


def test_without_what_pages_need_the_rest_is_there_and_it_is_told(record, monkeypatch):
    monkeypatch.setattr(pages, "find_spec", lambda name: None)
    overview, told = pages.write_all(Counted(record), 1)
    assert len(overview.rows) == 3
    assert told == [pages.LACKING]
    assert texts(record) == {}


def test_a_result_is_the_file_names(record):
    place = record.out / "results" / "ada.json"
    moved = msgspec.json.decode(place.read_bytes()) | {"submission": "../../elsewhere"}
    place.write_bytes(msgspec.json.encode(moved))
    pages.write_all(Counted(record), 1)
    assert "students/ada.html" in texts(record)
    assert record.result("ada").submission == "ada"

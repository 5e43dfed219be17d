"""The report's pages on disk: all of this class and no others, however many processes write."""

from __future__ import annotations

import msgspec
import pytest
from made import outcome, result, unjudged, wrong

from assay.homework import find
from assay.likeness.format import FINGERPRINT, FINGERPRINT_VERSION
from assay.publish import pages
from assay.publish.counting import Counted
from assay.record import Record
from assay.report.rubric import Rubric


def print_of(digest):
    """The fingerprint of a submission of 500 pieces."""
    return FINGERPRINT.pack(FINGERPRINT_VERSION, 500, digest * 8, digest * 512)


@pytest.fixture
def record(tmp_path):
    record = Record(tmp_path / "out")
    (record.out / "results").mkdir(parents=True)
    record.put(result("ada", fingerprint=print_of(b"a"), sha256="1"))
    record.put(result("Jane Doe, #1 %41", outcome(), outcome("problem2.other")))
    record.put(unjudged("eve"))
    return record


def write_pages(record, processes=1):
    return pages.write_all(Counted(record, find()), processes)


def texts(record):
    return {
        path.relative_to(record.out).as_posix(): path.read_text("utf-8")
        for path in [*record.out.glob("*.html"), *record.out.glob("*/*.html")]
    }


def test_each_student_has_a_page_that_the_page_of_the_class_links_to(record):
    overview, remarks, _ = write_pages(record)
    written = texts(record)
    names = ["Jane Doe, #1 %41", "ada", "eve"]
    assert sorted(written) == ["report.html", *(f"students/{name}.html" for name in names)]
    assert sorted(row.submission for row in overview.rows) == names
    assert 'href="students/Jane%20Doe%2C%20%231%20%2541.html"' in written["report.html"]
    out = record.out
    assert remarks == (f"wrote {out / 'report.html'} and 3 pages in {out / 'students'}",)


def test_the_page_of_a_student_who_is_gone_is_removed(record):
    write_pages(record)
    (record.out / "results" / "ada.json").unlink()
    (record.out / "students" / "notes.txt").write_text("mine")
    write_pages(record)
    assert "students/ada.html" not in texts(record)
    assert (record.out / "students" / "notes.txt").exists()


def test_what_a_rubric_hides_is_on_no_page(record):
    pages.write_all(Counted(record, find(), Rubric(hide=("problem2.other",)), 2.0), 1)
    assert not any("problem2.other holds" in text for text in texts(record).values())
    assert any("problem2.first holds" in text for text in texts(record).values())


def test_several_processes_write_the_same_pages_as_a_single_one(record, monkeypatch):
    for k in range(6):
        record.put(result(f"s{k}", outcome(), wrong(message=f"got {k}, expected 0\nwith y = {k}")))
    by_one, *_ = write_pages(record)
    alone = texts(record)
    monkeypatch.setattr(pages, "BATCH", 4)
    by_two, *_ = write_pages(record, 2)
    assert texts(record) == alone
    assert by_two.sorted_rows() == by_one.sorted_rows()


def test_similar_submissions_are_listed_only_while_they_are_similar(record):
    assert not (record.out / "alike.csv").exists()
    record.put(result("bo", fingerprint=print_of(b"a"), sha256="2"))
    remarks = write_pages(record).remarks
    assert "2 submissions are similar to another one, which proves nothing" in remarks[0]
    assert (record.out / "alike.csv").read_text().splitlines() == [
        "first,second,likeness,kind",
        'ada,bo,1.00,"identical except for names, values and layout"',
    ]
    assert "Similar submissions" in texts(record)["report.html"]
    students = [text for name, text in texts(record).items() if "students" in name]
    assert len(students) == 4
    assert not any("similar" in text.lower() or "alike" in text for text in students)
    record.put(result("bo", fingerprint=print_of(b"b"), sha256="2"))
    write_pages(record)
    assert not (record.out / "alike.csv").exists()


def test_without_the_extra_class_there_are_no_pages_and_a_remark_says_so(record, monkeypatch):
    monkeypatch.setattr(pages, "find_spec", lambda name: None)
    overview, remarks, _ = write_pages(record)
    assert len(overview.rows) == 3
    assert remarks == (pages.NO_PAGES,)
    assert texts(record) == {}


def test_the_file_name_decides_whose_result_it_is(record):
    place = record.out / "results" / "ada.json"
    moved = msgspec.json.decode(place.read_bytes()) | {"submission": "../../elsewhere"}
    place.write_bytes(msgspec.json.encode(moved))
    write_pages(record)
    assert "students/ada.html" in texts(record)
    assert record.result("ada").submission == "ada"

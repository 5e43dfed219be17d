"""Brightspace, Blackboard, Autolab, Submitty: who handed in what, and which attempt counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from downloads import FILE, RIGHT, UNWRITTEN, Files, lay_folder, lay_zip, zipped

from assay.download import absent, look, read_parts, read_roster
from assay.errors import Unreadable

# Ada twice, the second time correctly; 김민수 zipped; Jane something that cannot be read.
FLAT: Files = {
    f"117493-618463 - Ada Lovelace - Aug 29, 2025 958 AM - {FILE}": UNWRITTEN,
    f"117493-618463 - Ada Lovelace - Aug 29, 2025 110 PM - {FILE}": RIGHT,
    "117494-618463 - 김민수 - Sep 1, 2025 1208 AM - hw10.zip": zipped({f"hw10/{FILE}": RIGHT}),
    "117495-618463 - Jane O'Neil-Doe - Aug 3, 2025 1159 PM - hw.rar": b"Rar!\x1a\x07",
    "index.html": b"<html>",
}
FOLDERS: Files = {
    f"117493-618463 - Ada Lovelace - 29 August, 2025 958/{FILE}": UNWRITTEN,
    f"117493-618463 - Ada Lovelace - 29 August, 2025 1310/{FILE}": RIGHT,
    f"117494-618463 - 김민수 - 1 September, 2025 008/{FILE}": RIGHT,
    "117495-618463 - Jane O'Neil-Doe - 3 August, 2025 2359/hw.pdf": b"%PDF",
    "index.html": b"<html>",
}
BLACKBOARD: Files = {
    f"Homework 10_ada_attempt_2025-08-29-09-58-00_{FILE}": UNWRITTEN,
    "Homework 10_ada_attempt_2025-08-29-09-58-00.txt": b"Name: Ada Lovelace (ada)\nAssignment: x",
    f"Homework 10_ada_attempt_2025-08-29-13-10-00_{FILE}": RIGHT,
    "Homework 10_ada_attempt_2025-08-29-13-10-00.txt": b"Name: Ada Lovelace (ada)\n",
    f"Homework 10_minsu_attempt_2025-09-01-00-08-00_{FILE}": RIGHT,
    "Homework 10_minsu_attempt_2025-09-01-00-08-00.txt": "Name: 김민수 (minsu)\n".encode(),
    "Homework 10_jane_attempt_2025-08-03-23-59-00.txt": b"Name: Jane O'Neil-Doe (jane)\n",
}
AUTOLAB: Files = {
    f"ada_l@cs.example.org_2_{FILE}": UNWRITTEN,
    f"ada_l@cs.example.org_10_{FILE}": RIGHT,
    "minsu@example.org_1_handin.zip": zipped({FILE: RIGHT}),
    "jane@example.org_3_handin.7z": b"7z\xbc\xaf",
}
SUBMITTY: Files = {
    f"ada/1/{FILE}": RIGHT,
    f"ada/2/{FILE}": UNWRITTEN,
    "ada/user_assignment_settings.json": b'{"active_version": 1, "history": []}',
    f"minsu/9/{FILE}": UNWRITTEN,
    f"minsu/10/{FILE}": RIGHT,
    "minsu/10/.submit.timestamp": b"x",
    "minsu/user_assignment_settings.json": b"{",
    "jane/user_assignment_settings.json": b'{"active_version": 0}',
}
EVERY = {
    "brightspace flat": FLAT,
    "brightspace folders": FOLDERS,
    "blackboard": BLACKBOARD,
    "autolab": AUTOLAB,
    "submitty": SUBMITTY,
}


def _place(entry):
    words = ("ada",), ("김", "min")
    return next((k for k, two in enumerate(words) if entry.name.lower().startswith(two)), 2)


LAYS = pytest.mark.parametrize("lay", [lay_zip, lay_folder])


@LAYS
@pytest.mark.parametrize("root", ["", "download/"])
@pytest.mark.parametrize("name", EVERY)
def test_each_student_is_one_row_and_the_newest_attempt_counts(tmp_path, lay, root, name):
    files = {root + path: content for path, content in EVERY[name].items()}
    download = look(lay(tmp_path, files))
    assert (download.system, download.unread) == (name.split()[0], ())
    assert download.warning == ""
    ada, minsu, other = sorted(download.entries, key=_place)
    for entry in (ada, minsu):
        (source,) = read_parts(Path(entry.path), entry.parts, entry.name).sources
        assert source.cells[0][1].encode() == RIGHT
    assert ada.notes == ("handed in 2 times: the last attempt counts",)
    with pytest.raises(Unreadable):
        read_parts(Path(other.path), other.parts, other.name)


def test_a_submitty_download_may_have_other_folders_beside_the_submissions(tmp_path):
    files = {f"submissions/{path}": content for path, content in SUBMITTY.items()}
    download = look(lay_zip(tmp_path, {**files, "results/ada/1/results.json": b"{}"}))
    assert download.system == "submitty"
    assert {entry.title for entry in download.entries} == {"ada", "minsu", "jane"}


ROSTER = "id,name,email,login\n"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("brightspace flat", ",Ada Lovelace,,\n,김민수,,\n117495,Somebody,,\n"),
        ("blackboard", ",Lovelace Ada,,\n,,,minsu\n,Jane O'Neil-Doe,,\n"),
        ("autolab", ",,ADA_L@cs.example.org,\n,,minsu@example.org,\n,,jane@example.org,\n"),
        ("submitty", ",,,ada\n,,,Minsu\n,,,jane\n"),
    ],
)
def test_the_roster_knows_everyone_who_handed_in_anything(tmp_path, name, rows):
    (tmp_path / "roster.csv").write_text(f"{ROSTER}{rows}9,Bo,bo@example.org,bo\n", "utf-8")
    people = read_roster(tmp_path / "roster.csv")
    download = look(lay_zip(tmp_path, EVERY[name]))
    assert [p.title for p in absent(people, download.entries, download.unread)] == ["Bo"]


@LAYS
@pytest.mark.parametrize(
    ("files", "person"),
    [
        ({"ada.py": RIGHT, "bob.rar": b"Rar!"}, "bob"),
        ({"ada.py": RIGHT, "bob.docx": b"PK"}, "bob"),
        ({"ada.py": RIGHT, "2026-1_bob.csv": b"x"}, "bob"),
        ({"ada/hw.py": RIGHT, "bob.tex": b"$$"}, "bob"),
        ({f"ada_1_2_{FILE}": RIGHT, f"cy_2_3_{FILE}": RIGHT, "bob.zip": b""}, "bob"),
    ],
)
def test_who_handed_in_a_file_that_is_not_read_did_not_hand_in_nothing(
    tmp_path, lay, files, person
):
    (tmp_path / "roster.csv").write_text(f"{ROSTER},{person},,{person}\n,ada,,ada\n,dee,,dee\n")
    download = look(lay(tmp_path, files))
    people = absent(read_roster(tmp_path / "roster.csv"), download.entries, download.unread)
    assert [p.login for p in people] == ["dee"]


@LAYS
@pytest.mark.parametrize(
    "names",
    [
        ["kim_20261_hw10.zip", "lee_20262_hw10.zip", "choi_20263_hw10.zip"],
        ["kim@snu.ac.kr-hw10.py", "lee@snu.ac.kr-hw10.py"],
        ["kim 2025-08-29 hw.py", "lee 2025-08-30 hw.py", "readme_first.py"],
        ["20250829140800-kim.ipynb", "20250829140900-kim.ipynb"],
    ],
)
def test_names_of_an_unknown_system_give_a_warning(tmp_path, lay, names):
    download = look(lay(tmp_path, dict.fromkeys(names, RIGHT)))
    assert len(download.entries) == len(names)
    assert "a system that is not known here" in download.warning


@pytest.mark.parametrize("names", [["kim.py", "lee.zip"], ["a-1.py", "b-2.py"], ["김 민수.ipynb"]])
def test_plain_names_give_no_warning(tmp_path, names):
    assert look(lay_folder(tmp_path, dict.fromkeys(names, RIGHT))).warning == ""

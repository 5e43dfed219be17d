"""What an instructor downloads: whose each submission is, which files count, and nothing lost."""

from __future__ import annotations

import os
import pickle
import sys
import unicodedata
from pathlib import Path

import pytest
from downloads import (
    CANVAS,
    CLASSROOM,
    FILE,
    GRADESCOPE,
    JUNK,
    MOODLE,
    ONLINE_TEXT,
    RIGHT,
    UNWRITTEN,
    lay_folder,
    lay_zip,
    zipped,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.commands import cli
from assay.download import SYSTEMS, absent, canvas, look, read_parts, read_roster, strangers
from assay.errors import Unreadable
from assay.homework import find
from assay.submission import folder, read

LAYS = pytest.mark.parametrize("lay", [lay_zip, lay_folder])
EVERY = {
    "canvas": CANVAS,
    "gradescope": GRADESCOPE,
    "classroom": CLASSROOM,
    "plain": {"ann.py": RIGHT, f"bob/{FILE}": RIGHT, "cy.zip": zipped({FILE: RIGHT})},
    **{f"moodle {shape}": files for shape, files in MOODLE.items()},
}


def under(root, files):
    return {root + name: content for name, content in files.items()}


def by_title(download):
    entries = {entry.title: entry for entry in download.entries}
    assert len(entries) == len(download.entries)
    return entries


def read_entry(entry):
    if entry.parts is None:
        return read(Path(entry.path))
    return read_parts(Path(entry.path), entry.parts, entry.name)


def code(entry):
    """The text of an entry's only source."""
    (source,) = read_entry(entry).sources
    return source.cells[0][1].encode()


@LAYS
@pytest.mark.parametrize("root", ["", "submissions/"])
@pytest.mark.parametrize("name", EVERY)
def test_every_system_is_recognised_as_a_zip_or_a_folder_even_inside_another_folder(
    tmp_path, lay, root, name
):
    if name == "plain" and lay is lay_folder and root:
        pytest.skip("a plain folder in a folder is itself a submission")
    download = look(lay(tmp_path, under(root, EVERY[name])))
    assert download.system == name.split()[0]
    assert download.unread == ()
    assert len({entry.name for entry in download.entries}) == len(download.entries) > 1
    assert [code(e) for e in download.entries if e.parts != ()]


@pytest.mark.parametrize("name", EVERY)
def test_a_zip_and_its_folder_contain_the_same_submissions(tmp_path, name):
    (tmp_path / "a").mkdir()
    packed, unpacked = (look(lay(tmp_path / "a", EVERY[name])) for lay in (lay_zip, lay_folder))
    assert [e.name for e in packed.entries] == [e.name for e in unpacked.entries]
    assert [e.students for e in packed.entries] == [e.students for e in unpacked.entries]
    for one, other in zip(packed.entries, unpacked.entries, strict=True):
        if one.parts != ():
            assert read_entry(one).sha256 == read_entry(other).sha256


@LAYS
def test_canvas_names_show_who_is_late_what_counts_and_what_is_not_graded(tmp_path, lay):
    entries = by_title(look(lay(tmp_path, CANVAS)))
    assert set(entries) == {"adalovelace", "김민수", "parkji", "anon_7Fa9x", "choi"}
    ada, minsu, packed, anonymous = (
        entries[t] for t in ("adalovelace", "김민수", "parkji", "anon_7Fa9x")
    )
    assert ada.students == ({"name": "adalovelace", "user": "11"},)
    assert anonymous.students == ({"anonymous": "7Fa9x"},)
    assert [e.late for e in (ada, minsu, packed, anonymous)] == [False, True, False, True]
    assert read_entry(ada).data == {"weights.npz": b"w"}
    assert ada.notes[0] == "a text entry was also handed in; it is not graded"
    assert code(minsu) == code(packed) == RIGHT
    assert read_entry(minsu).sources[0].name == FILE
    expected = "handed in 2 times: the last version, problem2_projection-1.py, counts"
    assert expected in minsu.notes[0]
    assert [e.name for e in (ada, minsu)] == ["adalovelace_11", "김민수_12"]
    with pytest.raises(Unreadable, match="no file was handed in"):
        read_entry(entries["choi"])


def test_a_name_that_a_mac_has_decomposed_is_composed_again(tmp_path):
    decomposed = unicodedata.normalize("NFD", f"김민수_12_24_{FILE}")
    (entry,) = look(lay_zip(tmp_path, {decomposed: RIGHT})).entries
    assert entry.title == "김민수"
    assert code(entry) == RIGHT


@pytest.mark.parametrize(
    ("attachments", "counted"),
    [
        (["hw-2.py"], ["hw.py"]),
        (["hw.py", "hw-1.py"], ["hw.py"]),
        (["hw.tar.gz", "hw-1.tar.gz"], ["hw.tar.gz"]),
        (["part-1.py", "part-2.py"], ["part-1.py", "part-2.py"]),
        (["problem2_x-1.py", "problem2_x-2.py"], ["problem2_x.py"]),
        (["hw.py", "hw.py"], ["hw.py"]),
        (["hw-a.py", "b.py"], ["b.py", "hw-a.py"]),
    ],
)
def test_the_last_attachment_counts_and_the_students_own_numbers_stay(attachments, counted):
    files = [canvas.parse(f"ada_1_{10 + k}_{name}") for k, name in enumerate(attachments)]
    chosen, _ = canvas.counted(reversed(files), find())
    assert sorted(chosen.values()) == counted
    if len(counted) == 1:
        assert next(iter(chosen)) == files[-1]


@LAYS
@pytest.mark.parametrize("shape", MOODLE)
def test_a_moodle_download_may_have_three_shapes(tmp_path, lay, shape):
    download = look(lay(tmp_path, MOODLE[shape] | ONLINE_TEXT))
    entries = by_title(download)
    ada = entries["Ada Lovelace"]
    assert ada.students == ({"name": "Ada Lovelace", "participant": "101"},)
    assert ada.notes == ("onlinetext was also handed in; it is not graded",)
    assert code(ada) == RIGHT
    assert code(entries["김 민수"]) == UNWRITTEN
    assert download.unread == ()


@LAYS
def test_gradescope_names_groups_and_the_newest_submission_counts(tmp_path, lay):
    entries = by_title(look(lay(tmp_path, GRADESCOPE)))
    assert set(entries) == {"Ada Lovelace", "김민수, Ji Park", "submission_4"}
    ada = entries["Ada Lovelace"]
    # Ids are texts, and 21:00 in Seoul is noon in Greenwich.
    assert ada.students == ({"name": "Ada Lovelace", "sid": "0071", "email": "ada@example.org"},)
    assert code(ada) == RIGHT
    assert ada.notes == ("handed in 2 times: the last one, submission_3, counts",)
    ji = {"name": "Ji Park", "email": "ji@example.org"}
    assert entries["김민수, Ji Park"].students[1] == ji
    assert entries["submission_4"].students == ()


@pytest.mark.parametrize(
    "metadata",
    [
        b"- a",
        b"",
        b"submission_1: 3",
        b"submission_1:\n  :submitters:\n    a: b\n",
        b"!!python/object/apply:os.system ['touch hacked']",
        b"submission_1:\n  :submitters:\n  - :name: !!python/name:os.system x\n",
        b"a: &a [x]\nb: &b {<<: [*a, *a]}\nc: {<<: [*b, *b]}\n",
    ],
)
def test_metadata_without_names_loses_no_submission(tmp_path, metadata, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = lay_zip(tmp_path, GRADESCOPE | {"submission_metadata.yml": metadata})
    assert len(look(path).entries) == 4
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize(
    "metadata", [b"a: [", b"\xff\xfe\x00", b"[" * 10_000, b"a: &a\n  b: [*a]\n"]
)
def test_damaged_metadata_is_reported(tmp_path, metadata):
    path = lay_zip(tmp_path, GRADESCOPE | {"submission_metadata.yml": metadata})
    with pytest.raises(Unreadable, match="export the submissions again"):
        look(path)


def test_classroom_clones_are_named_by_login_even_if_it_has_hyphens(tmp_path):
    entries = by_title(look(lay_folder(tmp_path, CLASSROOM)))
    assert set(entries) == {"ada-l", "minsu", "ji"}
    assert entries["ada-l"].students == ({"login": "ada-l"},)
    assert [s.name for s in read_entry(entries["ji"]).sources] == [FILE]


@LAYS
def test_files_of_no_submission_are_reported_but_not_what_operating_systems_leave(tmp_path, lay):
    files = {**CANVAS, **JUNK, "Grades.xlsx": b"x", "notes/a.py": b""}
    assert look(lay(tmp_path, files)).unread == ("Grades.xlsx", "notes")


def test_the_recognised_system_can_be_overridden(tmp_path):
    path = lay_folder(tmp_path, {f"ada_1_2_{FILE}": RIGHT, f"bo_2_3_{FILE}": RIGHT})
    assert look(path).system == "canvas"
    assert [e.name for e in look(path, "plain").entries] == [
        "ada_1_2_problem2_projection",
        "bo_2_3_problem2_projection",
    ]
    with pytest.raises(Unreadable, match="submission when read as a Moodle download: check --from"):
        look(path, "moodle")
    with pytest.raises(Unreadable, match=r"submission_metadata\.yml"):
        look(path, "gradescope")
    assert cli.SYSTEMS == SYSTEMS


HOSTILE = {
    f"../eve_66_1_{FILE}": b"",
    f"/eve_66_2_{FILE}": b"",
    f"..\\eve_66_3_{FILE}": b"",
    f"C:eve_66_4_{FILE}": b"",
    f"eve\x1b[31m_66_5_{FILE}": b"",
    f"eve_66_6_a\n{FILE}": b"",
    "eve_66_7_" + "x" * 300 + ".py": b"",
    f"eve_66_8_../../{FILE}": b"",
    "..": b"",
    "/": b"",
}


def test_hostile_names_are_reported_and_reach_nothing(tmp_path):
    download = look(lay_zip(tmp_path, HOSTILE | CANVAS))
    assert {e.title for e in download.entries} == {
        e.title for e in look(lay_zip(tmp_path, CANVAS)).entries
    }
    assert len(download.unread) >= 6
    assert all(name.isprintable() for name in download.unread)


def test_names_that_would_have_the_same_id_get_different_ones(tmp_path):
    files = {f"{who}_assignsubmission_file_/{FILE}": RIGHT for who in ("a?_1", "a*_1", "A!_01")}
    files |= {f"con_{k}_assignsubmission_file_{FILE}": RIGHT for k in (2, 3)}
    names = [e.name for e in look(lay_zip(tmp_path, files)).entries]
    assert len({name.casefold() for name in names}) == len(names)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "..",
                    "a",
                    "ann_1_2_x.py",
                    "LATE_anon_q_3_y.py",
                    "김_1_assignsubmission_file_",
                    "submission_1",
                    "submission_metadata.yml",
                    ".git",
                    "\x07",
                    "b.py",
                    "C:",
                    "",
                    "é",
                ]
            ),
            min_size=1,
            max_size=3,
        )
        .map("/".join)
        .filter(bool),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([None, *SYSTEMS]),
)
def test_any_names_end_in_entries_or_in_an_error(tmp_path, names, system):
    path = lay_zip(tmp_path, dict.fromkeys(names, RIGHT))
    try:
        download = look(path, system)
    except Unreadable:
        return
    ids = [entry.name.casefold() for entry in download.entries]
    assert len(set(ids)) == len(ids)
    assert all("/" not in name and not name.startswith(".") for name in ids)
    for entry in download.entries:
        try:
            submission = read_entry(entry)
        except Unreadable:
            continue
        assert all(".." not in source.name.split("/") for source in submission.sources)


@pytest.mark.skipif(sys.platform == "win32", reason="makes links")
def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_bytes(RIGHT)
    submissions = lay_folder(tmp_path, CANVAS)
    os.symlink(secret, submissions / f"eve_66_1_{FILE}")
    download = look(submissions)
    assert "eve" not in by_title(download)
    assert download.unread == (f"eve_66_1_{FILE} (a symbolic link)",)


def test_the_limits_hold_for_each_submission_in_a_zip(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "COUNT_LIMIT", 20)
    much = under("Ada_1_assignsubmission_file_/", {f"{k}.py": b"" for k in range(21)})
    few = {f"Bo {k}_{k}_assignsubmission_file_/{FILE}": RIGHT for k in range(2, 40)}
    ada, *others = look(lay_zip(tmp_path, much | few)).entries
    with pytest.raises(Unreadable, match="more than 20 files"):
        read_entry(ada)
    assert [code(entry) for entry in others] == [RIGHT] * 38


def test_a_damaged_zip_cannot_be_read(tmp_path):
    path = lay_zip(tmp_path, CANVAS)
    whole = path.read_bytes()
    for kept in (0, 3, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:kept])
        with pytest.raises(Unreadable):
            look(path)
    with pytest.raises(Unreadable):
        look(tmp_path / "nowhere.zip")


def test_an_entry_is_small_and_can_be_sent_to_another_process(tmp_path):
    for entry in look(lay_zip(tmp_path, CANVAS | {f"big_9_9_{FILE}": b"#" * 10**6})).entries:
        packed = pickle.dumps(entry)
        assert pickle.loads(packed) == entry
        assert len(packed) < 2_000


ROSTER = "\ufeffEmail,Login,Name,ID\n"


@pytest.mark.parametrize(
    ("name", "rows", "missing"),
    [
        (
            "canvas",
            ',,Somebody Else,11\n,,"Kim, 민수",99\n,,Ada Lovelace,\n',
            ["Kim, 민수", "Ada Lovelace"],
        ),
        ("canvas", ",,민수 김,\n,,Lovelace Ada,\n,,Bo,\n", ["Bo"]),
        ("gradescope", "JI@example.org,,,\n,,Ada Lovelace,0071\n,,Bo,7\n", ["Bo"]),
        ("classroom", ",ADA-L,Ada,\n,bo,Bo,\n\n", ["Bo"]),
        ("moodle flat", ",,Ada Lovelace,5\n,,민수 김,6\n,,Bo,7\n", ["Bo"]),
        ("plain", ",ann,Anna,\n,bob,,\n,,Cy,\n,dee,,\n", ["dee"]),
    ],
)
def test_a_roster_shows_who_handed_in_nothing(tmp_path, name, rows, missing):
    (tmp_path / "roster.csv").write_text(ROSTER + rows, "utf-8")
    people = read_roster(tmp_path / "roster.csv")
    entries = look(lay_zip(tmp_path, EVERY[name])).entries
    assert [person.title for person in absent(people, entries)] == missing


@pytest.mark.parametrize(
    ("rows", "unknown"),
    [
        ("11,Lovelace Ada,,\n12,Kim,,\n13,Park Ji,,\n14,Choi,,\n", ["anon_7Fa9x"]),
        (",Ada Lovelace,,\n,Bo,,\n", ["anon_7Fa9x", "choi", "parkji", "김민수"]),
    ],
)
def test_who_is_not_on_the_roster_is_named(tmp_path, rows, unknown):
    (tmp_path / "roster.csv").write_text("id,name,email,login\n" + rows, "utf-8")
    people = read_roster(tmp_path / "roster.csv")
    entries = look(lay_zip(tmp_path, CANVAS)).entries
    assert sorted(strangers(people, entries)) == sorted(unknown)
    assert len(strangers([], entries)) == len(entries)


def test_a_canvas_gradebook_can_be_the_roster(tmp_path):
    (tmp_path / "roster.csv").write_text(
        "Student;ID;SIS User ID;SIS Login ID;Section\n    Points Possible;;;;\n"
        "Lovelace, Ada;11;x;ada;A\nBo;77;y;bo;A\n"
    )
    people = read_roster(tmp_path / "roster.csv")
    assert [p.login for p in people] == ["ada", "bo"]
    entries = look(lay_zip(tmp_path, CANVAS)).entries
    assert [p.title for p in absent(people, entries)] == ["Bo"]


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"\xff\xfea\x00", b'id\n"ada\nbo\n'])
def test_a_file_that_is_no_roster_cannot_be_read(tmp_path, body):
    (tmp_path / "roster.csv").write_bytes(body)
    with pytest.raises(Unreadable):
        read_roster(tmp_path / "roster.csv")
    with pytest.raises(Unreadable):
        read_roster(tmp_path / "nowhere.csv")

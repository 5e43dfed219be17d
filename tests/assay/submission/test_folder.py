"""What counts in a folder, and which submissions a folder of them holds."""

from __future__ import annotations

import io
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from settling import settle

from assay.errors import Unreadable
from assay.submission import Submission, entries, folder, read

CODE = "def project(y, a):\n    return y\n"


def lay_out(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def names(submission: Submission) -> list[str]:
    return [source.name for source in submission.sources]


def test_junk_and_the_kits_own_files_are_passed_over_in_silence(tmp_path: Path) -> None:
    junk = (
        "__MACOSX/a.py",
        ".DS_Store",
        ".ipynb_checkpoints/a.ipynb",
        "._a.py",
        "__pycache__/a.pyc",
        "b.pyc",
        ".git/x.py",
        ".github/x.py",
        ".pytest_cache/x",
        ".hypothesis/x",
        ".venv/x.py",
        "venv/x.py",
        "sub/.hidden/x.py",
        "nice.safetensors",
        "sub/digits.npz",
        "nice_flow.py",
        "README.md",
    )
    clean = lay_out(tmp_path / "clean", {"a.py": CODE, "w.npy": b"w"})
    dirty = lay_out(tmp_path / "dirty", {"a.py": CODE, "w.npy": "w", **dict.fromkeys(junk, "x")})
    found, wanted = read(dirty), read(clean)
    assert (names(found), found.data, found.notes) == (["a.py"], {"w.npy": b"w"}, ())
    assert found.sha256 == wanted.sha256


def test_sources_stand_in_order_of_depth_and_then_of_name(tmp_path: Path) -> None:
    lay_out(tmp_path, {"z.py": "", "b/a.py": "", "a.ipynb": "{}", "b/c/a.py": ""})
    assert names(read(tmp_path)) == ["a.ipynb", "z.py", "b/a.py", "b/c/a.py"]


def test_a_symbolic_link_is_never_followed_and_is_told(tmp_path: Path) -> None:
    secret = lay_out(tmp_path / "secret", {"answers.py": "SECRET = 1"})
    hand_in = lay_out(tmp_path / "hw", {"a.py": CODE})
    (hand_in / "linked.py").symlink_to(secret / "answers.py")
    (hand_in / "folder").symlink_to(secret)
    (hand_in / "loop").symlink_to(hand_in)
    found = read(hand_in)
    assert names(found) == ["a.py"]
    assert found.data == {}
    assert [note.partition(" ")[0] for note in found.notes] == ["folder", "linked.py", "loop"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_does_not_hold_the_reader_up(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    os.mkfifo(tmp_path / "pipe.py")
    assert read(tmp_path).notes == ("pipe.py is passed over: it is not a plain file",)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets that are files")
def test_a_socket_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lay_out(tmp_path, {"a.py": CODE}))
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.py")
    found = settle(tmp_path)
    assert isinstance(found, Submission)
    assert found.notes == ("s.py is passed over: it is not a plain file",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["hw", "hw.zip", "hw.py"])
def test_a_hand_in_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert "is no plain file: hand in" in str(settle(tmp_path / name))
    (tmp_path / "zero.zip").symlink_to("/dev/zero")
    assert "is no plain file: hand in" in str(settle(tmp_path / "zero.zip"))
    (tmp_path / "loop.zip").symlink_to("loop.zip")
    assert "is not there" in str(settle(tmp_path / "loop.zip"))


@pytest.mark.parametrize("name", ["x" * 300 + ".zip", "a\0.zip", "\ud800.py"])
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, name: str) -> None:
    assert "�" in str(settle(tmp_path / name)) or "x" * 50 in str(settle(tmp_path / name))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that is not ours")
def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    (tmp_path / "d").mkdir(mode=0)
    assert read(tmp_path).notes == ("d is passed over: Permission denied",)
    assert "cannot be listed: Permission denied" in str(settle(tmp_path / "d"))


def test_a_file_that_grows_is_read_no_further_than_its_limit() -> None:
    class Growing(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            return bytes(size)

    haul, stream = folder.Haul("hw"), Growing()
    assert haul.take("w.npy", 1, lambda: stream) is None
    assert stream.given == folder.FILE_LIMIT + 1
    assert haul.notes == ("w.npy is passed over: it is larger than 8 MiB",)


@pytest.mark.skipif(not os.supports_dir_fd, reason="needs paths from a folder on")
def test_folders_in_folders_end_in_a_note(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    depth, places = 5_000, [os.open(tmp_path, os.O_RDONLY)]
    for _ in range(depth):
        os.mkdir("d", dir_fd=places[-1])
        inner = os.open("d", os.O_RDONLY, dir_fd=places[-1])
        os.close(places.pop())
        places.append(inner)
    try:
        found = settle(tmp_path)
    finally:
        for _ in range(depth):
            outer = os.open("..", os.O_RDONLY, dir_fd=places[-1])
            os.close(places.pop())
            os.rmdir("d", dir_fd=outer)
            places.append(outer)
        os.close(places.pop())
    assert isinstance(found, Submission)
    assert [note.endswith("is passed over: its name is too long") for note in found.notes] == [True]


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path) -> None:
    hand_in = lay_out(tmp_path / "hw", {"a.py": CODE, "x.md": ""})
    for number in range(folder.ENTRY_LIMIT - 1):
        os.link(hand_in / "x.md", hand_in / f"{number}.md")
    found = settle(hand_in)
    shutil.rmtree(hand_in)
    assert "hw holds more than 50,000 entries: hand in" in str(found)


def test_a_large_file_is_passed_over_and_the_rest_is_read(tmp_path: Path) -> None:
    large = bytes(folder.FILE_LIMIT + 1)
    found = read(lay_out(tmp_path, {"a.py": CODE, "b.py": large, "w.npy": large, "v.npy": b""}))
    assert (names(found), list(found.data)) == (["a.py"], ["v.npy"])
    assert len(found.notes) == 2
    assert all("larger than 8 MiB" in note for note in found.notes)


@pytest.mark.parametrize("limit", ["TOTAL_LIMIT", "COUNT_LIMIT", "ENTRY_LIMIT"])
def test_too_much_in_all_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    lay_out(tmp_path, {"a.py": CODE, "b.py": CODE, "c.py": CODE})
    monkeypatch.setattr(folder, limit, 2)
    with pytest.raises(Unreadable, match=r"holds more than .*: hand in the code"):
        read(tmp_path)


def test_names_that_differ_in_case_are_told(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE, "A.py": CODE})
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("the file system knows no such names")
    found = read(tmp_path)
    assert names(found) == ["A.py", "a.py"]
    assert found.notes == ("A.py and a.py differ in upper and lower case only",)


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="needs bytes names")
def test_a_name_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    (tmp_path / os.fsdecode(b"\xff.npy")).write_bytes(b"x")
    found = read(tmp_path)
    assert found.data == {}
    assert "not valid text" in found.notes[0]
    "".join(found.notes).encode()


def test_notes_end_in_a_number_where_they_would_be_too_many() -> None:
    haul = folder.Haul("hw")
    for number in range(folder.NOTES_LIMIT + 5):
        haul.note(str(number))
    assert len(haul.notes) == folder.NOTES_LIMIT + 1
    assert haul.notes[-1] == "5 more notes are left out"


@given(st.text(alphabet="ab./\\:\x00é\ud800C", max_size=12))
def test_whatever_a_name_is_its_path_stays_inside(raw: str) -> None:
    path = folder.Haul("hw").path(raw)
    if path is not None:
        path.encode()
        parts = path.split("/")
        assert not {"", ".", ".."} & set(parts)
        assert "\\" not in path
        assert "\x00" not in path


def test_entries_are_the_submissions_by_name(tmp_path: Path) -> None:
    kept = ["a.zip", "b.tar.gz", "c.tgz", "d.py", "e.IPYNB", "f/x", "g/x"]
    lay_out(
        tmp_path, dict.fromkeys([*kept, "grades.csv", ".DS_Store", "__MACOSX/x", "README.md"], "")
    )
    assert [path.name for path in entries(tmp_path)] == [name.partition("/")[0] for name in kept]


def test_a_folder_without_submissions_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="holds no submission: put one"):
        entries(tmp_path)
    with pytest.raises(Unreadable, match="is not a folder"):
        entries(tmp_path / "nowhere")

"""Which files of a folder count, and which submissions a class's folder contains."""

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


def test_junk_and_files_that_students_are_given_are_ignored_without_a_note(
    tmp_path: Path,
) -> None:
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
    found, expected = read(dirty), read(clean)
    assert (names(found), found.data, found.notes) == (["a.py"], {"w.npy": b"w"}, ())
    assert found.sha256 == expected.sha256


def test_sources_are_ordered_by_depth_and_then_by_name(tmp_path: Path) -> None:
    lay_out(tmp_path, {"z.py": "", "b/a.py": "", "a.ipynb": "{}", "b/c/a.py": ""})
    assert names(read(tmp_path)) == ["a.ipynb", "z.py", "b/a.py", "b/c/a.py"]


def test_a_symbolic_link_is_never_followed_and_has_a_note(tmp_path: Path) -> None:
    secret = lay_out(tmp_path / "secret", {"answers.py": "SECRET = 1"})
    submission = lay_out(tmp_path / "hw", {"a.py": CODE})
    (submission / "linked.py").symlink_to(secret / "answers.py")
    (submission / "folder").symlink_to(secret)
    (submission / "loop").symlink_to(submission)
    found = read(submission)
    assert names(found) == ["a.py"]
    assert found.data == {}
    assert [note.partition(" ")[0] for note in found.notes] == ["folder", "linked.py", "loop"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_does_not_block_the_reader(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    os.mkfifo(tmp_path / "pipe.py")
    assert read(tmp_path).notes == ("pipe.py was ignored: it is not a regular file",)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets that are files")
def test_a_socket_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lay_out(tmp_path, {"a.py": CODE}))
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.py")
    found = settle(tmp_path)
    assert isinstance(found, Submission)
    assert found.notes == ("s.py was ignored: it is not a regular file",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["hw", "hw.zip", "hw.py"])
def test_a_submission_that_is_not_a_regular_file_is_unreadable(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert "is not a regular file: hand in" in str(settle(tmp_path / name))
    (tmp_path / "zero.zip").symlink_to("/dev/zero")
    assert "is not a regular file: hand in" in str(settle(tmp_path / "zero.zip"))
    (tmp_path / "loop.zip").symlink_to("loop.zip")
    assert "does not exist" in str(settle(tmp_path / "loop.zip"))


@pytest.mark.parametrize("name", ["x" * 300 + ".zip", "a\0.zip", "\ud800.py"])
def test_a_name_that_no_file_can_have_is_reported(tmp_path: Path, name: str) -> None:
    assert "�" in str(settle(tmp_path / name)) or "x" * 50 in str(settle(tmp_path / name))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs an unreadable folder")
def test_a_folder_that_may_not_be_listed_is_reported(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    (tmp_path / "d").mkdir(mode=0)
    assert read(tmp_path).notes == ("d was ignored: Permission denied",)
    assert "cannot be listed: Permission denied" in str(settle(tmp_path / "d"))


def test_a_file_that_grows_is_not_read_beyond_the_limit() -> None:
    class Growing(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            return bytes(size)

    collected, stream = folder.Collected("hw"), Growing()
    assert collected.add("w.npy", 1, lambda: stream) is None
    assert stream.given == folder.FILE_LIMIT + 1
    assert collected.notes == ("w.npy was ignored: it is larger than 8 MiB",)


@pytest.mark.skipif(not os.supports_dir_fd, reason="needs paths relative to a folder")
def test_folders_nested_too_deep_are_ignored_with_a_note(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    # Too deep for recursion, and for a path of the system: 4,096 bytes.
    depth, places = 2_200, [os.open(tmp_path, os.O_RDONLY)]
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
    assert [note.endswith("was ignored: its name is too long") for note in found.notes] == [True]


def test_a_folder_of_too_many_files_is_unreadable(tmp_path: Path) -> None:
    submission = lay_out(tmp_path / "hw", {"a.py": CODE, "x.md": ""})
    for number in range(folder.ENTRY_LIMIT - 1):
        os.link(submission / "x.md", submission / f"{number}.md")
    found = settle(submission)
    shutil.rmtree(submission)
    assert "hw contains more than 50,000 entries: hand in" in str(found)


def test_a_large_file_is_ignored_and_the_others_are_read(tmp_path: Path) -> None:
    large = bytes(folder.FILE_LIMIT + 1)
    found = read(lay_out(tmp_path, {"a.py": CODE, "b.py": large, "w.npy": large, "v.npy": b""}))
    assert (names(found), list(found.data)) == (["a.py"], ["v.npy"])
    assert len(found.notes) == 2
    assert all("larger than 8 MiB" in note for note in found.notes)


@pytest.mark.parametrize("limit", ["TOTAL_LIMIT", "COUNT_LIMIT", "ENTRY_LIMIT"])
def test_a_submission_that_is_too_large_in_total_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    lay_out(tmp_path, {"a.py": CODE, "b.py": CODE, "c.py": CODE})
    monkeypatch.setattr(folder, limit, 2)
    with pytest.raises(Unreadable, match=r"contains more than .*: hand in only the code"):
        read(tmp_path)


def test_names_that_differ_only_in_case_have_a_note(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE, "A.py": CODE})
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("on this file system such names are the same")
    found = read(tmp_path)
    assert names(found) == ["A.py", "a.py"]
    assert found.notes == ("A.py and a.py differ only in upper and lower case",)


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="needs names of bytes")
def test_a_name_that_is_not_valid_text_is_ignored(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": CODE})
    (tmp_path / os.fsdecode(b"\xff.npy")).write_bytes(b"x")
    found = read(tmp_path)
    assert found.data == {}
    assert "not valid text" in found.notes[0]
    "".join(found.notes).encode()


def test_too_many_notes_end_in_the_number_of_the_others() -> None:
    collected = folder.Collected("hw")
    for number in range(folder.NOTES_LIMIT + 5):
        collected.note(str(number))
    assert len(collected.notes) == folder.NOTES_LIMIT + 1
    assert collected.notes[-1] == "more notes, not shown: 5"


@given(st.text(alphabet="ab./\\:\x00é\ud800C", max_size=12))
def test_whatever_the_name_the_path_stays_inside(raw: str) -> None:
    path = folder.Collected("hw").path(raw)
    if path is not None:
        path.encode()
        parts = path.split("/")
        assert not {"", ".", ".."} & set(parts)
        assert "\\" not in path
        assert "\x00" not in path


def test_entries_are_the_submissions_in_order_of_their_names(tmp_path: Path) -> None:
    kept = ["a.zip", "b.tar.gz", "c.tgz", "d.py", "e.IPYNB", "f/x", "g/x"]
    lay_out(
        tmp_path, dict.fromkeys([*kept, "grades.csv", ".DS_Store", "__MACOSX/x", "README.md"], "")
    )
    assert [path.name for path in entries(tmp_path)] == [name.partition("/")[0] for name in kept]


def test_the_error_for_a_folder_without_submissions_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="contains no submission: put one"):
        entries(tmp_path)
    with pytest.raises(Unreadable, match="is not a folder"):
        entries(tmp_path / "nowhere")

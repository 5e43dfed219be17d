"""The hand-out is the template with one install line, which never names an index's package."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from places import ROOT

from assay.commands.handout import PLACEHOLDER, hand_out, line_for_git, line_for_wheel
from assay.errors import InvalidInput
from assay.homework import find

TEXTS = ("README.md", ".github/workflows/check.yml")


def texts(folder):
    return [(folder / name).read_text("utf-8") for name in TEXTS]


@pytest.mark.parametrize(
    "line",
    [
        "pip install ./mfdnn_assay-1.0-py3-none-any.whl",
        line_for_git("https://example.org/assay.git@v2"),
        line_for_git("ssh://git@example.org/assay.git"),
        "uv tool install --from git+https://example.org/assay.git mfdnn-assay",
    ],
)
def test_the_line_stands_wherever_the_template_installs(tmp_path, line):
    written = hand_out(tmp_path / "hw", find(), line)
    assert {*TEXTS, "problem2_projection.py", "nice.safetensors"} <= {*written}
    for text in texts(tmp_path / "hw"):
        assert line in text
        assert PLACEHOLDER not in text


def test_the_template_itself_asks_no_index_for_the_kit():
    for text in texts(find().template_folder):
        assert text.count(PLACEHOLDER) == 1
        assert not re.search(r"pip install [\w'\"]*mfdnn", text)


def test_the_wheel_lies_beside_the_files_and_the_line_names_it(tmp_path, assay_here):
    wheel = tmp_path / "mfdnn_assay-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    code, out, _ = assay_here("handout", "hw", "--wheel", wheel)
    assert code == 0
    assert out.rstrip().endswith("students install with: pip install ./" + wheel.name)
    assert (tmp_path / "hw" / wheel.name).read_bytes() == b"a wheel"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "give one of"),
        (["--install", "a", "--git", "https://example.org/x"], "give one of"),
        (["--wheel", "nothing.whl"], "expected a wheel"),
        (["--git", "example.org/x.git"], "give an address"),
        (["--install", "a\nb"], "the one line"),
    ],
)
def test_what_makes_no_line_is_refused_and_nothing_is_written(tmp_path, assay_here, words, says):
    code, _, err = assay_here("handout", "hw", *words)
    assert code == 2
    assert says in err
    assert not (tmp_path / "hw").exists()


def test_a_folder_with_files_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InvalidInput, match="not empty"):
        hand_out(tmp_path, find(), "pip install x")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["mfdnn_assay.whl", "other-1.0-py3-none-any.whl"])
def test_a_file_that_is_no_wheel_of_the_kit_is_refused(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(InvalidInput, match="expected a wheel"):
        line_for_wheel(tmp_path / name)


@pytest.mark.slow
def test_the_line_for_git_installs_what_the_address_holds(tmp_path):
    repository = tmp_path / "kit"
    subprocess.run(["git", "clone", "-q", ROOT, repository], check=True)
    words = line_for_git(f"file://localhost{repository}").partition("pip install ")[2].strip("'")
    place = tmp_path / "place"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(place), words]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=110, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert (place / "assay" / "homework10" / "student_template" / "README.md").is_file()

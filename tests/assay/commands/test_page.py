"""`assay check --page` writes a student's page, says where it is, and opens it if it can."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from places import ROOT

from assay.commands.page import PAGE, with_file
from assay.publish import pages

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
LAW = "project_lands_in_the_set"


@pytest.fixture
def hw(tmp_path):
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "problem2_projection.py").write_text(PROJECTION)
    return tmp_path / "hw"


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        ("--page", f"--page={PAGE}"),
        ("--page hw10", f"--page={PAGE} hw10"),
        ("hw10 --page a.html --watch", "hw10 --page=a.html --watch"),
        ("--page=a.html hw10", "--page=a.html hw10"),
        ("hw10 --only x", "hw10 --only x"),
    ],
)
def test_the_file_after_page_may_be_left_out(words, joined):
    assert with_file(words.split()) == joined.split()


def test_the_page_is_beside_the_student_and_no_part_of_the_submission(assay_here, hw):
    words = ("check", "--only", LAW, "--no-open", "--page")
    code, out, err = assay_here(*words, cwd=hw)
    assert code == 0, err
    first = (hw / PAGE).read_text("utf-8")
    assert str(hw / PAGE) in out
    assert "Score 2 / 2" in out
    assert "2</strong> of 2 points" in first
    assert "report.html" not in first
    assert 'http-equiv="refresh"' not in first
    assay_here(*words, cwd=hw)
    again = (hw / PAGE).read_text("utf-8")
    assert [line for line in again.splitlines() if "hash" in line] == [
        line for line in first.splitlines() if "hash" in line
    ]


def test_a_missing_package_or_folder_is_one_sentence_before_anything_is_graded(
    assay_here, hw, monkeypatch
):
    code, out, err = assay_here("check", hw, "--page", "nowhere/a.html")
    assert (code, out) == (2, "")
    assert "there is no folder nowhere" in err
    monkeypatch.setattr(pages, "find_spec", lambda name: None)
    code, out, err = assay_here("check", hw, "--page")
    assert (code, out) == (2, "")
    assert "pip install jinja2 matplotlib" in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="a browser that is a shell script")
@pytest.mark.parametrize("has_browser", [True, False])
def test_a_browser_is_asked_only_where_there_is_one(hw, tmp_path, has_browser):
    script, opened = tmp_path / "browser", tmp_path / "opened"
    script.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n')
    script.chmod(0o755)
    plain = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "assay.commands.cli", "check", hw, "--only", LAW, "--page"],
        cwd=tmp_path,
        env=plain | ({"BROWSER": f"{script} %s"} if has_browser else {"BROWSER": ""}),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / PAGE) in done.stdout
    assert opened.exists() == has_browser
    assert not has_browser or opened.read_text() == f"{(tmp_path / PAGE).as_uri()}\n"

"""What a student installs: the graders, the template and the flow; no solution."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest
from places import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The names in the wheel that the project builds."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next(target.glob("*.whl"))) as archive:
        return archive.namelist()


def test_the_reference_and_the_tests_stay_out(wheel):
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "graders",
        "student_template",
    }


def test_all_that_start_lays_out_is_in(wheel):
    for name in (
        "README.md",
        "answers.toml",
        "nice_flow.py",
        "nice.safetensors",
        "digits.npz",
        ".github/workflows/check.yml",
        "problem3_inpainting.py",
    ):
        assert f"student_template/{name}" in wheel


def test_the_templates_of_the_pages_are_in(wheel):
    there = sorted((ROOT / "graders/report/page/templates").iterdir())
    assert there
    assert [p for p in there if f"graders/report/page/templates/{p.name}" not in wheel] == []


def test_the_command_and_the_pytest_plugin_are_announced(wheel):
    assert [name for name in wheel if name.endswith("entry_points.txt")]


def test_nothing_of_a_cache_is_in(wheel):
    assert [name for name in wheel if "cache" in name or name.endswith(".pyc")] == []

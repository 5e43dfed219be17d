"""What a student installs: the engine with Homework 10 inside it, and no solution."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest
from places import ROOT

INSIDE = "assay/homework10"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that the project builds."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=100)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_one_name_is_installed(names):
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"assay"}


def test_no_solution_is_in(names):
    mine = [name for name in names if not name.startswith("assay/commands/skeleton/")]
    assert [name for name in mine if "reference" in name or "mutants" in name] == []


def test_all_that_start_lays_out_is_in(names):
    for name in (
        "README.md",
        "answers.toml",
        "nice_flow.py",
        "nice.safetensors",
        "digits.npz",
        ".github/workflows/check.yml",
        "problem3_inpainting.py",
    ):
        assert f"{INSIDE}/student_template/{name}" in names


def test_the_homework_the_templates_of_the_pages_and_the_type_marker_are_in(names):
    wanted = [f"{INSIDE}/{p.relative_to(ROOT)}" for p in (ROOT / "graders").rglob("*.py")]
    pages = ROOT / "assay/report/page/templates"
    wanted += [str(p.relative_to(ROOT)) for p in pages.iterdir()] + ["assay/py.typed"]
    assert len(wanted) > 20
    assert set(wanted) <= set(names)


def test_the_command_and_the_pytest_plugin_are_announced(wheel):
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith("entry_points.txt"))
        text = archive.read(name).decode()
    assert "assay = assay.commands.cli:main" in text
    assert "assay = assay.commands.pytest_plugin" in text


def test_nothing_of_a_cache_is_in(names):
    assert [name for name in names if "cache" in name or name.endswith(".pyc")] == []


@pytest.mark.slow
def test_the_installed_kit_grades(wheel, tmp_path):
    site = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    reference = str(ROOT / "reference")
    code = "import assay, sys; print(assay.__file__); from assay.commands.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", reference, "--only", "problem2", "--brief"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.stdout.startswith(str(site)), done.stderr
    assert "Score 15 / 15" in done.stdout, done.stderr

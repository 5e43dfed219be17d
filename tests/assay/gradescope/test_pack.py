"""The upload, unpacked as Gradescope would: results.json exists whatever happens."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile

import msgspec
import pytest
from gradebooks import Gradescope
from places import ROOT

from assay.errors import InvalidInput
from assay.gradescope.pack import pack

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")

pytestmark = pytest.mark.skipif(not shutil.which("timeout"), reason="Gradescope runs Linux")


@pytest.fixture(scope="module")
def upload(tmp_path_factory):
    """A zip made from the checkout, with a rubric in it."""
    place = tmp_path_factory.mktemp("upload")
    rubric = place / "rubric.toml"
    rubric.write_text("[points]\nproblem2 = 30\n")
    pack(place / "a.zip", 7, rubric=rubric)
    pack(place / "b.zip", 7, rubric=rubric)
    return place / "a.zip"


@pytest.fixture
def box(upload, tmp_path):
    """Gradescope's folders; the virtual environment is this one."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(upload) as archive:
        archive.extractall(root / "source")
    (root / "submission").mkdir()
    python(root, f'PYTHONPATH={ROOT} exec {sys.executable} "$@"')
    return root


def python(root, line):
    """A stand-in for the Python that setup.sh installs."""
    script(root / "venv" / "bin" / "python", line)


def script(path, line):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def run(root, **environment):
    done = subprocess.run(
        ["bash", str(root / "source" / "run_autograder")],
        capture_output=True,
        text=True,
        timeout=200,
        env=os.environ | {"AUTOGRADER_ROOT": str(root)} | environment,
    )
    assert done.returncode == 0
    assert [p.name for p in (root / "results").iterdir()] == ["results.json"]
    body = (root / "results" / "results.json").read_bytes()
    msgspec.json.decode(body, type=Gradescope)
    return json.loads(body)


def test_the_scripts_are_executable_and_the_kit_and_its_versions_are_included(upload):
    with zipfile.ZipFile(upload) as archive:
        modes = {i.filename: i.external_attr >> 16 for i in archive.infolist()}
        assert b"torch==" in archive.read("constraints.txt")
    assert modes["setup.sh"] & stat.S_IXUSR
    assert modes["run_autograder"] & stat.S_IXUSR
    assert [n for n in modes if n.startswith("kit/") and n.endswith(".whl")]
    assert not [n for n in modes if "reference" in n]


def test_the_same_kit_seed_and_rubric_make_the_same_upload(upload):
    assert upload.read_bytes() == upload.with_name("b.zip").read_bytes()


def test_a_submission_is_graded_with_the_seed_and_rubric_of_the_class(box):
    (box / "submission" / "problem2_projection.py").write_text(PROJECTION)
    results = run(box)
    assert results["score"] == 30
    assert results["extra_data"]["judged"]
    assert results["extra_data"]["seed"] == "7"


def test_a_submission_that_cannot_be_read_is_not_judged(box):
    results = run(box)
    assert "NOT JUDGED" in results["output"]
    assert "no Python file" in results["output"]
    assert "score" not in results
    assert not results["extra_data"]["judged"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("exit 3", "exit status 3"),
        ("sleep 60", "within 1 seconds"),
        ("kill -9 $$", "ran out of time or memory"),
        ("echo torn > $3/results/results.json; exit 1", "exit status 1"),
    ],
    ids=["a crash", "a time-out", "a kill", "a torn file"],
)
def test_a_grader_that_fails_leaves_results(box, line, says):
    python(box, line)
    results = run(box, ASSAY_SECONDS="1")
    assert "score" not in results
    assert results["tests"] == []
    assert "NOT JUDGED" in results["output"]
    assert says in results["output"]


def test_without_an_environment_there_are_still_results(box):
    shutil.rmtree(box / "venv")
    assert "NOT JUDGED" in run(box)["output"]


def test_setup_installs_the_kit_with_its_versions_and_a_cpu_torch(box, tmp_path):
    """Stubs replace what would need the network."""
    log = tmp_path / "log"
    for name in ("apt-get", "python3"):
        script(tmp_path / "bin" / name, f'echo {name} "$@" >> {log}')
    python(box, f'echo "$PIP_CONSTRAINT" "$@" >> {log}')
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    subprocess.run(
        ["bash", str(box / "source" / "setup.sh")],
        check=True,
        timeout=60,
        env=os.environ | {"AUTOGRADER_ROOT": str(box), "PATH": path},
    )
    last = log.read_text().splitlines()[-1]
    assert last.startswith(f"{box}/source/constraints.txt -m pip install")
    assert "https://download.pytorch.org/whl/cpu" in last
    assert last.endswith(".whl")


def test_a_rubric_that_makes_no_sense_is_rejected_before_the_upload(tmp_path):
    (tmp_path / "r.toml").write_text("points.problem9 = 3")
    with pytest.raises(InvalidInput, match="nearest is 'problem"):
        pack(tmp_path / "x.zip", 7, wheel=tmp_path / "r.toml", rubric=tmp_path / "r.toml")
    assert not (tmp_path / "x.zip").exists()

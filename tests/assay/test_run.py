"""Which kit a run is by: known by its files and libraries, and by nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

import assay
from assay import run as runs
from assay.allowed import Allowed, expect_sensible
from assay.errors import InvalidInput
from assay.homework import find

FRESH = runs.digest.__wrapped__
HERE = find().folder
IGNORED = shutil.ignore_patterns("__pycache__")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the homework."""
    copy = tmp_path_factory.mktemp("homework")
    for name in ("graders", "student_template"):
        shutil.copytree(HERE / name, copy / name, ignore=IGNORED)
    return copy


@pytest.fixture(scope="module")
def here():
    return FRESH(HERE)


def test_a_copy_elsewhere_is_the_same_kit(folder, here):
    (folder / "graders" / "__pycache__").mkdir()
    (folder / "graders" / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    assert FRESH(folder) == here


@pytest.mark.parametrize(
    "file", ["graders/problem2_projection.py", "student_template/nice_flow.py"]
)
def test_another_homework_is_another_kit(folder, here, file):
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(before + b"\n# looser\n")
    try:
        assert FRESH(folder) != here
    finally:
        (folder / file).write_bytes(before)


def test_another_engine_is_another_kit(tmp_path, here, monkeypatch):
    shutil.copytree(Path(assay.__file__).parent, tmp_path / "assay", ignore=IGNORED)
    monkeypatch.setattr(assay, "__file__", str(tmp_path / "assay" / "__init__.py"))
    assert FRESH(HERE) == here
    with (tmp_path / "assay" / "checks.py").open("a") as file:
        file.write("# looser\n")
    assert FRESH(HERE) != here


@pytest.mark.parametrize(("template", "same"), [("9.9", False), ("{}+cu126", True)])
def test_another_library_is_another_kit_but_another_build_is_not(monkeypatch, here, template, same):
    version = runs.version
    plain = {name: version(name).partition("+")[0] for name in runs.LIBRARIES}
    monkeypatch.setattr(runs, "version", lambda name: template.format(plain[name]))
    assert (FRESH(HERE) == here) is same


def test_a_run_names_the_materials_that_were_replaced(tmp_path):
    weights = find().material_paths()["flow"]
    copy = tmp_path / "mine.safetensors"
    shutil.copy(weights, copy)
    plain = runs.run_here(1, "process", find())
    replaced = runs.run_here(1, "process", find().with_materials({"flow": copy}))
    assert plain.materials == ()
    assert [(m.name, m.path) for m in replaced.materials] == [("flow", str(copy))]
    assert runs.homework_of(replaced).material_paths()["flow"] == copy
    assert "another flow" in plain.difference(replaced)


def test_the_same_material_at_another_path_makes_no_difference():
    one = runs.Run(1, "0.1", "process", materials=(runs.Replaced("flow", "a", "12"),))
    moved = msgspec.structs.replace(one, materials=(runs.Replaced("flow", "b", "12"),))
    assert one.difference(moved) == ""


def test_the_digest_of_a_file_that_is_not_there_is_empty(tmp_path):
    assert runs.digest_of("") == runs.digest_of(str(tmp_path / "no")) == ""
    (tmp_path / "flow").write_bytes(b"weights")
    assert runs.digest_of(str(tmp_path / "flow")) != ""


def test_a_run_with_other_limits_differs_and_says_in_what():
    run = runs.run_here(0, "process", find())
    slower = msgspec.structs.replace(run, allowed=Allowed(seconds_per_call=10))
    fewer = msgspec.structs.replace(run, allowed=Allowed(packages=("pandas",)))
    assert run.difference(slower).endswith("--seconds-per-call the default, this one has 10")
    assert "--packages pandas, this one has the default" in fewer.difference(run)
    for each in (run, slower, fewer):
        assert msgspec.json.decode(msgspec.json.encode(each), type=runs.Run) == each
    old = msgspec.json.decode(msgspec.json.encode(run))
    old.pop("allowed")
    assert msgspec.convert(old, runs.Run) == run


@pytest.mark.parametrize(
    ("call", "problem"), [(0, None), (-1, None), (float("nan"), None), (30, None), (None, 1)]
)
def test_limits_that_make_no_sense_are_refused(call, problem):
    with pytest.raises(InvalidInput, match="--seconds-per-"):
        expect_sensible(Allowed(call, problem))
    expect_sensible(Allowed(30, 60))

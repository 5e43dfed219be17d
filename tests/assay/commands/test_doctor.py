"""What a submission's process can see: what it is made of, and nothing that holds a check."""

from pathlib import Path

import pytest
from levels import offered

from assay.commands import doctor
from assay.homework import find
from assay.isolation.ground import Ground, holds_checkout
from assay.isolation.levels import LEVELS
from assay.sandbox.host import Sandbox


@pytest.mark.parametrize("level", [level for level in LEVELS if level != "process"])
def test_no_file_that_a_child_can_read_names_a_check(level, monkeypatch):
    if not offered(level):
        pytest.skip(f"this machine does not offer {level}")
    monkeypatch.setattr(doctor, "Sandbox", lambda homework: Sandbox(level=level))
    seen = list(doctor.child_view(find()))
    names = {check.name for check in find().checks()}
    readable = [Path(path) for heading, path in seen if heading == "readable"]
    assert {"wire.py", "objects.py"} <= {path.name for path in readable}
    for path in readable:
        assert not {name for name in names if name in path.read_text("utf-8")}, path
    loaded = {name for heading, name in seen if heading == "in memory"}
    assert not {name for name in loaded if "problem" in name or "evidence" in name}
    assert not loaded & {"assay.grading", "assay.report", "assay.assertions", "assay.submission"}
    assert any("cannot import" in text for heading, text in seen if heading == "refused")


def test_a_checkout_on_the_import_path_is_not_seen(tmp_path, monkeypatch):
    other = tmp_path / "other"
    (other / "assay").mkdir(parents=True)
    (other / "assay" / "__init__.py").touch()
    assert not holds_checkout(other)
    (other / "reference").mkdir()
    assert holds_checkout(other)
    monkeypatch.syspath_prepend(str(other))
    ground = Ground(tmp_path)
    assert not [path for path in ground.readable() if path.is_relative_to(other)]


def test_an_installed_kit_is_hidden_and_its_neighbours_are_not(tmp_path, monkeypatch):
    packages = tmp_path / "packages"
    for name in ("assay/graders", "numbers_of_others"):
        (packages / name).mkdir(parents=True)
    (packages / "assay" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(packages))
    ground = Ground(tmp_path)
    readable = ground.readable()
    assert packages / "numbers_of_others" in readable
    assert not [path for path in readable if path.is_relative_to(packages / "assay")]
    assert packages in ground.listed

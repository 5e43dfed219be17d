"""Which kit it is: told by what it is made of, and by nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import graders
from assay import run as kit


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """The digest of a copy of the kit, taken anew, and the copy."""
    kit.digest()  # that of the kit itself, kept from here on
    home = tmp_path / "graders"
    source = Path(graders.__file__).parent
    shutil.copytree(source, home, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(graders, "__file__", str(home / "__init__.py"))
    return kit.digest.__wrapped__, home


def test_a_copy_elsewhere_is_the_same_kit(fresh):
    digest, home = fresh
    (home / "__pycache__").mkdir()
    (home / "__pycache__" / "kit.pyc").write_bytes(b"compiled")
    assert digest() == kit.digest()


def test_another_law_is_another_kit(fresh):
    digest, home = fresh
    law = home / "problem2_projection.py"
    law.write_text(law.read_text("utf-8") + "\n# looser\n", "utf-8")
    assert digest() != kit.digest()


@pytest.mark.parametrize(("told", "same"), [("9.9", False), ("{}+cu126", True)])
def test_another_library_is_another_kit_and_another_build_is_not(fresh, monkeypatch, told, same):
    digest, _ = fresh
    version = kit.version
    monkeypatch.setattr(kit, "version", lambda name: told.format(version(name).partition("+")[0]))
    assert (digest() == kit.digest()) is same


def test_the_digest_of_a_file_that_is_not_there_is_empty(tmp_path):
    assert kit.digest_of("") == kit.digest_of(str(tmp_path / "no")) == ""
    (tmp_path / "flow").write_bytes(b"weights")
    assert kit.digest_of(str(tmp_path / "flow")) != ""

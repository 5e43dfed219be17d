"""The workflows try every Python that pyproject.toml claims, on every system that docs/ names."""

from __future__ import annotations

import os
import re
import shlex
import tomllib

import pytest
import yaml
from places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
JOBS = yaml.safe_load(TEXT)["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]


def claimed():
    """The versions of Python that the classifiers name."""
    found = (
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", c)
        for c in PROJECT["classifiers"]
    )
    return [match[1] for match in found if match]


def test_linux_runs_every_python_that_the_project_claims_and_no_other():
    assert JOBS["linux"]["strategy"]["matrix"]["python"] == claimed()


def test_the_lowest_python_of_the_project_is_the_first_that_is_claimed():
    assert PROJECT["requires-python"] == f">={claimed()[0]}"


def test_the_lowest_versions_run_on_the_lowest_python_and_the_newest_on_the_newest():
    for job, version in (("lowest", claimed()[0]), ("newest", claimed()[-1])):
        (used,) = [s["with"] for name, s in STEPS if name == job and "setup-python" in str(s)]
        assert used["python-version"] == version


def test_every_system_has_a_job():
    systems = {job["runs-on"].partition("-")[0] for job in JOBS.values()}
    assert systems == {"ubuntu", "macos", "windows"}


@pytest.mark.parametrize("command", [s["run"] for _, s in STEPS if "pytest" in s.get("run", "")])
def test_a_command_names_tests_that_exist(command):
    words = shlex.split(command)
    assert words[0] == "pytest"
    for word in words:
        assert not word.startswith("tests") or (ROOT / word).exists(), word


def test_what_a_job_runs_of_the_checkout_is_there():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    targets = re.findall(r"run: make (\w+)", TEXT)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_the_workflow_of_the_students_uses_a_python_that_is_claimed():
    path = ROOT / "student_template" / ".github" / "workflows" / "check.yml"
    steps = yaml.safe_load(path.read_text("utf-8"))["jobs"]["check"]["steps"]
    (used,) = [step["with"]["python-version"] for step in steps if "setup-python" in str(step)]
    assert used in claimed()

"""otter-grader as a course uses it without containers: `otter run` on each student's notebook.

A submission is a notebook, a cell for each problem, and answers.toml beside it in a .zip; the
checks are exception-based test files, one a check, packed by `otter generate`. To its favour: no
container, no PDF, one thread of torch a process, two at a time on two cores. It runs in a virtual
environment of its own, ASSAY_OTTER, which holds the kit too.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from measure import PATIENCE, Used, run
from places import ROOT
from plain_pytest import ENVIRONMENT
from submissions import MadeSubmission

from assay.checks import Check
from assay.homework import find

NAME = "otter-grader"
BIN = Path(os.environ.get("ASSAY_OTTER", ROOT / ".venv-otter")) / "bin"
ALL_PASSED = "All test cases passed!"  # points do not tell it: some checks have none
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

TEST_FILE = """\
from otter.test_files import test_case
from otter_checks import hold

OK_FORMAT = False
name = {id!r}
points = {points!r}


@test_case(points={points!r})
def test_law(env):
    hold({id!r}, env)
"""


def prepare(submissions: list[MadeSubmission], folder: Path) -> dict[str, Path]:
    """Write the assignment and a .zip for each submission; its path by name.

    Raises:
        RuntimeError: otter could not pack the assignment.
    """
    tests = folder / "assignment" / "tests"
    tests.mkdir(parents=True)
    for check in find().checks():
        (tests / f"{check.id.replace('.', '__')}.py").write_text(test_file(check), "utf-8")
    pack = [BIN / "otter", "generate", "-o", folder / "autograder.zip"]
    if run(pack, log=folder / "generate.log", cwd=tests.parent).status:
        raise RuntimeError(f"otter generate failed: {(folder / 'generate.log').read_text()}")
    return {one.name: zipped(one, folder) for one in submissions}


def test_file(check: Check) -> str:
    """One check in otter's form."""
    return TEST_FILE.format(id=check.id, points=check.points)


def zipped(student_of: MadeSubmission, folder: Path) -> Path:
    """A submission as a notebook in a .zip."""
    cells = [
        {
            "cell_type": "code",
            "id": module,
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": text,
        }
        for module, text in student_of.texts.items()
    ]
    notebook = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    path = folder / f"{student_of.name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("homework.ipynb", json.dumps(notebook))
        archive.write(ROOT / "reference" / "answers.toml", "answers.toml")
    return path


def grade(place: Path) -> Used:
    """Run otter on one submission."""
    out = place.with_suffix("")
    out.mkdir()
    command = [
        BIN / "otter",
        "run",
        "--no-logo",
        "-a",
        place.parent / "autograder.zip",
        "-o",
        out,
        place,
    ]
    return run(command, log=place.with_suffix(".log"), cwd=out, env=ENVIRONMENT, limit=PATIENCE)


def passed(place: Path) -> set[str]:
    """The ids of the checks whose test files passed."""
    results = json.loads((place.with_suffix("") / "results.json").read_text("utf-8"))
    outputs = {test["name"]: test["output"] for test in results["tests"]}
    return {check.id for check in find().checks() if outputs.get(check.id, "").endswith(ALL_PASSED)}

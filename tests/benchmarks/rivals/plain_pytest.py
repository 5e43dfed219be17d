"""Plain pytest as a course uses it: a fresh `pytest` in each student's folder.

To its favour: no cache, quiet, one thread of torch a process, two processes at a time on two cores,
no sandbox and no limit of time around the submission. What any pytest run has: Python, pytest,
torch, sympy, scipy and Hypothesis are imported anew for every student.
"""

from __future__ import annotations

import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from measure import PATIENCE, Used, run
from places import ROOT
from submissions import MadeSubmission

NAME = "plain pytest"
RIVALS = Path(__file__).resolve().parent
# What the tests import, and what the kit lays beside every submission.
ENVIRONMENT = {
    "PYTHONPATH": f"{RIVALS}:{ROOT / 'student_template'}",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def prepare(submissions: list[MadeSubmission], folder: Path) -> dict[str, Path]:
    """Write each submission with the test file beside it; its folder by name."""
    places = {one.name: one.write(folder) for one in submissions}
    for place in places.values():
        shutil.copy(RIVALS / "plain_checks.py", place / "test_checks.py")
    return places


def grade(place: Path) -> Used:
    """Run pytest on one submission."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=short",
        "--junitxml=report.xml",
    ]
    log = place.parent / f"{place.name}.log"
    return run(command, log=log, cwd=place, env=ENVIRONMENT, limit=PATIENCE)


def passed(place: Path) -> set[str]:
    """The ids of the checks whose tests passed."""
    cases = ET.parse(place / "report.xml").iter("testcase")
    return {
        case.attrib["name"].removeprefix("test_").replace("__", ".", 1)
        for case in cases
        if not len(case)
    }

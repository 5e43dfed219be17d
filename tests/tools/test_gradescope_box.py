"""The upload works as Gradescope runs it: closed off, on half a processor, with little memory."""

from __future__ import annotations

import sys

import pytest
from msgspec import UNSET

if sys.platform != "linux":
    pytest.skip("only Linux has such containers", allow_module_level=True)

import control_groups
import gradescope_box
from places import ROOT

from assay.homework import find

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
# One line for each way out that is open.
LEAVES = f"""
import os, socket, subprocess
if os.path.exists({str(ROOT)!r}):
    print("the checkout is visible")
if [name for name in os.listdir("/proc") if name.isdigit() and int(name) > 50]:
    print("other processes are visible")
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
    print("there is a network")
except OSError as fault:
    assert fault.errno == 101, fault
if not subprocess.run(["unshare", "--user", "true"], capture_output=True).returncode:
    print("namespaces can be made")
if not subprocess.run(["mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True).returncode:
    print("folders can be mounted")
print("user", os.getuid())
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """The box after its setup.sh; both submissions lie beside it."""
    try:
        made = gradescope_box.Box(tmp_path_factory.mktemp("box"))
    except OSError as why:
        pytest.skip(str(why))
    built = made.build()
    assert built.status == 0, built.output
    assert "Successfully installed mfdnn-assay" in built.output
    gradescope_box.lay_out(made.folder)
    return made


def test_a_container_is_closed_off_and_runs_as_root(box):
    ended = box.run(box.layers("closed"), "python3", "-c", LEAVES, is_limited=True)
    assert ended.output == "user 0\n"


def test_a_correct_submission_gets_full_points_within_the_memory(box):
    graded = box.grade(box.folder / "correct")
    assert graded.results.score == 100, str(graded)
    assert {test.status for test in graded.results.tests} == {"passed"}
    assert graded.ended.killed == 0
    assert graded.ended.peak < control_groups.MEMORY
    assert graded.level in ("sealed", "confined", "process")


def test_a_submission_with_a_mistake_gets_fewer_and_says_where(box):
    graded = box.grade(box.folder / "wrong")
    assert graded.results.score is not UNSET
    most = sum(check.points for check in find().checks_of(gradescope_box.MODULE))
    assert 0 < graded.results.score < most, str(graded)
    failed = [t for t in graded.results.tests if "problem2" in t.tags and t.status == "failed"]
    assert failed
    assert all(test.output for test in failed)

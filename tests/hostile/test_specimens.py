"""Every specimen of tests/hostile, at every level that this machine offers, as every user.

The specimens run in processes of their own (`tests/hostile/stage.py`): a new grader for each level,
user and kind, so that what one leaves behind is seen by the next.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from levels import offered

from assay.isolation.levels import LEVELS

HERE = Path(__file__).parent / "hostile"
USERS = ("superuser", "ordinary") if hasattr(os, "geteuid") and not os.geteuid() else ("ordinary",)
# By kinds that one process tries, the specimens that there are at least.
KINDS = {"break": 160, "forge,leak,folders": 160}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the levels are Linux's")


# What breaks does so by itself, whoever runs it: as a superuser it is tried at one level, that at
# which a right of theirs is kept.
TRIED = [
    (level, user, kinds)
    for level in LEVELS
    for user in USERS
    for kinds in KINDS
    if kinds != "break" or user == "ordinary" or level == "confined"
]


@pytest.mark.parametrize(("level", "user", "kinds"), TRIED)
def test_every_specimen_gets_the_outcome_that_it_must_and_leaves_nothing(level, user, kinds):
    if not offered(level):
        pytest.skip(f"{level} is not to be had here")
    command = [sys.executable, str(HERE / "stage.py"), level, user, kinds]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    faults = [f"{line['specimen']}: {line['fault']}" for line in told if "fault" in line]
    assert not faults, "\n".join(faults)
    # A process of its own holds neither files nor network, and does not say so.
    unpromised = 100 if level == "process" else 0
    assert told[-1]["tried"] >= KINDS[kinds] - unpromised


def test_a_leak_that_is_not_held_is_seen():
    # The specimens are no use if they cannot leak where nothing holds them.
    command = [sys.executable, str(HERE / "stage.py"), "process", "ordinary", "leak", "opens_a_u"]
    code = (
        "import stage; stage.is_promised = lambda *a: True; import sys; stage.main(*sys.argv[1:])"
    )
    command[1:2] = ["-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=HERE)
    assert done.stdout.count("leaked: a UDP socket") >= 1, done.stderr[-4000:]
    assert done.stdout.count("leaked: a local socket") >= 1

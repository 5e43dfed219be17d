"""Every specimen of tests/hostile, at the levels that this machine offers, as several users.

The specimens run in processes of their own (`tests/hostile/stage.py`): a new grader for each level,
user and kind, so that what one leaves behind is seen by the next.

At once each specimen is tried at the highest level as an ordinary user, and a sample of each kind at
every other level and as every other user; the slow tests try all of them everywhere.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from levels import offered
from places import ROOT

from assay.isolation.levels import LEVELS

HERE = Path(__file__).parent
USERS = ("ordinary", "superuser") if hasattr(os, "geteuid") and not os.geteuid() else ("ordinary",)
# By kinds that one process tries, how many specimens there are at least.
KINDS = {"break": 160, "forge,leak,folders": 160}
SAMPLE = 10  # at the other levels and users, one specimen in so many
SECONDS = 600

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the levels are Linux's"),
    pytest.mark.timeout(SECONDS + 60),
]

EVERYWHERE = [(level, user) for level in LEVELS for user in USERS]


def stage(level, user, kinds, part):
    """Try some specimens; how many there were."""
    if not offered(level):
        pytest.skip(f"this machine does not offer {level}")
    command = [sys.executable, str(HERE / "stage.py"), level, user, kinds, "", part]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr[-4000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    faults = [f"{line['specimen']}: {line['fault']}" for line in lines if "fault" in line]
    assert not faults, "\n".join(faults)
    return lines[-1]["tried"]


@pytest.mark.parametrize("part", ["0/2", "1/2"])
@pytest.mark.parametrize("kinds", KINDS)
def test_every_specimen_is_held_at_the_highest_level(kinds, part):
    highest = next((level for level in LEVELS if offered(level)), "process")
    tried = stage(highest, "ordinary", kinds, part)
    assert tried >= KINDS[kinds] // 2 - (60 if highest == "process" else 0)


@pytest.mark.parametrize(("number", "place"), list(enumerate(EVERYWHERE)))
def test_a_sample_of_specimens_is_held_at_each_level_for_each_user(number, place):
    for kinds, count in KINDS.items():
        tried = stage(*place, kinds, f"{number}/{SAMPLE}")
        assert tried >= (count - (100 if place[0] == "process" else 0)) // SAMPLE


# What breaks does so by itself, whoever runs it: as a superuser it is tried at one level only, the
# one at which a superuser's right is kept. The highest level has been tried above.
ALL = [
    (level, user, kinds)
    for level, user in EVERYWHERE
    for kinds in KINDS
    if (level, user) != (LEVELS[0], "ordinary")
    and (kinds != "break" or user == "ordinary" or level == "confined")
]


@pytest.mark.slow
@pytest.mark.parametrize(("level", "user", "kinds"), ALL)
def test_every_specimen_is_held_at_each_level_for_each_user(level, user, kinds):
    # "process" promises to hold neither files nor network.
    unpromised = 100 if level == "process" else 0
    assert stage(level, user, kinds, "0/1") >= KINDS[kinds] - unpromised


def test_a_leak_is_seen_where_nothing_holds_it():
    # The specimens prove nothing if they could not leak where the level promises nothing.
    code = (
        "import stage; stage.is_promised = lambda *a: True; import sys; stage.main(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "process", "ordinary", "leak", "opens_a_u"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=HERE)
    assert done.stdout.count("leaked: a UDP socket") >= 1, done.stderr[-4000:]
    assert done.stdout.count("leaked: a local socket") >= 1


def test_a_module_that_a_specimen_names_exists():
    # Else a specimen that attacks a module would pass vacuously once the module is renamed.
    named = set()
    for path in HERE.rglob("*.py"):
        if path.parent != HERE:
            text = path.read_bytes().decode("latin-1")
            named |= set(re.findall(r"""["'](assay(?:\.\w+)+)["']""", text))
            assert "brings_its_own_graders" in str(path) or not re.search(r"\bgraders\.", text), path
    assert len(named) >= 4
    for name in named:
        assert importlib.util.find_spec(name), name
    assert (ROOT / "graders" / "problem2_projection.py").exists()

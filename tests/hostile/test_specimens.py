"""Every specimen of tests/hostile, at each level of this machine, as an ordinary user and as root.

The specimens run in processes of their own (`tests/hostile/stage.py`), one after another under the
same grader, so that what one leaves behind shows in the next.

The quick tests try one in 36 of each kind at every level and as every user, with a few inputs for
each check. The slow tests try all that forge or leak at every level: two thirds as an ordinary user,
and at each level another third as root. Those that break are tried once as an ordinary user, and half
of them once as root.
"""

import ast
import contextlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from levels import offered
from places import ROOT

from assay.isolation.levels import LEVELS

HERE = Path(__file__).parent
USERS = ("ordinary", "superuser") if hasattr(os, "geteuid") and not os.geteuid() else ("ordinary",)
# The kinds that one process tries, and the least number of specimens that there are.
KINDS = {"break": 160, "forge,leak,folders": 160}
UNPROMISED = 100  # specimens, about: of files and network, which "process" does not restrict
SAMPLE = 36
INPUTS = "6"  # of each check: what a specimen gains does not depend on how many there are
SECONDS = 600

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the levels need Linux"),
    pytest.mark.timeout(SECONDS + 60),
]


def run(*arguments, start=(str(HERE / "stage.py"),)):
    """What the stage prints; whatever happens, it and its zygotes end."""
    command = [sys.executable, *start, *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=HERE,
    )
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert process.returncode == 0, err[-4000:]
    return [json.loads(line) for line in out.splitlines()]


def stage(levels, *arguments):
    """Try specimens; by level, how many there were."""
    lines = run(",".join(levels), *arguments)
    faults = [f"{e['specimen']} at {e['level']}: {e['fault']}" for e in lines if "fault" in e]
    assert not faults, "\n".join(faults)
    return {line["level"]: line["tried"] for line in lines if "tried" in line}


def least(level, kinds):
    """How many specimens of some kinds a level is tried with, at least."""
    return sum(KINDS[k] for k in kinds) - (UNPROMISED if level == "process" else 0)


@pytest.mark.parametrize(("first", "user"), list(enumerate(USERS)))
def test_a_sample_of_each_kind_is_contained_at_each_level_as_each_user(first, user):
    levels = [level for level in LEVELS if offered(level)]
    # Eight apart, so that no specimen is tried twice.
    tried = stage(levels, user, ",".join(KINDS), "", f"{8 * first}/{SAMPLE}", INPUTS)
    assert list(tried) == levels
    for level, count in tried.items():
        assert count >= least(level, KINDS) // SAMPLE


@pytest.mark.slow
@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize(("third", "level"), list(enumerate(LEVELS)))
@pytest.mark.parametrize("user", ("ordinary", "superuser"))
def test_every_specimen_is_contained_at_each_level(user, third, level, kinds):
    if not offered(level):
        pytest.skip(f"this machine does not offer {level}")
    share, parts = f"{third}/3", 2
    if user == "superuser":
        if user not in USERS:
            pytest.skip("only root can become another user")
        if kinds == "break":
            share, parts = f"{2 * third}/6", 1
    elif "superuser" in USERS:
        share, parts = f"{(third + 1) % 3},{(third + 2) % 3}/3", 4
        if kinds == "break":  # most of the time goes into them
            share, parts = f"{(third + 1) % 3}/3", 2
    else:
        share, parts = "0/1", 6
    tried = stage([level], user, kinds, "", share, INPUTS)[level]
    assert tried >= least(level, [kinds]) * parts // 6 - 1


def test_a_leak_is_seen_where_nothing_prevents_it():
    # The specimens prove nothing if they could not leak where the level promises nothing.
    code = (
        "import stage; stage.is_promised = lambda *a: True; import sys; stage.main(*sys.argv[1:])"
    )
    lines = run("process", "ordinary", "leak", "opens_a_u", "0/1", "6", start=("-c", code))
    faults = " ".join(line["fault"] for line in lines if "fault" in line)
    assert "leaked: a UDP socket" in faults
    assert "leaked: a local socket" in faults


def specimens():
    """The text of every file of every specimen."""
    for path in sorted(HERE.rglob("*.py")):
        if path.parent != HERE and "__pycache__" not in path.parts:
            yield path, path.read_bytes().decode("latin-1")


def modules_named(text):
    """The modules of this project that a text imports, or names in a string of its own."""
    names = set(re.findall(r"""["']((?:assay|graders)(?:\.\w+)+)["']""", text))
    names |= set(re.findall(r"^\s*import ((?:assay|graders)\b[\w.]*)", text, re.M))
    for module, imported in re.findall(
        r"^\s*from ((?:assay|graders)\b[\w.]*) import (\w+|\()", text, re.M
    ):
        names.add(module)
        names |= {f"{module}.{imported}"} if (ROOT / module.replace(".", "/")).is_dir() else set()
    return names


def exists(name):
    """Whether a module is in the tree, or a name that its package exports."""
    top = name.partition(".")[0]
    if top == "assay":
        package, _, last = name.rpartition(".")
        with contextlib.suppress(ImportError):
            return bool(importlib.util.find_spec(name)) or last in getattr(
                importlib.import_module(package), "__all__", ()
            )
        return False
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_every_module_that_a_specimen_names_exists():
    # Otherwise a specimen that attacks a module proves nothing once the module is renamed.
    named = {name: path for path, text in specimens() for name in modules_named(text)}
    assert {"assay", "assay.protocol.wire", "assay.grading.session", "graders"} <= named.keys()
    gone = {name: str(path) for name, path in named.items() if not exists(name)}
    assert gone == {}


def test_a_module_that_is_gone_is_noticed():
    text = 'import graders.sandbox\nfrom assay.sitting import x\nm = "graders.grade"\n'
    assert modules_named(text) == {"graders.sandbox", "assay.sitting", "graders.grade"}
    assert not any(map(exists, modules_named(text)))
    assert exists("assay.Student")


def test_a_folder_of_ours_that_a_specimen_brings_is_named_as_in_the_tree():
    # Modules that are to be found instead of ours must have the names of ours.
    for folder in ("brings_its_own_graders", "brings_its_own_reference"):
        for path in (HERE / "folders" / folder).rglob("*/*.py"):
            inside = path.relative_to(HERE / "folders" / folder)
            assert (ROOT / inside).is_file(), inside


def test_only_this_file_of_the_folder_is_collected():
    text = (HERE / "conftest.py").read_text("utf-8")
    body = ast.parse(text).body
    ignored = next(ast.literal_eval(n.value) for n in body if isinstance(n, ast.Assign))
    there = {path.name for path in HERE.iterdir()} - {"__pycache__"}
    assert there - set(ignored) == {"conftest.py", Path(__file__).name}

"""A canary notices what a level fails to prevent; no level is claimed that it did not confirm."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from levels import offered
from places import ROOT

from assay.batch import grade_class as grading
from assay.commands import cli
from assay.isolation import scratch
from assay.isolation.levels import LEVELS, promise
from assay.record import Record
from assay.sandbox.host import Sandbox
from assay.verdict import Broken

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the levels are Linux's")

TRIAL = """
import sys, tempfile
from pathlib import Path
from assay.isolation import canary, kernel, levels, seal, syscalls
from assay.isolation.ground import Ground
import py_landlock.landlock_sys
levels.prepare()
{patch}
print(canary.trial({level!r}, Ground(Path(tempfile.mkdtemp(dir=sys.argv[1])))))
"""
LESS = {
    "no call is filtered": (
        "confined",
        "syscalls.restrict = lambda compiled: None",
        "AF_INET",
    ),
    "no file is restricted": (
        "confined",
        "py_landlock.landlock_sys.restrict_self = lambda *a: None",
        "read other files",
    ),
    "a socket is allowed": (
        "confined",
        "syscalls.REFUSED = syscalls.REFUSED.replace('socket ', '')\\n"
        "syscalls.FILES += ' socket'\\nlevels._calls.cache_clear()",
        "open a socket of AF_UNIX",
    ),
    "the old root stays": ("sealed", "kernel.change_root = lambda root: None", ""),
    "its home cannot be written": (
        "confined",
        "levels._allow = lambda rules, path, access, old=levels._allow: "
        "None if 'tmp' in path.name else old(rules, path, access)",
        "could not work",
    ),
    "the installation cannot be read": (
        "confined",
        "Ground.readable = lambda self: []",
        "",  # whatever fails first
    ),
    "the kernel says no": (
        "sealed",
        "def no(flags): raise OSError(1, 'unshare: not here')\\nkernel.unshare = no",
        "unshare: not here",
    ),
}


def trial(folder, level, patch=""):
    """What a canary reports of a level, in a process whose confinement is patched first."""
    if not offered(level):
        pytest.skip("this machine does not offer the level")
    command = [sys.executable, "-c", TRIAL.format(patch=patch, level=level), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=90)


@pytest.mark.parametrize(("level", "patch", "reason"), LESS.values(), ids=LESS)
def test_a_canary_notices_what_a_level_does_not_prevent(tmp_path, level, patch, reason):
    done = trial(tmp_path, level, patch.replace("\\n", "\n"))
    assert done.stdout.strip(), "it noticed nothing"
    assert reason in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("level", LEVELS[:2])
def test_a_canary_reports_nothing_where_the_level_works(tmp_path, level):
    done = trial(tmp_path, level)
    assert done.stdout == "\n", done.stdout + done.stderr


HALF = """
import sys
from assay.isolation import canary, kernel
from assay.sandbox import zygote
canary.choose = lambda wanted, ground: ("sealed", {})  # as if the trial had passed
def fail(*_):
    raise OSError("pivot_root: not this time")
kernel.change_root = fail
zygote.main()
"""


def test_a_set_up_that_fails_half_way_ends_the_zygote_before_its_first_message(tmp_path):
    ours, theirs = socket.socketpair()
    order = json.dumps({"scratch": str(tmp_path), "homework": str(ROOT)})
    command = [sys.executable, "-c", HALF, str(theirs.fileno()), order]
    with ours, theirs:
        done = subprocess.run(
            command,
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=90,
        )
        theirs.close()
        assert ours.recv(1) == b""
    assert done.returncode != 0
    assert "not this time" in done.stderr or "unshare" in done.stderr


WITHOUT_NAMESPACES = """
import os, subprocess, sys
from pathlib import Path
from assay.isolation import kernel
user, group = os.geteuid(), os.getegid()
kernel.unshare(kernel.CLONE_NEWUSER)
for name, text in (("uid_map", f"{user} {user} 1"), ("setgroups", "deny"), ("gid_map", f"{group} {group} 1")):
    Path(f"/proc/self/{name}").write_text(text)
Path("/proc/sys/user/max_user_namespaces").write_text("0")
kernel.keep_capabilities()
sys.exit(subprocess.run([sys.executable, "-m", "assay.commands.cli", *sys.argv[1:]]).returncode)
"""  # noqa: E501 - a program in a string


def test_without_namespaces_the_level_is_lower_and_the_reason_shown():
    if not offered("confined"):
        pytest.skip("this machine does not offer the level")
    command = [sys.executable, "-c", WITHOUT_NAMESPACES, "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=90)
    if "unshare" in done.stderr:
        pytest.skip("this machine has no namespaces at all")
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if " " in line)
    assert lines["isolation"].startswith("confined: "), done.stdout + done.stderr
    assert "not sealed" in done.stdout
    assert "user.max_user_namespaces" in done.stdout


def test_a_wanted_level_is_given_or_refused_and_never_lowered():
    with Sandbox(fork=False, level="sealed") as sandbox, pytest.raises(Broken, match="sealed"):
        sandbox.level  # noqa: B018 - the access is what is tried
    with Sandbox(fork=False) as sandbox:
        assert sandbox.level == "process"


@pytest.mark.slow
def test_a_batch_below_confined_needs_an_instructors_consent(tmp_path, monkeypatch):
    students, out = tmp_path / "class", tmp_path / "out"
    students.mkdir()
    (students / "ann.py").write_text("def project(y, a):\n    return y\n")
    monkeypatch.setattr(grading, "level_here", lambda homework: "process")
    command = ["batch", str(students), "--out", str(out), "--jobs", "1"]
    refused = CliRunner().invoke(cli.main, command)
    assert refused.exit_code == 2
    assert "--allow-unconfined" in refused.output
    assert not out.exists()
    taken = CliRunner().invoke(cli.main, [*command, "--allow-unconfined"])
    assert taken.exit_code == 0, taken.output
    assert taken.output.startswith("isolation: process")
    assert Record(out).result("ann").isolation == "process"


def test_the_level_is_the_first_line_and_stands_in_the_result(tmp_path):
    (tmp_path / "problem2_projection.py").write_text("def project(y, a):\n    return y\n")
    shown = CliRunner().invoke(cli.main, ["check", str(tmp_path), "--only", "problem2"])
    with Sandbox() as sandbox:
        assert shown.output.startswith(f"isolation: {sandbox.level} ({promise(sandbox.level)[:20]}")


@pytest.mark.parametrize("size", [1, 4000])
def test_a_folder_is_removed_however_deep_or_closed_it_is(tmp_path, size):
    home, before = tmp_path / "home", Path.cwd()
    home.mkdir()
    os.chdir(home)
    try:
        for _ in range(size):
            Path("deeper").mkdir()
            os.chdir("deeper")
            Path("file").touch()
            Path("link").symlink_to("/etc")
        Path("closed").mkdir(mode=0)
    finally:
        os.chdir(before)
    scratch.remove(home)
    assert not home.exists()
    assert Path("/etc").is_dir()


def test_what_fills_the_disk_counts_even_if_the_file_was_removed(tmp_path):
    assert not scratch.is_overfull(tmp_path, os.getpid())
    with (tmp_path / "big").open("wb") as file:
        file.write(bytes(scratch.ROOM + 2**20))
        file.flush()
        assert scratch.is_overfull(tmp_path, os.getpid())
        (tmp_path / "big").unlink()
        assert scratch.is_overfull(tmp_path, os.getpid())
    assert not scratch.is_overfull(tmp_path, os.getpid())
    for number in range(scratch.ENTRIES + 1):
        (tmp_path / str(number)).touch()
    assert scratch.is_overfull(tmp_path, os.getpid())

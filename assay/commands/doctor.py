"""What this machine offers: versions, the isolation and what would raise it, what a child sees."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import assay
from assay.foreign import plain
from assay.homework import Homework
from assay.isolation import levels
from assay.isolation.ground import NOBODY, Ground
from assay.protocol import wire
from assay.sandbox.host import Sandbox
from assay.sandbox.student import Student
from assay.verdict import Broken

# Runs in a child, as a submission would: what it can find out about the kit and the machine.
LOOK = """
import importlib
import os
import sys


def modules():
    kit = ("assay", "graders", "reference")
    return sorted(name for name in sys.modules if name.startswith(kit))


def path():
    return list(sys.path)


def top():
    try:
        return sorted(os.listdir("/"))
    except OSError as fault:
        return [str(fault)]


def files(folders):
    found = []
    for folder in folders:
        for inner, _, names in os.walk(folder):
            for name in names:
                try:
                    open(os.path.join(inner, name), "rb").close()
                except OSError:
                    continue
                found.append(os.path.join(inner, name))
    return sorted(name for name in found if not name.endswith(".pyc"))


def imports(name):
    try:
        importlib.import_module(name)
    except ImportError as fault:
        return str(fault)
    return f"{name} can be imported"
"""

LIBRARIES = ("torch", "numpy", "scipy", "sympy", "hypothesis", "pytest")

RAISE = {
    "sealed": "it is the highest",
    "confined": "allow user namespaces: as a superuser, sysctl -w user.max_user_namespaces=15000; "
    "on Ubuntu also sysctl -w kernel.apparmor_restrict_unprivileged_userns=0; in a container, run "
    "it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined",
    "process": "use Linux 5.13 or newer with Landlock and libseccomp (apt install libseccomp2; "
    "`lsm=` of the kernel's command line names landlock); elsewhere, a container or a virtual "
    "machine that you can spare",
}


def child_view(homework: Homework) -> Iterator[tuple[str, str]]:
    """What a submission's process sees of the kit and of this machine, asked in such a process."""
    own = [Path(assay.__file__).parent, homework.folder / "graders", homework.reference_folder]
    source = wire.Load("look", (wire.Cell("look.py", LOOK),), False, {}, {})
    with (
        Sandbox(homework=homework) as sandbox,
        closing(Student(sandbox, source, "", 0)) as student,
    ):
        yield "isolation", f"{sandbox.level}: {levels.promise(sandbox.level)}"
        for name in student.modules():
            yield "in memory", plain(name)
        for name in student.files([str(folder) for folder in own]):
            yield "readable", plain(name)
        for name in student.path():
            yield "import path", plain(name)
        yield "top folder", plain(" ".join(student.top()))
        yield "refused", plain(student.imports("assay.report"))


def examine(homework: Homework) -> Iterator[tuple[str, str]]:
    """Name and value of each line."""
    yield "assay", assay.__version__
    yield "homework", f"{homework.title}, {homework.digest[:12]}, in {homework.folder}"
    yield "python", f"{platform.python_version()} at {sys.executable}"
    yield "system", platform.platform()
    for name in LIBRARIES:
        yield name, version(name)
    yield "processes", "forked from a warm one" if sys.platform == "linux" else "started fresh each"
    try:
        with Sandbox(homework=homework) as sandbox:
            level, reasons = sandbox.level, sandbox.reasons
    except Broken as fault:
        yield "isolation", str(fault)
        return
    yield "isolation", f"{level}: {levels.promise(level)}"
    for higher, reason in reasons.items():
        yield f"not {higher}", reason
    yield "to raise it", RAISE[level]
    yield "user", _user(level)


def _user(level: levels.Level) -> str:
    """Whose privileges a submission has: in a container the grader is often a superuser."""
    if not hasattr(os, "geteuid") or os.geteuid():
        return "an ordinary user; a submission has no more privileges than that"
    if Ground(Path(tempfile.gettempdir())).is_superuser():
        return f"a superuser; a submission runs as user {NOBODY}, without any privilege"
    if level == "process":
        return "user 0, which cannot become another one here: a submission keeps what user 0 may do"
    return "user 0, which cannot become another one here: a submission has no privilege of it"

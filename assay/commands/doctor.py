"""What this machine offers: versions, the isolation level, and what would raise it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version

import assay
from assay.homework import Homework
from assay.isolation import levels
from assay.sandbox.host import Sandbox
from assay.verdict import Broken

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

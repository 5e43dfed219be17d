"""Finds the isolation level of this machine by trial: a canary process tries what it must not do.

A level is never inferred from versions: a kernel, a container or a security module may disable any
part of it. The canary also tries what every student needs.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import select
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from assay.isolation import kernel, levels
from assay.isolation.ground import Ground
from assay.isolation.levels import LEVELS, Level

SECONDS = 10.0  # that a trial may take
LIBRARIES = ("json", "numpy", "torch", "scipy", "sympy", "assay.protocol.values")


def choose(wanted: Level | None, ground: Ground) -> tuple[Level | None, dict[str, str]]:
    """The strictest level that a canary confirms here, and why stricter ones are not available.

    Args:
        wanted: try only this level.
    Returns:
        None for the level if the wanted one is not available.
    """
    reasons: dict[str, str] = {}
    for level in (wanted,) if wanted else LEVELS:
        reason = trial(level, ground)
        if not reason:
            return level, reasons
        reasons[level] = reason
    if ground.is_superuser() and ground.deprive and wanted in (None, "process"):
        ground.deprive = False
        return "process", reasons
    return None, reasons


def trial(level: Level, ground: Ground) -> str:
    """Why a level is not available, found out in a process that then ends; empty if it is."""
    handle, secret = tempfile.mkstemp(dir=ground.scratch, prefix="secret-")
    os.write(handle, b"secret")
    os.close(handle)
    try:
        return _in_fork(lambda: _enclosed_trial(level, ground, Path(secret)))
    finally:
        Path(secret).unlink()


def _enclosed_trial(level: Level, ground: Ground, secret: Path) -> str:
    levels.enclose(level, ground)
    home = Path(tempfile.mkdtemp(dir=ground.homes))
    first = os.getpid()

    def canary() -> str:
        levels.enter(levels.confinement(level, ground, home))
        problems = list(unfit(home))
        if level != "process":
            problems += [
                f"it can {name}" for name, act in forbidden(level, secret, first) if _succeeds(act)
            ]
        return "; ".join(problems)

    try:
        return _in_fork(canary)
    finally:
        home.rmdir()


def unfit(home: Path) -> Iterator[str]:
    """What an honest submission needs and lacks here."""
    folder = home / "folder"
    try:
        folder.mkdir()
        (folder / "file").write_text("kept")
        (folder / "file").rename(home / "moved")
        if (home / "moved").read_text() != "kept":
            yield "a file does not keep what is written to it"
        (home / "moved").unlink()
        folder.rmdir()
        Path(os.devnull).write_text("nothing")
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    except (OSError, RuntimeError) as fault:
        yield f"an honest submission could not work: {fault}"
    for name in LIBRARIES:
        try:
            spec = importlib.util.find_spec(name)
            Path(str(spec and spec.origin)).read_bytes()
        except (OSError, ImportError) as fault:
            yield f"{name} cannot be imported: {fault}"


def forbidden(
    level: Level, secret: Path, parent: int
) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a level above "process" must prevent, as acts that have to fail."""
    yield "read other files", secret.read_bytes
    yield "list other folders", lambda: os.listdir(secret.parent)
    yield "write other files", lambda: (secret.parent / "planted").touch()
    yield "change modes", lambda: secret.chmod(0o600)
    for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_VSOCK"):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            if number := getattr(socket, family, None):
                yield f"open a socket of {family}", partial(socket.socket, number, kind)
    pair = (socket.AF_UNIX, socket.SOCK_DGRAM)
    yield "send datagrams by name", partial(socket.socketpair, *pair)
    yield "start a process", _fork
    yield "signal other processes", lambda: os.kill(parent, 0)
    yield "make files in memory", lambda: os.memfd_create("canary")
    yield "make namespaces", lambda: kernel.unshare(kernel.CLONE_NEWUSER)
    yield (
        "act as a superuser",
        lambda: _expect(kernel.capabilities() not in (0, kernel.CAP_DAC_READ_SEARCH)),
    )
    if level == "sealed":
        yield "see other files", secret.stat
        yield "see processes", lambda: Path("/proc/1").stat()
        yield "see its parent", lambda: _expect(os.getppid() != 1)


def _fork() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def _expect(true: bool) -> None:
    if not true:
        raise PermissionError


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True


def _in_fork(function: Callable[[], str]) -> str:
    """What a function returns in a process of its own: its text, or how it failed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            try:
                text = function()
            except Exception as fault:  # noqa: BLE001 - every failure is the answer
                text = str(fault) or type(fault).__name__
            os.write(writer, b"=" + text.encode()[:60_000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read() if select.select([pipe], [], [], SECONDS)[0] else b""
    if not answer:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return answer[1:].decode() if answer else f"the trial ended with status {status}"

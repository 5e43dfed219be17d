"""Starts and ends children: forked from a warm zygote, or as a fresh process each."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from assay.homework import Homework
from assay.isolation import scratch
from assay.isolation.levels import Level
from assay.protocol.channel import Channel, Closed, PipeChannel, SocketChannel
from assay.sandbox import stem, zygote
from assay.sandbox.starting import environment, python

START_SECONDS = 60.0  # for a cold zygote to import the public libraries
ORDER_SECONDS = 10.0  # for a warm zygote to fork or to end a child


class Gone(Exception):
    """The process that children are forked from has ended, and they with it."""


@dataclass(frozen=True)
class Standing:
    """The isolation in force, and why it is not stricter."""

    level: Level
    reasons: dict[str, str]


class Launcher(Protocol):
    """Starts and ends children."""

    def standing(self) -> Standing:
        """The isolation that children get."""

    def open(self) -> tuple[Channel, int]:
        """A new child: the channel to it and its process id."""

    def end(self, pid: int) -> int:
        """Stop a child and everything it started; its exit status, negative for a signal.

        Raises:
            Gone: the launcher itself has ended.
        """

    def close(self) -> None:
        """Stop everything."""


class Forking:
    """Children forked from a warm zygote, 15 to 25 ms each."""

    def __init__(
        self,
        homework: Homework,
        level: Level | None = None,
        *,
        long_run: bool = False,
        libraries: tuple[str, ...] = (),
    ) -> None:
        self.greeting: zygote.Greeting | None = None
        self.ready = False
        # Removed by this process, so that it goes even if the zygote was killed.
        self.scratch = tempfile.mkdtemp(prefix="assay-")
        order = _order(homework, self.scratch, level, long_run, libraries)
        self.process: stem.Forked | subprocess.Popen[bytes]
        self.control, self.process = _forked(order) or _started(order, self.scratch)

    def standing(self) -> Standing:
        """What the zygote reports before it warms up."""
        if self.greeting is None:
            self.control.settimeout(START_SECONDS)
            size = int.from_bytes(self._read(4), "big")
            self.greeting = msgspec.json.decode(self._read(size), type=zygote.Greeting)
        if self.greeting.level is None:
            reasons = "; ".join(f"{name}: {why}" for name, why in self.greeting.reasons.items())
            raise OSError(f"this machine offers no such isolation: {reasons}")
        return Standing(self.greeting.level, self.greeting.reasons)

    def open(self) -> tuple[Channel, int]:
        """Fork a child."""
        self._warm()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.control.settimeout(ORDER_SECONDS)
                socket.send_fds(self.control, [zygote.FORK], [theirs.fileno()])
                pid = int.from_bytes(self._read(8), "big")
        except BaseException:
            ours.close()
            raise
        return SocketChannel(ours), pid

    def end(self, pid: int) -> int:
        """Let the zygote end a child."""
        try:
            self.control.settimeout(ORDER_SECONDS)
            self.control.sendall(zygote.END + pid.to_bytes(8, "big"))
            return int.from_bytes(self._read(8), "big", signed=True)
        except (Closed, OSError):
            self.close()
            raise Gone from None

    def close(self) -> None:
        """Hang up; the zygote then ends its children and itself."""
        self.control.close()
        try:
            self.process.wait(timeout=2.0 if self.ready else 0.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        scratch.remove(Path(self.scratch))

    def _warm(self) -> None:
        self.standing()
        if not self.ready:
            self.control.settimeout(START_SECONDS)
            self._read(1)
            self.ready = True

    def _read(self, size: int) -> bytes:
        answer = b""
        while len(answer) < size:
            part = self.control.recv(size - len(answer))
            if not part:
                raise Closed
            answer += part
        return answer


class Spawning:
    """Children that are fresh processes, 3 to 5 s each; this works on every system."""

    def __init__(self, homework: Homework) -> None:
        self.homework = homework
        self.processes: dict[int, tuple[subprocess.Popen[bytes], Path]] = {}

    def standing(self) -> Standing:
        """Without fork, a separate process is the only level."""
        return Standing("process", dict.fromkeys(("sealed", "confined"), "it needs Linux"))

    def open(self) -> tuple[Channel, int]:
        """Start a process."""
        home = Path(tempfile.mkdtemp(prefix="assay-"))
        process = subprocess.Popen(
            python("spawned", _order(self.homework, str(home))),
            env=environment(str(home)),
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.processes[process.pid] = process, home
        assert process.stdin
        assert process.stdout
        return PipeChannel(process.stdout, process.stdin), process.pid  # type: ignore[arg-type]

    def end(self, pid: int) -> int:
        """Stop a process and its group."""
        process, home = self.processes.pop(pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        process.kill()
        status = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        scratch.remove(home)
        return status

    def close(self) -> None:
        """Stop every process."""
        for pid in list(self.processes):
            self.end(pid)


def _order(
    homework: Homework,
    folder: str,
    level: Level | None = None,
    long_run: bool = False,
    libraries: tuple[str, ...] = (),
) -> str:
    materials = homework.replaced
    order = zygote.Order(folder, str(homework.folder), materials, level, long_run, libraries)
    return msgspec.json.encode(order).decode()


def _forked(order: str) -> tuple[socket.socket, stem.Forked] | None:
    """A zygote forked from the stem, in a worker that was; None elsewhere, or without the stem."""
    if stem.here is None:
        return None
    try:
        forked = stem.fork(stem.here, stem.Order("assay.sandbox.zygote", "serve", order))
    except OSError:
        return None
    return forked.channel, forked


def _started(order: str, scratch: str) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """A zygote that imports the libraries itself."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            python("zygote", str(theirs.fileno()), order),
            pass_fds=[theirs.fileno()],
            env=environment(scratch),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    return ours, process

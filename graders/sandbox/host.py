"""The grader's side of the sandbox: starts children, speaks to them, and ends them from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec

from graders.outcome import Broken, Died, Refused, TimedOut, Verdict
from graders.sandbox import scratch, wire, zygote
from graders.sandbox.channel import Channel, Closed, Late, PipeChannel, SocketChannel
from graders.sandbox.confine import Level

ROOT = str(Path(__file__).resolve().parents[2])
START_SECONDS = 60.0  # that a cold zygote may take to import the public libraries
ORDER_SECONDS = 10.0  # that a warm zygote may take to fork or to end a child
SETUP_SECONDS = 60.0  # that a child may take to be there: a spawned one imports everything
TRUSTED_SECONDS = 10.0  # that a judgement of the kit's own may take on a student's data
LAUNCHER_GONE = -2000  # as an exit status
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Gone(Exception):
    """The process that children come from has ended, and they with it."""


@dataclass(frozen=True)
class Standing:
    """The isolation in force, and why it is no higher."""

    level: Level
    reasons: dict[str, str]


class Launcher(Protocol):
    """Starts and ends children."""

    def standing(self) -> Standing:
        """The isolation that children get."""

    def open(self) -> tuple[Channel, int]:
        """A new child: the channel to it and its process id."""

    def end(self, pid: int) -> int:
        """Stop a child with all that it started; its exit status, negative for a signal.

        Raises:
            Gone: the launcher itself has ended.
        """

    def close(self) -> None:
        """Stop everything."""


@dataclass
class Child:
    """One confined process; every fault of it becomes a verdict."""

    launcher: Launcher
    channel: Channel
    pid: int
    ended: bool = False

    def ask(self, message: wire.ToChild, seconds: float) -> wire.FromChild:
        """Send one message and wait for its answer.

        Raises:
            TimedOut, Died, Refused: what became of the child instead; it is ended.
            Broken: the kit's own process ended, and the child with it.
        """
        try:
            self.channel.send(wire.frame(message, wire.ORDER_LIMIT), seconds)
            return wire.from_child(self.channel.receive(seconds))
        except Late:
            self.close()
            raise TimedOut(f"no answer within {seconds:g} s") from None
        except Closed:
            raise self._death() from None
        except wire.WireError as fault:
            self.close()
            raise Refused(f"what came back cannot be read: {fault}") from None

    def close(self) -> int:
        """End the child; its exit status. One whose launcher is gone has ended with it."""
        if self.ended:
            return 0
        self.ended = True
        self.channel.close()
        try:
            return self.launcher.end(self.pid)
        except Gone:
            return LAUNCHER_GONE

    def _death(self) -> Verdict:
        """Why the child is not there any more: its own doing, or ours."""
        status = self.close()
        if status == LAUNCHER_GONE:
            return Broken("the kit's own process, which holds the hand-in's, was ended")
        return Died(_obituary(status))


class Sandbox:
    """Where children come from: a warm zygote that forks, or a fresh process each without fork.

    Use it as a context manager; it starts at once and warms up while the caller goes on.

    Args:
        fork: None asks the system: fork on Linux, a fresh process elsewhere.
        level: the isolation to have, or none at all; None for the highest that a canary proves.
        flow: other weights of the given flow, which students may read.
        long_run: many children will follow, so that slow imports are worth doing once.
    """

    def __init__(
        self, *, fork: bool | None = None, level: Level | None = None, flow: str = "",
        long_run: bool = False,
    ) -> None:  # fmt: skip
        self._wanted, self._proved = level, False
        forks = sys.platform == "linux" if fork is None else fork
        self._forking: dict[str, Any] | None = (
            {"flow": flow, "long_run": long_run} if forks else None
        )
        self.launcher = self._launched()

    @property
    def level(self) -> Level:
        """The isolation that children get; waits until the zygote has proved it, some 0.1 s.

        Raises:
            Broken: the level that was wanted is not to be had, or no zygote could be started.
        """
        if not self._proved:
            self._told_standing()
        return cast(Level, self._wanted)

    @property
    def reasons(self) -> dict[str, str]:
        """Why the higher levels are not to be had here, by level; raises like `level`."""
        return self._told_standing().reasons

    def _launched(self) -> Launcher:
        return Spawning() if self._forking is None else Forking(self._wanted, **self._forking)

    def _told_standing(self) -> Standing:
        try:
            return self._standing()
        except (Closed, Late, OSError) as fault:
            raise Broken(f"the kit's own process could not be started: {fault!r}") from None

    def _standing(self) -> Standing:
        standing = self.launcher.standing()
        if self._wanted not in (None, standing.level):
            raise Broken(f"{self._wanted} isolation takes fork, and there is none here")
        # What was proved first holds for as long as this sandbox lives.
        self._wanted, self._proved = standing.level, True
        return standing

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def child(self) -> Child:
        """A new child that has run nothing yet; a dead zygote is replaced once.

        Raises:
            Broken: no child could be started.
        """
        try:
            channel, pid = self._open()
        except (Closed, Late, OSError):
            self.launcher.close()
            self.launcher = self._launched()
            try:
                channel, pid = self._open()
            except (Closed, Late, OSError) as fault:
                raise Broken(f"no process could be started for the hand-in: {fault!r}") from None
        child = Child(self.launcher, channel, pid)
        try:
            # Sent before any code of a student's runs: from here on, how it ends is hers.
            channel.receive(SETUP_SECONDS)
        except (Closed, Late, wire.WireError):
            child.close()
            raise Broken("the hand-in's process could not be set up") from None
        return child

    def trusted(self, module: str, function: str, *arguments: wire.Value) -> wire.Returned:
        """Run a function of the kit's own on untrusted data, in a child with limits.

        Raises:
            TimedOut, Died: the data were too much for the limits.
        """
        child = self.child()
        try:
            message = wire.Trusted(module, function, arguments)
            return cast(wire.Returned, child.ask(message, TRUSTED_SECONDS))
        finally:
            child.close()

    def close(self) -> None:
        """End every child and the zygote."""
        self.launcher.close()

    def _open(self) -> tuple[Channel, int]:
        self._standing()
        return self.launcher.open()


class Forking:
    """Children forked from a warm zygote, 15 to 25 ms each."""

    def __init__(
        self, level: Level | None = None, *, flow: str = "", long_run: bool = False
    ) -> None:
        ours, theirs = socket.socketpair()
        self.control = ours
        self.greeting: zygote.Greeting | None = None
        self.ready = False
        # Ours to remove, so that it goes even where the zygote was killed.
        self.scratch = tempfile.mkdtemp(prefix="assay-")
        extra = (flow,) if flow else ()
        order = msgspec.json.encode(zygote.Order(self.scratch, level, extra, long_run)).decode()
        with theirs:
            self.process = subprocess.Popen(
                _python("zygote", str(theirs.fileno()), order),
                pass_fds=[theirs.fileno()], env=_environment(self.scratch), cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def standing(self) -> Standing:
        """What the zygote says of itself before it warms up."""
        if self.greeting is None:
            self.control.settimeout(START_SECONDS)
            size = int.from_bytes(self._read(4), "big")
            self.greeting = msgspec.json.decode(self._read(size), type=zygote.Greeting)
        if self.greeting.level is None:
            reasons = "; ".join(f"{name}: {why}" for name, why in self.greeting.reasons.items())
            raise OSError(f"no isolation is to be had here: {reasons}")
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
        """Have the zygote end a child."""
        try:
            self.control.settimeout(ORDER_SECONDS)
            self.control.sendall(zygote.END + pid.to_bytes(8, "big"))
            return int.from_bytes(self._read(8), "big", signed=True)
        except (Closed, OSError):
            self.close()
            raise Gone from None

    def close(self) -> None:
        """Hang up, so that the zygote ends its children and itself."""
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
    """Children that are fresh processes, 3 to 5 s each: the plainest way, and it works anywhere."""

    def __init__(self) -> None:
        self.processes: dict[int, tuple[subprocess.Popen[bytes], Path]] = {}

    def standing(self) -> Standing:
        """A process of its own is all that there is without fork."""
        return Standing("process", dict.fromkeys(("sealed", "confined"), "it takes Linux"))

    def open(self) -> tuple[Channel, int]:
        """Start a process."""
        home = Path(tempfile.mkdtemp(prefix="assay-"))
        process = subprocess.Popen(
            _python("spawned"), env=_environment(str(home)), cwd=home,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes[process.pid] = process, home
        assert process.stdin
        assert process.stdout
        return PipeChannel(process.stdout, process.stdin), process.pid  # type: ignore[arg-type]

    def end(self, pid: int) -> int:
        """Stop a process and what shares its group."""
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


def _python(module: str, *arguments: str) -> list[str]:
    start = f"import sys; sys.path[:0] = [{ROOT!r}] * ({ROOT!r} not in sys.path); "
    start += f"from graders.sandbox.{module} import main; main()"
    # Like -I, but for PYTHONMALLOC: the environment is ours, no other PYTHON variable is in it.
    return [sys.executable, "-P", "-s", "-c", start, *arguments]


def _environment(home: str) -> dict[str, str]:
    kept = dict.fromkeys(("TEMP", "TMP") if sys.platform == "win32" else ("TMPDIR",), home)
    kept |= {name: os.environ[name] for name in KEPT if name in os.environ}
    # One thread each: a fork after a threaded operation hangs; more arenas eat address space.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    kept |= dict.fromkeys(threads, "1") | {"MALLOC_ARENA_MAX": "2", "MPLBACKEND": "Agg"}
    # No name is to be looked up: a sealed root has no /etc/passwd.
    kept |= {"HOME": home, "USER": "student", "LOGNAME": "student"}
    # The zygote's heap on huge pages: a fork and its end copy and free 500 times fewer table
    # entries (20 ms -> 6 ms). Python's own arenas are too small to be on any.
    return kept | {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def _obituary(status: int) -> str:
    if status == zygote.OVERFULL:
        room = f"{scratch.ROOM // 2**20} MiB or {scratch.ENTRIES} files"
        return f"the process wrote more than {room} and was stopped"
    if status >= 0:
        return f"the process ended by itself (exit code {status}) before it answered"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the process was ended by {name} before it answered"

"""The grader's side of the sandbox: starts children, speaks to them, and ends them from outside."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from graders.outcome import Broken, Died, Refused, TimedOut
from graders.sandbox import confine, wire, zygote
from graders.sandbox.channel import Channel, Closed, Late, PipeChannel, SocketChannel

ROOT = str(Path(__file__).resolve().parents[2])
START_SECONDS = 60.0  # that a cold zygote may take to import the public libraries
ORDER_SECONDS = 10.0  # that a warm zygote may take to fork or to end a child
SETUP_SECONDS = 60.0  # that a child may take to be there: a spawned one imports everything
TRUSTED_SECONDS = 10.0  # that a judgement of the kit's own may take on a student's data
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Launcher(Protocol):
    """Starts and ends children."""

    def open(self) -> tuple[Channel, int]:
        """A new child: the channel to it and its process id."""

    def end(self, pid: int) -> int:
        """Stop a child with all that it started; its exit status, negative for a signal."""

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
        """
        try:
            self.channel.send(wire.frame(message), seconds)
            return wire.from_child(self.channel.receive(seconds))
        except Late:
            self.close()
            raise TimedOut(f"no answer within {seconds:g} s") from None
        except Closed:
            raise Died(_obituary(self.close())) from None
        except wire.WireError as fault:
            self.close()
            raise Refused(f"what came back cannot be read: {fault}") from None

    def close(self) -> int:
        """End the child; its exit status."""
        if self.ended:
            return 0
        self.ended = True
        self.channel.close()
        return self.launcher.end(self.pid)


class Sandbox:
    """Where children come from: a warm zygote that forks, or a fresh process each without fork.

    Use it as a context manager; it starts at once and warms up while the caller goes on.

    Args:
        fork: None asks the system: fork on Linux, a fresh process elsewhere.
        long_run: many children will follow, so that slow imports are worth doing once.
    """

    def __init__(self, *, fork: bool | None = None, long_run: bool = False) -> None:
        forks = sys.platform == "linux" if fork is None else fork
        self._make = partial(Forking, long_run=long_run) if forks else Spawning
        self.launcher: Launcher = self._make()
        self.level = confine.level()

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
            channel, pid = self.launcher.open()
        except (Closed, Late, OSError):
            self.launcher.close()
            self.launcher = self._make()
            try:
                channel, pid = self.launcher.open()
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


class Forking:
    """Children forked from a warm zygote, 15 to 25 ms each."""

    def __init__(self, *, long_run: bool = False) -> None:
        ours, theirs = socket.socketpair()
        self.control = ours
        self.ready = False
        # Ours to remove, so that it goes even where the zygote was killed.
        self.scratch = tempfile.mkdtemp(prefix="assay-")
        with theirs:
            self.process = subprocess.Popen(
                _python("zygote", str(theirs.fileno()), *(["long"] if long_run else [])),
                pass_fds=[theirs.fileno()], env=_environment(self.scratch), cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

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
            return 0  # the zygote is gone, and its children with it: the next child finds out

    def close(self) -> None:
        """Hang up, so that the zygote ends its children and itself."""
        self.control.close()
        try:
            self.process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _warm(self) -> None:
        if not self.ready:
            self.control.settimeout(START_SECONDS)
            self._read(1)
            self.ready = True

    def _read(self, size: int) -> bytes:
        answer = self.control.recv(size)
        if len(answer) != size:
            raise Closed
        return answer


class Spawning:
    """Children that are fresh processes, 3 to 5 s each: the plainest way, and it works anywhere."""

    def __init__(self) -> None:
        self.processes: dict[int, tuple[subprocess.Popen[bytes], str]] = {}

    def open(self) -> tuple[Channel, int]:
        """Start a process."""
        scratch = tempfile.mkdtemp(prefix="assay-")
        process = subprocess.Popen(
            _python("spawned"), env=_environment(scratch), cwd=scratch,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes[process.pid] = process, scratch
        assert process.stdin
        assert process.stdout
        return PipeChannel(process.stdout, process.stdin), process.pid  # type: ignore[arg-type]

    def end(self, pid: int) -> int:
        """Stop a process and what shares its group."""
        process, scratch = self.processes.pop(pid)
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
        shutil.rmtree(scratch, ignore_errors=True)
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


def _environment(scratch: str) -> dict[str, str]:
    kept = dict.fromkeys(("TEMP", "TMP") if sys.platform == "win32" else ("TMPDIR",), scratch)
    kept |= {name: os.environ[name] for name in KEPT if name in os.environ}
    # One thread each: a fork after a threaded operation hangs; more arenas eat address space.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    kept |= dict.fromkeys(threads, "1") | {"MALLOC_ARENA_MAX": "2", "MPLBACKEND": "Agg"}
    # The zygote's heap on huge pages: a fork and its end copy and free 500 times fewer table
    # entries (20 ms -> 6 ms). Python's own arenas are too small to be on any.
    return kept | {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def _obituary(status: int) -> str:
    if status >= 0:
        return f"the process ended by itself (exit code {status}) before it answered"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the process was ended by {name} before it answered"

"""The process that a class's workers and zygotes are forked from: libraries are imported once.

It imports public libraries and obeys one socket. It is started with an environment of its own, and
an order names only what to fork: it never has a seed, an input, a check or an answer, nor the
command line and the environment of the grader. A worker gets these by a socket of its own, once it
is a process of its own; a zygote never does.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from assay import loading
from assay.sandbox.starting import environment, python

ORDER_LIMIT = 2**16  # bytes
START_SECONDS = 60.0  # for the libraries to be imported
LEAVE_SECONDS = 2.0  # for the last forks to end
PID = 8  # bytes of a process id

# What workers need as well comes first: they are forked while the rest is imported.
FIRST = ("numpy", "torch", "scipy.special", "scipy.linalg", "sympy", "msgspec", "safetensors.torch")


class Order(msgspec.Struct, frozen=True):
    """What a fork becomes: a function of the engine, called with its socket and a text.

    It is early if it can begin without the libraries that only students' code may need.
    """

    module: str
    function: str
    text: str = ""
    is_early: bool = False


@dataclass
class Forked:
    """A process that was forked from the stem, and the socket to it."""

    channel: socket.socket
    pid: int
    handle: int  # a descriptor of the process

    def kill(self) -> None:
        """End it now."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, as for a process of `subprocess`; its status is not known.

        Raises:
            TimeoutExpired: it has not.
        """
        if not select.select([self.handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
        return 0

    def __del__(self) -> None:
        os.close(self.handle)


# In a worker: the socket to the stem that it was forked from, where zygotes come from as well.
here: socket.socket | None = None


class Stem:
    """The grader's end: starts the stem, and asks it for processes."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # It ends when this process does: then nobody holds the other end any more.
        alive, self._lifeline = os.pipe()
        self.orders, self.has_failed, self.has_forked = ours, False, False
        with theirs:
            self.process = subprocess.Popen(
                python("stem", str(theirs.fileno()), str(alive)),
                pass_fds=[theirs.fileno(), alive],
                env=environment(tempfile.gettempdir()),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        os.close(alive)

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked."""
        return not self.has_failed and self.process.poll() is None

    def close(self) -> None:
        """End it, and what was forked from it and is still at work."""
        self.orders.close()
        os.close(self._lifeline)
        try:
            # While it imports it hears nothing.
            self.process.wait(timeout=2 * LEAVE_SECONDS if self.has_forked else 0.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def offered() -> bool:
    """Whether this system has what a stem needs."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (OSError, AttributeError):
        return False
    return sys.platform == "linux"


def fork(orders: socket.socket, order: Order) -> Forked:
    """Ask a stem for a process.

    Raises:
        OSError: the stem has ended, or could not fork.
    """
    ours, theirs = socket.socketpair()
    handles: list[int] = []
    try:
        with theirs:
            socket.send_fds(orders, [msgspec.json.encode(order)], [theirs.fileno()])
        ours.settimeout(START_SECONDS)
        first, handles, _, _ = socket.recv_fds(ours, PID, 1)
        if len(first) < PID or not handles:
            raise OSError("the process that others are forked from could not fork")
    except BaseException:
        ours.close()
        for handle in handles:
            os.close(handle)
        raise
    ours.settimeout(None)
    return Forked(ours, int.from_bytes(first, "big"), handles[0])


def main() -> None:
    """Import the libraries and fork what is asked for, until the grader hangs up.

    Arguments: the descriptors of the socket, and of the pipe that the grader holds.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    asked = _Asked(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
    _import(FIRST)
    become = asked.fork(is_early=True)
    if become is None:
        from assay.sandbox import zygote

        _import((*zygote.WARM, *zygote.libraries(None), *zygote.LONG_RUN))
        with loading.kept():
            zygote.rehearse()
            gc.collect()
        become = asked.fork(is_early=False)
    if become is not None:
        become()  # here, where nothing of the stem is left on the stack
        return
    asked.leave()
    os._exit(0)  # at once: the grader waits


class _Asked:
    """What the stem is asked for."""

    def __init__(self, orders: socket.socket, alive: int) -> None:
        self.orders, self.alive = orders, alive
        self.waiting: list[tuple[Order, int]] = []

    def fork(self, *, is_early: bool) -> Callable[[], None] | None:
        """Fork what is asked for; in the fork, what it becomes.

        Args:
            is_early: fork only what is asked for by now and needs no more libraries.
        Returns:
            None in the stem itself: where it is early, or when the grader has hung up.
        """
        while asked := self._next(0.0 if is_early else None):
            order, descriptor = asked
            if is_early and not order.is_early:
                self.waiting.append((order, descriptor))
                return None
            if not os.fork():
                return self._become(order, descriptor)
            os.close(descriptor)
            _reap()
        return None

    def leave(self) -> None:
        """Wait a moment for what was forked: it ends as soon as nobody holds its sockets."""
        self.orders.close()
        end = time.monotonic() + LEAVE_SECONDS
        while _reap() and time.monotonic() < end:
            time.sleep(0.01)

    def _next(self, seconds: float | None) -> tuple[Order, int] | None:
        """The next order, waiting for so long; None where there is none, or never any more."""
        if self.waiting:
            return self.waiting.pop()
        both: list[socket.socket | int] = [self.orders, self.alive]
        ready = select.select(both, [], [], seconds)[0]
        if not ready or self.alive in ready:
            return None
        text, descriptors, _, _ = socket.recv_fds(self.orders, ORDER_LIMIT, 1)
        if not text:
            return None
        if len(os.listdir("/proc/self/task")) != 1:
            raise SystemExit("the stem runs more than one thread: a fork could hang")
        return msgspec.json.decode(text, type=Order), descriptors[0]

    def _become(self, order: Order, descriptor: int) -> Callable[[], None]:
        self.orders.close()
        os.close(self.alive)
        channel = socket.socket(fileno=descriptor)
        own = os.pidfd_open(os.getpid())
        socket.send_fds(channel, [os.getpid().to_bytes(PID, "big")], [own])
        os.close(own)
        function = getattr(importlib.import_module(order.module), order.function)
        return lambda: function(channel, order.text)


def _reap() -> bool:
    """Wait for the forks that have ended, so that their time counts; whether any is left."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False


def _import(names: Iterable[str]) -> None:
    with loading.kept():
        for name in names:
            importlib.import_module(name)

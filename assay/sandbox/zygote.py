"""The warm process that children are forked from; it has imported public libraries but no answers.

It obeys one socket: "fork" (with the child's end of a socket) and "end". It runs one thread, so a
fork never copies a lock that another thread holds.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import re
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec

from assay import loading
from assay.homework import Homework, load
from assay.isolation import canary, kernel, levels, scratch
from assay.isolation.ground import Ground

WARM = (
    "numpy",
    "torch",
    "safetensors.torch",
    "torch.func",
    "torch.distributions",
    "torch.optim",
    "ctypes",
    "resource",
    "assay.sandbox.child",
    "assay.protocol.objects",
)
# What else is imported where a submission's text has this word. A child can import any of it
# itself, more slowly.
NAMED = {
    "scipy": ("scipy", "scipy.linalg"),
    "sympy": ("sympy", "mpmath", "assay.protocol.expressions"),
    # An optimiser imports torch._dynamo when it is first made.
    "optim": ("torch._dynamo",),
}
# Slow to import and used by few: worth it if many submissions follow.
LONG_RUN = ("scipy.stats", "scipy.optimize", "torch._dynamo")

FORK, END, READY = b"f", b"e", b"r"
WATCH_SECONDS = 0.1  # between two checks of how much the children have written
OVERFULL = -1000  # as an exit status: the child wrote more than its scratch folder may hold


class Order(msgspec.Struct, frozen=True):
    """What a zygote is started with.

    Attributes:
        scratch: its folder; whoever made the folder removes it.
        level: the only level to try; None for the strictest available.
        homework: the folder of the homework.
        materials: those that replace the template's, by name.
        long_run: many children will follow, so slow imports are worth doing once.
        libraries: what to import besides what every child needs.
    """

    scratch: str
    homework: str
    materials: tuple[tuple[str, str], ...] = ()
    level: levels.Level | None = None
    long_run: bool = False
    libraries: tuple[str, ...] = ()


class Greeting(msgspec.Struct, frozen=True):
    """A zygote's first message: its level or None, and why stricter levels are not available."""

    level: levels.Level | None
    reasons: dict[str, str]


def main() -> None:
    """Be a zygote in a process of its own.

    Arguments: the descriptor of the socket, and an `Order` as JSON.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])


def serve(control: socket.socket, text: str) -> None:
    """Isolate this process, warm up, then obey the socket until it closes.

    Args:
        text: an `Order` as JSON.
    """
    order, homework = msgspec.json.decode(text, type=Order), homework_of(text)
    os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = order.scratch
    ground = Ground(Path(order.scratch), tuple(homework.readable()))
    levels.prepare()
    level, reasons = canary.choose(order.level, ground)
    if level is not None:
        levels.enclose(level, ground)
    greeting = msgspec.json.encode(Greeting(level, reasons))
    # An OSError of the socket: the grader has ended, so there is nothing left to do.
    with contextlib.suppress(OSError):
        control.sendall(len(greeting).to_bytes(4, "big") + greeting)
    if level is None:
        return
    _warm_up(order, ground, homework)
    with contextlib.suppress(OSError):
        control.sendall(READY)
        Zygote(control, level, ground, homework).obey()
    ground.leave()


def homework_of(order: str) -> Homework:
    """The homework that an `Order`, given as JSON, names."""
    known = msgspec.json.decode(order, type=Order)
    return replace(load(Path(known.homework)), replaced=known.materials)


def libraries(texts: Iterable[str] | None) -> tuple[str, ...]:
    """What is worth importing for code of these texts, besides `WARM`; None: it is not known."""
    if texts is None:
        return tuple(name for word in ("scipy", "sympy") for name in NAMED[word])
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return tuple(name for word, names in NAMED.items() if word in words for name in names)


def _warm_up(order: Order, ground: Ground, homework: Homework) -> None:
    os.environ["TMPDIR"] = tempfile.tempdir = str(ground.homes)
    with loading.kept():
        for name in (*WARM, *order.libraries, *(LONG_RUN if order.long_run else ())):
            importlib.import_module(name)
        from assay.sandbox import child

        rehearse()
        homework.warm_up()
        child.forget_the_kit(homework)
        if order.long_run:
            gc.collect()


class Zygote:
    """Forks children and ends them, as the control socket orders."""

    def __init__(
        self, control: socket.socket, level: levels.Level, ground: Ground, homework: Homework
    ) -> None:
        self.control, self.level, self.ground, self.homework = control, level, ground, homework
        self.homes: dict[int, Path] = {}
        self.overfull: set[int] = set()

    def obey(self) -> None:
        """Obey until the grader hangs up, then end the remaining children."""
        while order := self._order():
            if order[0][:1] == FORK:
                self.control.sendall(self._fork(order[1][0]).to_bytes(8, "big"))
            else:
                status = self._finish(int.from_bytes(order[0][1:], "big"))
                self.control.sendall(status.to_bytes(8, "big", signed=True))
        for pid in list(self.homes):
            self._finish(pid)

    def _order(self) -> tuple[bytes, list[int]] | None:
        while not select.select([self.control], [], [], WATCH_SECONDS if self.homes else None)[0]:
            self._watch()
        order, descriptors, _, _ = socket.recv_fds(self.control, 9, 1)
        return (order, descriptors) if order else None

    def _watch(self) -> None:
        """Stop children that fill the disk; a sealed child's folder is too small for that."""
        if self.level == "sealed":
            return
        for pid, home in self.homes.items():
            if pid not in self.overfull and scratch.is_overfull(home, pid):
                self.overfull.add(pid)
                os.kill(pid, signal.SIGKILL)

    def _fork(self, descriptor: int) -> int:
        if self.ground.threads() != 1:
            raise SystemExit("the zygote runs more than one thread: a fork could hang")
        home = Path(tempfile.mkdtemp(prefix="assay-", dir=self.ground.homes))
        confined, parent = levels.confinement(self.level, self.ground, home), os.getpid()
        pid = os.fork()
        if pid:
            confined.close()
            os.close(descriptor)
            self.homes[pid] = home
            return pid
        try:
            self._become_child(descriptor, home, confined, parent)
        finally:
            os._exit(1)  # a child that is not completely set up must not continue

    def _become_child(
        self, descriptor: int, home: Path, confined: levels.Confinement, parent: int
    ) -> None:
        from assay.protocol.channel import SocketChannel
        from assay.sandbox import child

        kernel.die_with_parent()
        if os.getppid() != parent:
            return  # the zygote ended before `die_with_parent` took effect
        with Path(os.devnull).open("r+b") as nothing:
            for stream in (0, 1, 2):
                os.dup2(nothing.fileno(), stream)
        os.chdir(home)
        os.environ["TMPDIR"] = os.environ["HOME"] = tempfile.tempdir = str(home)
        levels.enter(confined)
        # Close everything inherited from the zygote: its orders and its view of /proc.
        os.closerange(3, descriptor)
        os.closerange(descriptor + 1, levels.LIMITS.descriptors)
        channel = SocketChannel(socket.socket(fileno=descriptor))
        child.serve(channel, self.homework)
        os._exit(0)

    def _finish(self, pid: int) -> int:
        home = self.homes.pop(pid)
        status = _end(pid, others=set(self.homes))
        scratch.remove(home)
        if pid in self.overfull:
            self.overfull.remove(pid)
            return OVERFULL
        return status


def _end(pid: int, others: set[int]) -> int:
    """Stop a child's process group; its exit status, negative for a signal."""
    finished, status = os.waitpid(pid, os.WNOHANG)
    # A child whose socket closed is about to exit; its own status says more than our SIGKILL.
    deadline = time.monotonic() + 0.05
    while not finished and time.monotonic() < deadline:
        time.sleep(0.001)
        finished, status = os.waitpid(pid, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not finished:
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
    _reap_orphans(others)
    return os.waitstatus_to_exitcode(status)


def _reap_orphans(others: set[int]) -> None:
    """End processes that left a child's group and outlived it; the zygote adopts orphans."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    for _ in range(20):
        left = set(map(int, children.read_text().split())) if children.exists() else set()
        if not left - others:
            return
        for pid in left - others:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def rehearse() -> None:
    """Do once what is slow the first time: autograd, a factorisation, symbols, evaluation."""
    import torch

    torch.set_num_threads(1)
    x = torch.eye(2, dtype=torch.float64, requires_grad=True)
    torch.linalg.slogdet(x)[1].backward()
    torch.rand(2, generator=torch.Generator().manual_seed(0))
    if "sympy" in sys.modules:
        _rehearse_symbols()


def _rehearse_symbols() -> None:
    import sympy

    z, a = sympy.Symbol("z", real=True), sympy.Symbol("a", positive=True)
    f = sympy.Function("f", positive=True)(z, a)
    slope = sympy.Derivative(sympy.Integral(sympy.log(f) * f, z), a).doit(integrals=False)
    sympy.cancel(sympy.together(sympy.expand_log(sympy.expand(slope.args[0]), force=True)))
    sympy.lambdify([z, a], sympy.log(a) * z / a, "mpmath")(1, 2)


if __name__ == "__main__":
    main()

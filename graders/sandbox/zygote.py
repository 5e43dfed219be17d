"""The warm process that children are forked from: it has imported the public libraries, no answer.

It obeys one socket: "fork" (with the child's end of a socket) and "end". It runs one thread, so
that a fork copies no lock that another thread holds.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

WARM = (
    "numpy", "torch", "scipy", "scipy.linalg", "sympy", "mpmath", "safetensors.torch",
    "torch.func", "torch.distributions", "torch.optim",
    "ctypes", "resource", "graders.sandbox.child", "graders.sandbox.expressions",
    "student_template.nice_flow",
)  # fmt: skip
# Slow to import and used by few: worth it where many hand-ins follow. An optimiser of torch.optim
# imports torch._dynamo when it is first made.
LONG_RUN = ("scipy.stats", "scipy.optimize", "torch._dynamo")

FORK, END, READY = b"f", b"e", b"r"


def main() -> None:
    """Warm up, then obey the socket until it closes.

    Arguments: the descriptor of the socket, and "long" where many children will be forked.
    """
    control = socket.socket(fileno=int(sys.argv[1]))
    control.settimeout(0)
    for name in WARM + (LONG_RUN if "long" in sys.argv[2:] else ()):
        importlib.import_module(name)
    from graders.sandbox import child, confine

    _rehearse()
    child.forget_the_kit()
    confine.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    gc.collect()
    gc.freeze()
    control.settimeout(None)
    try:
        control.sendall(READY)
        _obey(control)
    except OSError:
        pass  # the grader is gone, and with it all that was to be done


def _obey(control: socket.socket) -> None:
    scratch: dict[int, Path] = {}
    while True:
        order, fds, _, _ = socket.recv_fds(control, 9, 1)
        if not order:
            break
        if order[:1] == FORK:
            pid, home = _fork(fds[0], control)
            scratch[pid] = home
            control.sendall(pid.to_bytes(8, "big"))
        else:
            pid = int.from_bytes(order[1:], "big")
            home = scratch.pop(pid)
            status = _end(pid, others=set(scratch))
            shutil.rmtree(home, ignore_errors=True)
            control.sendall(status.to_bytes(8, "big", signed=True))
    for pid, home in scratch.items():
        _end(pid, others=set(scratch))
        shutil.rmtree(home, ignore_errors=True)


def _fork(fd: int, control: socket.socket) -> tuple[int, Path]:
    tasks = Path("/proc/self/task")
    if tasks.exists() and len(list(tasks.iterdir())) != 1:
        raise SystemExit("the zygote runs more than one thread: a fork could hang")
    home = Path(tempfile.mkdtemp(prefix="assay-"))
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid, home
    try:
        control.close()
        _become_child(fd, home)
    finally:
        os._exit(1)  # a half-made child must never go on


def _become_child(fd: int, home: Path) -> None:
    from graders.sandbox import child, confine
    from graders.sandbox.channel import SocketChannel

    with Path(os.devnull).open("r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    confine.enter(confine.Limits())
    os.chdir(home)
    os.environ["TMPDIR"] = tempfile.tempdir = str(home)
    child.serve(SocketChannel(socket.socket(fileno=fd)))
    os._exit(0)


def _end(pid: int, others: set[int]) -> int:
    """Stop a child's whole group and take its exit status: negative for a signal."""
    finished, status = os.waitpid(pid, os.WNOHANG)
    # A child whose socket closed is on its way out: its own status tells more than our SIGKILL.
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
    """End what outlived a child by leaving its group; it is ours since we adopt orphans."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    for _ in range(20):
        left = set(map(int, children.read_text().split())) if children.exists() else set()
        if not left - others:
            return
        for pid in left - others:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _rehearse() -> None:
    """Use once what is slow the first time: autograd, a factorisation, symbols, evaluation."""
    import sympy
    import torch

    from graders.sandbox import given

    given.modules(), given.data_files()
    torch.set_num_threads(1)
    x = torch.eye(2, dtype=torch.float64, requires_grad=True)
    torch.linalg.slogdet(x)[1].backward()
    torch.rand(2, generator=torch.Generator().manual_seed(0))
    z, a = sympy.Symbol("z", real=True), sympy.Symbol("a", positive=True)
    f = sympy.Function("f", positive=True)(z, a)
    slope = sympy.Derivative(sympy.Integral(sympy.log(f) * f, z), a).doit(integrals=False)
    sympy.cancel(sympy.together(sympy.expand_log(sympy.expand(slope.args[0]), force=True)))
    sympy.lambdify([z, a], sympy.log(a) * z / a, "mpmath")(1, 2)


if __name__ == "__main__":
    main()

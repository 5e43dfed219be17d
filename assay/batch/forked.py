"""Workers of this machine that are forked from one process, the stem, which imported the libraries.

`concurrent.futures` has no such executor: its own fork server would hand on the command line and
the environment of the grader before it forks.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from assay.isolation import kernel
from assay.sandbox import stem

WORKER = stem.Order("assay.batch.forked", "serve", is_early=True)
GONE = "a worker has ended"

_Call = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...]]


class Workers(Executor):
    """An executor whose processes are forked from a stem.

    Like that of processes in the standard library, it is broken when one of them ends.
    """

    def __init__(self, source: stem.Stem, count: int) -> None:
        self._source, self._lock = source, Lock()
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._running: list[stem.Forked] = []
        self._broken = self._ended = False
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        """Hand over a call.

        Raises:
            BrokenExecutor: a worker has ended.
        """
        assert not named
        with self._lock:
            if self._broken:
                raise BrokenExecutor(GONE)
            future: Future[Any] = Future()
            self._calls.put((future, function, arguments))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers end after what is under way, or at once with it."""
        if cancel_futures:
            self._break()
        if not self._ended:
            self._ended = True
            for _ in self._threads:
                self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        """Pass calls to one worker, until there are no more or it ends."""
        with suppress(OSError, EOFError):
            worker, connection = self._start()
            while call := self._calls.get():
                future, function, arguments = call
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    connection.send((function, arguments))
                    is_value, answer = connection.recv()
                except (OSError, EOFError):
                    future.set_exception(BrokenExecutor(GONE))
                    break
                (future.set_result if is_value else future.set_exception)(answer)
            else:
                connection.close()
                worker.wait()
                return
        self._break()

    def _start(self) -> tuple[stem.Forked, Connection]:
        try:
            worker = stem.fork(self._source.orders, WORKER)
        except OSError:
            self._source.has_failed = True  # the next workers are fresh processes
            raise
        with self._lock:
            self._source.has_forked = True
            self._running.append(worker)
        socket.send_fds(worker.channel, [b"o"], [self._source.orders.fileno()])
        connection = Connection(worker.channel.detach())
        connection.send((dict(os.environ), str(Path.cwd()), sys.path))
        return worker, connection

    def _break(self) -> None:
        """End all workers, and what waits for them."""
        with self._lock:
            self._broken = True
            for worker in self._running:
                worker.kill()
            while not self._calls.empty():
                if call := self._calls.get():
                    call[0].set_exception(BrokenExecutor(GONE))
            for _ in self._threads:
                self._calls.put(None)


def serve(channel: socket.socket, _text: str) -> None:
    """Be a worker: answer calls until the grader hangs up."""
    kernel.die_with_parent()
    _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    stem.here = socket.socket(fileno=descriptors[0])
    connection = Connection(channel.detach())
    environment, folder, path = connection.recv()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:] = path
    with suppress(EOFError, OSError):
        while True:
            function, arguments = connection.recv()
            connection.send(_answer(function, arguments))


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Whether a call returned, and what; otherwise what it raised."""
    try:
        return True, function(*arguments)
    except Exception as fault:  # noqa: BLE001 - it is the caller's to handle
        return False, fault

"""Processes that a test starts, and that never outlive it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any


@contextlib.contextmanager
def process(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a command in a session of its own; at the end, kill it and all that it started.

    SIGINT works in it even where it is ignored here, as under `nohup` or in a background job.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen(command, text=True, start_new_session=True, **options)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(started.pid, signal.SIGKILL)
        started.kill()
        for pipe in filter(None, (started.stdin, started.stdout, started.stderr)):
            with contextlib.suppress(OSError):
                pipe.close()
        started.wait(timeout=30)

"""Files that are written in one step: a reader, or a crash, finds the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write(path: Path, body: bytes, *, durable: bool = True) -> None:
    """Write a file beside its place and move it there.

    Args:
        path: in a folder that exists.
        body: the new content.
        durable: also survives a loss of power; turn it off for what can be made again.
    Raises:
        OSError: the file cannot be written; an old one is unchanged.
    """
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(body)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise

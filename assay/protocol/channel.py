"""Sends and receives frames over a socket or a pair of pipes, each within a deadline."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
import time
from typing import BinaryIO, Protocol

from assay.protocol import wire


class Closed(Exception):
    """The other end has closed the connection."""


class Late(Exception):
    """No complete frame arrived in time."""


class Channel(Protocol):
    """A way to send and receive frames."""

    def send(self, data: bytes, seconds: float | None = None) -> None:
        """Send the bytes of one frame."""

    def receive(self, seconds: float | None = None, limit: int = wire.ORDER_LIMIT) -> bytes:
        """The body of the next frame, of at most `limit` bytes, within `seconds`."""

    def close(self) -> None:
        """Close the connection."""


class SocketChannel:
    """Frames over a connected stream socket.

    `send` and `receive` raise `Closed` if the other end has closed, and `Late` past the deadline;
    `receive` raises `WireError` for a frame that is too long.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.ahead = bytearray()  # received but not asked for yet

    def send(self, data: bytes, seconds: float | None = None) -> None:
        """Send the bytes of one frame."""
        self.connection.settimeout(seconds)
        try:
            self.connection.sendall(data)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, seconds: float | None = None, limit: int = wire.ORDER_LIMIT) -> bytes:
        """The body of the next frame."""
        end = None if seconds is None else time.monotonic() + seconds
        size = wire.body_size(self._exactly(wire.HEADER, end), limit)
        return self._exactly(size, end)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _exactly(self, size: int, end: float | None) -> bytes:
        while len(self.ahead) < size:
            self.connection.settimeout(None if end is None else max(end - time.monotonic(), 1e-3))
            try:
                part = self.connection.recv(2**18)
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Closed from None
            if not part:
                raise Closed
            self.ahead += part
        data = bytes(self.ahead[:size])
        del self.ahead[:size]
        return data


class PipeChannel:
    """Frames over two pipes, for systems without fork; a thread reads, so that waiting can end."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self.writer = writer
        self.frames: queue.Queue[bytes | wire.WireError | None] = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(reader,), daemon=True)
        self.thread.start()

    def send(self, data: bytes, seconds: float | None = None) -> None:
        """Send the bytes of one frame."""
        try:
            self.writer.write(data)
            self.writer.flush()
        except (OSError, ValueError):
            raise Closed from None

    def receive(self, seconds: float | None = None, limit: int = wire.ORDER_LIMIT) -> bytes:
        """The body of the next frame; the thread reads none that is longer than any answer."""
        try:
            body = self.frames.get(timeout=seconds)
        except queue.Empty:
            raise Late from None
        if body is None:
            self.frames.put(None)
            raise Closed
        if isinstance(body, wire.WireError):
            raise body
        wire.body_size(len(body).to_bytes(wire.HEADER, "big"), limit)
        return body

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self.writer.close()

    def _read(self, reader: BinaryIO) -> None:
        try:
            while len(header := reader.read(wire.HEADER)) == wire.HEADER:
                size = wire.body_size(header)
                body = reader.read(size)
                if len(body) < size:
                    break
                self.frames.put(body)
        except wire.WireError as fault:
            self.frames.put(fault)
        except (OSError, ValueError):
            pass
        self.frames.put(None)


class FilePipes:
    """The child's side of two pipes; `receive` blocks without a deadline."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader = os.fdopen(reader, "rb")
        self.writer = os.fdopen(writer, "wb")

    def send(self, data: bytes, seconds: float | None = None) -> None:
        """Send the bytes of one frame."""
        self.writer.write(data)
        self.writer.flush()

    def receive(self, seconds: float | None = None, limit: int = wire.ORDER_LIMIT) -> bytes:
        """The body of the next frame."""
        header = self.reader.read(wire.HEADER)
        if len(header) < wire.HEADER:
            raise Closed
        return self.reader.read(wire.body_size(header, limit))

    def close(self) -> None:
        """Close the connection."""
        self.reader.close()
        self.writer.close()

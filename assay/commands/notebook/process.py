"""The kernel's side of the process that grades: started once, asked again and again, ended."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from assay.commands.notebook import orders
from assay.errors import CannotGrade

END_SECONDS = 5.0  # for the process to end by itself when nothing more can come

# Without the kernel's folder on the path: a student's random.py is no part of the kit.
COMMAND = (sys.executable, "-P", "-m", "assay.commands.notebook.server")


@dataclass
class Process:
    """The process that grades for this kernel, if it has been started."""

    running: subprocess.Popen[bytes] | None = None

    def ask(self, order: orders.Order) -> orders.Shown:
        """What to show for an order.

        Raises:
            CannotGrade: the process ended instead of answering; the next order starts another.
            KeyboardInterrupt: the cell was interrupted; likewise.
        """
        process = self._started()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(orders.line(order))
            process.stdin.flush()
            return orders.read(process.stdout.readline(), orders.Shown)
        except (OSError, CannotGrade):
            self.end()
            raise CannotGrade("the process that grades has ended: run the cell again") from None
        except BaseException:  # an interrupt: the answer to this order would come to the next
            self.end()
            raise

    def close(self) -> None:
        """Let the process end by itself, which it does when no order can come."""
        process = self.running
        if process is not None:
            _hang_up(process)
            with contextlib.suppress(subprocess.TimeoutExpired):  # it is in the middle of a call
                process.wait(END_SECONDS)
        self.end()

    def end(self) -> None:
        """End the process now, and with it those that student code ran in."""
        process, self.running = self.running, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _hang_up(process)
        if process.stdout:
            process.stdout.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self.running is None or self.running.poll() is not None:
            self.end()
            # A session of its own: an interrupt of the cell goes to the kernel's whole group.
            self.running = subprocess.Popen(  # noqa: S603 - our own module
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path.home().anchor,
                start_new_session=True,
            )
        return self.running


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):  # what was not yet written has no reader any more
            process.stdin.close()

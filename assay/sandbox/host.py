"""The grader's side of the sandbox: starts children, asks them, and ends them from outside."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from assay.homework import Homework, find
from assay.isolation import scratch
from assay.isolation.levels import Level
from assay.protocol import wire
from assay.protocol.channel import Channel, Closed, Late
from assay.sandbox import zygote
from assay.sandbox.launchers import Forking, Gone, Launcher, Spawning, Standing
from assay.verdict import Broken, Died, Refused, TimedOut, Verdict

SETUP_SECONDS = 60.0  # for a child to become ready: a spawned one imports everything
TRUSTED_SECONDS = 10.0  # for a function of `graders/` on a student's data
PARSE_SECONDS = 3.0  # for a file of a few KB
LAUNCHER_GONE = -2000  # as an exit status


@dataclass
class Child:
    """One confined process; whatever goes wrong with it becomes a verdict."""

    launcher: Launcher
    channel: Channel
    pid: int
    ended: bool = False
    at: wire.Begun | None = None  # of an import: the statement that began last

    def load(self, message: wire.Load, seconds: float, total: float) -> wire.FromChild:
        """Let the child import a source: `seconds` for each statement, `total` for all.

        Raises:
            TimedOut, Died, Refused: as `ask`; `at` is the statement that was running.
        """
        end = time.monotonic() + total
        answer = self.ask(message, seconds)
        while isinstance(answer, wire.Begun):
            self.at = answer
            left = min(seconds, max(end - time.monotonic(), 0.0))
            answer = self._answer(left, wire.answer_limit(0))
        return answer

    def ask(self, message: wire.ToChild, seconds: float) -> wire.FromChild:
        """Send one message and wait for its answer.

        Raises:
            TimedOut, Died, Refused: what happened instead of an answer; the child is ended.
            Broken: the zygote ended, and the child with it.
        """
        with self._ending(seconds):
            order = wire.frame(message, wire.ORDER_LIMIT)
            self.channel.send(order, seconds)
        return self._answer(seconds, wire.answer_limit(len(order) - wire.HEADER))

    def _answer(self, seconds: float, limit: int) -> wire.FromChild:
        with self._ending(seconds):
            return wire.from_child(self.channel.receive(seconds, limit))

    @contextmanager
    def _ending(self, seconds: float) -> Iterator[None]:
        """End the child if what is tried with it fails, with the verdict that this means."""
        try:
            yield
        except Late:
            self.close()
            raise TimedOut(f"no answer within {rounded(seconds)} s") from None
        except Closed:
            raise self._death() from None
        except wire.WireError as fault:
            self.close()
            raise Refused(f"the answer cannot be read: {fault}") from None

    def close(self) -> int:
        """End the child; its exit status. If the launcher has ended, so has the child."""
        if self.ended:
            return 0
        self.ended = True
        self.channel.close()
        try:
            return self.launcher.end(self.pid)
        except Gone:
            return LAUNCHER_GONE

    def _death(self) -> Verdict:
        """Why the child ended: by itself, or because the zygote did."""
        status = self.close()
        if status == LAUNCHER_GONE:
            return Broken("the kit's own process ended, and the submission's process with it")
        return Died(_cause_of_death(status))


class Sandbox:
    """Provides children: forked from a warm zygote or, on systems without fork, as fresh processes.

    Use it as a context manager. It starts at once and warms up in the background.

    Args:
        fork: whether children are forked; by default on Linux only.
        level: the only isolation to accept; None for the strictest that a canary confirms.
        homework: the files that students may read and the objects that they are given.
        long_run: many children will follow, so slow imports are worth doing once.
        texts: the code that will run, as far as it is known: what it names is imported once.
    """

    def __init__(
        self,
        *,
        fork: bool | None = None,
        level: Level | None = None,
        homework: Homework | None = None,
        long_run: bool = False,
        texts: Iterable[str] | None = None,
    ) -> None:
        self.homework = homework or find()
        self._libraries = zygote.libraries(texts)
        self._wanted, self._confirmed = level, False
        forks = sys.platform == "linux" if fork is None else fork
        self._forks, self._long_run = forks, long_run
        self.launcher = self._launched()

    @property
    def level(self) -> Level:
        """The isolation that children get; waits about 0.1 s until the zygote has confirmed it.

        Raises:
            Broken: the wanted level is not available, or the zygote could not be started.
        """
        if not self._confirmed:
            self._known_standing()
        return cast(Level, self._wanted)

    @property
    def reasons(self) -> dict[str, str]:
        """Why stricter levels are not available here, by level; raises like `level`."""
        return self._known_standing().reasons

    def _launched(self) -> Launcher:
        if self._forks:
            return Forking(
                self.homework, self._wanted, long_run=self._long_run, libraries=self._libraries
            )
        return Spawning(self.homework)

    def _known_standing(self) -> Standing:
        try:
            return self._standing()
        except (Closed, Late, OSError) as fault:
            raise Broken(f"the sandbox could not be started: {fault}") from None

    def _standing(self) -> Standing:
        standing = self.launcher.standing()
        if self._wanted not in (None, standing.level):
            raise Broken(f"{self._wanted} isolation needs fork, which this system lacks")
        # The level that was confirmed first stays for the life of this sandbox.
        self._wanted, self._confirmed = standing.level, True
        return standing

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def child(self) -> Child:
        """A new child that has run nothing yet; a zygote that has ended is replaced once.

        Raises:
            Broken: no child could be started.
        """
        try:
            channel, pid = self._open()
        except (Closed, Late, OSError):
            self.restart()
            try:
                channel, pid = self._open()
            except (Closed, Late, OSError) as fault:
                raise Broken(f"no process could be started for the submission: {fault}") from None
        child = Child(self.launcher, channel, pid)
        try:
            # Sent before any student code runs: from here on, the student is responsible.
            channel.receive(SETUP_SECONDS, wire.ANSWER_LIMIT)
        except (Closed, Late, wire.WireError):
            child.close()
            raise Broken("the submission's process could not be set up") from None
        return child

    def trusted(self, module: str, function: str, *arguments: wire.Value) -> wire.Returned:
        """Run a function of the homework's `graders/` on untrusted data, in a child with limits.

        Raises:
            TimedOut, Died, Refused: the data exceeded the limits.
        """
        order = wire.Trusted(module, function, arguments, self.homework.sources())
        return self._aside(order, TRUSTED_SECONDS)

    def parsed(self, content: bytes) -> wire.Returned:
        """Read a TOML file in a child with limits, see `wire.Parse`; raises like `trusted`."""
        return self._aside(wire.Parse(content), PARSE_SECONDS)

    def _aside(self, message: wire.Trusted | wire.Parse, seconds: float) -> wire.Returned:
        """The answer of a child that runs no student code."""
        child = self.child()
        try:
            answer = child.ask(message, seconds)
        finally:
            child.close()
        if not isinstance(answer, wire.Returned):
            raise Refused("the process sent an answer to some other call")
        return answer

    def close(self) -> None:
        """End every child and the zygote."""
        self.launcher.close()

    def restart(self) -> None:
        """End every child and start anew, where a message to the zygote may have been cut off."""
        self.launcher.close()
        self.launcher = self._launched()

    def _open(self) -> tuple[Channel, int]:
        self._standing()
        return self.launcher.open()


def rounded(seconds: float) -> str:
    """A time for people to read, with two digits.

    >>> rounded(1.25051), rounded(20.0), rounded(104.0)
    ('1.3', '20', '100')
    """
    return f"{float(f'{seconds:.2g}'):g}"


def _cause_of_death(status: int) -> str:
    if status == zygote.OVERFULL:
        room = f"{scratch.ROOM // 2**20} MiB or {scratch.ENTRIES} files"
        return f"the process was stopped because it wrote more than {room}"
    if status >= 0:
        return f"the process exited (exit code {status}) before it answered"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the process was killed by {name} before it answered"

"""The grader's side of the sandbox: starts children, speaks to them, and ends them from outside."""

from __future__ import annotations

import signal
import sys
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

SETUP_SECONDS = 60.0  # that a child may take to be there: a spawned one imports everything
TRUSTED_SECONDS = 10.0  # that a judgement of the kit's own may take on a student's data
LAUNCHER_GONE = -2000  # as an exit status


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
            Broken: the kit's own process ended, and the child with it.
        """
        try:
            self.channel.send(wire.frame(message, wire.ORDER_LIMIT), seconds)
            return wire.from_child(self.channel.receive(seconds))
        except Late:
            self.close()
            raise TimedOut(f"no answer within {seconds:g} s") from None
        except Closed:
            raise self._death() from None
        except wire.WireError as fault:
            self.close()
            raise Refused(f"what came back cannot be read: {fault}") from None

    def close(self) -> int:
        """End the child; its exit status. One whose launcher is gone has ended with it."""
        if self.ended:
            return 0
        self.ended = True
        self.channel.close()
        try:
            return self.launcher.end(self.pid)
        except Gone:
            return LAUNCHER_GONE

    def _death(self) -> Verdict:
        """Why the child is not there any more: its own doing, or ours."""
        status = self.close()
        if status == LAUNCHER_GONE:
            return Broken("the kit's own process, which holds the hand-in's, was ended")
        return Died(_obituary(status))


class Sandbox:
    """Where children come from: a warm zygote that forks, or a fresh process each without fork.

    Use it as a context manager; it starts at once and warms up while the caller goes on.

    Args:
        fork: None asks the system: fork on Linux, a fresh process elsewhere.
        level: the isolation to have, or none at all; None for the highest that a canary proves.
        homework: whose files students may read, and whose objects they are given.
        long_run: many children will follow, so that slow imports are worth doing once.
    """

    def __init__(
        self,
        *,
        fork: bool | None = None,
        level: Level | None = None,
        homework: Homework | None = None,
        long_run: bool = False,
    ) -> None:
        self.homework = homework or find()
        self._wanted, self._proved = level, False
        forks = sys.platform == "linux" if fork is None else fork
        self._forks, self._long_run = forks, long_run
        self.launcher = self._launched()

    @property
    def level(self) -> Level:
        """The isolation that children get; waits until the zygote has proved it, some 0.1 s.

        Raises:
            Broken: the level that was wanted is not to be had, or no zygote could be started.
        """
        if not self._proved:
            self._told_standing()
        return cast(Level, self._wanted)

    @property
    def reasons(self) -> dict[str, str]:
        """Why the higher levels are not to be had here, by level; raises like `level`."""
        return self._told_standing().reasons

    def _launched(self) -> Launcher:
        if self._forks:
            return Forking(self.homework, self._wanted, long_run=self._long_run)
        return Spawning(self.homework)

    def _told_standing(self) -> Standing:
        try:
            return self._standing()
        except (Closed, Late, OSError) as fault:
            raise Broken(f"the kit's own process could not be started: {fault!r}") from None

    def _standing(self) -> Standing:
        standing = self.launcher.standing()
        if self._wanted not in (None, standing.level):
            raise Broken(f"{self._wanted} isolation takes fork, and there is none here")
        # What was proved first holds for as long as this sandbox lives.
        self._wanted, self._proved = standing.level, True
        return standing

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
            channel, pid = self._open()
        except (Closed, Late, OSError):
            self.launcher.close()
            self.launcher = self._launched()
            try:
                channel, pid = self._open()
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

    def _open(self) -> tuple[Channel, int]:
        self._standing()
        return self.launcher.open()


def _obituary(status: int) -> str:
    if status == zygote.OVERFULL:
        room = f"{scratch.ROOM // 2**20} MiB or {scratch.ENTRIES} files"
        return f"the process wrote more than {room} and was stopped"
    if status >= 0:
        return f"the process ended by itself (exit code {status}) before it answered"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the process was ended by {name} before it answered"

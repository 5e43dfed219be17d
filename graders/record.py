"""The record of a run on disk: `run.json`, one result file a submission, `grades.csv`.

Each file is written beside its place and moved there, so that it is whole or not there at all.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from graders.outcome import Result
from graders.report.overview import Row, row
from graders.report.tables import grades_csv
from graders.sandbox.confine import Level

T = TypeVar("T")


class Conflict(Exception):
    """The output folder holds another run; says what to do."""


class Run(msgspec.Struct, frozen=True):
    """What must not change within a run, or its results could not be compared.

    `kit` is a version and `flow` a path; what they stand for is told by their SHA-256.
    """

    seed: int
    kit: str
    isolation: Level
    flow: str = ""
    kit_sha256: str = ""
    flow_sha256: str = ""


@dataclass(frozen=True)
class Record:
    """The output folder of a run."""

    out: Path

    def begin(self, run: Run, *, seed_given: bool) -> Run:
        """Start a run in the folder, or go on with the one that it holds, whose seed stays.

        Raises:
            Conflict: it holds a run with another seed, kit, flow or isolation level.
        """
        self._results.mkdir(parents=True, exist_ok=True)
        before = self.run()
        if before is None and (self.out / "run.json").exists():
            raise Conflict(
                f"{self.out / 'run.json'} cannot be read, and it holds the seed of the results "
                "beside it: restore it, or grade into another folder"
            )
        if before is None:
            write(self.out / "run.json", msgspec.json.format(msgspec.json.encode(run)))
            return run
        wanted = run if seed_given else msgspec.structs.replace(run, seed=before.seed)
        for name in Run.__struct_fields__:
            old, new = getattr(before, name), getattr(wanted, name)
            if old != new:
                what = f"{name} {old!r}, this one has {new!r}"
                if name.endswith("_sha256"):
                    what = f"another {name.removesuffix('_sha256')} than this one, by its content"
                raise Conflict(
                    f"{self.out} holds a run with {what}: grade into another folder, or remove "
                    "that one"
                )
        return before

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out of the folder for as long as this one writes to it.

        Raises:
            Conflict: another run is writing to it; its hold ends with its process.
        """
        from filelock import FileLock, Timeout

        self.out.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.out / ".lock", timeout=0):
                yield
        except Timeout:
            raise Conflict(
                f"another run is writing to {self.out}: wait for it, or grade into another folder"
            ) from None

    def run(self) -> Run | None:
        """The run that the folder holds."""
        return _read(self.out / "run.json", Run)

    def result(self, submission: str) -> Result | None:
        """A result that was recorded whole; None where there is none to be had.

        It is the file's name that says whose it is.
        """
        found = _read(self._place(submission), Result)
        if found is None or found.submission == submission:
            return found
        return msgspec.structs.replace(found, submission=submission)

    def results(self) -> Iterator[Result]:
        """Every result of the folder, by submission."""
        for name in self.submissions():
            found = self.result(name)
            if found is not None:
                yield found

    def submissions(self) -> list[str]:
        """The submissions that have a result."""
        return [path.stem for path in sorted(self._results.glob("*.json"))]

    def put(self, result: Result) -> None:
        """Record one result."""
        body = msgspec.json.format(msgspec.json.encode(result), indent=1)
        write(self._place(result.submission), body)

    def remove(self, submissions: Iterable[str]) -> None:
        """Remove the results of these."""
        for submission in submissions:
            self._place(submission).unlink(missing_ok=True)

    def tabulate(self, rows: Iterable[Row] | None = None, *, excel: bool = False) -> Path:
        """Write `grades.csv` from the results that are there, or from these lines of them.

        Excel takes a file for UTF-8 where a byte order mark leads it.
        """
        path = self.out / "grades.csv"
        table = grades_csv(map(row, self.results()) if rows is None else rows)
        write(path, table.encode("utf-8-sig" if excel else "utf-8"))
        return path

    @property
    def _results(self) -> Path:
        return self.out / "results"

    def _place(self, submission: str) -> Path:
        return self._results / f"{submission}.json"


def write(path: Path, body: bytes, *, durable: bool = True) -> None:
    """Write a file in one step: a reader, or a crash, finds the old one or the new one.

    What is `durable` is there after a loss of power too; what can be made again need not be.
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


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None

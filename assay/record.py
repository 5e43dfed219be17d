"""The record of a run on disk: `run.json`, and one result file for each submission.

Each file is written beside its place and moved there, so that it is whole or not there at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TypeVar

import msgspec

from assay.errors import Conflict
from assay.files import write
from assay.outcome import Result
from assay.run import Run

T = TypeVar("T")


class Reading(msgspec.Struct, frozen=True):
    """Where a class was read from: the path, and the system if it was named."""

    submissions: str
    system: str = ""


class Listing(msgspec.Struct, frozen=True):
    """Who was in the class, as `OUT/class.json` holds it.

    `readings` has every place that the class was read from, `read_in` which of them each submission
    was in last; `gone` are those that the last reading did not have. `ended` is the time at which
    the last batch ended, in ISO 8601 with its offset.
    """

    readings: tuple[Reading, ...] = ()
    read_in: dict[str, int] = {}
    gone: tuple[str, ...] = ()
    ended: str = ""

    def read_again(self, reading: Reading, names: Iterable[str], gone: Iterable[str]) -> Listing:
        """The listing after another reading of these submissions."""
        known = [*self.readings, *(() if reading in self.readings else (reading,))]
        place = known.index(reading)
        read_in = self.read_in | dict.fromkeys(names, place)
        return Listing(tuple(known), read_in, tuple(gone), self.ended)


@dataclass(frozen=True)
class Record:
    """The output folder of a run."""

    out: Path

    def begin(self, run: Run, *, seed_given: bool) -> Run:
        """Start a run in the folder, or resume the one that it holds; its seed stays.

        Raises:
            Conflict: it holds a run with another seed, kit, material or isolation level.
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
        difference = before.difference(wanted)
        if difference:
            out, again = (quote(f"{self.out}{suffix}") for suffix in ("", "-again"))
            raise Conflict(
                f"{self.out} holds a run with {difference}: grade into another folder, on the same "
                f"inputs with `--out {again} --seed {before.seed}`. Then "
                f"`assay report {again} --regrade {out}` says what changed"
            )
        return msgspec.structs.replace(before, homework=run.homework, materials=run.materials)

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

    def listing(self) -> Listing:
        """Who was in the class and where it was read from; empty where no batch said so."""
        return _read(self.out / "class.json", Listing) or Listing()

    def put_listing(self, listing: Listing) -> None:
        """Record who is in the class."""
        write(self.out / "class.json", msgspec.json.format(msgspec.json.encode(listing)))

    def result(self, submission: str) -> Result | None:
        """A result that was recorded whole, else None; the file's name says whose it is."""
        result = _read(self._place(submission), Result)
        if result is None or result.submission == submission:
            return result
        return msgspec.structs.replace(result, submission=submission)

    def results(self) -> Iterator[Result]:
        """Every result of the folder, by submission."""
        for name in self.submissions():
            result = self.result(name)
            if result is not None:
                yield result

    def submissions(self) -> list[str]:
        """The submissions that have a result."""
        return [path.stem for path in sorted(self._results.glob("*.json"))]

    def put(self, result: Result) -> None:
        """Record one result."""
        body = msgspec.json.format(msgspec.json.encode(result), indent=1)
        write(self._place(result.submission), body)

    def remove(self, submissions: Iterable[str]) -> None:
        """Remove the results of these submissions."""
        for submission in submissions:
            self._place(submission).unlink(missing_ok=True)

    @property
    def _results(self) -> Path:
        return self.out / "results"

    def _place(self, submission: str) -> Path:
        return self._results / f"{submission}.json"


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None

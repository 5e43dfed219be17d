"""`assay batch` over a class, as a process of its own: what it used, and its results."""

from __future__ import annotations

import math
import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
from measure import Used, run
from submissions import MadeSubmission, write_class

from assay.outcome import Result

ASSAY = [sys.executable, "-m", "assay.commands.cli"]
SEED = 7


@dataclass(frozen=True)
class Graded:
    """A class graded by `assay batch`: by how many workers, what that used, and its results."""

    workers: int
    used: Used
    results: dict[str, Result]
    files: list[Path]

    @property
    def rate(self) -> float:
        """Submissions a minute, the start included."""
        return 60 * len(self.results) / self.used.seconds

    @property
    def warm_rate(self) -> float:
        """Submissions a minute once there are as many results as workers."""
        times = sorted(path.stat().st_mtime for path in self.files)[self.workers - 1 :]
        return 60 * (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else math.nan

    @property
    def cpu(self) -> float:
        """CPU seconds of all processes a submission, the start included."""
        return self.used.cpu / len(self.results)

    @property
    def student(self) -> float:
        """CPU seconds in student code, a submission."""
        return statistics.mean(found.student_cpu for found in self.results.values())


def grade(submissions: list[MadeSubmission], folder: Path, jobs: int) -> Graded:
    """Grade a class in a process of its own.

    Raises:
        RuntimeError: a submission has no score.
    """
    laid_out, out = write_class(submissions, folder / "class"), folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [
        *ASSAY,
        "batch",
        "--no-pages",
        laid_out,
        "--out",
        out,
        "--jobs",
        jobs,
        "--seed",
        SEED,
        "--allow-unconfined",
    ]
    log = folder / "batch.log"
    used = run(command, log=log, watch=out / "results", memory="together")
    files = sorted((out / "results").glob("*.json"))
    found = [msgspec.json.decode(path.read_bytes(), type=Result) for path in files]
    if used.status or len(found) != len(submissions) or any(r.score is None for r in found):
        raise RuntimeError(f"{len(found)} of {len(submissions)} graded: {log.read_text()[-2000:]}")
    return Graded(jobs, used, {r.submission: r for r in found}, files)

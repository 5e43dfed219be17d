"""`assay report` over many result files: real results under many names, with their exhibits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
from figures import Figure
from grading import ASSAY, Graded, grade
from measure import Used, run
from submissions import MadeSubmission

SECONDS = 30.0  # that 20,000 may take
GROWTH = 1.1  # of memory from a tenth of the files to all: flat


def reporting(submissions: list[MadeSubmission], files: int, folder: Path) -> Iterator[Figure]:
    """`assay report` over many result files, and over a tenth of them."""
    real = grade(submissions, folder / "real", 2)
    few, many = (report(real, count, folder / f"report{count}") for count in (files // 10, files))
    yield Figure(
        f"assay report, {files:,} result files",
        many.seconds,
        "s",
        "<= 30 s",
        many.seconds <= SECONDS,
    )
    yield Figure("  CPU", many.cpu, "s")
    yield Figure(f"  peak memory at {files // 10:,} files", few.largest, "MiB")
    grown = many.largest / few.largest
    yield Figure(f"  peak memory at {files:,} files", many.largest, "MiB", "flat", grown <= GROWTH)


def report(real: Graded, count: int, out: Path) -> Used:
    """Report this many results, each a real one under another name.

    Raises:
        RuntimeError: the command failed.
    """
    (out / "results").mkdir(parents=True)
    shutil.copy(real.files[0].parents[1] / "run.json", out)
    patterns = list(real.results.values())
    for n in range(count):
        one = msgspec.structs.replace(
            patterns[n % len(patterns)], submission=f"s{n:05d}", sha256=f"{n:064x}"
        )
        (out / "results" / f"s{n:05d}.json").write_bytes(msgspec.json.encode(one))
    log = out.with_suffix(".log")
    used = run([*ASSAY, "report", out], log=log, memory="largest")
    shutil.rmtree(out)
    if used.status:
        raise RuntimeError(f"assay report ended with {used.status}: {log.read_text()[-2000:]}")
    return used

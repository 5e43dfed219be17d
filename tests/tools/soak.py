"""A long batch of honest, broken and hostile submissions: the verdicts, and what is used meanwhile.

    python tests/tools/soak.py COUNT FOLDER [SEED]

COUNT submissions are drawn with replacement and graded in one batch on two processes, then each
different one alone, with a zygote of its own. Ends with status 1 where a verdict of the batch is
another than alone (but for the few that race against time by themselves), where a result is lost,
or where memory or descriptors grow.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import statistics
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hostile"))
import stage
from processes import below

from assay import run as runs
from assay.batch import pool as batch
from assay.batch.jobs import Known, jobs_for
from assay.commands.verify import cases
from assay.download import look
from assay.grading.grader import Grader
from assay.homework import find
from assay.isolation import kernel
from assay.outcome import Result
from assay.record import Record
from assay.run import Run
from assay.sandbox import student
from assay.sandbox.host import Sandbox
from assay.submission import read

GROWTH = 1.10  # of memory in the second half of the run over the first
# So that endless loops do not make up all of the run.
LIMITS = {"CALL_SECONDS": 1.5, "SECOND_SECONDS": 0.5, "LOAD_SECONDS": 4.0, "PROBLEM_SECONDS": 6.0}


def hurry() -> None:
    """In a worker: shorter limits of time."""
    kernel.die_with_parent()
    for name, seconds in LIMITS.items():
        setattr(student, name, seconds)


def pool(level: str) -> dict[str, object]:
    """Every submission that may be drawn, by name: the text of a problem's file, or a specimen."""
    known: dict[str, object] = {}
    for case in cases(find()):
        if case.module:
            source = case.submission.source(case.module, frozenset())
            known[case.name] = (source.file, source.cells[0][1])
    for kind in ("forge", "break", "leak", "folders"):
        for path in stage.specimens(kind):
            if stage.is_promised(path, level):
                known[f"{kind} {path.stem}"] = path
    return known


def lay_out(drawn: object, folder: Path) -> None:
    """One submission as a folder."""
    if isinstance(drawn, Path):
        stage.lay_out(drawn, folder)
        return
    name, text = drawn
    folder.mkdir()
    (folder / name).write_text(text, "utf-8")


def alone(path: str, run: Run) -> Result:
    """The result of one submission by a grader and a zygote that see nothing else."""
    with Sandbox(level=run.isolation) as sandbox:
        return Grader(seed=run.seed, sandbox=sandbox).judge(read(Path(path)))


def two_processes() -> Executor:
    """The batch's own pool, in a hurry."""
    return ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), initializer=hurry)


def usage(pid: int) -> tuple[int, int, int]:
    """Memory [MiB] of a process and all below it, without what they share, their open descriptors,
    and how many processes there are."""
    memory = descriptors = number = 0
    for living in (pid, *below(pid)):
        place = Path(f"/proc/{living}")
        try:
            lines = (place / "smaps_rollup").read_text().splitlines()
            memory += sum(int(x.split()[1]) for x in lines if x.startswith("Pss:"))
            descriptors += len(os.listdir(place / "fd"))
            number += 1
        except OSError:
            continue  # it ended meanwhile
    return memory // 1024, descriptors, number


def main(count: int, folder: Path, seed: int = 0) -> int:
    """Run the batch, then each alone; print what differs and what was used."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "class").mkdir(parents=True)
    with Sandbox() as sandbox:
        run = runs.run_here(seed, sandbox.level, find())
    known = pool(run.isolation)
    draw = random.Random(seed)
    drawn = {f"s{n:05d}": draw.choice(sorted(known)) for n in range(count)}
    for name, what in drawn.items():
        lay_out(known[what], folder / "class" / name)
    record = Record(folder / "out")
    record.begin(run, seed_given=True)
    started, used, found = time.perf_counter(), [], {}
    jobs = jobs_for(look(folder / "class").entries, run)
    for result in batch.grade_all(jobs, Known.of(record, run), two_processes, 2 * batch.AHEAD):
        found[result.submission] = result
        if len(found) % 20 == 0:
            used.append(usage(os.getpid()))
            print(len(found), f"{time.perf_counter() - started:.0f} s", *used[-1], flush=True)
    faults = [f"{name} is lost" for name in drawn if record.result(name) is None]
    first = {what: name for name, what in reversed(drawn.items())}
    with two_processes() as workers:
        paths = [str(folder / "class" / name) for name in first.values()]
        for what, result in zip(first, workers.map(partial(alone, run=run), paths), strict=True):
            if varies(known[what]):
                continue
            for name in (n for n, w in drawn.items() if w == what):
                faults += different(name, what, found[name], result)
    faults += growth(used)
    print("\n".join(faults))
    kinds = {
        k: sum(w.startswith(k) for w in drawn.values())
        for k in ("mutant", "alternative", "forge", "break", "leak", "folders")
    }
    print(
        f"{count} submissions, {len(first)} different, {kinds}, {run.isolation}, "
        f"{time.perf_counter() - started:.0f} s, {len(faults)} faults"
    )
    return bool(faults)


def varies(drawn: object) -> bool:
    """Whether a specimen ends otherwise from run to run, alone too: it races against time."""
    if not isinstance(drawn, Path):
        return False
    source = drawn / stage.PROBLEM if drawn.is_dir() else drawn
    return b"\nvaries: " in source.read_bytes()


def different(name: str, what: str, batched: Result, single: Result) -> list[str]:
    """Where a verdict of the batch is another than alone."""
    one, other = stage.outcomes(batched), stage.outcomes(single)
    differences = [
        f"{check}: {one[check]} in the batch, {other[check]} alone"
        for check in one
        if one[check] != other.get(check)
    ]
    differences += [f"score {batched.score} in the batch, {single.score} alone"] * (
        batched.score != single.score or batched.score is None
    )
    return [f"{name} ({what}): {line}" for line in differences]


def growth(used: list[tuple[int, int, int]]) -> list[str]:
    """What the second half of the run uses more than the first, its start left out.

    The median of each: a child that is alive for the moment counts too.
    """
    half, faults = len(used) // 2, []
    if half < 2:
        return []  # too short a run to tell
    for name, column in (("memory [MiB]", 0), ("descriptors", 1)):
        before = statistics.median(u[column] for u in used[1:half])
        after = statistics.median(u[column] for u in used[half:])
        print(f"{name}: {before} in the first half, {after} in the second")
        if after > GROWTH * before:
            faults.append(f"{name} grew from {before} to {after}")
    return faults


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])))

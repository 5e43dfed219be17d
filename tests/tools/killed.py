"""A batch that is killed again and again: what it comes to, beside one that was left alone.

    python tests/tools/killed.py COUNT KILLS FOLDER [SEED [JOBS]]

COUNT submissions, no two of them the same, are graded on JOBS processes, by default two. Another
run over them is killed by SIGKILL at KILLS random moments and started anew each time. Ends with
status 1 where its `grades.csv` differs in a byte, or where a result was lost or graded again after
it was recorded.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import example_class
from places import ROOT

from assay.commands.verify import cases
from assay.homework import find
from assay.record import Record

STARTING = 4.0  # seconds before the first submission is begun, about


def main(count: int, kills: int, folder: Path, seed: int = 0, jobs: int = 2) -> int:
    """Grade, kill and compare; print what differs and how far each life came."""
    shutil.rmtree(folder, ignore_errors=True)
    submissions = lay_out(folder / "class", count, seed)
    started = time.perf_counter()
    start = partial(batch, submissions, seed=seed, jobs=jobs)
    assert start(folder / "undisturbed").wait() in (0, 1)
    seconds = time.perf_counter() - started
    draw = random.Random(seed)
    record, lives, first = Record(folder / "killed"), [], {}
    for _ in range(kills):
        life = start(record.out)
        try:
            life.wait(draw.uniform(0.2, 2 * (STARTING + seconds / kills)))
        except subprocess.TimeoutExpired:
            life.send_signal(signal.SIGKILL)
            life.wait()
        first = stamps(record) | first
        lives.append(len(first))
    assert start(record.out).wait() in (0, 1)
    faults = compare(folder, count, first)
    print("\n".join(faults))
    print(
        f"{count} submissions, {seconds:.0f} s left alone; graded when killed: {lives}; "
        f"{len(faults)} faults"
    )
    return 1 if faults else 0


def lay_out(folder: Path, count: int, seed: int) -> Path:
    """Submissions by the reference, each with one mistake or none."""
    mistakes = [case for case in cases(find()) if case.name.startswith("mutant")]
    draw = random.Random(seed)
    for k in range(count):
        place = folder / f"s{k:04d}"
        shutil.copytree(ROOT / "reference", place, ignore=example_class.SKIPPED)
        case = draw.choice(mistakes)
        source = case.submission.source(case.module, frozenset())
        (place / source.file).write_text(f"{source.cells[0][1]}\n# {k}\n", "utf-8")
    return folder


def batch(submissions: Path, out: Path, *, seed: int, jobs: int) -> subprocess.Popen[bytes]:
    """The command, as it is typed."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "assay.commands.cli",
            "batch",
            "--no-pages",
            str(submissions),
            "--out",
            str(out),
            "--jobs",
            str(jobs),
            "--seed",
            str(seed),
            "--allow-unconfined",
        ],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )


def stamps(record: Record) -> dict[str, tuple[bytes, int]]:
    """Content and time of writing of each result that is recorded."""
    places = sorted((record.out / "results").glob("*.json"))
    return {p.stem: (p.read_bytes(), p.stat().st_mtime_ns) for p in places}


def compare(folder: Path, count: int, first: dict[str, tuple[bytes, int]]) -> list[str]:
    """What is another in the run that was killed."""
    record, faults = Record(folder / "killed"), []
    tables = [(folder / name / "grades.csv").read_bytes() for name in ("undisturbed", "killed")]
    if tables[0] != tables[1]:
        faults.append("grades.csv differs")
    last = stamps(record)
    faults += [f"{name} was graded again" for name, seen in first.items() if last[name] != seen]
    whole = sum(1 for _ in record.results())
    if whole != count:
        faults.append(f"{whole} whole results of {count}")
    return faults


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:])))

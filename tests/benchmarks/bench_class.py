"""`make bench-class`: what grading a class costs, and what the same checks cost in other tools.

Four parts, each alone with --only: `assay` (a class of the reference, a mixed one, one worker
against two), `report` (20,000 result files), `pytest` and `otter` (a sample of the same submissions
through the same checks). CPU seconds are those of all processes and stand beside every wall-clock
figure, since they depend less on what else the machine does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, machine, table, written
from grading import Graded, grade
from reporting import reporting
from rich.console import Console
from submissions import MadeSubmission, draw_class

sys.path.append(str(Path(__file__).resolve().parent / "rivals"))
from rivalry import RIVALS, rivalry

PARTS = ("assay", "report", *RIVALS)
RATE = 60.0  # reference submissions a minute on two cores
SCALING = 100  # submissions with which one worker is compared with two
ROUNDS = 2  # by turns, since the machine's speed drifts
MANY = 20_000  # result files


def main() -> None:
    """Measure the parts, show each figure when it is had, and write the table where it is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="submissions in a class")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--sample", type=int, help="submissions for each other tool")
    parser.add_argument("--files", type=int, default=MANY, help="result files for the report")
    parser.add_argument("--write", type=Path, help="a .md or .json file for the table")
    asked, console, figures = parser.parse_args(), Console(), []
    console.print(machine())
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        for figure in measured(asked, Path(folder)):
            figures.append(figure)
            console.print(f"{figure.name:<66} {figure.shown:>16}  {figure.verdict}", soft_wrap=True)
    console.print(table(figures))
    if asked.write:
        asked.write.write_text(written(figures, asked.write.suffix), "utf-8")


def measured(asked: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    """The figures of the parts that are asked for."""
    parts = [asked.only] if asked.only else PARTS
    classes = {mix: draw_class(asked.count, mix) for mix in ("reference", "mixed")}
    whole: dict[str, Graded] = {}
    if "assay" in parts:
        for name, submissions in classes.items():
            whole[name] = grade(submissions, folder / name, 2)
            yield from cost(name, whole[name])
        yield from scaling(classes["reference"][:SCALING], folder)
    if "report" in parts:
        yield from reporting(classes["mixed"][:20], asked.files, folder)
    for part in (part for part in parts if part in RIVALS):
        yield from rivalry(part, asked.sample, classes, whole, folder / part)


def cost(name: str, graded: Graded) -> Iterator[Figure]:
    """What a class cost."""
    count, used = len(graded.results), graded.used
    wanted = (f">= {RATE:g}", graded.rate >= RATE) if name == "reference" else ("", None)
    yield Figure(f"{name} class of {count}, 2 workers", graded.rate, "a minute", *wanted)
    yield Figure("  once warm", graded.warm_rate, "a minute")
    yield Figure("  CPU a submission, the start included", graded.cpu, "s")
    yield Figure("    in student code", graded.student, "s")
    yield Figure("    the kit's own", graded.cpu - graded.student, "s")
    yield Figure("  peak memory of all processes together", used.memory, "MiB")
    yield Figure("  time to first result", used.first, "s")


def scaling(submissions: list[MadeSubmission], folder: Path) -> Iterator[Figure]:
    """Two workers against one on the same class, by turns."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    later: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for jobs in (1, 2):
            graded = grade(submissions, folder / f"jobs{jobs}", jobs)
            rates[jobs].append(graded.rate)
            later[jobs].append(graded.warm_rate)
    one, two = (statistics.median(rates[jobs]) for jobs in (1, 2))
    yield Figure(f"{len(submissions)} of the reference class, 1 worker", one, "a minute")
    yield Figure(f"{len(submissions)} of the reference class, 2 workers", two, "a minute")
    yield Figure("  scaling from 1 to 2 workers", two / one, "times", ">= 1.8", two / one >= 1.8)
    steady = statistics.median(later[2]) / statistics.median(later[1])
    yield Figure("  once warm", steady, "times")


if __name__ == "__main__":
    main()

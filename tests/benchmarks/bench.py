"""`make bench`: what grading costs, cold and warm, and which share of it is the student's own code.

CPU figures count every process, the zygote's children included: a run over few submissions is taken
from one over more, so that what is paid once drops out.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from assay.grading.grader import Grader
from assay.protocol import wire
from assay.sandbox.host import Sandbox
from assay.sandbox.student import Student
from assay.submission import Source, Submission, read

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import starts
from places import ROOT
from processes import below

ECHO = wire.Load("echo", (wire.Cell("echo.py", "def f(x): return x"),), False, {}, {})


def main() -> None:
    """Measure and print a table: figure, value, what it must reach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=200, help="for the memory figure")
    parser.add_argument("--starts", action="store_true", help="only how soon commands answer")
    chosen = parser.parse_args()
    count = chosen.submissions
    print(f"{os.cpu_count()} cores, torch {torch.__version__}\n")
    for figure in starts.rows():
        row(*figure)
    if chosen.starts:
        return
    cold = statistics.median(cold_check() for _ in range(3))
    row("cold `assay check reference`", f"{cold:.2f} s wall", "<= 8 s")
    reference = read(ROOT / "reference")
    cpu, student = per_submission(reference)
    row("each further reference submission", f"{cpu:.2f} s CPU", "<= 2 s")
    row("  of it in student code", f"{student:.2f} s CPU ({student / cpu:.0%})", "")
    row("  of it the kit's own", f"{cpu - student:.2f} s CPU", "<= 0.7 s")
    with Sandbox() as sandbox:
        row("fork to first answer", f"{1e3 * fork_to_answer(sandbox):.1f} ms", "<= 60 ms")
        row("one call over the student's time", f"{1e3 * one_call(sandbox):.3f} ms", "<= 0.5 ms")
    if sys.platform == "linux":
        seconds, level = confinement(reference)
        row(f"what {level} adds to a submission", f"{1e3 * seconds:.1f} ms", "<= 25 ms")
    early, late = memory(reference, count)
    row(f"memory after {count // 10} of {count} submissions", f"{early:.0f} MiB", "")
    row(f"memory after {count} submissions", f"{late:.0f} MiB", "flat")


def row(name: str, value: str, bound: str) -> None:
    """Print one line of the table."""
    print(f"{name:<42} {value:>46}   {bound}", flush=True)


def cold_check() -> float:
    """Wall-clock seconds of the command in a fresh process."""
    command = [sys.executable, "-m", "assay.commands.cli", "check", "reference", "--brief"]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def per_submission(submission: Submission, few: int = 2, many: int = 10) -> tuple[float, float]:
    """CPU seconds of one warm submission, in all and in the student's functions."""
    used: dict[int, float] = {}
    student = 0.0
    for count in (few, many):
        before = cpu_of_all()
        with Grader(seed=1, sandbox=Sandbox(long_run=True)) as grader:
            student = statistics.mean(grader.judge(submission).student_cpu for _ in range(count))
        used[count] = cpu_of_all() - before
    return (used[many] - used[few]) / (many - few), student


def fork_to_answer(sandbox: Sandbox) -> float:
    """Seconds from asking for a child to the answer of its first call, in the median."""
    fork_and_call(sandbox).close()
    return median_of(lambda: fork_and_call(sandbox).close(), 30)


def fork_and_call(sandbox: Sandbox) -> Student:
    """A fresh child that has answered one call."""
    student = Student(sandbox, ECHO, "", 0)
    student.f(1.0)
    return student


def one_call(sandbox: Sandbox) -> float:
    """Seconds that a call of a function that does nothing takes, in the median."""
    student = fork_and_call(sandbox)
    y = torch.zeros(2, dtype=torch.float64)
    seconds = median_of(lambda: student.f(y), 1000)
    student.close()
    return seconds


def confinement(submission: Submission, rounds: int = 150) -> tuple[float, str]:
    """Seconds that the highest level adds to a submission, and which level it is.

    The median of differences between a child at that level and one at the lowest, by turns since
    the machine's speed drifts, times the children that a submission takes.
    """
    with Sandbox(level="process", long_run=True) as plain, Sandbox(long_run=True) as walled:
        children = count_children(Grader(seed=1, sandbox=plain), submission)
        life(walled)
        more = statistics.median(life(walled) - life(plain) for _ in range(rounds))
        return children * more, walled.level


def count_children(grader: Grader, submission: Submission) -> int:
    """How many processes a submission takes."""
    started, launcher = [], grader.sandbox.launcher
    inner = launcher.open
    launcher.open = lambda: started.append(1) or inner()
    grader.judge(submission)
    launcher.open = inner
    return len(started)


def life(sandbox: Sandbox) -> float:
    """Seconds from asking for a child until it has ended."""
    started = time.perf_counter()
    sandbox.child().close()
    return time.perf_counter() - started


def memory(reference: Submission, count: int) -> tuple[float, float]:
    """MiB of the grader and its zygote after a tenth of the submissions, and after all."""
    name = "problem2_projection"
    source = reference.source(name, ())
    assert source is not None
    sizes = []
    with Grader(seed=1) as grader:
        for k in range(1, count + 1):
            text = f"{source.cells[0][1]}\n# submission {k}\n"
            mine = Source(f"{name}.py", name, ((f"{name}.py", text),), tolerant=False)
            grader.judge(Submission(f"s{k}", (mine,), {}, {}, (), f"{k:064x}"))
            if k in (count // 10, count):
                living = (os.getpid(), *below(os.getpid()))
                sizes.append(sum(map(resident, living)))
    return sizes[0], sizes[-1]


def resident(pid: int) -> float:
    """Resident memory of a process [MiB]."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_of_all() -> float:
    """CPU seconds of this process and of all that it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def median_of(act: Callable[[], object], times: int) -> float:
    """The median of the seconds that an act takes."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()

"""The reference under many seeds: how often the graders refuse a correct answer.

    python tests/tools/seeds.py COUNT [problem1 ...]

Every seed draws other inputs and other random numbers. Ends with status 1 where any run is refused.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from assay.grading.grader import Grader
from assay.homework import find
from assay.sandbox.host import Sandbox
from assay.submission import read

_sandbox: list[Sandbox] = []


def begin() -> None:
    """Start this process's sandbox: every seed has a grader of its own in it."""
    _sandbox.append(Sandbox())


def refused(seed: int, wanted: tuple[str, ...]) -> list[str]:
    """What the reference lost with a seed."""
    checks = [c for c in find().checks() if not wanted or c.module.startswith(wanted)]
    reference = read(find().reference_folder)
    result = Grader(seed=seed, sandbox=_sandbox[0]).judge(reference, checks)
    return [f"seed {seed}: {c.id}: {c.message}" for c in result.checks if c.outcome != "passed"]


def main(count: int, wanted: tuple[str, ...]) -> int:
    """Judge the reference with seeds 0, ..., count - 1."""
    started, lost = time.perf_counter(), []
    with ProcessPoolExecutor(int(os.environ.get("JOBS", "2")), initializer=begin) as workers:
        found = workers.map(partial(refused, wanted=wanted), range(count), chunksize=8)
        for done, messages in enumerate(found, start=1):
            lost += messages
            print(*messages, sep="\n", end="\n" if messages else "")
            if done % 100 == 0:
                print(f"{done} seeds, {len(lost)} refusals", flush=True)
    print(f"{count} seeds, {len(lost)} refusals, {time.perf_counter() - started:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), tuple(sys.argv[2:])))

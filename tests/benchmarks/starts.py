"""How soon a command answers: where nothing is computed, for one problem, a class, a saved file.

Each figure is a median with its extremes. Processor time is that of all processes of a command;
on a machine that others use it says more than the time that passes.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measure import Used, run
from places import ROOT

ASSAY = [sys.executable, "-m", "assay.commands.cli"]
IMPORT = [sys.executable, "-c", "import torch"]
ONLY = [*ASSAY, "check", ROOT / "reference", "--only", "problem2"]
PROBLEM = "problem2_projection.py"
TIMES, SAVES = 5, 7

Row = tuple[str, str, str]


def rows() -> Iterator[Row]:
    """Each figure, its value, and what it must reach."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        yield from at_once(folder)
        yield from one_problem(folder)
        yield from first_of_a_class(folder)
        yield "save to verdict, above grading", f"{spread(saved(folder))} s wall", "<= 0.3 s"


def at_once(folder: Path) -> Iterator[Row]:
    """Seconds where nothing is to be computed."""
    (folder / "empty").mkdir()
    (folder / "damaged.zip").write_bytes(b"PK\x03\x04 and no more")
    for name, words in {
        "a missing path": [folder / "nowhere"],
        "an empty folder": [folder / "empty"],
        "an unknown check": [ROOT / "reference", "--only", "no_such_check"],
        "an unreadable archive": [folder / "damaged.zip"],
        "a template with nothing written": [ROOT / "student_template"],
    }.items():
        used = [measured([*ASSAY, "check", *words], folder) for _ in range(TIMES)]
        yield name, both(used), "<= 0.5 s"


def one_problem(folder: Path) -> Iterator[Row]:
    """`assay check --only problem2` and a bare `import torch`, by turns."""
    pairs = [(measured(IMPORT, folder), measured(ONLY, folder)) for _ in range(TIMES)]
    yield "a bare `import torch`", both([bare for bare, _ in pairs]), ""
    yield "`assay check --only problem2`", both([only for _, only in pairs]), ""
    ratios = [only.seconds / bare.seconds for bare, only in pairs]
    yield "  compared with the bare import", f"{spread(ratios)} times, wall", "<= 1.5"


def first_of_a_class(folder: Path, count: int = 6) -> Iterator[Row]:
    """A class of the reference, by two workers: until its first result, and memory."""
    for number in range(count):
        own = shutil.copytree(ROOT / "reference", folder / "class" / f"s{number}")
        with (own / PROBLEM).open("a", encoding="utf-8") as file:
            file.write(f"# {number}\n")
    out = folder / "out"
    used = []
    for _ in range(3):
        shutil.rmtree(out, ignore_errors=True)
        command = [*ASSAY, "batch", folder / "class", "--out", out, "--jobs", 2]
        log = folder / "log"
        used.append(run(command, log=log, watch=out / "results", memory="together"))
    yield "first result of a batch", f"{spread([u.first for u in used])} s wall", "<= 5 s"
    most = max(u.memory for u in used)
    yield "memory of two workers, at most", f"{most:.0f} MiB together", "<= 922 MiB"


def saved(folder: Path) -> list[float]:
    """Seconds from saving a file to its verdict, without those that the grading itself took."""
    text = (ROOT / "reference" / PROBLEM).read_text("utf-8")
    (folder / "watched").mkdir()
    file = folder / "watched" / PROBLEM
    file.write_text(text)
    command = [*ASSAY, "check", str(file.parent), "--watch", "--only", "problem2"]
    seconds = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as watching:
        assert watching.stdout
        graded = (re.search(r"^Score.*\(([\d.]+) s\)", line) for line in watching.stdout)
        took = (float(found[1]) for found in graded if found)
        next(took)
        for number in range(SAVES):
            time.sleep(0.7)
            started = time.perf_counter()
            file.write_text(f"{text}# {number}\n")
            grading = next(took)
            seconds.append(time.perf_counter() - started - grading)
        watching.terminate()
    return seconds


def measured(command: list[object], folder: Path) -> Used:
    """What a command used; its exit status does not matter."""
    return run(command, log=folder / "log")


def both(used: list[Used]) -> str:
    """Wall-clock and processor seconds."""
    return f"{spread([u.seconds for u in used])} s wall, {spread([u.cpu for u in used])} s CPU"


def spread(values: list[float]) -> str:
    """The median, and the extremes."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"

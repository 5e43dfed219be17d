"""What each mutant costs: points lost in its problem, from files of `verdicts.py write`.

    python tests/tools/verdicts.py write before.json problem3       # or `cases`: every problem
    python tests/tools/points.py before.json                        # one table
    python tests/tools/points.py before.json after.json             # before and after
    python tests/tools/points.py after.json --mutants problem3      # the mutants of one problem

A row for each problem: its points, how many mutants it has, and of the points that they lose the
median, the 90th percentile, the most, and how many mutants lose more than 40 % of the problem.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

STEEP = 0.4  # of a problem's points: more than one mistake should cost


class Loss(NamedTuple):
    """What one mutant loses: its name, its points lost, those of its problem, the checks."""

    mutant: str
    lost: float
    of: float
    checks: dict[str, str]


def losses(path: Path) -> dict[str, list[Loss]]:
    """The losses of the mutants in a file of verdicts, by problem."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found: dict[str, list[Loss]] = defaultdict(list)
    for line in lines:
        kind, _, rest = line["name"].partition(" ")
        if kind == "mutant":
            module, _, mutant = rest.partition(" ")
            failed = {c: o for c, (o, _) in line["checks"].items() if o != "passed"}
            if line["score"] is None:
                raise SystemExit(f"{path}: {line['name']} was not judged: {failed}")
            lost = line["max_score"] - line["score"]
            found[module.partition("_")[0]].append(Loss(mutant, lost, line["max_score"], failed))
    return found


def row(found: list[Loss]) -> list[str]:
    """Number, median, 90th percentile, most, and how many are steep."""
    lost = np.array([loss.lost for loss in found])
    steep = sum(loss.lost > STEEP * loss.of for loss in found)
    middle, high = np.percentile(lost, [50, 90])
    return [str(len(found)), f"{middle:.2f}", f"{high:.2f}", f"{lost.max():.2f}", str(steep)]


def table(paths: list[Path]) -> str:
    """The table over all problems, as Markdown, with the columns of each file side by side."""
    files = [losses(path) for path in paths]
    labels = ["mutants", "median", "90 %", "most", "over 40 %"]
    names = [path.stem for path in paths] if len(paths) > 1 else [""]
    heads = [
        "problem",
        "points",
        *(f"{label} {name}".strip() for name in names for label in labels),
    ]
    rows = [heads, ["---"] * len(heads)]
    for problem in sorted(set(chain.from_iterable(files))):
        of = next(file[problem][0].of for file in files if problem in file)
        cells = [row(file[problem]) if problem in file else ["-"] * len(labels) for file in files]
        rows.append([problem, f"{of:g}", *chain.from_iterable(cells)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def mutants(path: Path, problem: str) -> str:
    """The mutants of one problem, the most expensive first, with the checks that they fail."""
    found = sorted(losses(path)[problem], key=lambda loss: -loss.lost)
    return "\n".join(
        f"{loss.lost:6.2f} of {loss.of:g}  {loss.mutant}: "
        + ", ".join(f"{check.partition('.')[2]} ({how})" for check, how in loss.checks.items())
        for loss in found
    )


if __name__ == "__main__":
    if "--mutants" in sys.argv:
        print(mutants(Path(sys.argv[1]), sys.argv[3]))
    else:
        print(table([Path(name) for name in sys.argv[1:]]))

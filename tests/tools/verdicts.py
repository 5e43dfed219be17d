"""The verdicts on every known submission, written to a file, and two such files compared.

    python tests/tools/verdicts.py write FILE [cases|specimens|problemN]
    python tests/tools/verdicts.py compare BEFORE AFTER

Known are the reference, the template, the mutants and the alternatives (seed 0), and the hostile
specimens (seed 3, problem 2, short limits); `problemN` takes one problem's mutants and alternatives
alone. Run `write` before and after a change that must not
change any verdict; `compare` prints every outcome or point that differs, and ends with status 1
where there is one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hostile"))
import stage

from assay.commands.verify import cases
from assay.grading.grader import Grader
from assay.homework import find
from assay.outcome import Result
from assay.sandbox import student
from assay.submission import read

KINDS = ("forge", "break", "leak", "folders")


def known_cases(problem: str = "") -> Iterator[tuple[str, Result]]:
    """Name and result of each submission of `assay verify`, or of those of one problem."""
    homework = find()
    with Grader(seed=0) as grader:
        for case in cases(homework):
            if not case.module.startswith(problem):
                continue
            checks = homework.checks_of(case.module) if case.module else ()
            yield case.name, grader.judge(case.submission, checks)


def specimens() -> Iterator[tuple[str, Result]]:
    """Name and result of each hostile specimen, at the highest level of this machine."""
    student.CALL_SECONDS, student.SECOND_SECONDS = 0.6, 0.2
    student.LOAD_SECONDS, student.PROBLEM_SECONDS = 2.0, 4.0
    with tempfile.TemporaryDirectory() as folder, Grader(seed=3, only="problem2") as grader:
        place = Path(folder, "submission")
        for kind in KINDS:
            for path in stage.specimens(kind):
                stage.lay_out(path, place)
                yield f"{kind} {path.stem}", grader.judge(read(place))


def write(path: Path, part: str = "") -> None:
    """Write a line of JSON for each known submission, as soon as it is graded."""
    sources = {"cases": known_cases, "specimens": specimens}
    if part.startswith("problem"):
        sources = {part: partial(known_cases, part)}
    with path.open("w", encoding="utf-8") as file:
        for grade in [sources[part]] if part else sources.values():
            for name, result in grade():
                line = {
                    "name": name,
                    "status": result.status.partition(":")[0],
                    "score": result.score,
                    "max_score": result.max_score,
                    "checks": {c.id: [c.outcome, c.points] for c in result.checks},
                }
                print(json.dumps(line), file=file, flush=True)


def compare(before: Path, after: Path) -> int:
    """Print what differs; the exit status."""
    old, new = (
        {line["name"]: line for line in map(json.loads, path.read_text("utf-8").splitlines())}
        for path in (before, after)
    )
    differences = [f"{name}: only in one of the files" for name in sorted(old.keys() ^ new.keys())]
    for name in sorted(old.keys() & new.keys()):
        one, other = old[name], new[name]
        pairs = {"status": (one["status"], other["status"])}
        pairs |= {"score": (one["score"], other["score"])}
        for check in {**one["checks"], **other["checks"]}:
            pairs[check] = (one["checks"].get(check), other["checks"].get(check))
        differences += [f"{name}: {what}: {a} -> {b}" for what, (a, b) in pairs.items() if a != b]
    print(*differences, sep="\n")
    print(f"{len(old)} and {len(new)} submissions, {len(differences)} differences")
    return bool(differences)


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        sys.exit(compare(Path(sys.argv[2]), Path(sys.argv[3])))
    write(Path(sys.argv[2]), *sys.argv[3:])

"""On Gradescope: grades the one submission that is there, and leaves `results.json`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from assay.errors import Unreadable
from assay.files import write
from assay.grading.grader import Grader
from assay.outcome import Result
from assay.report import rubric
from assay.report.gradescope import results_json


class Upload(msgspec.Struct, frozen=True):
    """What the upload says to its grader: the class's seed."""

    seed: int


def main(root: Path) -> None:
    """Grade `submission` and write `results/results.json`, both below the root."""
    upload = msgspec.json.decode((root / "source" / "upload.json").read_bytes(), type=Upload)
    found = _counted(_graded(root / "submission", upload.seed), root / "source" / "rubric.toml")
    write(root / "results" / "results.json", results_json(found))


def _graded(path: Path, seed: int) -> Result:
    with Grader(seed=seed) as grader:
        try:
            return grader.grade(path)
        except Unreadable as fault:
            return grader.unreadable(path.name, path, fault)


def _counted(found: Result, path: Path) -> Result:
    if not path.exists():
        return found
    chosen = rubric.read(path.read_text("utf-8-sig"), [found])
    return rubric.apply(chosen, [found])[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]))

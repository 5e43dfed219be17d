"""On Gradescope: grades the submission and writes `results.json`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from assay.errors import Unreadable
from assay.files import write
from assay.grading.grader import Grader
from assay.homework import Homework, built_in, load
from assay.outcome import Result
from assay.report import rubric as rubrics
from assay.report.gradescope import results_json

UPLOADED = "homework"  # the folder of a homework that is not in the kit


class Upload(msgspec.Struct, frozen=True):
    """What the upload contains for the grader: the seed of the class."""

    seed: int


def main(root: Path) -> None:
    """Grade `submission` and write `results/results.json`, both in the root folder."""
    upload = msgspec.json.decode((root / "source" / "upload.json").read_bytes(), type=Upload)
    folder = root / "source" / UPLOADED
    homework = load(folder) if folder.is_dir() else built_in()
    result = _graded(root / "submission", upload.seed, homework)
    rescored = _rescored(result, root / "source" / "rubric.toml")
    write(root / "results" / "results.json", results_json(rescored))


def _graded(path: Path, seed: int, homework: Homework) -> Result:
    with Grader(seed=seed, homework=homework) as grader:
        try:
            return grader.grade(path)
        except Unreadable as fault:
            return grader.unreadable(path.name, path, fault)


def _rescored(result: Result, path: Path) -> Result:
    if not path.exists():
        return result
    rubric = rubrics.read(rubrics.decode(path.read_bytes()), [result])
    return rubrics.apply(rubric, [result])[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]))

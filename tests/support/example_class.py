"""A small class to try the kit on: the reference, the template, four with realistic mistakes."""

from __future__ import annotations

import shutil
from pathlib import Path

from places import ROOT

from assay.commands.verify import mutants
from assay.submission import read

# For each submission the mutants of tests/mutants/ that the student wrote; the rest is correct.
MISTAKES = {
    "ada": {"problem2_projection": "no_clamp", "problem4_glow": "abs_forgotten"},
    "bao": {"problem3_inpainting": "two_steps_at_once", "problem6_gradient_tricks": "score_sum"},
    "chloe": {
        "problem1_log_derivative": "one_over_q_forgotten",
        "problem5_gamblers_ruin": "ruin_ignored",
    },
    "dmitri": {"problem5_gamblers_ruin": "ruined_rows_wiped", "problem3_inpainting": "no_clamp"},
}
SKIPPED = shutil.ignore_patterns("__pycache__", "train_flow.py", ".*")


def lay_out(folder: Path) -> None:
    """Write the class, a folder a student, into a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=SKIPPED)
    shutil.copytree(ROOT / "student_template", folder / "template", ignore=SKIPPED)
    for student, mistakes in MISTAKES.items():
        shutil.copytree(ROOT / "reference", folder / student, ignore=SKIPPED)
        for module, name in mistakes.items():
            (folder / student / f"{module}.py").write_text(mutant(module, name), "utf-8")


def mutant(module: str, name: str) -> str:
    """The text of one mutant."""
    path = ROOT / "tests" / "mutants" / f"{module}.toml"
    cases = mutants(path, read(ROOT / "reference"))
    case = next(case for case in cases if case.name.endswith(f" {name}"))
    source = case.submission.source(module, ())
    assert source is not None
    return source.cells[0][1]

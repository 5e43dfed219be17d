"""`assay replay` and `assay check --debug`: one failing input, outside the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assay.checks import Check, one
from assay.errors import InvalidInput
from assay.homework import Homework

if TYPE_CHECKING:
    from assay.grading.failing import Failing
    from assay.grading.grader import Grader
    from assay.submission import Submission


def one_check(homework: Homework, name: str) -> Check:
    """The check of this name or id.

    Raises:
        InvalidInput: there is none, or the name is of several.
    """
    stated = one(homework.named(name), name)
    return next(each for each in homework.checks_of(stated.module) if each.id == stated.id)


def script_of(grader: Grader, submission: Submission, check: Check) -> str:
    """The script of a check's smallest failing input; empty if the check passes.

    Raises:
        CannotGrade: the check fails, and no call of the student's code made it fail.
    """
    from assay.grading.failing import failing
    from assay.report.script import script

    found = failing(grader, submission, check)
    if found is None:
        return ""
    code = _code(found, submission, grader.homework)
    return script(check.name, check.title, found.message, found.calls, code, grader.homework)


def folder_of(path: Path) -> Path:
    """The folder whose files a script runs.

    Raises:
        InvalidInput: the submission is an archive.
    """
    if path.is_dir():
        return path
    if path.suffix in (".py", ".ipynb"):
        return path.parent
    raise InvalidInput(f"--debug runs files of a folder: unpack {path} first")


def run(script: str, folder: Path) -> None:
    """Run a script in a folder, in a process that has this terminal; its output is shown."""
    with tempfile.TemporaryDirectory(prefix="assay-") as own:
        place = Path(own) / "repro.py"
        place.write_text(script, "utf-8")
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        sys.stdout.flush()
        subprocess.run([sys.executable, place], cwd=folder, env=environment, check=False)  # noqa: S603


def _code(found: Failing, submission: Submission, homework: Homework) -> str:
    """How the script finds the student's functions: by an import, or as a copy of their cells."""
    from assay.report.script import from_cells, from_file, from_notebook

    template = homework.template_of(found.check.module)
    source = submission.source(found.check.module, template, template)
    path = source.origin or source.name if source else ""
    if source is None or source.imported or source.packages:
        return from_cells(found.source.cells)
    if source.tolerant and path.endswith(".ipynb"):
        return from_notebook(path)
    is_importable = path.endswith(".py") and Path(path).stem.isidentifier()
    if source.interactive or not is_importable or len(found.source.cells) > 1:
        return from_cells(found.source.cells)
    return from_file(path)

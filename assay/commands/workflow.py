"""`assay check` in a workflow on GitHub: annotations at the student's functions, and a summary."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.foreign import quoted
from assay.homework import Homework
from assay.publish import step

if TYPE_CHECKING:
    from assay.outcome import Result
    from assay.report.places import Place
    from assay.submission import Submission


@dataclass(frozen=True)
class Announcement:
    """What a workflow is told about the result of a submission, which was read from a path."""

    path: Path
    submission: Submission
    homework: Homework

    def __call__(self, result: Result) -> None:
        """Print the annotations, and append the feedback to the job's summary."""
        from assay.report.classroom import workflow_commands
        from assay.report.feedback import markdown

        for command in workflow_commands(result, self._places(result)):
            click.echo(command)
        step.append(step.SUMMARY, markdown(result, self.homework))

    def _places(self, result: Result) -> dict[str, Place]:
        """Where the checks that lost points look, by paths from the top of the repository."""
        from assay.report.places import Place, places

        folder = _from_the_top(self.path if self.path.is_dir() else self.path.parent)
        if folder is None or self.path.suffix not in ("", ".py", ".ipynb"):
            return {}
        lost = {outcome.id for outcome in result.checks if outcome.points < outcome.max_points}
        checks = [check for check in self.homework.stated() if check.id in lost]
        found = places(checks, self.submission, self.homework)
        prefix = "" if folder == Path() else f"{folder.as_posix()}/"
        return {
            name: Place(quoted("{}{}", prefix, place.file), place.line)
            for name, place in found.items()
        }


def _from_the_top(folder: Path) -> Path | None:
    """The path of a folder in the repository that was checked out; None if it is elsewhere."""
    top = Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    try:
        return folder.resolve().relative_to(top)
    except ValueError:
        return None

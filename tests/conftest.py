"""What tests share: a warm sandbox and a grader for each worker, and submissions made of text."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from places import ROOT

from assay.commands import cli
from assay.grading.grader import Grader
from assay.outcome import Result
from assay.protocol import wire
from assay.sandbox.host import Sandbox
from assay.sandbox.student import Student
from assay.submission import read

# A command that a test runs is no step of the workflow that runs the tests.
for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
    os.environ.pop(name, None)

StudentOf = Callable[..., Student]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Where student code runs: warm after the first use."""
    with Sandbox() as warm:
        yield warm


@pytest.fixture(scope="session")
def grader(sandbox: Sandbox) -> Grader:
    """Every check, with the inputs of seed 0."""
    return Grader(seed=0, sandbox=sandbox)


@pytest.fixture(scope="session")
def reference_result(grader: Grader) -> Result:
    """The result of the reference, which has the time of each check and the exhibits."""
    return grader.judge(read(ROOT / "reference"))


@pytest.fixture
def student_of(sandbox: Sandbox) -> Iterator[StudentOf]:
    """Makes a student of a source text (of several texts: the cells of a notebook)."""
    students = []

    def make(
        *texts: str, seed: int = 0, interactive: bool = False, on=sandbox, **folder
    ) -> Student:
        names = ["problem.py"] if len(texts) == 1 else [f"cell {n}" for n in range(len(texts))]
        cells = tuple(map(wire.Cell, names, texts))
        modules, data = folder.get("modules", {}), folder.get("data", {})
        source = wire.Load(
            "problem", cells, interactive, modules, data, asked=folder.get("asked", ())
        )
        students.append(Student(on, source, "", seed))
        return students[-1]

    yield make
    for student in students:
        student.close()


@pytest.fixture
def assay_here(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs `assay` in this process, on the warm sandbox: its exit code, output and errors.

    A fresh process imports torch twice first, 6 s; a few tests do that for each command.
    """
    start = cli._sandbox

    def shared(homework, texts=None):
        return sandbox if homework == sandbox.homework else start(homework, texts)

    def run(*words: object, cwd: Path = tmp_path) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(cli, "_sandbox", shared)
            patch.setattr(sandbox, "close", lambda: None)
            done = CliRunner().invoke(cli.main, [*map(str, words)], catch_exceptions=False)
        return done.exit_code, done.stdout, done.stderr

    return run

"""What tests share: one warm sandbox and one grader for each worker, and hand-ins made of text."""

from collections.abc import Callable, Iterator

import pytest

from assay.grading.grader import Grader
from assay.protocol import wire
from assay.sandbox.host import Sandbox
from assay.sandbox.student import Student

HandIn = Callable[..., Student]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Where student code runs: warm after the first use."""
    with Sandbox() as warm:
        yield warm


@pytest.fixture(scope="session")
def grader(sandbox: Sandbox) -> Grader:
    """Every check, with the inputs of seed 0."""
    return Grader(seed=0, sandbox=sandbox)


@pytest.fixture
def hand_in(sandbox: Sandbox) -> Iterator[HandIn]:
    """Makes a student of a source text (of several texts: the cells of a notebook)."""
    students = []

    def make(*texts: str, seed: int = 0, tolerant: bool = False, on=sandbox, **folder) -> Student:
        names = ["problem.py"] if len(texts) == 1 else [f"cell {n}" for n in range(len(texts))]
        cells = tuple(map(wire.Cell, names, texts))
        modules, data = folder.get("modules", {}), folder.get("data", {})
        source = wire.Load("problem", cells, tolerant, modules, data)
        students.append(Student(on, source, "", seed))
        return students[-1]

    yield make
    for student in students:
        student.close()

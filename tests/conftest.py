"""What tests share: one warm sandbox and one grader for each worker."""

from collections.abc import Iterator

import pytest

from graders.grade import Grader
from graders.sandbox.host import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Where student code runs: warm after the first use."""
    with Sandbox() as warm:
        yield warm


@pytest.fixture(scope="session")
def grader(sandbox: Sandbox) -> Grader:
    """Every check, with the inputs of seed 0."""
    return Grader(seed=0, sandbox=sandbox)

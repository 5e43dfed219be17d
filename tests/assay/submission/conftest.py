"""What the tests of reading submissions share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from settling import Ending, settle


@pytest.fixture
def settle_file(tmp_path: Path) -> Callable[[str, bytes], Ending]:
    """Settles a submission of one file."""

    def settle_named(name: str, content: bytes) -> Ending:
        (tmp_path / name).write_bytes(content)
        return settle(tmp_path / name)

    return settle_named

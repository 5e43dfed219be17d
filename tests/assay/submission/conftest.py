"""What the tests of the intake share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from settling import Ending, settle


@pytest.fixture
def settled(tmp_path: Path) -> Callable[[str, bytes], Ending]:
    """Settles a hand-in of one file."""

    def settle_file(name: str, content: bytes) -> Ending:
        (tmp_path / name).write_bytes(content)
        return settle(tmp_path / name)

    return settle_file

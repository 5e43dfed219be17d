"""Which levels of isolation this machine offers."""

from functools import cache

from assay.sandbox.host import Sandbox
from assay.verdict import Broken


@cache
def offered(level: str) -> bool:
    """Whether a canary confirms the level here."""
    with Sandbox(level=level) as sandbox:
        try:
            return sandbox.level == level
        except Broken:
            return False

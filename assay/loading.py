"""Imports of large libraries, without what they cost besides: the collector's walks over them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """Import inside what stays until the process ends.

    The collector does not run meanwhile, and never looks at these objects again: with torch that is
    a tenth of the import, and almost all of the time that the interpreter takes to end.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()

"""Describes an exception of student code: its text, the student's own lines, and its cause here."""

from __future__ import annotations

import platform
import re
import sys
import traceback
from collections.abc import Iterator
from types import ModuleType

from assay.protocol import wire
from assay.protocol.wire import valid
from assay.sandbox.limits import is_students

SHOWN_LINES = wire.LINES  # of the student's lines, in an error
# Files of libraries that start processes.
_STARTERS = re.compile(
    r"[/\\](?:multiprocessing[/\\]|concurrent[/\\]futures[/\\]process|subprocess)"
)
_NO_PROCESSES = (
    "no processes can be started on this machine: use threads "
    "(concurrent.futures.ThreadPoolExecutor) or a plain loop"
)
_NO_GPU = "there is no GPU on this machine: write device='cpu'"
_REMOVED = re.compile(r"(?:is now|was|has been|were) removed")
_CUDA = re.compile(r"CUDA|NVIDIA|HIP GPUs|\bMPS\b")


def describe(fault: BaseException) -> wire.Error:
    """The type and text of an exception and the student's own lines that led to it."""
    frames = [f for f in traceback.extract_tb(fault.__traceback__) if is_students(f.filename)]
    lines = [f"{f.filename[1:-1]}, line {f.lineno}: {f.line}" for f in frames if f.line]
    if isinstance(fault, SyntaxError) and fault.filename:
        where = f"{fault.filename.strip('<>')}, line {fault.lineno}: {(fault.text or '').strip()}"
        lines = [*lines, where]
    try:
        text = str(fault.msg if isinstance(fault, SyntaxError) else fault)
    except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
        text = ""
    if isinstance(fault, ImportError) and fault.path:
        text = text.replace(f" ({fault.path})", "")
    text = "; ".join(filter(None, [text[:1500], *causes(fault, text)]))
    return wire.Error(
        valid(type(fault).__name__, wire.NAME_LIMIT),
        valid(text),
        tuple(map(valid, lines[-SHOWN_LINES:])),
    )


def causes(fault: BaseException, text: str) -> Iterator[str]:
    """What on this machine may have caused an exception: versions, processes, no GPU."""
    if isinstance(fault, SyntaxError) and not isinstance(fault, IndentationError):
        yield f"Python {platform.python_version()} grades here"
    version = _version(_lacking(fault, text))
    if version:
        yield f"{version} grades here"
    if isinstance(fault, (OSError, RuntimeError, AssertionError)):
        places = [f.filename for f in traceback.extract_tb(fault.__traceback__)]
        denied = isinstance(fault, PermissionError) or type(fault).__name__ == "BrokenProcessPool"
        if any(map(_STARTERS.search, places)) or (denied and _forked(fault)):
            yield _NO_PROCESSES
        if _CUDA.search(text):
            yield _NO_GPU


def _forked(fault: BaseException) -> bool:
    last = traceback.extract_tb(fault.__traceback__)[-1:]
    return any("fork" in (frame.line or "") for frame in last)


def _lacking(fault: BaseException, text: str) -> str:
    """The module that lacks what was asked for; empty if it is none."""
    if isinstance(fault, ImportError):
        return fault.name or "" if text.startswith("cannot import name") else ""
    if _REMOVED.search(text):
        last = [frame for frame, _ in traceback.walk_tb(fault.__traceback__)][-1:]
        return next((str(frame.f_globals.get("__name__", "")) for frame in last), "")
    if not isinstance(fault, AttributeError):
        return ""
    owner = fault.obj
    if isinstance(owner, ModuleType):
        return owner.__name__
    named = re.match(r"module '([\w.]+)' has no attribute", text)
    kind = owner if isinstance(owner, type) else type(owner)
    return named[1] if named else str(kind.__module__) if owner is not None else ""


def _version(module: str) -> str:
    """The version of the library that a module belongs to; empty if it is no library."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return "" if top in ("builtins", "__main__") else f"Python {platform.python_version()}"
    loaded = sys.modules.get(top)
    version = vars(loaded).get("__version__") if loaded is not None else None
    return f"{top} {version}" if isinstance(version, str) else ""

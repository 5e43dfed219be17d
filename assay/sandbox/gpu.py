"""What torch.cuda, torch.mps and torch.xpu offer beside tensors, where there is no GPU.

A function that fails here gives the empty value of the type that it declares: no memory is in use,
no stream has work to do. What would compute an answer, as a graph does, still fails.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import torch
import torch.cuda.profiler

MODULES = (
    torch.cuda,
    torch.cuda.memory,
    torch.cuda.nvtx,
    torch.cuda.profiler,
    torch.cuda.random,
    torch.mps,
    torch.xpu,
)
# They declare no type, and return nothing that matters.
UNDECLARED = frozenset(
    {"init", "ipc_collect", "mark", "range_pop", "range_push", "set_stream", "start", "stop"}
)


class Idle:
    """A device as a context, or a stream: there is nothing to choose and nothing to wait for."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __enter__(self) -> Idle:
        return self

    def __exit__(self, *_: object) -> None: ...

    def query(self) -> bool:
        """Whether all work is done."""
        return True

    def synchronize(self, *_: Any) -> None:
        """Wait for nothing."""

    wait = wait_stream = wait_event = synchronize


class Event(Idle):
    """A time that was recorded, by the clock."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._seconds = time.perf_counter()

    def record(self, *_: Any) -> None:
        """Record the time."""
        self._seconds = time.perf_counter()

    def elapsed_time(self, end: Event) -> float:
        """Milliseconds until another event."""
        return 1000 * (end._seconds - self._seconds)


class Stream(Idle):
    """A queue of work that is always empty."""

    def record_event(self, event: Event | None = None) -> Event:
        """An event that has happened."""
        event = event or Event()
        event.record()
        return event


class Properties:
    """What is known of a device: every number is 0."""

    name = "cpu"

    def __getattr__(self, name: str) -> int:
        if name.startswith("_"):
            raise AttributeError(name)
        return 0


_EMPTY: dict[str, Callable[[], object]] = {
    "None": lambda: None,
    "_CudaDeviceProperties": Properties,
    "_XpuDeviceProperties": Properties,
    "Stream": Stream,
    "Tensor": lambda: torch.get_rng_state(),
    "list[torch.Tensor]": lambda: [torch.get_rng_state()],
    "bool": bool,
    "dict[str, typing.Any]": dict,
    "float": float,
    "int": int,
    "list[str]": list,
    "str": lambda: "cpu",
    "tuple[int, int]": lambda: (0, 0),
}
_CLASSES = {
    "Event": Event,
    "Stream": Stream,
    "ExternalStream": Stream,
    "device": Idle,
    "device_of": Idle,
}


def do_without(note: Callable[[], None]) -> None:
    """Let what these modules offer work as far as it can; `note` is called where it is used."""
    for module in MODULES:
        for name, item in list(vars(module).items()):
            if name in _CLASSES and isinstance(item, type):
                setattr(module, name, _noting(_CLASSES[name], note))
            elif isinstance(item, FunctionType) and not name.startswith("_"):
                replace(module, name, note)


def replace(module: ModuleType, name: str, note: Callable[[], None]) -> None:
    """Let a function give the empty value of its declared type where it fails, if it has one."""
    function = getattr(module, name)
    declared = function.__annotations__.get("return", "")
    kind = declared.__name__ if isinstance(declared, type) else str(declared)
    kind = "None" if name in UNDECLARED else kind
    if kind not in _EMPTY:
        return

    @functools.wraps(function)
    def attempted(*arguments: Any, **keywords: Any) -> Any:
        try:
            return function(*arguments, **keywords)
        except Exception:  # noqa: BLE001 - for want of a GPU each of them fails in its own way
            note()
            return _EMPTY[kind]()

    setattr(module, name, attempted)


def _noting(kind: type[Idle], note: Callable[[], None]) -> type[Idle]:
    """The class, with a note when it is used; a new one each time."""

    class Noting(kind):  # type: ignore[misc,valid-type]
        def __init__(self, *arguments: Any, **keywords: Any) -> None:
            note()
            super().__init__(*arguments, **keywords)

    return Noting

"""What the machine that grades lacks, done in another way: a GPU, a compiler, worker processes.

Code that asks for a GPU runs on the CPU, with a note: what is graded is the mathematics. This is
switched on only for a submission whose text names a GPU, since it costs each operation some time.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import re
import threading
from collections.abc import Callable, Iterable
from multiprocessing import synchronize
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._device import DeviceContext

from assay.sandbox import gpu

NOTE = "there is no GPU on this machine: what asks for one runs on the CPU"

_NAMED = re.compile(r"\b(?:cuda|mps|xpu)\b")
_LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Event", "Barrier")
_DEVICE = re.compile(r"(?:cuda|mps|xpu)(?::\d+)?")
_TYPE = re.compile(r"torch\.cuda\.\w+Tensor")
# Methods that only move a tensor.
_STAY = (torch.Tensor.cuda, torch.Tensor.pin_memory, torch.Tensor.xpu)

notes: list[str] = []  # new ones, each once


class _Kind(type):
    """The metaclass of classes whose instances are torch's own, on the CPU.

    Attributes:
        plain: torch's class for the CPU.
        asks: whether its very name asks for a GPU.
    """

    plain: Any
    asks = False

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.plain)

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        arguments, keywords = _on_cpu((cls, *arguments), keywords)
        return arguments[0](*arguments[1:], **keywords)


class OnCpu(TorchFunctionMode):
    """Replaces a GPU by the CPU in the arguments of what is called."""

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Call the function with other devices; `.cuda()` as `.cpu()`."""
        if function in _STAY:
            _note()
            return args[0]
        if function is torch.device and args and (_is_number(args[0]) or _cpu(args[0]) != args[0]):
            return _cpu(torch.device("cuda"))  # without the number of a GPU
        change = _moved if function is torch.Tensor.to else _on_cpu
        args, keywords = change(args, kwargs or {})
        return function(*args, **keywords)


def adapt(texts: Iterable[str]) -> None:
    """Let submissions of these texts run where there is no GPU, compiler or worker process."""
    torch.compile = _eager
    torch.nn.Module.compile = _nothing()  # type: ignore[method-assign]
    _lock_threads()
    _override(torch.utils.data.DataLoader, "__init__", _without_workers)
    if torch.cuda.is_available() or not any(map(_NAMED.search, texts)):
        return
    OnCpu().__enter__()  # type: ignore[no-untyped-call]
    _override(DeviceContext, "__init__", _on_cpu)
    _override(torch, "load", _on_cpu)
    _override(torch, "set_default_tensor_type", _on_cpu)
    _override(torch.random, "fork_rng", _without_devices)
    _override(torch.nn.Module, "to", _moved)
    if isinstance(torch.Generator, _Kind):
        return
    torch.Generator = _Kind("Generator", (), {"plain": torch.Generator})  # type: ignore[misc,assignment]
    for name in [name for name in vars(torch.cuda) if name.endswith("Tensor")]:
        members = {"plain": getattr(torch, name), "asks": True}
        setattr(torch.cuda, name, _Kind(name, (), members))
    torch.Tensor.record_stream = _nothing()  # type: ignore[method-assign]
    gpu.do_without(_note)


def _lock_threads() -> None:
    """Let locks of multiprocessing be those of threads where the system has no others.

    A `ThreadPool` makes such locks though it starts no process.
    """
    with contextlib.suppress(OSError):
        multiprocessing.Lock()
        return
    for name in _LOCKS:
        made = getattr(threading, name)
        setattr(synchronize, name, lambda *arguments, ctx, made=made: made(*arguments))  # noqa: ARG005


def _eager(model: Any = None, **_: Any) -> Any:
    """`torch.compile`, also as a decorator, where nothing is compiled."""
    return model if model is not None else _eager


def _nothing() -> Callable[..., None]:
    """A function that does nothing; a new one each time.

    torch._dynamo, which every optimiser imports, refuses one function under two of torch's names.
    """

    def nothing(*_: Any, **__: Any) -> None:
        pass

    return nothing


def _override(owner: Any, name: str, change: Callable[..., tuple[Any, Any]]) -> None:
    """Change the arguments that a function is called with; once."""
    original = getattr(owner, name)
    if hasattr(original, "__wrapped__") and original.__module__ == __name__:
        return

    @functools.wraps(original)
    def changed(*arguments: Any, **keywords: Any) -> Any:
        arguments, keywords = change(arguments, keywords)
        return original(*arguments, **keywords)

    setattr(owner, name, changed)


def _on_cpu(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any]:
    changed = {name: _cpu(value) for name, value in keywords.items()}
    if _is_number(changed.get("device")):
        changed["device"] = _cpu("cuda")
    if changed.get("pin_memory"):
        changed["pin_memory"] = False
    return tuple(map(_cpu, arguments)), changed


def _moved(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any]:
    """The arguments of `.to()`, whose first one may be the number of a GPU."""
    if _is_number(arguments[1] if arguments[1:] else None):
        arguments = (arguments[0], "cuda", *arguments[2:])
    return _on_cpu(arguments, keywords)


def _without_devices(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any]:
    return ((), *arguments[1:]), {n: v for n, v in keywords.items() if n != "devices"}


def _is_number(value: Any) -> bool:
    return type(value) is int


def _without_workers(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any]:
    dropped = ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context")
    return arguments, {name: v for name, v in keywords.items() if name not in dropped}


def _cpu(value: Any) -> Any:
    if isinstance(value, str) and _DEVICE.fullmatch(value):
        _note()
        return "cpu"
    if isinstance(value, str) and _TYPE.fullmatch(value):
        _note()
        return value.replace("cuda.", "")
    if isinstance(value, _Kind):
        if value.asks:
            _note()
        return value.plain
    if isinstance(value, torch.device) and value.type in ("cuda", "mps", "xpu"):
        _note()
        return torch.device("cpu")
    return value


def _note() -> None:
    if NOTE not in notes:
        notes.append(NOTE)

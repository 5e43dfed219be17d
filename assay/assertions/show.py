"""Values as a student reads them: short, in her own notation."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from assay.protocol import values, wire

SHOWN = 24  # elements of a tensor that are written out


def show(value: Any) -> str:
    """A value in one line; a large tensor by its shape and range."""
    if isinstance(value, wire.Given):
        inside = ", ".join(f"{k}={show(values.unpack(v))}" for k, v in value.parameters.items())
        return f"{value.kind}({inside})"
    if isinstance(value, wire.Other):
        return value.what
    if isinstance(value, wire.Expr):
        return "an expression"
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return _show_tensor(torch.as_tensor(value))
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(show(item) for item in value[:SHOWN])
        return f"[{inside}{', …' if len(value) > SHOWN else ''}]"
    return repr(value)[:200]


def show_inputs(inputs: dict[str, Any]) -> str:
    """`name = value` for each input; a case's own names stand for it."""
    flat: dict[str, Any] = {}
    for name, value in inputs.items():
        # what is there for the kit alone is not shown; a named tuple's names are the function's
        named = value.shown() if hasattr(value, "shown") else value
        named = named._asdict() if hasattr(named, "_asdict") else named
        flat |= named if isinstance(named, dict) else {name: value}
    return ", ".join(f"{name} = {show(value)}" for name, value in flat.items())


def kind(value: Any) -> str:
    """What sort of thing a value is, for a sentence that says it is the wrong sort."""
    if isinstance(value, wire.Other):
        return value.what
    if isinstance(value, wire.Expr):
        return "a symbolic expression"
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "None" if value is None else f"a {type(value).__name__}"


def _show_tensor(tensor: torch.Tensor) -> str:
    if tensor.numel() > SHOWN:
        shape = "x".join(map(str, tensor.shape))
        if tensor.dtype == torch.bool:
            return f"a {shape} tensor, {int(tensor.sum())} of {tensor.numel()} True"
        low, high = float(tensor.min()), float(tensor.max())
        return f"a {shape} tensor between {low:.4g} and {high:.4g}"
    if tensor.numel() == 0:
        return f"an empty tensor of shape {tuple(tensor.shape)}"
    return _nested(tensor.tolist())


def _nested(items: Any) -> str:
    if isinstance(items, list):
        return "[" + ", ".join(map(_nested, items)) + "]"
    return f"{items:.5g}" if isinstance(items, float) else str(items)

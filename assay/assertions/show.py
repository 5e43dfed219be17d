"""Values as a student reads them: short, in the notation of Python."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from assay.foreign import line
from assay.protocol import values, wire

SHOWN = 24  # the most elements of a tensor or list that are written out


def show(value: object) -> str:
    """A value in one line; a large tensor by its shape and range."""
    if isinstance(value, wire.Given):
        inside = ", ".join(f"{k}={show(values.unpack(v))}" for k, v in value.parameters.items())
        return f"{value.kind}({inside})"
    if isinstance(value, wire.Other):
        return line(value.what)
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


def show_inputs(inputs: Mapping[str, object]) -> str:
    """`name = value` for each input; the entries of a dict or named tuple go by their own names."""
    flat: dict[str, object] = {}
    for name, value in inputs.items():
        # `shown` leaves out what only the grader needs; a named tuple has the function's names.
        named = value.shown() if hasattr(value, "shown") else value
        named = named._asdict() if hasattr(named, "_asdict") else named
        flat |= named if isinstance(named, dict) else {name: value}
    return ", ".join(f"{name} = {show(value)}" for name, value in flat.items())


def kind(value: object) -> str:
    """What kind of value it is, for a sentence that says that another kind was expected."""
    if isinstance(value, wire.Other):
        return line(value.what)
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


def _nested(items: object) -> str:
    if isinstance(items, list):
        return "[" + ", ".join(map(_nested, items)) + "]"
    return f"{items:.5g}" if isinstance(items, float) else str(items)

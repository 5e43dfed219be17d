"""Comparisons that say what was got, what was wanted, where it is worst and what was allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from assay.assertions.show import kind, show
from assay.verdict import Wrong

# A correct answer computed in float32 is right, whatever dtype it comes back in, so that its
# rounding (6e-8 a step, some hundred steps) is allowed everywhere.
RTOL = 2e-5
ATOL = 2e-5


def tensor(value: Any, shape: tuple[int, ...] | None, what: str) -> Tensor:
    """The value as a float64 tensor of that shape (None: any), whatever its container.

    Raises:
        Wrong: it is not numeric, not real, or not of that shape.
    """
    if isinstance(value, (bool, int, float)):
        value = torch.tensor(value, dtype=torch.float64)
    if isinstance(value, np.ndarray):
        value = torch.as_tensor(value)
    if not isinstance(value, Tensor):
        raise Wrong(f"{what} returned {kind(value)}, expected a tensor{_of(shape)}")
    if value.is_complex():
        raise Wrong(f"{what} returned complex numbers, expected real ones")
    if shape is not None and tuple(value.shape) != shape:
        raise Wrong(f"{what} returned a tensor of shape {tuple(value.shape)}, expected {shape}")
    return value.to(torch.float64)


def finite(value: Any, shape: tuple[int, ...] | None, what: str) -> Tensor:
    """Like `tensor`, and every element is a finite number.

    Raises:
        Wrong: also where an element is NaN or infinite (its index is told).
    """
    result = tensor(value, shape, what)
    fine = torch.isfinite(result)
    if not bool(fine.all()):
        index = first_index(~fine)
        raise Wrong(
            f"{what} returned {result[index].item()}{_at(index)}, expected a finite number",
            hint="Such a value comes from the log of a negative number, from 0/0, from overflow, "
            "or from steps that run away: print what goes in.",
        )
    return result


def first_index(where: Tensor) -> tuple[int, ...]:
    """The index of the first True in a bool tensor that has one."""
    return tuple(torch.nonzero(where)[0].tolist())


def number(value: Any, what: str) -> float:
    """The value as a finite float; a tensor or array with one element is one too.

    Raises:
        Wrong: it is no finite number.
    """
    if isinstance(value, (Tensor, np.ndarray)) and np.prod(value.shape) == 1:
        value = torch.as_tensor(value).reshape(())
    return float(finite(value, (), what))


def numbers(value: Any, count: int, what: str) -> tuple[float, ...]:
    """The value as so many finite floats: a tuple, a list, or a tensor of that length.

    Raises:
        Wrong: another length, or something in it that is no finite number.
    """
    if isinstance(value, (Tensor, np.ndarray)) and tuple(value.shape) == (count,):
        value = torch.as_tensor(value).tolist()
    if not isinstance(value, list) or len(value) != count:
        raise Wrong(f"{what} returned {kind(value)}, expected {count} numbers")
    return tuple(number(item, what) for item in value)


def parts(value: Any, count: int, what: str) -> list[Any]:
    """The value as a tuple or list of so many parts.

    Raises:
        Wrong: it is no tuple or list of that length.
    """
    if not isinstance(value, list) or len(value) != count:
        raise Wrong(f"{what} returned {kind(value)}, expected a tuple of {count}")
    return value


def expect_close(
    got: Tensor,
    wanted: Tensor,
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
    hint: str = "",
    what: str = "",
) -> None:
    """Hold |got - wanted| <= atol + rtol |wanted| at every index; both of one shape, float64.

    Raises:
        Wrong: tells the worst index, what was off and what was allowed.
    """
    wanted = wanted.to(torch.float64)
    allowed = atol + rtol * wanted.abs()
    excess = (got - wanted).abs() - allowed
    if got.numel() == 0 or bool((excess <= 0).all()):
        return
    flat = int(torch.nan_to_num(excess, nan=torch.inf).argmax())
    index = tuple(int(i) for i in np.unravel_index(flat, got.shape)) if got.ndim else ()
    a, b, limit = (float(t.reshape(-1)[flat]) for t in (got, wanted, allowed))
    lead = f"{what}: " if what else ""
    raise Wrong(
        f"{lead}got {show(a)}, expected {show(b)}{_at(index)}: off by {abs(a - b):.3g}, "
        f"allowed {limit:.1g}",
        hint=hint,
    )


def expect(holds: bool, evidence: str, *, hint: str = "") -> None:
    """Hold a condition; `evidence` says what was seen where it fails.

    Raises:
        Wrong: it does not hold.
    """
    if not holds:
        raise Wrong(evidence, hint=hint)


def _at(index: tuple[int, ...]) -> str:
    return f" at index {index}" if index else ""


def _of(shape: tuple[int, ...] | None) -> str:
    return "" if shape is None else f" of shape {shape}"

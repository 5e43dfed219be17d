"""Comparisons that show what was returned and expected, where it is worst, what is allowed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from assay.assertions.show import kind, show
from assay.verdict import Broken, Wrong

# A correct answer may be computed in float32, whatever dtype it is returned in: its rounding
# (6e-8 per operation, over some hundred operations) is allowed everywhere.
RTOL = 2e-5
ATOL = 2e-5


def tensor(value: object, shape: tuple[int, ...] | None, what: str) -> Tensor:
    """A tensor, array, number or nested list of them as a float64 tensor of this shape.

    Args:
        shape: None allows any shape.
        what: the function that returned the value, for messages.
    Raises:
        Wrong: it is not numeric, not real, or not of this shape.
    """
    if isinstance(value, list):
        value = _stacked(value, shape, what)
    if isinstance(value, (bool, int, float)):
        value = torch.tensor(value, dtype=torch.float64)
    if isinstance(value, np.ndarray):
        value = torch.as_tensor(value)
    if not isinstance(value, Tensor):
        raise Wrong(f"{what} returned {kind(value)}, expected a tensor{_of(shape)}")
    if value.is_complex():
        raise Wrong(f"{what} returned complex numbers, expected real numbers")
    if shape is not None and tuple(value.shape) != shape:
        raise Wrong(f"{what} returned a tensor of shape {tuple(value.shape)}, expected {shape}")
    return value.to(torch.float64)


def _stacked(items: list[object], shape: tuple[int, ...] | None, what: str) -> Tensor:
    """The tensor of a list, which may be nested and may hold tensors and arrays."""
    if all(isinstance(item, (bool, int, float)) for item in items):
        rows = torch.tensor(items, dtype=torch.float64)
    else:
        inner = shape[1:] if shape else None
        parts = [
            _stacked(item, inner, what) if isinstance(item, list) else tensor(item, None, what)
            for item in items
        ]
        shapes = sorted({tuple(part.shape) for part in parts})
        if len(shapes) > 1:
            raise Wrong(
                f"{what} returned a list whose items have different shapes, among them "
                f"{shapes[0]} and {shapes[1]}"
            )
        rows = torch.stack(parts)
    if shape is not None and 0 in shape and shape[: rows.ndim] == rows.shape:
        return rows.reshape(shape)  # a list without numbers does not say how long its rows are
    return rows


def finite(value: object, shape: tuple[int, ...] | None, what: str) -> Tensor:
    """Like `tensor`, and every element is a finite number.

    Raises:
        Wrong: as `tensor`, or an element is NaN or infinite; the message names its index.
    """
    result = tensor(value, shape, what)
    is_finite = torch.isfinite(result)
    if not bool(is_finite.all()):
        index = first_index(~is_finite)
        raise Wrong(
            f"{what} returned {result[index].item()}{_at(index)}, expected a finite number",
            hint="Such a value comes from the log of a negative number, from 0/0, from overflow, "
            "or from steps that diverge: print the values that lead to it.",
        )
    return result


def first_index(where: Tensor) -> tuple[int, ...]:
    """The index of the first True in a bool tensor; there must be one."""
    return tuple(torch.nonzero(where)[0].tolist())


def number(value: object, what: str) -> float:
    """The value as a finite float; a tensor or array with one element counts as a number.

    Raises:
        Wrong: it is not a finite number.
    """
    if isinstance(value, (Tensor, np.ndarray)) and np.prod(value.shape) == 1:
        value = torch.as_tensor(value).reshape(())
    return float(finite(value, (), what))


def numbers(value: object, count: int, what: str) -> tuple[float, ...]:
    """The value as `count` finite floats, from a tuple, a list, or a tensor of that length.

    Raises:
        Wrong: it has another length, or an element that is not a finite number.
    """
    if isinstance(value, (Tensor, np.ndarray)) and tuple(value.shape) == (count,):
        value = torch.as_tensor(value).tolist()
    if not isinstance(value, list) or len(value) != count:
        raise Wrong(f"{what} returned {kind(value)}, expected {count} numbers")
    return tuple(number(item, what) for item in value)


def parts(value: object, count: int, what: str) -> list[object]:
    """The `count` elements of a tuple or list.

    Raises:
        Wrong: it is not a tuple or list of that length.
    """
    if not isinstance(value, list) or len(value) != count:
        raise Wrong(f"{what} returned {kind(value)}, expected a tuple of {count}")
    return value


def expect_close(
    got: Tensor,
    expected: Tensor,
    *,
    rtol: float = RTOL,
    atol: float = ATOL,
    hint: str = "",
    what: str = "",
) -> None:
    """Check |got - expected| <= atol + rtol |expected| at every index; both have one shape.

    Args:
        got: float64.
        expected: any real dtype; compared in float64.
        rtol, atol: relative and absolute tolerance.
        hint: what to try next.
        what: what was compared, to begin the message with.
    Raises:
        Wrong: the message has the worst index, how far off it is, and what was allowed there.
        Broken: an expected value is not finite, which is the check's mistake.
    """
    expected = expected.to(torch.float64)
    if not bool(torch.isfinite(expected).all()):
        raise Broken("a fault of the kit, not of the submission: the expected value is not finite")
    allowed = atol + rtol * expected.abs()
    excess = (got - expected).abs() - allowed
    if got.numel() == 0 or bool((excess <= 0).all()):
        return
    flat = int(torch.nan_to_num(excess, nan=torch.inf).argmax())
    index = tuple(int(i) for i in np.unravel_index(flat, got.shape)) if got.ndim else ()
    a, b, limit = (float(t.reshape(-1)[flat]) for t in (got, expected, allowed))
    lead = f"{what}: " if what else ""
    raise Wrong(
        f"{lead}got {show(a)}, expected {show(b)}{_at(index)}: off by {abs(a - b):.3g}, "
        f"allowed {limit:.1g}",
        hint=hint,
    )


def expect(holds: bool, evidence: str, *, hint: str = "") -> None:
    """Check a condition; `evidence` says what was observed where it does not hold.

    Raises:
        Wrong: it does not hold.
    """
    if not holds:
        raise Wrong(evidence, hint=hint)


def _at(index: tuple[int, ...]) -> str:
    return f" at index {index}" if index else ""


def _of(shape: tuple[int, ...] | None) -> str:
    return "" if shape is None else f" of shape {shape}"

"""Problem 3: whether a step is a projected gradient step, and what it does instead if it is not.

The feasible set {X : X = image where known, 0 <= X <= 1} is a product over the pixels, so that each
unknown pixel is judged on its own.
"""

from __future__ import annotations

import torch
from torch import Tensor

from assay import Wrong, first_index, show

ATOL = 2e-5  # images and gradients in float32
NEAREST = "An unknown pixel takes the value of the point, as far as the box [0, 1] allows."
STEP = f"{NEAREST} The point is the last image moved along the gradient of log_prob there."


def expect_nearest(point: Tensor, got: Tensor, mask: Tensor) -> None:
    """Check that `got` is the projection of `point`: the variational inequality, for each pixel.

    Args:
        point, got: of one shape; `got` lies in the feasible set.
        mask: True where a pixel is known.
    Raises:
        Wrong: the message names an unknown pixel that could be nearer to the point.
    """
    fault = _nearer(point, got, mask)
    if fault:
        raise Wrong(fault, hint=NEAREST)


def expect_projected_step(
    before: Tensor, after: Tensor, step_size: float, slopes: list[Tensor], mask: Tensor, number: int
) -> None:
    """Check that `after` is the projected gradient step from `before`.

    Args:
        before, after: two successive iterates.
        step_size: of the step.
        slopes: the gradients of log_prob at the iterates up to `before`, in order: all, or only
            the last.
        mask: True where a pixel is known.
        number: the number of the step, from 1.
    Raises:
        Wrong: it is not; where the step is a common incorrect one, the message says which.
    """
    fault = _nearer(before + step_size * slopes[-1], after, mask)
    if fault:
        diagnosis = _diagnosis(before, after, step_size, slopes, mask)
        lead = f" {diagnosis}\n" if diagnosis else ": "
        raise Wrong(f"step {number}{lead}{fault}", hint=STEP)


def _diagnosis(
    before: Tensor, after: Tensor, step_size: float, slopes: list[Tensor], mask: Tensor
) -> str:
    """What the step does instead, if it is a common incorrect one; else empty."""
    here = slopes[-1]
    free = ~mask & (after > 1e-3) & (after < 1 - 1e-3)
    along = here[free] * step_size
    length = float((after - before)[free] @ along / (along @ along)) if bool(free.any()) else 0.0
    guesses = {
        "goes down where log_prob should increase": -here,
        "does not move": torch.zeros_like(here),
        "follows the signs of the gradient": here.sign(),
        "follows the gradient divided by its norm": here / here.norm(),
        f"is {length:.4g} times as long as step_size * gradient": length * here,
    }
    if len(slopes) > 1:
        summed = "follows the sum of all gradients so far: the earlier ones were never set to zero"
        guesses = {summed: torch.stack(slopes).sum(0)} | guesses
    fitting = (
        text
        for text, slope in guesses.items()
        if not _nearer(before + step_size * slope, after, mask)
    )
    return next(fitting, "")


def _nearer(point: Tensor, got: Tensor, mask: Tensor) -> str:
    """Which unknown pixel could be nearer to the point, in a sentence; empty if none could."""
    for bound in (0.0, 1.0):
        slope = (point - got) * (bound - got)
        bad = (slope > ATOL * (1 + (point - got).abs())) & ~mask
        if bool(bad.any()):
            index = first_index(bad)
            return (
                f"unknown pixel {index} is {float(got[index]):.8g}, but the point has "
                f"{show(float(point[index]))} there: moving it towards {bound:g} brings it nearer"
            )
    return ""

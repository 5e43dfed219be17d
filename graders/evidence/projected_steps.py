"""Settles whether a point is a projection, a step a projected gradient step, and what it is if not.

The set is {X : X = image where known, 0 <= X <= 1}, a product over the pixels, so that each unknown
pixel is judged alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

from assay import Wrong, first_index, show

ATOL = 2e-5  # float32 images and gradients
NEAREST = "A pixel that is free takes the value of the point, as far as the box allows."
STEP = f"{NEAREST} The point is the last image moved along the gradient of log_prob there."


def expect_nearest(point: Tensor, got: Tensor, mask: Tensor) -> None:
    """Hold `got` against the variational inequality, pixel by pixel; `mask` is True where known.

    Raises:
        Wrong: names an unknown pixel that could come nearer to the point.
    """
    fault = _nearer(point, got, mask)
    if fault:
        raise Wrong(fault, hint=NEAREST)


def expect_projected_step(
    before: Tensor, after: Tensor, step_size: float, slopes: list[Tensor], mask: Tensor, number: int
) -> None:
    """Hold `after` against being the projected gradient step from `before`.

    Args:
        before, after: two iterates in turn.
        step_size: of the step.
        slopes: the gradients of log_prob at the iterates up to `before`, in turn: all, or the last.
        mask: True where a pixel is known.
        number: of the step, from 1.
    Raises:
        Wrong: it is not; where the step is one of the usual wrong ones, it says which.
    """
    fault = _nearer(before + step_size * slopes[-1], after, mask)
    if fault:
        told = _instead(before, after, step_size, slopes, mask)
        told = f" {told}\n" if told else ": "
        raise Wrong(f"step {number}{told}{fault}", hint=STEP)


def _instead(
    before: Tensor, after: Tensor, step_size: float, slopes: list[Tensor], mask: Tensor
) -> str:
    """What a wrong step does, where it is one of those that are often seen; else empty."""
    here = slopes[-1]
    free = ~mask & (after > 1e-3) & (after < 1 - 1e-3)
    along = here[free] * step_size
    length = float((after - before)[free] @ along / (along @ along)) if bool(free.any()) else 0.0
    guesses = {
        "goes down where log_prob should increase": -here,
        "does not move": torch.zeros_like(here),
        "goes along the signs of the gradient": here.sign(),
        "goes along the gradient divided by its norm": here / here.norm(),
        f"is {length:.4g} times as long as step_size * gradient": length * here,
    }
    if len(slopes) > 1:
        told = "goes along the sum of all gradients so far: the earlier ones were never set to zero"
        guesses = {told: torch.stack(slopes).sum(0)} | guesses
    fitting = (
        told
        for told, slope in guesses.items()
        if not _nearer(before + step_size * slope, after, mask)
    )
    return next(fitting, "")


def _nearer(point: Tensor, got: Tensor, mask: Tensor) -> str:
    """Which unknown pixel could come nearer to the point; empty where none can."""
    for bound in (0.0, 1.0):
        slope = (point - got) * (bound - got)
        bad = (slope > ATOL * (1 + (point - got).abs())) & ~mask
        if bool(bad.any()):
            index = first_index(bad)
            return (
                f"unknown pixel {index} is {float(got[index]):.8g} for the point "
                f"{show(float(point[index]))}: moving it towards {bound:g} brings it nearer"
            )
    return ""

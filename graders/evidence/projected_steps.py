"""Problem 3: whether a step is a projected gradient step, and what it does instead if it is not.

The feasible set {X : X = image where known, 0 <= X <= 1} is a product over the pixels, so that each
unknown pixel is judged on its own.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from assay import Wrong, expect, first_index, show

ATOL = 2e-5  # images and gradients in float32
EDGE = 1e-3  # pixels closer to 0 or 1 than this may have been projected
NEAREST = "An unknown pixel takes the value of the point, as far as the box [0, 1] allows."
STEP = f"{NEAREST} The point is the last image moved along the gradient of log_prob there."


class Step(NamedTuple):
    """One step of a student's, and what is known about it.

    Attributes:
        before, after: two successive iterates.
        step_size: of the step.
        slopes: the gradients of log_prob at the iterates up to `before`, in order: all, or only
            the last.
        mask: True where a pixel is known.
        number: the number of the step, from 1.
        elsewhere: where common incorrect methods get to, each with what the method does.
    """

    before: Tensor
    after: Tensor
    step_size: float
    slopes: list[Tensor]
    mask: Tensor
    number: int
    elsewhere: tuple[tuple[str, Tensor], ...] = ()

    def point(self, factor: float = 1.0) -> Tensor:
        """Where the gradient step ends, before the projection."""
        return self.before + factor * self.step_size * self.slopes[-1]

    def size(self) -> float:
        """Of what the point is a sum of: the largest pixel, at least 1; float32 rounds each."""
        return max(1.0, float(self.before.abs().max())) if self.before.numel() else 1.0


def expect_nearest(point: Tensor, got: Tensor, mask: Tensor) -> None:
    """Check that `got` is the projection of `point`: the variational inequality, for each pixel.

    Args:
        point, got: of one shape.
        mask: True where a pixel is known; known pixels are not judged.
    Raises:
        Wrong: the message names an unknown pixel that is outside [0, 1] or could be nearer.
    """
    fault = _nearer(point, got, mask)
    if fault:
        raise Wrong(fault, hint=NEAREST)


def expect_projected_step(step: Step) -> None:
    """Check that a step is the projected gradient step at the unknown pixels.

    Raises:
        Wrong: it is not; where the step is a common incorrect one, the message says which.
    """
    fault = _misses(step, step.point())
    if fault:
        raise Wrong(_explained(step, fault), hint=STEP)


def expect_gradient_step(step: Step) -> None:
    """Check that a step follows the gradient at the unknown pixels that stay inside the box.

    There no projection shows.

    Raises:
        Wrong: it does not, or no pixel is inside.
    """
    point = step.point()
    inside = ~step.mask & (point > EDGE) & (point < 1 - EDGE)
    expect(
        bool(inside.any()),
        f"before step {step.number} no unknown pixel is in the box: they range from "
        f"{float(step.before.min()):.4g} to {float(step.before.max()):.4g}",
        hint=STEP,
    )
    ok = (step.after - point).abs() <= ATOL * (1 + (step.before - point).abs())
    if not bool(ok[inside].all()):
        index = first_index(inside & ~ok)
        got, expected = float(step.after[index]), float(point[index])
        fault = f"unknown pixel {index} is {got:.8g}, expected {expected:.8g}"
        raise Wrong(_explained(step, fault), hint=STEP)


def length_of(step: Step) -> float:
    """How many times step_size * gradient a step is, at the unknown pixels that stay inside."""
    free = ~step.mask & (step.after > EDGE) & (step.after < 1 - EDGE)
    along = step.slopes[-1][free] * step.step_size
    if not bool(free.any()) or float(along.abs().max()) <= ATOL:
        return 0.0
    return float((step.after - step.before)[free] @ along / (along @ along))


def _explained(step: Step, fault: str) -> str:
    diagnosis = _diagnosis(step)
    return f"step {step.number}" + (f" {diagnosis}\n" if diagnosis else ": ") + fault


def _diagnosis(step: Step) -> str:
    """What the step does instead, by the evidence: whether it moves, along what, and how far.

    Empty where nothing that is known fits. Of several that fit none is named: one pixel, for
    example, does not tell signs from a normalised gradient.
    """
    before, after, size, slopes, mask, _, elsewhere = step
    here, unknown = slopes[-1], ~mask
    points = {
        "goes down where log_prob should increase": step.point(-1.0),
        "follows the signs of the gradient": before + size * here.sign(),
        "follows the gradient divided by its norm": before + size * here / here.norm(),
    }
    if len(slopes) > 1:
        summed = "follows the sum of all gradients so far: the earlier ones were never set to zero"
        points[summed] = before + size * torch.stack(slopes).sum(0)
    fitting = {text for text, point in points.items() if not _misses(step, point)}
    fitting |= {
        text for text, image in elsewhere if bool(((after - image).abs() <= ATOL)[unknown].all())
    }
    if not bool((after != before)[unknown].any()):
        # Another method may be stopped there by the box.
        return "" if fitting else "does not move"
    if len(fitting) == 1:
        return fitting.pop()
    length = length_of(step)
    if length and abs(length - 1) > EDGE and not _misses(step, step.point(length)):
        return f"is {length:.4g} times as long as step_size * gradient"
    return "is not projected" if _leaves_the_box(after, mask) else ""


def _leaves_the_box(got: Tensor, mask: Tensor) -> bool:
    inside = (got >= -ATOL) & (got <= 1 + ATOL)
    return not bool((inside | mask).all())


def _misses(step: Step, point: Tensor) -> str:
    """Which unknown pixel after the step is not the nearest to the point; empty if all are."""
    return _nearer(point, step.after, step.mask, step.size())


def _nearer(point: Tensor, got: Tensor, mask: Tensor, size: float = 1.0) -> str:
    """Which unknown pixel is not the nearest to the point, in a sentence; empty if all are.

    The point may be a sum of numbers of the given size.
    """
    inside = (got >= -ATOL) & (got <= 1 + ATOL)
    if not bool((inside | mask).all()):
        index = first_index(~inside & ~mask)
        return f"unknown pixel {index} is {float(got[index]):.8g}, expected a value from 0 to 1"
    allowed = ATOL * (1 + point.abs().clamp(max=2)).clamp(min=size)
    ok = (got - point.clamp(0, 1)).abs() <= allowed
    if bool((ok | mask).all()):
        return ""
    index = first_index(~ok & ~mask)
    value, target = float(got[index]), float(point[index])
    return (
        f"unknown pixel {index} is {value:.8g}, but the point has {show(target)} there: moving it "
        f"towards {int(target > value)} brings it nearer"
    )

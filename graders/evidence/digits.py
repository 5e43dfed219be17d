"""Problem 3: the held-out digits, corrupted as in the assignment."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .. import objects

TEMPLATE = Path(__file__).resolve().parents[2] / "student_template"
Hole = tuple[int, int, int, int]  # first row, row after the last, and the same for columns
HOLE = 5, 12, 5, 20  # the assignment's


@cache
def digits() -> Tensor:
    """(N, 28, 28) float64 in [0, 1), multiples of 1/256: exact in float32, too."""
    with np.load(TEMPLATE / "digits.npz") as file:
        return torch.from_numpy(file["images"].astype(np.float64) / 256)


def corrupted_digit(
    index: int = 0, brightness: float = 1.0, hole: Hole = HOLE
) -> tuple[Tensor, Tensor, Tensor]:
    """A digit (28, 28), the same with its hole filled with ones, and the mask of known pixels.

    Args:
        brightness: what all of its pixels are multiplied by; they stay exact in float32.
    """
    original = (digits()[index] * brightness).float().double()
    image, mask = original.clone(), torch.ones(28, 28, dtype=torch.bool)
    top, bottom, left, right = hole
    image[top:bottom, left:right], mask[top:bottom, left:right] = 1.0, False
    return original, image, mask


class Restored(NamedTuple):
    """A digit that was filled in, and how far a correct program may be from it.

    Attributes:
        image: (28, 28) after the steps.
        allowed: four times what float32 changes, and at least 1e-3: with the given flow it changes
            2.5e-4 in 300 steps, where a step size off by 0.1 % changes 1.5e-2.
    """

    image: Tensor
    allowed: float


@cache
def restored(
    weights: Path, digit: tuple[int, float, Hole], step_size: float, num_steps: int
) -> Restored:
    """A corrupted digit after projected gradient steps up the flow with these weights.

    Args:
        digit: the arguments of `corrupted_digit`.
    """
    precise, coarse = (
        _restored(weights, digit, step_size, num_steps, dtype)
        for dtype in (torch.float64, torch.float32)
    )
    return Restored(precise, max(1e-3, 4 * float((precise - coarse).abs().max())))


def _restored(
    weights: Path,
    digit: tuple[int, float, Hole],
    step_size: float,
    num_steps: int,
    dtype: torch.dtype,
) -> Tensor:
    log_prob = objects.flow(weights).log_prob
    _, image, mask = corrupted_digit(*digit)
    x = image = image.to(dtype)
    for _ in range(num_steps):
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
        x = torch.where(mask, image, (x + step_size * slope).clamp(0, 1))
    return x.detach().double()

"""Problem 3: the held-out digits, corrupted as in the assignment."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

TEMPLATE = Path(__file__).resolve().parents[2] / "student_template"
HOLE = (slice(5, 12), slice(5, 20))  # rows, columns


@cache
def digits() -> Tensor:
    """(N, 28, 28) float64 in [0, 1), multiples of 1/256: exact in float32, too."""
    with np.load(TEMPLATE / "digits.npz") as file:
        return torch.from_numpy(file["images"].astype(np.float64) / 256)


def corrupted_digit(index: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """A digit (28, 28), the same with its hole filled with ones, and the mask of known pixels."""
    original, mask = digits()[index], torch.ones(28, 28, dtype=torch.bool)
    image = original.clone()
    image[HOLE], mask[HOLE] = 1.0, False
    return original, image, mask

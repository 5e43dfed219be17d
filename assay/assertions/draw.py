"""Random inputs for checks: strategies whose values shrink to what a student can read."""

from __future__ import annotations

import math

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor

Strategy = st.SearchStrategy

SMALL = 12  # up to this many elements, each is drawn on its own and shrinks to a simple value


def floats(low: float, high: float, *, exact: bool = True) -> Strategy[float]:
    """Floats that float32 represents exactly: a student may compute in float32.

    Args:
        exact: False for any floats; then a program in float32 rounds them first.
    """
    if not exact:
        return st.floats(low, high, allow_nan=False, allow_subnormal=False)
    low32, high32 = float(np.float32(low)), float(np.float32(high))
    return st.floats(low32, high32, allow_nan=False, width=32, allow_subnormal=False)


def seeds() -> Strategy[int]:
    """Seeds for inputs that are too large to be drawn number by number."""
    return st.integers(0, 2**31 - 1)


def tensors(
    shape: tuple[int, ...], low: float = -3.0, high: float = 3.0, *, exact: bool = True
) -> Strategy[Tensor]:
    """Float64 tensors of this shape, of values as from `floats`; small ones shrink to zeros."""
    size = math.prod(shape)
    if size <= SMALL:
        items = st.lists(floats(low, high, exact=exact), min_size=size, max_size=size)
        return items.map(lambda xs: torch.tensor(xs, dtype=torch.float64).reshape(shape))
    return seeds().map(lambda seed: uniform(seed, shape, low, high, exact=exact))


def uniform(
    seed: int, shape: tuple[int, ...], low: float = -1.0, high: float = 1.0, *, exact: bool = True
) -> Tensor:
    """Uniform values from a seed: float64, exact in float32 if `exact`."""
    values = np.random.default_rng(seed).uniform(low, high, shape)
    return torch.from_numpy(values.astype(np.float32).astype(np.float64) if exact else values)


def plain(seed: int, shape: tuple[int, ...], high: float = 1.0) -> Tensor:
    """Nonzero multiples of 1/4 between -high and high, from a seed: easy to compute by hand."""
    source = np.random.default_rng(seed)
    steps = source.integers(1, int(4 * high) + 1, shape) * source.choice([-1, 1], shape)
    return torch.from_numpy(steps / 4.0)


def normal(seed: int, shape: tuple[int, ...]) -> Tensor:
    """Standard normal values from a seed: float64, exact in float32."""
    values = np.random.default_rng(seed).standard_normal(shape)
    return torch.from_numpy(values.astype(np.float32).astype(np.float64))


def permutations(size: int) -> Strategy[Tensor]:
    """Permutations (size,) that differ from their inverse and the identity, where such exist."""

    def is_telling(order: list[int]) -> bool:
        if size < 3:
            return size < 2 or order != sorted(order)
        return any(order[order[i]] != i for i in range(size))

    return st.permutations(range(size)).filter(is_telling).map(torch.tensor)


def shapes(max_dims: int, max_side: int, min_side: int = 0) -> Strategy[tuple[int, ...]]:
    """Shapes with up to `max_dims` dimensions, () included."""
    return st.lists(st.integers(min_side, max_side), max_size=max_dims).map(tuple)


def positive_definite(seed: int, size: int, low: float = 0.5, high: float = 3.0) -> Tensor:
    """A symmetric matrix (size, size) with eigenvalues in [low, high], from a seed."""
    source = np.random.default_rng(seed)
    basis = np.linalg.qr(source.standard_normal((size, size)))[0]
    matrix = (basis * source.uniform(low, high, size)) @ basis.T
    return torch.from_numpy((matrix + matrix.T) / 2)

"""Problem 4: inputs for the parts of Glow, the simplest easy to compute by hand; its definitions.

A = P L (U + diag(s)) and the coupling layer are defined here as in the assignment. What a student
derives (the log-determinants, the inverse, the factorisation) is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor

from assay import draw

from .. import objects

Factors = dict[str, Tensor]
SIDES = [(m, n) for m in range(1, 5) for n in range(1, 5) if 2 <= m * n <= 9]
NETS = ("L_net", "U_net", "s_net")
FEW, MANY = st.integers(1, 6), st.integers(7, 12)  # channels
HALVES = st.sampled_from([1, 2, 3]) | st.integers(4, 8)  # channels of half an image
A_FEW_CHANNELS = 4  # up to here, an image may have many pixels: loops over both take long
MOST_BITS = 100  # of the product of all s: it must not overflow in float32


@st.composite
def factors(
    drawn: st.DrawFn, sizes: st.SearchStrategy[int] = FEW | MANY, bits: int = 20
) -> Factors:
    """P, L, U, s of a well-conditioned matrix: s of both signs, P not I.

    U and s are on a scale between 2^-bits and 2^bits; on that scale, |s| is never near 1.
    """
    size, seed = drawn(sizes), drawn(draw.seeds())
    source = np.random.default_rng(seed)
    magnitudes = source.choice([0.5, 0.75, 2.0, 3.0], size)
    if drawn(st.booleans()):
        magnitudes = np.where(magnitudes < 1, source.uniform(0.3, 0.8, size), magnitudes)
        magnitudes = np.where(magnitudes > 1, source.uniform(1.25, 3.0, size), magnitudes)
    L, U = (drawn(entries(seed + k, (size, size), min(3.0, 6 / size))) for k in (1, 2))
    scale = drawn(scales(min(bits, MOST_BITS // size)))
    return {
        "P": torch.eye(size, dtype=torch.float64)[drawn(draw.permutations(size))],
        "L": torch.tril(L, -1) + torch.eye(size),
        "U": torch.triu(U, 1) * scale,
        "s": torch.from_numpy(magnitudes).float() * signs(seed + 3, size) * scale,
    }


@st.composite
def entries(drawn: st.DrawFn, seed: int, shape: tuple[int, ...], most: float) -> Tensor:
    """Multiples of 1/4, easy to compute by hand, or any values; between -most and most."""
    if drawn(st.booleans()):
        return draw.uniform(seed, shape, -most, most)
    return draw.plain(seed, shape, most)


def scales(bits: int, least: int | None = None) -> st.SearchStrategy[float]:
    """Powers of 2 from 2^-bits, or 2^least, to 2^bits: a factor of them rounds nothing."""
    return st.integers(-bits if least is None else least, bits).map(lambda power: 2.0**power)


def signs(seed: int, size: int) -> Tensor:
    """(size,) signs, -1 or 1."""
    return draw.plain(seed, (size,), 0.25) * 4


@st.composite
def images(drawn: st.DrawFn, channels: int, bits: int = 10) -> Tensor:
    """Images (channels, m, n), wide, tall and square, of one pixel and of many, of any scale."""
    few = st.sampled_from([(1, 2), (3, 1), (2, 3), (1, 3), (1, 1)]) | st.sampled_from(SIDES)
    many = st.tuples(st.integers(5, 9), st.integers(5, 17))
    m, n = drawn(few | many if channels <= A_FEW_CHANNELS else few)
    return drawn(entries(drawn(draw.seeds()), (channels, m, n), 2.0)) * drawn(scales(bits))


@st.composite
def convolutions(
    drawn: st.DrawFn, sizes: st.SearchStrategy[int] = FEW | MANY, bits: int = 20
) -> Factors:
    """The arguments of conv1x1, by name."""
    made = drawn(factors(sizes, bits))
    return {"X": drawn(images(len(made["s"]), bits // 2)), **made}


class Coupling(dict[str, Any]):
    """The arguments of the coupling layer, by name."""

    def shown(self) -> dict[str, Tensor]:
        """What a message shows: in place of the nets, their outputs for the first half of X."""
        first = self["X"][: len(self["P"])]
        nets = {f"{name}(X_1)": objects.build(self[name])(first) for name in NETS}
        return {"X": self["X"], "P": self["P"], **nets}


@st.composite
def couplings(drawn: st.DrawFn, bits: int = 10) -> Coupling:
    """The arguments of the coupling layer; the outputs of its nets depend on their inputs.

    The image and the matrix are between 2^-bits and 2^bits times what one computes by hand.
    """
    size = drawn(HALVES)
    X, seed = drawn(images(2 * size, bits)), drawn(draw.seeds())
    inputs = X[:size].numel()
    # The nets are bounded: on this scale of their inputs, they vary.
    width = float(X.abs().max()) / 2 * max(1.0, inputs / 9) ** 0.5
    weights = [
        draw.uniform(seed + k, (rows, inputs), -1, 1) / width
        for k, rows in enumerate((size * size, size * size, size))
    ]
    most, scale = drawn(st.sampled_from([1.0, 2.0])) * min(1.0, 2 / size), drawn(scales(bits))
    return Coupling(
        X=X,
        P=torch.eye(size, dtype=torch.float64)[drawn(draw.permutations(size))],
        L_net=objects.of("lower_net", weight=weights[0], most=most),
        U_net=objects.of("upper_net", weight=weights[1], most=most * scale),
        s_net=objects.of("scale_net", weight=weights[2], sign=signs(seed + 3, size) * scale),
    )


def stored(case: Coupling) -> Coupling:
    """The same layer for this image, with nets that return a tensor that they keep."""
    first = case["X"][: len(case["P"])]
    nets = {n: objects.of("stored_net", value=objects.build(case[n])(first)) for n in NETS}
    return Coupling(case, **nets)


@st.composite
def maps(drawn: st.DrawFn) -> dict[str, Any]:
    """The arguments of jacobian: a smooth map h on R^(a x b x c), a point X, an order (abc,)."""
    shape = drawn(
        st.sampled_from([(1, 2, 3), (2, 1, 2), (2, 3, 1), (1, 1, 1)])
        | st.tuples(st.integers(1, 2), st.integers(2, 3), st.integers(1, 2))
        | st.tuples(st.integers(2, 3), st.integers(2, 4), st.integers(2, 4))
    )
    size, seed = int(np.prod(shape)), drawn(draw.seeds())
    spread = 0.6 * min(1.0, 6 / size) ** 0.5  # keeps the Jacobian well-conditioned
    weight, bias = (
        draw.uniform(seed, (size, size), -spread, spread),
        draw.uniform(seed + 1, (size,)),
    )
    width = drawn(scales(7, least=0))
    return {
        "h": objects.of("wave_map", weight=weight, bias=bias, width=width, slope=drawn(scales(20))),
        "X": draw.uniform(seed + 2, shape, -2, 2) * width,
        "order": drawn(draw.permutations(size)),
    }


@st.composite
def matrices(drawn: st.DrawFn) -> Tensor:
    """Invertible matrices of any scale; elimination must pivot where a leading minor is 0, or tiny.

    It may be so small that its inverse is far above all entries, or only rounding differ from 0.
    """
    size, seed = drawn(FEW | st.integers(1, 3) | st.integers(7, 20)), drawn(draw.seeds())
    A = draw.normal(seed, (size, size)) + 2 * draw.positive_definite(seed, size)
    minor = drawn(st.integers(0, 5))
    if minor == 1 and size > 1:
        A[0, 0] = 0.0
    if minor == 2 and size > 2:
        A[:2, :2] = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    if minor == 3 and size > 1:
        A[0, 0] = 10.0 ** -drawn(st.floats(8, 30))
    if minor == 4 and size > 1:
        A[0, 0] = 10.0 ** -drawn(st.floats(13, 16))  # above the rounding of 1, and as harmful
    if minor == 5 and size > 2:
        A[:2, :2] = torch.outer(A[:2, 0], A[0, :2])  # singular up to rounding
    return A * drawn(scales(20))


def altered(made: Factors) -> Factors:
    """Other factors of the same form, which all that depends on L, U or s tells from these."""
    below = torch.tril(torch.ones_like(made["L"]), -1)
    U = made["U"] + below.T * made["s"].abs().max()
    return {**made, "L": made["L"] + below, "U": U, "s": -2 * made["s"]}


def product(made: dict[str, Tensor]) -> Tensor:
    """P L (U + diag(s)), as the assignment defines A."""
    return made["P"] @ made["L"] @ (made["U"] + torch.diag(made["s"]))


def coupled(case: Coupling, X: Tensor) -> Tensor:
    """The output of the coupling layer for X (2C, m, n), by its definition."""
    C = len(case["P"])
    first, second = X[:C], X[C:]
    L, U, scales = (objects.build(case[name])(first) for name in NETS)
    A = product({"P": case["P"], "L": L, "U": U, "s": scales})
    return torch.cat([first, torch.einsum("ij,jmn->imn", A, second)])


def flat_jacobian(h: Callable[[Tensor], Tensor], X: Tensor) -> Tensor:
    """The Jacobian (D, D) of h at X by autograd; X and h(X) are vectorised by flatten()."""
    J = torch.autograd.functional.jacobian(h, X, vectorize=True)  # type: ignore[no-untyped-call]
    flat: Tensor = J.reshape(X.numel(), X.numel())
    return flat

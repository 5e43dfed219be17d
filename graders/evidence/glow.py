"""Problem 4: inputs for the parts of Glow, small enough to compute by hand, and its definitions.

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


@st.composite
def factors(drawn: st.DrawFn, least: int = 1, most: int = 6) -> Factors:
    """P, L, U, s of a well-conditioned matrix: s of both signs, |s| never near 1, P not I."""
    size, seed = drawn(st.integers(least, most)), drawn(draw.seeds())
    source = np.random.default_rng(seed)
    magnitudes = source.choice([0.5, 0.75, 2.0, 3.0], size)
    if drawn(st.booleans()):
        magnitudes = np.where(magnitudes < 1, source.uniform(0.3, 0.8, size), magnitudes)
        magnitudes = np.where(magnitudes > 1, source.uniform(1.25, 3.0, size), magnitudes)
    return {
        "P": torch.eye(size, dtype=torch.float64)[drawn(draw.permutations(size))],
        "L": torch.tril(draw.plain(seed + 1, (size, size)), -1) + torch.eye(size),
        "U": torch.triu(draw.plain(seed + 2, (size, size)), 1),
        "s": torch.from_numpy(magnitudes).float() * draw.plain(seed + 3, (size,), 0.25) * 4,
    }


@st.composite
def images(drawn: st.DrawFn, channels: int) -> Tensor:
    """Images (channels, m, n), wide, tall and square, of at least two pixels."""
    m, n = drawn(st.sampled_from([(1, 2), (3, 1), (2, 3), (1, 3)]) | st.sampled_from(SIDES))
    return draw.plain(drawn(draw.seeds()), (channels, m, n), 2.0)


@st.composite
def convolutions(drawn: st.DrawFn, least: int = 1, most: int = 6) -> dict[str, Tensor]:
    """The arguments of conv1x1, by name."""
    made = drawn(factors(least, most))
    return {"X": drawn(images(len(made["s"]))), **made}


class Coupling(dict[str, Any]):
    """The arguments of the coupling layer, by name."""

    def shown(self) -> dict[str, Tensor]:
        """What a message shows: in place of the nets, their outputs for the first half of X."""
        first = self["X"][: len(self["P"])]
        nets = {f"{name}(X_1)": objects.build(self[name])(first) for name in NETS}
        return {"X": self["X"], "P": self["P"], **nets}


@st.composite
def couplings(drawn: st.DrawFn) -> Coupling:
    """The arguments of the coupling layer; the outputs of its nets depend on their inputs."""
    size = drawn(st.sampled_from([1, 2, 3]))
    X, seed = drawn(images(2 * size)), drawn(draw.seeds())
    inputs = X[:size].numel()
    weights = [
        draw.uniform(seed + k, (rows, inputs), -1, 1)
        for k, rows in enumerate((size * size, size * size, size))
    ]
    return Coupling(
        X=X,
        P=torch.eye(size, dtype=torch.float64)[drawn(draw.permutations(size))],
        L_net=objects.of("lower_net", weight=weights[0]),
        U_net=objects.of("upper_net", weight=weights[1]),
        s_net=objects.of(
            "scale_net", weight=weights[2], sign=draw.plain(seed + 3, (size,), 0.25) * 4
        ),
    )


@st.composite
def maps(drawn: st.DrawFn) -> dict[str, Any]:
    """The arguments of jacobian: a smooth map h on R^(a x b x c), a point X, an order (abc,)."""
    shape = drawn(
        st.sampled_from([(1, 2, 3), (2, 1, 2), (2, 3, 1), (1, 1, 1)])
        | st.tuples(st.integers(1, 2), st.integers(2, 3), st.integers(1, 2))
    )
    size, seed = int(np.prod(shape)), drawn(draw.seeds())
    weight, bias = draw.uniform(seed, (size, size), -0.6, 0.6), draw.uniform(seed + 1, (size,))
    return {
        "h": objects.of("wave_map", weight=weight, bias=bias),
        "X": draw.uniform(seed + 2, shape, -2, 2),
        "order": drawn(draw.permutations(size)),
    }


@st.composite
def matrices(drawn: st.DrawFn) -> Tensor:
    """Invertible matrices; some have a leading minor that is 0, or so small that its inverse is far
    above all entries: elimination must pivot.
    """
    size, seed = drawn(st.integers(1, 6)), drawn(draw.seeds())
    A = draw.normal(seed, (size, size)) + 2 * draw.positive_definite(seed, size)
    minor = drawn(st.integers(0, 3))
    if minor == 1 and size > 1:
        A[0, 0] = 0.0
    if minor == 2 and size > 2:
        A[:2, :2] = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    if minor == 3 and size > 1:
        A[0, 0] = 10.0 ** -drawn(st.integers(16, 30))
    return A


def altered(made: Factors) -> Factors:
    """Other factors of the same form, which all that depends on L, U or s tells from these."""
    below = torch.tril(torch.ones_like(made["L"]), -1)
    return {**made, "L": made["L"] + below, "U": made["U"] + below.T, "s": -2 * made["s"]}


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

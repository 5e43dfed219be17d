"""Problem 3: a coupling layer on any subset of the coordinates, its inverse and its Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    Kinds,
    Student,
    Wrong,
    check,
    draw,
    expect_close,
    finite,
    leaves_arguments_alone,
    parts,
    show,
    tensor,
    wire,
)

Net = Callable[[Tensor], Tensor]

kinds = Kinds()


@kinds.add
def smooth_net(weight: Tensor, bias: Tensor) -> Net:
    """x (B, k) -> tanh(x weight + bias) (B, n - k)."""

    def net(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        return torch.tanh(x @ weight.to(x.dtype) + bias.to(x.dtype))

    return net


class Layer(NamedTuple):
    """A coupling layer: Omega as indices, and the two nets by their names for a call."""

    n: int
    omega: Tensor
    s_net: wire.Given
    t_net: wire.Given

    @property
    def arguments(self) -> tuple[Tensor, wire.Given, wire.Given]:
        """What follows the points in a call."""
        return self.omega, self.s_net, self.t_net

    @property
    def rest(self) -> Tensor:
        """The coordinates that are not in Omega, in increasing order."""
        return torch.tensor([k for k in range(self.n) if k not in self.omega.tolist()])

    def forward(self, x: Tensor) -> Tensor:
        """z (n,) for a point x (n,), written with selection matrices, so that autograd applies."""
        keep, change = (torch.eye(self.n, dtype=x.dtype)[idx] for idx in (self.omega, self.rest))
        kept = (keep @ x)[None]
        s, t = (kinds.build(net)(kept)[0] for net in (self.s_net, self.t_net))
        return keep.T @ kept[0] + change.T @ (s.exp() * (change @ x) + t)


@st.composite
def layers(choose: st.DrawFn) -> Layer:
    """Layers on 2 to 6 coordinates; Omega has any size and any order."""
    n, seed = choose(st.integers(2, 6)), choose(draw.seeds())
    k = choose(st.integers(1, n - 1))
    omega = torch.tensor(choose(st.permutations(range(n)))[:k])
    s, t = (
        kinds.of(
            "smooth_net",
            weight=draw.uniform(seed + j, (k, n - k)),
            bias=draw.uniform(seed + j + 1, (n - k,)),
        )
        for j in (0, 2)
    )
    return Layer(n, omega, s, t)


def batch(layer: Layer, seed: int, size: int = 3) -> Tensor:
    """Points (size, n)."""
    return draw.uniform(seed, (size, layer.n), -2.0, 2.0)


def forward(student: Student, layer: Layer, x: Tensor) -> tuple[Tensor, Tensor]:
    """What coupling_forward returns: z (B, n) and log_det (B,)."""
    z, log_det = parts(student.coupling_forward(x, *layer.arguments), 2, "coupling_forward")
    return (
        finite(z, tuple(x.shape), "coupling_forward: z"),
        finite(log_det, (len(x),), "coupling_forward: log_det"),
    )


def inverse(student: Student, layer: Layer, z: Tensor) -> Tensor:
    """What coupling_inverse returns."""
    return finite(student.coupling_inverse(z, *layer.arguments), tuple(z.shape), "coupling_inverse")


@check(points=2, part="a")
@given(layer=layers(), seed=draw.seeds())
def omega_is_kept(student: Student, layer: Layer, seed: int) -> None:
    """coupling_forward keeps the coordinates in Omega exactly"""
    x = batch(layer, seed)
    z, _ = forward(student, layer, x)
    expect_close(z[:, layer.omega], x[:, layer.omega], rtol=1e-6, atol=1e-6)  # float32 rounding


@check(points=5, part="a")
@given(layer=layers(), seed=draw.seeds())
def the_rest_is_scaled_and_shifted(student: Student, layer: Layer, seed: int) -> None:
    """coupling_forward maps x_rest to exp(s(x_Omega)) x_rest + t(x_Omega)"""
    x = batch(layer, seed)
    z, _ = forward(student, layer, x)
    expect_close(
        z[:, layer.rest],
        torch.stack([layer.forward(row) for row in x])[:, layer.rest],
        hint="In which order are the entries of x_Omega and of x_rest?",
    )


@check(points=5, part="a")
@given(layer=layers(), seed=draw.seeds())
def log_det_is_that_of_the_jacobian(student: Student, layer: Layer, seed: int) -> None:
    """coupling_forward returns log |det dz/dx| of the Jacobian that autograd finds at each point"""
    x = batch(layer, seed)
    _, log_det = forward(student, layer, x)
    jacobians = torch.stack([torch.autograd.functional.jacobian(layer.forward, row) for row in x])
    expect_close(
        log_det, torch.linalg.slogdet(jacobians)[1], hint="What stands on the diagonal of dz/dx?"
    )


@check(points=1, part="a", examples=10)
@given(layer=layers(), seed=draw.seeds())
def each_point_is_mapped_alone(student: Student, layer: Layer, seed: int) -> None:
    """coupling_forward gives a point the same z alone and in a batch"""
    x = batch(layer, seed, 4)
    together, _ = forward(student, layer, x)
    alone, _ = forward(student, layer, x[1:2])
    expect_close(alone, together[1:2])


@check(points=5, part="b")
@given(layer=layers(), seed=draw.seeds())
def inverse_undoes_forward(student: Student, layer: Layer, seed: int) -> None:
    """coupling_inverse(coupling_forward(x)) is x"""
    x = batch(layer, seed)
    z, _ = forward(student, layer, x)
    # float32: the inverse multiplies the rounding of z by up to e.
    got = inverse(student, layer, z)
    expect_close(got, x, rtol=5e-5, atol=5e-5, hint="Undo the steps in the opposite order.")


@check(points=2, part="b", examples=10)
@given(layer=layers(), seed=draw.seeds())
def forward_undoes_inverse(student: Student, layer: Layer, seed: int) -> None:
    """coupling_forward(coupling_inverse(z)) is z, also for a single point"""
    z = batch(layer, seed, 1)
    again, _ = forward(student, layer, inverse(student, layer, z))
    expect_close(again, z, rtol=5e-5, atol=5e-5)


@check(points=4, part="c")
@given(layer=layers(), seed=draw.seeds())
def jacobian_is_block_triangular_in_the_order(student: Student, layer: Layer, seed: int) -> None:
    """in the order of block_permutation, dz/dx is block lower triangular, the identity first"""
    order = permutation(student, layer)
    x = batch(layer, seed, 1)[0]
    J = torch.autograd.functional.jacobian(layer.forward, x)[order][:, order]
    k = len(layer.omega)
    hint = "Which outputs depend on one input alone?"
    what = "the upper left block"
    expect_close(J[:k, :k], torch.eye(k), rtol=0.0, atol=0.0, hint=hint, what=what)
    zeros = torch.zeros(k, layer.n - k)
    expect_close(J[:k, k:], zeros, rtol=0.0, atol=0.0, hint=hint, what="the block on its right")


@check(points=1, part="c", examples=5)
@given(layer=layers(), seed=draw.seeds())
def layers_leave_their_arguments_alone(student: Student, layer: Layer, seed: int) -> None:
    """coupling_forward, coupling_inverse and block_permutation do not modify their arguments"""
    x = batch(layer, seed)
    leaves_arguments_alone(student, "coupling_forward", x, *layer.arguments)
    leaves_arguments_alone(student, "coupling_inverse", x, *layer.arguments)
    leaves_arguments_alone(student, "block_permutation", layer.omega, layer.n)


def permutation(student: Student, layer: Layer) -> Tensor:
    """The order that block_permutation returns, if it is one."""
    value = student.block_permutation(layer.omega, layer.n)
    order = tensor(value, (layer.n,), "block_permutation").long()
    if sorted(order.tolist()) != list(range(layer.n)):
        raise Wrong(
            f"block_permutation returned {show(order)}, which is no order of 0 to {layer.n - 1}"
        )
    return order

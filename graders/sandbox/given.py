"""The objects that a student's function is given and that are no plain data: built from data.

A check names one by kind and parameters (`given.of("box_projection", low=..., high=...)`); the
child builds it for the student, and the grader builds the same one for its own evidence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from graders import handout
from graders.sandbox import values, wire

LogDensity = Callable[[Tensor], Tensor]

TINY = 1e-30  # where a logarithm stops: a baseline may be the value at z = 0


def of(kind: str, **parameters: Any) -> wire.Given:
    """Name an object by its kind and its parameters (tensors and numbers).

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"no given object of kind {kind!r}; there are {', '.join(sorted(KINDS))}")
    return wire.Given(kind, {name: values.pack(value) for name, value in parameters.items()})


def build(item: wire.Given, *, flow: str = "") -> Any:
    """The object itself; `flow` is the path of the flow's weights, the given ones if empty."""
    if item.kind == "nice_log_prob":
        return nice(flow).log_prob
    parameters = {name: values.unpack(value) for name, value in item.parameters.items()}
    return KINDS[item.kind](**parameters)


def argument(item: wire.Value, flow: str) -> Any:
    """The object that a student's function gets for a wire value."""
    return build(item, flow=flow) if isinstance(item, wire.Given) else values.unpack(item)


def generator(seed: int) -> torch.Generator:
    """A seeded torch generator."""
    return torch.Generator().manual_seed(seed)


def symbol(name: str) -> Any:
    """A real sympy symbol."""
    import sympy

    return sympy.Symbol(name, real=True)


def density(name: str, of: list[str]) -> Any:
    """An unknown positive function of real symbols, applied to them: `q(z, phi)`, `h(z)`."""
    import sympy

    return sympy.Function(name, positive=True)(*(symbol(argument) for argument in of))


def quadratic_gradient(A: Tensor, b: Tensor) -> Callable[[Tensor], Tensor]:
    """x -> A x - b, the gradient of x.A x / 2 - b.x."""

    def gradient(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        slope: Tensor = A.to(x.dtype) @ x - b.to(x.dtype)
        return slope

    return gradient


def box_projection(low: Tensor, high: Tensor) -> Callable[[Tensor], Tensor]:
    """The projection onto {low <= x <= high}."""

    def project(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        return torch.minimum(torch.maximum(x, low.to(x.dtype)), high.to(x.dtype))

    return project


def ball_projection(center: Tensor, radius: float) -> Callable[[Tensor], Tensor]:
    """The projection onto the ball of that centre and radius."""

    def project(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        offset = x - center.to(x.dtype)
        near: Tensor = center.to(x.dtype) + offset / (offset.norm() / radius).clamp(min=1.0)
        return near

    return project


def categorical_log_q() -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log softmax(phi)[z]: z (B, 1) holds indices below the length of phi."""
    return lambda z, phi: torch.log_softmax(phi, 0)[z[:, 0].long()]


def normal_log_q() -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log N(z; phi[:k], e^(2 phi[k:])), summed over the k coordinates of z (B, k)."""

    def log_q(z: Tensor, phi: Tensor) -> Tensor:
        mean, log_scale = phi.chunk(2)
        unit = (z - mean) / log_scale.exp()
        return (-0.5 * unit**2 - log_scale - 0.5 * math.log(2 * math.pi)).sum(1)

    return log_q


def gamma_log_q(shape: float) -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log Gamma(z; shape, rate e^phi[0]) at z (B, 1) > 0."""

    def log_q(z: Tensor, phi: Tensor) -> Tensor:
        x = z[:, 0].clamp(min=TINY)
        return shape * phi[0] - math.lgamma(shape) + (shape - 1) * x.log() - phi[0].exp() * x

    return log_q


def laplace_log_q() -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log Laplace(z; location phi[0], scale e^phi[1]) at z (B, 1)."""
    return lambda z, phi: -(z[:, 0] - phi[0]).abs() / phi[1].exp() - phi[1] - math.log(2.0)


def table_log_h(table: Tensor) -> LogDensity:
    """z -> table[z] for indices z (B, 1)."""
    return lambda z: table[z[:, 0].long()]


def quadratic_log_h(slope: Tensor, curve: Tensor, power: float = 0.0) -> LogDensity:
    """z (B, k) -> z.curve z + slope.z, and power log z_1 where there is one: up to a constant."""

    def log_h(z: Tensor) -> Tensor:
        value: Tensor = ((z @ curve.to(z.dtype)) * z).sum(1) + z @ slope.to(z.dtype)
        return value + power * z[:, 0].clamp(min=TINY).log() if power else value

    return log_h


def gaussian_log_prob(mean: Tensor, precision: Tensor, trainable: bool = False) -> LogDensity:
    """(B, D) -> (B,): -(x - mean).precision (x - mean) / 2, an unnormalised log density.

    `trainable` makes a model of it whose mean is a parameter, watched for gradients.
    """
    mean.requires_grad_(trainable)

    def log_prob(x: Tensor) -> Tensor:
        offset = x - mean.to(x.dtype)
        return -0.5 * ((offset @ precision.to(x.dtype)) * offset).sum(1)

    log_prob.watched = (mean,)  # type: ignore[attr-defined]
    return log_prob


def wave_map(weight: Tensor, bias: Tensor) -> Callable[[Tensor], Tensor]:
    """X -> sin(weight vec(X) + bias) + vec(X), in the shape of X: a smooth map of R^(a x b x c)."""

    def h(X: Tensor) -> Tensor:
        x = X.reshape(-1)
        return (torch.sin(weight.to(x.dtype) @ x + bias.to(x.dtype)) + x).reshape(X.shape)

    return h


def lower_net(weight: Tensor) -> Callable[[Tensor], Tensor]:
    """X -> a unit lower triangular (C, C) matrix that depends smoothly on X (C, m, n)."""

    def net(X: Tensor) -> Tensor:
        entries = _entries(weight, X)
        return torch.tril(entries, -1) + torch.eye(len(entries), dtype=entries.dtype)

    return net


def upper_net(weight: Tensor) -> Callable[[Tensor], Tensor]:
    """X -> a strictly upper triangular (C, C) matrix that depends smoothly on X (C, m, n)."""
    return lambda X: torch.triu(_entries(weight, X), 1)


def scale_net(weight: Tensor, sign: Tensor) -> Callable[[Tensor], Tensor]:
    """X -> s (C,): magnitudes between 1/2 and 2 that depend smoothly on X, with these signs."""

    def net(X: Tensor) -> Tensor:
        size = torch.tanh(weight.to(X.dtype) @ X.reshape(-1)) * math.log(2.0)
        return sign.to(X.dtype) * size.exp()

    return net


@cache
def nice(path: str = "") -> Any:
    """The given flow, its weights read once a process."""
    from student_template.nice_flow import load_flow

    return load_flow(Path(path) if path else handout.folder() / "nice.safetensors")


def _entries(weight: Tensor, X: Tensor) -> Tensor:
    channels = len(X)
    return torch.tanh(weight.to(X.dtype) @ X.reshape(-1)).reshape(channels, channels)


KINDS: dict[str, Callable[..., Any]] = {
    maker.__name__: maker
    for maker in (
        generator, symbol, density, quadratic_gradient, box_projection, ball_projection,
        categorical_log_q, normal_log_q, gamma_log_q, laplace_log_q, table_log_h, quadratic_log_h,
        gaussian_log_prob, wave_map, lower_net, upper_net, scale_net,
    )
} | {"nice_log_prob": nice}  # fmt: skip

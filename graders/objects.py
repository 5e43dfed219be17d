"""The objects that are passed to students' functions: densities, maps, nets and the flow.

Each is built from data, once in the student's process and once in the grader's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from assay import Kinds, module_at

if TYPE_CHECKING:
    from sympy import Expr, Symbol

LogDensity = Callable[[Tensor], Tensor]

TINY = 1e-30  # the smallest argument of a logarithm: a baseline may be the value at z = 0
TEMPLATE = Path(__file__).resolve().parents[1] / "student_template"


class Flow(Protocol):
    """What the checks need of the flow."""

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-densities (B,) of images (B, D)."""


kinds = Kinds()
of, build = kinds.of, kinds.build


@kinds.add
def symbol(name: str) -> Symbol:
    """A real sympy symbol."""
    import sympy

    return sympy.Symbol(name, real=True)


@kinds.add
def density(name: str, of: list[str]) -> Expr:
    """An unknown positive function of real symbols, applied to them: `q(z, phi)`, `h(z)`."""
    import sympy

    return sympy.Function(name, positive=True)(*(symbol(argument) for argument in of))


@kinds.add
def generator(seed: int) -> torch.Generator:
    """A source of random numbers that starts at this seed."""
    return torch.Generator().manual_seed(seed)


@kinds.add
def leaf(value: Tensor, grad: Tensor) -> Tensor:
    """A tensor that requires gradients and holds one already."""
    tensor = value.clone().requires_grad_()
    tensor.grad = grad.clone()
    return tensor


@kinds.add
def quadratic_gradient(A: Tensor, b: Tensor) -> Callable[[Tensor], Tensor]:
    """x -> A x - b, the gradient of x.A x / 2 - b.x."""

    def gradient(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        slope: Tensor = A.to(x.dtype) @ x - b.to(x.dtype)
        return slope

    return gradient


@kinds.add
def bent_gradient(A: Tensor, b: Tensor, center: Tensor, bend: float) -> Callable[[Tensor], Tensor]:
    """z -> A x - b + bend tanh(x) with x = z - center.

    It is the gradient of x.A x / 2 - b.x + bend sum_i log cosh(x_i).
    """
    quadratic = quadratic_gradient(A, b)

    def gradient(z: Tensor) -> Tensor:
        x = torch.as_tensor(z)
        x = x - center.to(x.dtype)
        return quadratic(x) + bend * x.tanh()

    return gradient


@kinds.add
def box_projection(low: Tensor, high: Tensor) -> Callable[[Tensor], Tensor]:
    """The projection onto {low <= x <= high}."""

    def project(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        return torch.minimum(torch.maximum(x, low.to(x.dtype)), high.to(x.dtype))

    return project


@kinds.add
def ball_projection(center: Tensor, radius: float) -> Callable[[Tensor], Tensor]:
    """The projection onto the ball with this centre and radius."""

    def project(x: Tensor) -> Tensor:
        x = torch.as_tensor(x)
        offset = x - center.to(x.dtype)
        nearest: Tensor = center.to(x.dtype) + offset / (offset.norm() / radius).clamp(min=1.0)
        return nearest

    return project


@kinds.add
def categorical_log_q() -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log softmax(phi)[z]: z (B, 1) holds indices below the length of phi."""
    return lambda z, phi: torch.log_softmax(phi, 0)[z[:, 0].long()]


@kinds.add
def normal_log_q() -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log N(z; phi[:k], e^(2 phi[k:])), summed over the k coordinates of z (B, k)."""

    def log_q(z: Tensor, phi: Tensor) -> Tensor:
        mean, log_scale = phi.chunk(2)
        unit = (z - mean) / log_scale.exp()
        return (-0.5 * unit**2 - log_scale - 0.5 * math.log(2 * math.pi)).sum(1)

    return log_q


@kinds.add
def gamma_log_q(shape: float) -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log Gamma(z; shape, rate e^phi[0]) at z (B, 1) > 0."""

    def log_q(z: Tensor, phi: Tensor) -> Tensor:
        x = z[:, 0].clamp(min=TINY)
        return shape * phi[0] - math.lgamma(shape) + (shape - 1) * x.log() - phi[0].exp() * x

    return log_q


@kinds.add
def laplace_log_q() -> Callable[[Tensor, Tensor], Tensor]:
    """(z, phi) -> log Laplace(z; location phi[0], scale e^phi[1]) at z (B, 1)."""
    return lambda z, phi: -(z[:, 0] - phi[0]).abs() / phi[1].exp() - phi[1] - math.log(2.0)


@kinds.add
def table_log_h(table: Tensor) -> LogDensity:
    """z -> table[z] for indices z (B, 1)."""
    return lambda z: table[z[:, 0].long()]


@kinds.add
def quadratic_log_h(slope: Tensor, curve: Tensor, power: float = 0.0) -> LogDensity:
    """z (B, k) -> z.curve z + slope.z, plus power log z_1 unless power is 0; up to a constant."""

    def log_h(z: Tensor) -> Tensor:
        value: Tensor = ((z @ curve.to(z.dtype)) * z).sum(1) + z @ slope.to(z.dtype)
        return value + power * z[:, 0].clamp(min=TINY).log() if power else value

    return log_h


class GaussianModel(torch.nn.Module):
    """A Gaussian model of pictures whose mean is a parameter: a program could train it."""

    def __init__(self, mean: Tensor, precision: Tensor) -> None:
        super().__init__()
        self.mean = torch.nn.Parameter(mean)
        self.precision = precision

    def log_prob(self, x: Tensor) -> Tensor:
        """(B, D) -> (B,): -(x - mean).precision (x - mean) / 2, an unnormalised log density.

        The precision is a matrix (D, D) or, if it is diagonal, the vector (D,).
        """
        offset, precision = x - self.mean.to(x.dtype), self.precision.to(x.dtype)
        weighted = offset * precision if precision.ndim == 1 else offset @ precision
        value: Tensor = -0.5 * (weighted * offset).sum(1)
        return value


@kinds.add
def gaussian_log_prob(mean: Tensor, precision: Tensor, trainable: bool = False) -> LogDensity:
    """The log-density of a `GaussianModel`; its mean requires gradients if it is `trainable`."""
    return GaussianModel(mean, precision).requires_grad_(trainable).log_prob


@kinds.add
def mixture_log_prob(mean: Tensor, precision: Tensor, spread: Tensor) -> LogDensity:
    """The log-density of a `GaussianModel` times cosh(spread_i (x_i - mean_i)) for each pixel i.

    It is that of a mixture of Gaussians of this precision, up to a constant.
    """
    gaussian = gaussian_log_prob(mean, precision)

    def log_prob(x: Tensor) -> Tensor:
        z = spread.to(x.dtype) * (x - mean.to(x.dtype))
        return gaussian(x) + torch.logaddexp(z, -z).sum(1)

    return log_prob


@kinds.add
def wave_map(
    weight: Tensor, bias: Tensor, width: float = 1.0, slope: float = 1.0
) -> Callable[[Tensor], Tensor]:
    """X -> slope (width sin(weight x / width + bias) + x) with x = vec(X), in the shape of X.

    A smooth map of R^(a x b x c), of derivatives about as large as slope.
    """

    def h(X: Tensor) -> Tensor:
        x = X.reshape(-1)
        wave = width * torch.sin(weight.to(x.dtype) @ x / width + bias.to(x.dtype))
        return (slope * (wave + x)).reshape(X.shape)

    return h


@kinds.add
def lower_net(weight: Tensor, most: float = 1.0) -> Callable[[Tensor], Tensor]:
    """X -> a unit lower triangular (C, C) matrix that depends smoothly on X (C, m, n).

    Its entries below the diagonal are at most `most` in size.
    """

    def net(X: Tensor) -> Tensor:
        entries = most * _entries(weight, X)
        return torch.tril(entries, -1) + torch.eye(len(entries), dtype=entries.dtype)

    return net


@kinds.add
def upper_net(weight: Tensor, most: float = 1.0) -> Callable[[Tensor], Tensor]:
    """X -> a strictly upper triangular (C, C) matrix, of entries up to `most`, likewise."""
    return lambda X: most * torch.triu(_entries(weight, X), 1)


@kinds.add
def scale_net(weight: Tensor, sign: Tensor) -> Callable[[Tensor], Tensor]:
    """X -> s (C,): between 1/2 and 2, depending smoothly on X, times `sign`: a sign and a scale."""

    def net(X: Tensor) -> Tensor:
        size = torch.tanh(weight.to(X.dtype) @ X.reshape(-1)) * math.log(2.0)
        return sign.to(X.dtype) * size.exp()

    return net


@kinds.add
def stored_net(value: Tensor) -> Callable[[Tensor], Tensor]:
    """X -> this tensor itself, as a net without inputs returns its parameter."""
    return lambda _: value


@kinds.add_from_material("flow")
def nice_log_prob(weights: Path) -> LogDensity:
    """The log-density of the flow with these weights."""
    return flow(weights).log_prob


@cache
def flow(weights: Path) -> Flow:
    """The given flow; its weights are read once per process.

    Raises:
        OSError: the file cannot be read.
        ValueError: it does not hold weights of this flow.
    """
    loaded: Flow = module_at(TEMPLATE / "nice_flow.py").load_flow(weights)
    return loaded


def check_flow(weights: Path) -> None:
    """Check that the flow can use these weights; raises like `flow`."""
    flow(weights)


def warm_up(materials: Mapping[str, Path]) -> None:
    """Read the flow's weights once, so that forked processes have them."""
    flow(materials["flow"])


def _entries(weight: Tensor, X: Tensor) -> Tensor:
    channels = len(X)
    return torch.tanh(weight.to(X.dtype) @ X.reshape(-1)).reshape(channels, channels)

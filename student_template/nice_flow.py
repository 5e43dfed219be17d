"""The flow of problem 3: a density on images, with an exact logarithm and gradient.

NICE maps an image x to independent logistic noise z by volume-preserving steps and one scaling:

    x = (even, odd)      the two halves, pixels 0, 2, 4, ... and 1, 3, 5, ...
    even <- even + m_0(odd),   odd <- odd + m_1(even),   even <- even + m_2(odd),   ...
    z_d = exp(s_d) (even, odd)_d
    log p(x) = sum_d [log f(z_d) + s_d],      f(z) = e^{-z} / (1 + e^{-z})^2

A coupling adds a function of one half to the other, so its Jacobian is triangular with ones on the
diagonal: the m_i may be any networks, and the inverse subtracts what was added.

Source: Dinh, Krueger, Bengio 2014, "NICE: Non-linear Independent Components Estimation",
arXiv:1410.8516. The parameters have the names of the course's checkpoint `nice.pt` (width 1000, 5
hidden layers, 4 couplings), which `load_flow` reads as well.
"""

from __future__ import annotations

import io
import pickle
import reprlib
import struct
from collections.abc import Iterable, Mapping
from itertools import count, takewhile
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn
from torch.nn.functional import softplus

__all__ = ["NICE", "PIXELS", "load_flow"]

PIXELS = 28 * 28
"""Pixels of an MNIST image; row r, column c is coordinate 28 r + c."""

# What unpickling a file that is no checkpoint can raise.
_UNPICKLING_ERRORS = (
    *(pickle.UnpicklingError, struct.error, EOFError, OSError, RuntimeError),
    *(ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError),
)
_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


class Coupling(nn.Module):
    """The network m of one coupling: it maps the fixed half to the shift of the other half.

    Args:
        half: number of coordinates in each half.
        width: number of units in each hidden layer.
        hidden: number of hidden layers, each a linear map and a ReLU; at least 1.
    """

    def __init__(self, half: int, width: int, hidden: int) -> None:
        super().__init__()
        self.in_block = nn.Sequential(nn.Linear(half, width), nn.ReLU())
        self.mid_block = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.ReLU()) for _ in range(hidden - 1)
        )
        self.out_block = nn.Linear(width, half)

    def forward(self, still: Tensor) -> Tensor:
        """Map the fixed half (B, D/2) to the shift (B, D/2)."""
        h: Tensor = self.in_block(still)
        for block in self.mid_block:
            h = block(h)
        shift: Tensor = self.out_block(h)
        return shift


class Scaling(nn.Module):
    """The logarithms s of the scales exp(s), one per coordinate; their sum is log |det dz/dx|."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(1, dim))

    def forward(self, y: Tensor) -> Tensor:
        """Multiply y (B, D) by exp(s)."""
        return y * self.scale.exp()

    def inverse(self, z: Tensor) -> Tensor:
        """Divide z (B, D) by exp(s)."""
        return z * (-self.scale).exp()


class NICE(nn.Module):
    """Additive couplings, alternately on even and odd pixels, then a scaling; logistic prior.

    Args:
        dim: number D of coordinates of a point, even.
        width: number of units in each hidden layer of a coupling.
        hidden: number of hidden layers in a coupling, at least 1.
        couplings: number of couplings; the first shifts the even coordinates, the second the odd.
    Raises:
        ValueError: dim is odd, or a size is below 1.
    Source: Dinh, Krueger, Bengio 2014, arXiv:1410.8516, sections 3.2 to 3.4.

    >>> flow = NICE(dim=4, width=8, hidden=2)
    >>> flow.log_prob(torch.zeros(3, 4)).shape
    torch.Size([3])
    """

    def __init__(
        self, *, dim: int = PIXELS, width: int = 1000, hidden: int = 5, couplings: int = 4
    ) -> None:
        super().__init__()
        if dim % 2 or min(dim, width, hidden, couplings) < 1:
            sizes = f"{dim=}, {width=}, {hidden=}, {couplings=}"
            raise ValueError(f"sizes must be at least 1, and dim even; got {sizes}")
        self.coupling = nn.ModuleList(Coupling(dim // 2, width, hidden) for _ in range(couplings))
        self.scaling = Scaling(dim)

    @property
    def dim(self) -> int:
        """Number D of coordinates of a point."""
        return self.scaling.scale.shape[1]

    def forward(self, x: Tensor) -> Tensor:
        """Map images to noise.

        Args:
            x: (B, D) images, pixels in [0, 1]; any floating dtype.
        Returns:
            z (B, D), in the dtype of the weights.
        Raises:
            ValueError: x is not (B, D); the message shows its shape.
        """
        halves = self._split(x)
        for i, shift in enumerate(self.coupling):
            moves = i % 2
            halves[moves] = halves[moves] + shift(halves[1 - moves])
        return self.scaling.forward(self._join(halves))

    def inverse(self, z: Tensor) -> Tensor:
        """Map noise to images: undo the steps of `forward`, the last one first.

        Args:
            z: (B, D) noise; any floating dtype.
        Returns:
            x (B, D), in the dtype of the weights; pixels may lie slightly outside [0, 1].
        Raises:
            ValueError: z is not (B, D); the message shows its shape.
        """
        halves = self._split(self.scaling.inverse(self._cast(z)))
        for i, shift in reversed(list(enumerate(self.coupling))):
            moves = i % 2
            halves[moves] = halves[moves] - shift(halves[1 - moves])
        return self._join(halves)

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density of each image; its gradient flows back to x.

        Args:
            x: (B, D) images, pixels in [0, 1]; any floating dtype.
        Returns:
            (B,) natural-log densities [nats], in the dtype of the weights.
        Raises:
            ValueError: x is not (B, D); the message shows its shape.
        """
        z = self.forward(x)
        log_prior = -(softplus(z) + softplus(-z))
        return log_prior.sum(dim=1) + self.scaling.scale.sum()

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Tensor:
        """Draw images: logistic noise, mapped by `inverse`.

        Args:
            n: number of images, at least 0.
            generator: source of randomness; torch's global one if None.
        Returns:
            (n, D), in the dtype of the weights; pixels may lie slightly outside [0, 1].
        """
        scale = self.scaling.scale
        u = torch.rand(n, self.dim, generator=generator, dtype=scale.dtype, device=scale.device)
        # rand may return 0, whose logit is infinite.
        return self.inverse(torch.logit(u, eps=torch.finfo(scale.dtype).eps))

    def _cast(self, x: Tensor) -> Tensor:
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(f"expected a tensor of shape (B, {self.dim}), got {tuple(x.shape)}")
        return x.to(self.scaling.scale.dtype)

    def _split(self, x: Tensor) -> list[Tensor]:
        return list(self._cast(x).reshape(len(x), self.dim // 2, 2).unbind(dim=2))

    @staticmethod
    def _join(halves: list[Tensor]) -> Tensor:
        return torch.stack(halves, dim=2).flatten(1)


def load_flow(path: str | Path, *, dtype: torch.dtype = torch.float32) -> NICE:
    """Load the given flow, with frozen weights, in evaluation mode, on the CPU.

    The width and the numbers of hidden layers and couplings are read from the file. The global
    random state does not change.

    Args:
        path: a checkpoint of the flow: `.safetensors`, or `.pt` as provided by the course.
        dtype: dtype to compute in, whatever the file stores (`nice.safetensors`: float16).
    Returns:
        The flow on images of 784 pixels; no parameter requires a gradient.
    Raises:
        OSError: the file does not exist or cannot be read.
        ValueError: the file is not a checkpoint of this flow; the message says why.
    """
    path = Path(path)
    try:
        state = _read(path)
        flow = _empty_like(state)
        _compare(state, flow.state_dict())
    except ValueError as error:
        raise ValueError(f"{path.name} is not a checkpoint of the flow: {error}") from error
    flow.load_state_dict({name: w.to(dtype) for name, w in state.items()}, assign=True)
    return flow.requires_grad_(False).eval()


def _read(path: Path) -> dict[str, Tensor]:
    """Read the named tensors of a file; ValueError if there are none."""
    content = path.read_bytes()
    try:
        if path.suffix == ".safetensors":
            return load(content)
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    except _UNPICKLING_ERRORS as error:
        # torch's own message would advise students to load the file unsafely.
        raise ValueError(f"torch cannot read tensors from it ({type(error).__name__})") from error
    if not (isinstance(state, dict) and all(isinstance(w, Tensor) for w in state.values())):
        raise ValueError(f"expected a dict of tensors, got {reprlib.repr(state)}")
    return state


def _empty_like(state: Mapping[str, Tensor]) -> NICE:
    """Make the flow that a checkpoint describes, without its numbers."""
    first = "coupling.0.in_block.0.weight"
    for name in ("scaling.scale", first):
        if name not in state:
            raise ValueError(f"{name} is missing")
    if state["scaling.scale"].shape != (1, PIXELS):
        shape = tuple(state["scaling.scale"].shape)
        raise ValueError(f"scaling.scale is {shape}, expected {(1, PIXELS)}")
    if state[first].ndim != 2:
        raise ValueError(f"{first} is {tuple(state[first].shape)}, expected 2 dimensions")

    def count_present(names: Iterable[str]) -> int:
        return sum(1 for _ in takewhile(state.__contains__, names))

    # The meta device draws no weights: that would be slow and would change the random state.
    with torch.device("meta"):
        return NICE(
            width=state[first].shape[0],
            hidden=1 + count_present(f"coupling.0.mid_block.{j}.0.weight" for j in count()),
            couplings=count_present(f"coupling.{i}.in_block.0.weight" for i in count()),
        )


def _compare(state: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """Raise ValueError at the first tensor that is missing, unknown, misshapen or not finite."""
    for name, like in expected.items():
        if name not in state:
            raise ValueError(f"{name} is missing")
        got, shape = state[name], tuple(like.shape)
        if got.shape != like.shape:
            raise ValueError(f"{name} is {tuple(got.shape)}, expected {shape}")
        if got.dtype not in _DTYPES or got.layout != torch.strided or got.is_meta:
            kind = f"{got.dtype}, {got.layout}, {got.device}"
            raise ValueError(f"{name} is {kind}, expected a dense tensor of floats")
        if not got.isfinite().all():
            raise ValueError(f"{name} holds NaN or infinite values")
    for name in state:
        if name not in expected:
            raise ValueError(f"{name} is not a parameter of the flow")

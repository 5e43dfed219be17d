"""The pictures of one hand-in: its digit, its paths, its estimates. Any data at all makes a page.

What a student's code made is numbers here, put into a picture as numbers; what has not the shape
that a picture needs is told in a sentence instead.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from graders.outcome import Exhibit
from graders.report.page.axes import HEIGHT, WIDTH, Canvas, Floats, Frame

MOST = 65_536  # numbers in an exhibit that is drawn
KINDS = {"log-derivative": "one", "reparameterization": "two"}

Mask = NDArray[np.bool_]


class Image(NamedTuple):
    """A greyscale image: its name, `data:` address and size in pixels, what it shows in words."""

    name: str
    source: str
    width: int
    height: int
    alt: str


class Drawing(NamedTuple):
    """What a student made on shared axes, and the same in words."""

    svg: Markup
    words: str
    keys: tuple[tuple[str, str], ...] = ()


def values(exhibit: Exhibit, *dims: int) -> Floats | None:
    """The array of an exhibit, of these dimensions (0 for any); None where it holds none."""
    shape = exhibit.shape
    if len(shape) != len(dims) or any(
        d not in (0, n) or n < 1 for d, n in zip(dims, shape, strict=True)
    ):
        return None
    count = math.prod(shape)
    if count > MOST or len(exhibit.data) != 2 * count:
        return None
    return np.frombuffer(exhibit.data, "<f2").astype(np.float64).reshape(shape)


def images(exhibits: Iterable[Exhibit]) -> tuple[Image, ...]:
    """The images among these exhibits, in their order; a pixel is black at 0 and white at 1."""
    return tuple(image for e in exhibits if (image := _image(e.name, e.shape, e.data)))


def paths(exhibits: Iterable[Exhibit], canvas: Canvas) -> Drawing | None:
    """Paths of (mu, sigma) over the contours; None where there is none to be seen."""
    frame, drawn, words, keys = canvas.paths, [], [], []
    for exhibit in exhibits:
        kind, path = KINDS.get(exhibit.name), values(exhibit, 0, 2)
        if kind is None or path is None:
            continue
        whole: Mask = np.asarray(np.isfinite(path).all(axis=1))
        if whole.any():
            drawn.append(_path(frame, path, whole, kind))
            words.append(_path_in_words(exhibit.name, path, whole, frame))
            keys.append((kind, exhibit.name))
    if not drawn:
        return None
    drawn.append(_start(frame))
    told = f"Contours of the objective over mu and sigma. From (0, 1): {'; '.join(words)}."
    return Drawing(_svg(frame, "".join(drawn), "paths", "Paths of SGD", told), told, tuple(keys))


def convergence(exhibits: Iterable[Exhibit], canvas: Canvas) -> Drawing | None:
    """Estimates over the exact value by number of samples, in their band; None without any."""
    found = next((v for e in exhibits if (v := values(e, 0, 3)) is not None), None)
    frame = canvas.convergence
    if found is None:
        return None
    table = found[np.isfinite(found).all(axis=1) & (found[:, 0] > 0) & (found[:, 2] >= 0)]
    table = table[np.argsort(table[:, 0], kind="stable")][:64]
    if not len(table):
        return None
    samples, ratio, half = table.T
    low, high = frame.limits[2:]
    x = frame.x.at(samples)
    edges = [frame.y.at(np.clip(1 + sign * half, low, high)) for sign in (1, -1)]
    outline = _points(np.r_[x, x[::-1]], np.r_[edges[0], edges[1][::-1]])
    exact = f"M{frame.window[0]:g} {float(frame.y.at(np.ones(1))[0]):g}h{frame.window[2]:g}"
    marks = "".join(map(_estimate, x.tolist(), frame.y.at(np.clip(ratio, low, high)).tolist(),
                        ((ratio < low) | (ratio > high)).tolist()))  # fmt: skip
    body = f'<path class="band" d="M{outline}z"/><path class="exact" d="{exact}"/>{marks}'
    inside = int((np.abs(ratio - 1) <= half).sum())
    told = (
        f"{len(table)} estimates, from {samples[0]:g} to {samples[-1]:,.0f} samples: {inside} lie "
        f"in the band. The last is {ratio[-1]:.3g} times the exact probability; the band there is "
        f"{max(1 - half[-1], 0):.3g} to {1 + half[-1]:.3g}."
    )
    return Drawing(_svg(frame, body, "convergence", "Convergence of the estimate", told), told)


@lru_cache(maxsize=64)  # all students have the same original
def _image(name: str, shape: tuple[int, ...], data: bytes) -> Image | None:
    pixels = values(Exhibit(name=name, shape=shape, data=data), 0, 0)
    if pixels is None:
        return None
    finite = np.isfinite(pixels)
    shown = np.where(finite, np.clip(np.nan_to_num(pixels), 0, 1), 0.5)
    body = base64.b64encode(png(np.rint(255 * shown).astype(np.uint8))).decode()
    height, width = shape
    alt = f"{name}: {width} by {height} pixels"
    if not finite.all():
        alt += f", {int((~finite).sum())} of them no numbers (grey here)"
    elif pixels.min() < -1e-3 or pixels.max() > 1.001:
        alt += f", values from {pixels.min():.3g} to {pixels.max():.3g} (cut to 0 to 1 here)"
    return Image(name, f"data:image/png;base64,{body}", width, height, alt)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """An (h, w) greyscale image as PNG (RFC 2083): header, one block of rows, end."""
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each row led by its filter, 0 for none
    rows[:, 1:] = pixels
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    blocks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in blocks
    )


def _path(frame: Frame, path: Floats, whole: Mask, kind: str) -> str:
    """The runs of places that are numbers, as lines, and a mark at the last."""
    x, y = frame.x.at(path[whole, 0]), frame.y.at(path[whole, 1])
    if whole.all():
        runs = [_points(x, y)]
    else:
        gaps = np.flatnonzero(np.diff(np.flatnonzero(whole)) > 1) + 1
        pairs = zip(np.split(x, gaps), np.split(y, gaps), strict=True)
        runs = [_points(*pair) for pair in pairs]
    d = "".join(f"M{run}" for run in runs)
    return f'<path class="{kind}" d="{d}"/>{_mark(kind, float(x[-1]), float(y[-1]))}'


def _start(frame: Frame) -> str:
    x, y = (float(axis.at(np.array([at]))[0]) for axis, at in ((frame.x, 0.0), (frame.y, 1.0)))
    return f'<circle class="start" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def _mark(kind: str, x: float, y: float) -> str:
    if kind == "one":
        return f'<circle class="end {kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    return f'<path class="end {kind}" d="M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"/>'


def _estimate(x: float, y: float, outside: bool) -> str:
    if outside:
        return f'<path class="dot out" d="M{x - 4:.1f} {y:.1f}l4 -5 4 5 -4 5z"/>'
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def _path_in_words(name: str, path: Floats, whole: Mask, frame: Frame) -> str:
    if not whole[-1]:
        return f"with the {name} trick the path ends in what is no number"
    (mu, sigma), (left, right, low, high) = path[-1], frame.limits
    inside = path[whole]
    left_window = ((inside < (left, low)) | (inside > (right, high))).any()
    said = f"with the {name} trick it ends at ({mu:.3f}, {sigma:.3f})"
    return f"{said} and leaves the picture on its way" if left_window else said


def _points(x: Floats, y: Floats) -> str:
    """Places as an SVG path without its first letter, to half a tenth of a unit, in small steps."""
    tens = np.rint(np.stack([x, y], axis=1) * 10).astype(np.int64)
    first, steps = tens[0] / 10, np.diff(tens, axis=0).ravel() / 10
    moved = " ".join(map(_NUMBER, steps.tolist()))
    return f"{first[0]:g} {first[1]:g}l{moved}" if moved else f"{first[0]:g} {first[1]:g}h0"


_NUMBER = "{:g}".format


def _svg(frame: Frame, body: str, name: str, title: str, words: str) -> Markup:
    left, top, width, height = frame.window
    return Markup(  # noqa: S704 - made of numbers, and of names that stand above
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{title}</title>'
        f'<desc id="{name}-desc">{words}</desc>{frame.svg}'
        f'<svg x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}" overflow="hidden">{body}</svg></svg>'
    )

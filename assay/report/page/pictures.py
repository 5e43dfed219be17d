"""Pictures of what a student's code returned: images, and drawings on axes.

No data breaks a page: what the code returned enters a picture only as numbers, and if its shape
does not fit, the page says so in a sentence. A homework decides which picture a section has, by a
`Figure`.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from assay.outcome import Exhibit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from assay.report.page.plot import Frame

MOST = 65_536  # numbers of an exhibit; a larger one is not drawn

Floats = NDArray[np.float64]


class Image(NamedTuple):
    """A greyscale image: its name, `data:` address, size in pixels, and a description in words."""

    name: str
    source: str
    width: int
    height: int
    alt: str


class Drawing(NamedTuple):
    """A student's data on shared axes, the same in words, and a key: (style, name) pairs."""

    svg: Markup
    words: str
    keys: tuple[tuple[str, str], ...] = ()


Picture = Drawing | tuple[Image, ...]


@dataclass(frozen=True)
class Figure:
    """How to draw what students' code returned in one section.

    Attributes:
        caption: what the picture shows, the same for everyone.
        draw: makes a picture of some exhibits, on the axes if there are any; None if there is
            nothing to show.
        paint: draws what everyone's axes have in common; None for a picture without axes.
        limits: (left, right, low, high) of the axes.
    """

    caption: str
    draw: Callable[[Sequence[Exhibit], Frame | None], Picture | None]
    paint: Callable[[Axes], None] | None = None
    limits: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)


def values(exhibit: Exhibit, *dims: int) -> Floats | None:
    """The array of an exhibit, of these dimensions (0 for any); None if it has another shape."""
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
    """The images among these exhibits, in order; a pixel is black at 0 and white at 1."""
    return tuple(image for e in exhibits if (image := _image(e.name, e.shape, e.data)))


def points(x: Floats, y: Floats) -> str:
    """Points as an SVG path without its first letter: rounded to 0.1, in relative steps."""
    tenths = np.rint(np.stack([x, y], axis=1) * 10).astype(np.int64)
    first, steps = tenths[0] / 10, np.diff(tenths, axis=0).ravel() / 10
    moves = " ".join(f"{step:g}" for step in steps.tolist())
    return f"{first[0]:g} {first[1]:g}l{moves}" if moves else f"{first[0]:g} {first[1]:g}h0"


def svg(frame: Frame, body: str, name: str, title: str, words: str) -> Markup:
    """A drawing in a frame, with a title and a description in words."""
    from assay.report.page.plot import HEIGHT, WIDTH

    left, top, width, height = frame.window
    return Markup(  # noqa: S704 - numbers and our own names only
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{title}</title>'
        f'<desc id="{name}-desc">{words}</desc>{frame.svg}'
        f'<svg x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}" overflow="hidden">{body}</svg></svg>'
    )


@lru_cache(maxsize=64)  # all students get the same original image
def _image(name: str, shape: tuple[int, ...], data: bytes) -> Image | None:
    pixels = values(Exhibit(name=name, shape=shape, data=data), 0, 0)
    if pixels is None:
        return None
    finite = np.isfinite(pixels)
    shown = np.where(finite, np.clip(np.nan_to_num(pixels), 0, 1), 0.5)
    body = base64.b64encode(_png(np.rint(255 * shown).astype(np.uint8))).decode()
    height, width = shape
    alt = f"{name}: {width} by {height} pixels"
    if not finite.all():
        alt += f", {int((~finite).sum())} of them not finite (shown in grey)"
    elif pixels.min() < -1e-3 or pixels.max() > 1.001:
        alt += f", values from {pixels.min():.3g} to {pixels.max():.3g} (clipped to 0 and 1)"
    return Image(name, f"data:image/png;base64,{body}", width, height, alt)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """An (h, w) greyscale image as PNG."""
    from PIL import Image as Pillow

    body = io.BytesIO()
    Pillow.fromarray(pixels).save(body, "PNG", optimize=True)
    return body.getvalue()

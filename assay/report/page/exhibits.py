"""Pictures that a check describes itself: `student.exhibit(..., kind=..., caption=...)`.

An image is an array (h, w), a path has rows (x, y), a curve rows (x, y) or (x, y, low, high) with a
band. Everything else of a homework's pictures is a `Figure` (`assay.report.page.pictures`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from numpy.typing import NDArray

from assay.outcome import Exhibit
from assay.report.page import pictures, plot
from assay.report.page.pictures import Image

UNFIT = "This makes no picture: what the code returned has the wrong shape or holds no numbers."

Floats = NDArray[np.float64]


class Shown(NamedTuple):
    """One exhibit on a page: an image or a drawing, if it makes one, and what is said below it."""

    caption: str
    words: str
    image: Image | None = None
    svg: Markup | None = None


def show(exhibit: Exhibit, name: str) -> Shown:
    """An exhibit as its check describes it; `name` is unique on the page."""
    kind = exhibit.kind or _likely(exhibit)
    shown = _image(exhibit) if kind == "image" else _drawing(exhibit, kind, name)
    return shown or Shown(exhibit.caption, UNFIT)


def _likely(exhibit: Exhibit) -> str:
    """What an exhibit of no stated kind is drawn as."""
    columns = exhibit.shape[-1] if len(exhibit.shape) == 2 else 0
    return {2: "path", 4: "curve"}.get(columns, "image")


def _image(exhibit: Exhibit) -> Shown | None:
    pixels = pictures.values(exhibit, 0, 0)
    if pixels is None:
        return None
    low, high = exhibit.scale if len(exhibit.scale) == 2 else (0.0, 1.0)
    unit = ((pixels - low) / (high - low)).astype("<f2").tobytes()
    (image,) = pictures.images([Exhibit(name=exhibit.name, shape=exhibit.shape, data=unit)])
    axes = [
        f"{where}: {label}"
        for where, label in zip(("across", "down"), exhibit.axes, strict=True)
        if label
    ]
    return Shown(
        exhibit.caption, "; ".join([f"Black is {low:g}, white {high:g}", *axes]) + ".", image
    )


def _drawing(exhibit: Exhibit, kind: str, name: str) -> Shown | None:
    rows = pictures.values(exhibit, 0, 2)
    if rows is None and kind == "curve":
        rows = pictures.values(exhibit, 0, 4)
    if rows is None:
        return None
    finite = rows[np.isfinite(rows).all(axis=1)]
    if not len(finite):
        return None
    frame = _frame(exhibit.axes, exhibit.scale if len(exhibit.scale) == 4 else _limits(finite))
    x, y = frame.x.at(finite[:, 0]), frame.y.at(finite[:, 1])
    body = f'<path class="one" d="M{pictures.points(x, y)}"/>'
    if finite.shape[1] == 4:
        low, high = (frame.y.at(finite[:, k]) for k in (2, 3))
        outline = pictures.points(np.r_[x, x[::-1]], np.r_[low, high[::-1]])
        body = f'<path class="band" d="M{outline}z"/>{body}'
    if kind == "path":
        body += f'<circle class="end one" cx="{x[-1]:.1f}" cy="{y[-1]:.1f}" r="4.5"/>'
    words = _words(finite, len(rows) - len(finite), kind)
    title = escape(exhibit.caption or exhibit.name)
    return Shown(exhibit.caption, words, svg=pictures.svg(frame, body, name, title, words))


def _words(finite: Floats, dropped: int, kind: str) -> str:
    """What a drawing shows, for who cannot see it."""
    ends = [f"({x:.3g}, {y:.3g})" for x, y in finite[[0, -1], :2]]
    words = f"A {kind} of {len(finite)} points from {ends[0]} to {ends[1]}."
    return f"{words} {dropped} more are not finite." if dropped else words


def _limits(rows: Floats) -> tuple[float, float, float, float]:
    """Limits around all points, of two digits, so that similar pictures share their axes."""
    edges: list[float] = []
    for values in (rows[:, 0], rows[:, 1:]):
        low, high = float(values.min()), float(values.max())
        step = 10.0 ** np.floor(np.log10(max(high - low, abs(high) * 1e-3, 1e-6))) / 2
        edges += [float(np.floor(low / step) * step), float(np.floor(high / step + 1) * step)]
    left, right, bottom, top = edges
    return left, right, bottom, top


@lru_cache(maxsize=64)
def _frame(labels: tuple[str, str], limits: tuple[float, float, float, float]) -> plot.Frame:
    def paint(axes: Axes) -> None:
        axes.set(xlabel=labels[0], ylabel=labels[1])
        axes.grid(visible=True)

    return plot.frame(paint, limits)

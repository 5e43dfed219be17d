"""Axes that are drawn once for a report; each student's data is added to them later."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]

WIDTH, HEIGHT = 400, 340  # of a picture: small, so that its text is readable on a phone
# Matplotlib writes these colours; a page has its own in their place.
COLOURS = {"#010101": "var(--muted)", "#020202": "var(--line)", "#030303": "var(--contour)"}
MUTED, LINE, CONTOUR = COLOURS
_DECIMAL = re.compile(r"-?\d+\.\d+")
PLAIN: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "assay",
    "font.size": 12,
    "axes.linewidth": 0.8,
    "grid.linewidth": 0.8,
    "text.color": MUTED,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "grid.color": LINE,
}


@dataclass(frozen=True)
class Axis:
    """A linear scale: from numbers (or their logarithms) to the units of a picture."""

    offset: float
    scale: float
    log: bool = False

    def at(self, values: Floats) -> Floats:
        """The positions of these values; those of values far outside are finite."""
        if self.log:
            values = np.log10(np.maximum(values, 1e-9))
        return np.clip(self.offset + self.scale * values, -WIDTH, 2 * WIDTH)


@dataclass(frozen=True)
class Frame:
    """A drawn pair of axes: its SVG, the window (left, top, width, height), and the scales."""

    svg: str
    window: Rectangle
    x: Axis
    y: Axis
    limits: Rectangle


def frame(paint: Callable[[Axes], None], limits: Rectangle) -> Frame:
    """Draw a pair of axes; the same bytes every time.

    Args:
        paint: draws what everyone's axes have in common: contours, a grid, labels.
        limits: (left, right, low, high).
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(PLAIN)
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
        axes = figure.add_axes((0.13, 0.15, 0.85, 0.82))
        paint(axes)
        axes.set(xlim=limits[:2], ylim=limits[2:])
        axes.tick_params(which="both", bottom=False, left=False)
        axes.spines[["top", "right"]].set_visible(False)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True)
        left, bottom, width, height = map(float, axes.get_window_extent().bounds)
    window = (left, HEIGHT - bottom - height, width, height)
    x, y = _scales(window, limits, axes.get_xscale() == "log")
    return Frame(svg=_bare(text.getvalue()), window=window, x=x, y=y, limits=limits)


def _scales(window: Rectangle, limits: Rectangle, log: bool) -> tuple[Axis, Axis]:
    """The scales that map the limits to the window; pixels count from the top."""
    left, top, width, height = window
    start, end = (float(np.log10(x)) if log else x for x in limits[:2])
    low, high = limits[2:]
    across, up = width / (end - start), height / (high - low)
    x = Axis(offset=left - across * start, scale=across, log=log)
    return x, Axis(offset=top + height + up * low, scale=-up)


def _bare(svg: str) -> str:
    """The inside of an SVG picture by Matplotlib, made small and safe to put into a page.

    It has no prolog, metadata or global style, and no ids, because one page has several pictures.
    """
    body = svg[svg.index("</defs>") + len("</defs>") : svg.rindex("</svg>")]
    body = re.sub(r"<defs>\s*<clipPath.*?</defs>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r' (?:id|clip-path)="[^"]*"| transform="rotate\(-0 [^"]*"', "", body)
    body = body if "<g " in body else re.sub("</?g>", "", body)
    body = re.sub(r'<path d="[^"]*" style="fill: none"/>', "", body)
    body = re.sub(r"font-family: [^;\"]*;? ?|font: ([\d.]+px) [^;\"]*", _size, body)
    body = re.sub(r' (?:d|x|y|transform)="[^"]*"', lambda m: _DECIMAL.sub(_rounded, m[0]), body)
    body = re.sub(r"\s+", " ", body).replace("> <", "><")
    for written, variable in COLOURS.items():
        body = body.replace(written, variable)
    return body.strip()


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")


def _size(match: re.Match[str]) -> str:
    return f"font-size: {match[1]}" if match[1] else ""

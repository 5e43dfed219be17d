"""Axes that are drawn once a report; what students' code made is put on them afterwards."""

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

WIDTH, HEIGHT = 400, 340  # of a picture: small, so that its text stays readable on a phone
# Matplotlib writes these colours, and a page's own stand in their places.
COLOURS = {"#010101": "var(--muted)", "#020202": "var(--line)", "#030303": "var(--contour)"}
MUTED, LINE, CONTOUR = COLOURS
_LONG = re.compile(r"-?\d+\.\d+")
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
    """A straight scale: from numbers (or their logarithms) to a picture's units."""

    offset: float
    scale: float
    log: bool = False

    def at(self, values: Floats) -> Floats:
        """The places of these values; far outside stays finite."""
        if self.log:
            values = np.log10(np.maximum(values, 1e-9))
        return np.clip(self.offset + self.scale * values, -WIDTH, 2 * WIDTH)


@dataclass(frozen=True)
class Frame:
    """A drawn pair of axes: its SVG, the window (left, top, width, height), and the scales."""

    svg: str
    window: tuple[float, float, float, float]
    x: Axis
    y: Axis
    limits: tuple[float, float, float, float]


def frame(paint: Callable[[Axes], None], limits: tuple[float, float, float, float]) -> Frame:
    """Draw a pair of axes; the same bytes every time.

    Args:
        paint: what is on the axes for everyone: contours, a grid, labels.
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
    log = axes.get_xscale() == "log"
    ends = [float(np.log10(end)) if log else end for end in limits[:2]]
    across, up = width / (ends[1] - ends[0]), height / (limits[3] - limits[2])
    x = Axis(left - across * ends[0], across, log)
    y = Axis(HEIGHT - bottom + up * limits[2], -up)
    window = (left, HEIGHT - bottom - height, width, height)
    return Frame(_bare(text.getvalue()), window, x, y, limits)


def _bare(svg: str) -> str:
    """What is inside a picture that Matplotlib wrote, small and fit for standing in a page.

    No prolog, no metadata, no style for the whole page, no ids: two pictures stand in one page.
    """
    body = svg[svg.index("</defs>") + len("</defs>") : svg.rindex("</svg>")]
    body = re.sub(r"<defs>\s*<clipPath.*?</defs>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r' (?:id|clip-path)="[^"]*"| transform="rotate\(-0 [^"]*"', "", body)
    body = body if "<g " in body else re.sub("</?g>", "", body)
    body = re.sub(r'<path d="[^"]*" style="fill: none"/>', "", body)
    body = re.sub(r"font-family: [^;\"]*;? ?|font: ([\d.]+px) [^;\"]*", _size, body)
    body = re.sub(r' (?:d|x|y|transform)="[^"]*"', lambda m: _LONG.sub(_rounded, m[0]), body)
    body = re.sub(r"\s+", " ", body).replace("> <", "><")
    for written, own in COLOURS.items():
        body = body.replace(written, own)
    return body.strip()


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")


def _size(match: re.Match[str]) -> str:
    return f"font-size: {match[1]}" if match[1] else ""

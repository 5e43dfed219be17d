"""The axes of problems 5 and 6, drawn once a report; what students made is put on them after."""

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
LABELS = [(0.75, 2.2), (1.85, 2.2), (0.3, 1.6), (0.1, 1.9), (1.3, 1.0), (1.6, 0.8), (1.75, 0.5)]
LOCAL, GLOBAL = (0.4422975, 0.6064950), (1.3666997, 1.9621983)
# Matplotlib writes these colours, and a page's own stand in their places.
COLOURS = {"#010101": "var(--muted)", "#020202": "var(--line)", "#030303": "var(--contour)"}
MUTED, LINE, CONTOUR = COLOURS
_LONG = re.compile(r"-?\d+\.\d+")
PLAIN: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "assay", "font.size": 12, "axes.linewidth": 0.8,
    "grid.linewidth": 0.8, "text.color": MUTED, "axes.labelcolor": MUTED, "axes.edgecolor": MUTED,
    "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED, "grid.color": LINE,
}  # fmt: skip


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


@dataclass(frozen=True)
class Canvas:
    """What all students' pictures are drawn on."""

    paths: Frame
    convergence: Frame


def draw() -> Canvas:
    """Draw all axes; the same bytes every time."""
    return Canvas(
        paths=_frame(_contours, (-0.3, 1.9, 0.25, 2.35)),
        convergence=_frame(_ratios, (16.0, 4_096.0, -0.15, 4.0)),
    )


def objective(mu: Floats, sigma: Floats) -> Floats:
    """J(mu, sigma) of problem 6, sigma > 0: E[X sin X] in closed form, and what is added to it."""
    damped = np.exp(-(sigma**2) / 2) * (mu * np.sin(mu) + sigma**2 * np.cos(mu))
    return np.asarray(damped + (mu - 1) ** 2 / 2 + sigma - np.log(sigma))


def _contours(axes: Axes) -> None:
    mu, sigma = np.meshgrid(np.linspace(-0.3, 1.9, 41), np.linspace(0.25, 2.35, 41))
    levels = [1.67, 1.68, 1.7, 1.72, 1.75, 1.8, 1.9, 2.05, 2.3, 2.7]
    lines = axes.contour(mu, sigma, objective(mu, sigma), levels, colors=CONTOUR, linewidths=0.9)
    # Labels where no path of a right program comes by.
    axes.clabel(lines, fontsize=9, colors=MUTED, fmt="%g", manual=LABELS)
    axes.set(xlabel="μ", ylabel="σ", xticks=(0, 0.5, 1, 1.5), yticks=(0.5, 1, 1.5, 2))
    for (x, y), name in ((LOCAL, "local minimum"), (GLOBAL, "lowest")):
        axes.plot([x - 0.04, x + 0.04], [y, y], color=MUTED, lw=1.4)
        axes.plot([x, x], [y - 0.04, y + 0.04], color=MUTED, lw=1.4)
        axes.text(x, y - 0.16, name, fontsize=11, ha="center")


def _ratios(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xticks([30, 100, 300, 1_000, 3_000], ["30", "100", "300", "1,000", "3,000"])
    axes.set_xticks([], minor=True)
    axes.set_yticks([0, 1, 2, 3, 4])
    axes.grid(visible=True)
    axes.set(xlabel="samples", ylabel="estimate / exact")


def _frame(paint: Callable[[Axes], None], limits: tuple[float, float, float, float]) -> Frame:
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

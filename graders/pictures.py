"""The pictures of Homework 10: a digit (problem 3), estimates (problem 5), paths (problem 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assay import Exhibit, Figure, pictures, plot

from .evidence.objective import GLOBAL_MINIMUM, LOCAL_MINIMUM, objective

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STYLES = {"log-derivative": "one", "reparameterization": "two"}
# Where the contours are labelled: the path of a correct program does not pass there.
LABELS = [(0.75, 2.2), (1.85, 2.2), (0.3, 1.6), (0.1, 1.9), (1.3, 1.0), (1.6, 0.8), (1.75, 0.5)]


def digits(exhibits: Iterable[Exhibit], _frame: plot.Frame | None) -> tuple[pictures.Image, ...]:
    """The images among the exhibits."""
    return pictures.images(exhibits)


def paths(exhibits: Sequence[Exhibit], frame: plot.Frame | None) -> pictures.Drawing | None:
    """Paths of (mu, sigma) over the contours; None if there is nothing to draw."""
    assert frame is not None
    shapes, sentences, keys = [], [], []
    for exhibit in exhibits:
        style, path = STYLES.get(exhibit.name), pictures.values(exhibit, 0, 2)
        if style is None or path is None:
            continue
        finite: Mask = np.asarray(np.isfinite(path).all(axis=1))
        if finite.any():
            shapes.append(_path(frame, path, finite, style))
            sentences.append(_path_in_words(exhibit.name, path, finite, frame))
            keys.append((style, exhibit.name))
    if not shapes:
        return None
    shapes.append(_start(frame))
    words = f"Contours of the objective over mu and sigma. From (0, 1): {'; '.join(sentences)}."
    svg = pictures.svg(frame, "".join(shapes), "paths", "Paths of SGD", words)
    return pictures.Drawing(svg, words, tuple(keys))


def convergence(exhibits: Sequence[Exhibit], frame: plot.Frame | None) -> pictures.Drawing | None:
    """Estimates divided by the exact value, by number of samples; None if there are none."""
    rows = next((v for e in exhibits if (v := pictures.values(e, 0, 3)) is not None), None)
    assert frame is not None
    if rows is None:
        return None
    table = rows[np.isfinite(rows).all(axis=1) & (rows[:, 0] > 0) & (rows[:, 2] >= 0)]
    table = table[np.argsort(table[:, 0], kind="stable")][:64]
    if not len(table):
        return None
    samples, ratio, half = table.T
    low, high = frame.limits[2:]
    x = frame.x.at(samples)
    edges = [frame.y.at(np.clip(1 + sign * half, low, high)) for sign in (1, -1)]
    outline = pictures.points(np.r_[x, x[::-1]], np.r_[edges[0], edges[1][::-1]])
    exact = f"M{frame.window[0]:g} {float(frame.y.at(np.ones(1))[0]):g}h{frame.window[2]:g}"
    marks = "".join(
        map(
            _estimate,
            x.tolist(),
            frame.y.at(np.clip(ratio, low, high)).tolist(),
            ((ratio < low) | (ratio > high)).tolist(),
        )
    )
    body = f'<path class="band" d="M{outline}z"/><path class="exact" d="{exact}"/>{marks}'
    inside = int((np.abs(ratio - 1) <= half).sum())
    words = (
        f"{len(table)} estimates, from {samples[0]:g} to {samples[-1]:,.0f} samples: {inside} lie "
        f"in the band. The last is {ratio[-1]:.3g} times the exact probability; the band there is "
        f"{max(1 - half[-1], 0):.3g} to {1 + half[-1]:.3g}."
    )
    svg = pictures.svg(frame, body, "convergence", "Convergence of the estimate", words)
    return pictures.Drawing(svg, words)


def _contours(axes: Axes) -> None:
    mu, sigma = np.meshgrid(np.linspace(-0.3, 1.9, 41), np.linspace(0.25, 2.35, 41))
    levels = [1.67, 1.68, 1.7, 1.72, 1.75, 1.8, 1.9, 2.05, 2.3, 2.7]
    lines = axes.contour(
        mu, sigma, objective(mu, np.log(sigma)), levels, colors=plot.CONTOUR, linewidths=0.9
    )
    axes.clabel(lines, fontsize=9, colors=plot.MUTED, fmt="%g", manual=LABELS)
    axes.set(xlabel="μ", ylabel="σ", xticks=(0, 0.5, 1, 1.5), yticks=(0.5, 1, 1.5, 2))
    for (x, y), name in ((LOCAL_MINIMUM, "local minimum"), (GLOBAL_MINIMUM, "lowest")):
        axes.plot([x - 0.04, x + 0.04], [y, y], color=plot.MUTED, lw=1.4)
        axes.plot([x, x], [y - 0.04, y + 0.04], color=plot.MUTED, lw=1.4)
        axes.text(x, y - 0.16, name, fontsize=11, ha="center")


def _ratios(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xticks([30, 100, 300, 1_000, 3_000], ["30", "100", "300", "1,000", "3,000"])
    axes.set_xticks([], minor=True)
    axes.set_yticks([0, 1, 2, 3, 4])
    axes.grid(visible=True)
    axes.set(xlabel="samples", ylabel="estimate / exact")


def _path(frame: plot.Frame, path: Floats, finite: Mask, style: str) -> str:
    """The finite stretches of a path as lines, and a mark at the last point."""
    x, y = frame.x.at(path[finite, 0]), frame.y.at(path[finite, 1])
    if finite.all():
        runs = [pictures.points(x, y)]
    else:
        gaps = np.flatnonzero(np.diff(np.flatnonzero(finite)) > 1) + 1
        pairs = zip(np.split(x, gaps), np.split(y, gaps), strict=True)
        runs = [pictures.points(*pair) for pair in pairs]
    d = "".join(f"M{run}" for run in runs)
    return f'<path class="{style}" d="{d}"/>{_mark(style, float(x[-1]), float(y[-1]))}'


def _start(frame: plot.Frame) -> str:
    x, y = float(frame.x.at(np.zeros(1))[0]), float(frame.y.at(np.ones(1))[0])
    return f'<circle class="start" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def _mark(style: str, x: float, y: float) -> str:
    if style == "one":
        return f'<circle class="end {style}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    return f'<path class="end {style}" d="M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"/>'


def _estimate(x: float, y: float, outside: bool) -> str:
    if outside:
        return f'<path class="dot out" d="M{x - 4:.1f} {y:.1f}l4 -5 4 5 -4 5z"/>'
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def _path_in_words(name: str, path: Floats, finite: Mask, frame: plot.Frame) -> str:
    if not finite[-1]:
        return f"with the {name} trick the last point of the path is not finite"
    (mu, sigma), (left, right, low, high) = path[-1], frame.limits
    seen = path[finite]
    outside = ((seen < (left, low)) | (seen > (right, high))).any()
    end = f"with the {name} trick the path ends at ({mu:.3f}, {sigma:.3f})"
    return f"{end} and leaves the picture on the way" if outside else end


FIGURES = {
    "problem3": Figure(
        caption="The digit, the digit with its hole, and how this submission's code fills it.",
        draw=digits,
    ),
    "problem5": Figure(
        caption="Shaded: two standard errors on either side of the exact probability, where about "
        "95 % of correct estimates lie.",
        draw=convergence,
        paint=_ratios,
        limits=(16.0, 4_096.0, -0.15, 4.0),
    ),
    "problem6": Figure(
        caption="",
        draw=paths,
        paint=_contours,
        limits=(-0.3, 1.9, 0.25, 2.35),
    ),
}

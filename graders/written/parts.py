"""The parts of this homework that may be handed in as mathematics, and how they are judged."""

from __future__ import annotations

from assay import written

from . import figures, glow, log_derivative, projection
from .densities import Densities
from .matrices import Matrices

PARTS = (
    written.Part(
        "1", "", "problem1", log_derivative.CHECKS, log_derivative.ruling, Densities.vocabulary
    ),
    written.Part(
        "2",
        "",
        "problem2",
        (projection.IN_SET, projection.NEAREST),
        projection.ruling,
        projection.VOCABULARY,
    ),
    written.Part(
        "4",
        "a",
        "problem4",
        ("log_abs_det_linear_is_that_of_the_matrix",),
        glow.linear,
        Matrices(has_pixels=False).vocabulary,
    ),
    written.Part(
        "4",
        "c",
        "problem4",
        ("conv1x1_has_its_log_determinant",),
        glow.convolution,
        Matrices(has_pixels=True).vocabulary,
    ),
)


def examine(documents: list[list[str]]) -> list[object]:
    """The rulings on documents [name, text], as plain data: see `assay.written.report.examine`."""
    return written.examine({each[0]: each[1] for each in documents}, PARTS, figures.read)


def understood(documents: list[list[str]]) -> list[object]:
    """How documents [name, text] are read, as plain data: see `assay.written.report.understood`."""
    return written.understood({each[0]: each[1] for each in documents}, PARTS)

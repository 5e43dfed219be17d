"""The modules that no file of a submission replaces."""

from __future__ import annotations

import sys

# Modules of the standard library that neither Python nor the libraries below load, and whose names
# students give to files of their own: there, as on their machine, their own file is found.
GIVEN_UP = frozenset(
    {
        "chunk",
        "cmd",
        "code",
        "profile",
        "sched",
        "statistics",
        "test",
        "this",
        "trace",
        "turtle",
        "wave",
    }
)
LIBRARIES = (sys.stdlib_module_names - GIVEN_UP) | {
    "assay",
    "hypothesis",
    "mpmath",
    "msgspec",
    "nbformat",
    "numpy",
    "pytest",
    "safetensors",
    "scipy",
    "sympy",
    "torch",
}
# What a submission is written with; what a misspelt import may mean.
PRESENT = ("numpy", "scipy", "sympy", "torch")

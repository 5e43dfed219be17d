"""All that the engine knows about Homework 9."""

from __future__ import annotations

from assay import Homework

homework = Homework(
    title="Homework 9",
    course="Mathematical Foundations of Deep Neural Networks",
    points=100,
)

"""All that the engine knows about Homework 10."""

from __future__ import annotations

from assay import Homework, Material, Section

homework = Homework(
    title="Homework 10",
    course="Mathematical Foundations of Deep Neural Networks",
    points=100,
    sections=(Section(name="answers", file="answers.toml", heading="Reported answers"),),
    modules=("nice_flow",),
    data=("nice.safetensors", "digits.npz"),
    materials=(
        Material(
            name="flow",
            file="nice.safetensors",
            help="Other weights for the flow: nice.pt or a .safetensors file.",
            check="objects:check_flow",
        ),
    ),
    objects="objects",
    pictures="pictures",
    written="written.parts",
)

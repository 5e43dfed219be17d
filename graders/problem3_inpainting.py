"""Settles problem 3: the projection that keeps what is known, and the steps that fill the hole.

A step is judged by its optimality: X+ is the projected gradient step from X if and only if
(X - step grad f(X) - X+).(Z - X+) <= 0 for every admissible image Z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    Wrong,
    check,
    draw,
    expect,
    expect_close,
    finite,
    first_index,
    leaves_arguments_alone,
    values,
)

from . import objects
from .evidence.digits import corrupted_digit
from .evidence.projected_steps import ATOL, expect_nearest, expect_projected_step

if TYPE_CHECKING:
    from assay import Student

Case = dict[str, Any]

MANY = 10  # steps; after more of them no earlier one is asked for
DEFAULTS = {"step_size": 1e-3, "num_steps": 300}
STEEPNESS = st.sampled_from([1.0, 1024.0])  # gradients of any length; their steps are shorter


@st.composite
def masked(drawn: st.DrawFn, *, outside: bool = False) -> Case:
    """An image in [0, 1], a mask of any share of known pixels, and a point to project."""
    shape = drawn(st.sampled_from([(2, 3), (4,), (3, 3), (2, 2, 2), (1, 2, 3)]))
    seed = drawn(draw.seeds())
    share = drawn(st.sampled_from([0.5, 0.3, 0.8, 0.0, 1.0]))
    mask = torch.from_numpy(np.random.default_rng(seed).random(shape) < share)
    low, high = (-1.0, 2.0) if outside else (0.0, 1.0)
    return {
        "x": draw.uniform(seed + 1, shape, low, high),
        "image": draw.uniform(seed + 2, shape, 0.0, 1.0),
        "mask": mask,
    }


@st.composite
def scenes(drawn: st.DrawFn) -> Case:
    """A small Gaussian density whose peak lies outside the box, a corrupted image and its mask."""
    made, seed = drawn(masked()), drawn(draw.seeds())
    size = made["image"].numel()
    density = objects.of(
        "gaussian_log_prob",
        mean=draw.uniform(seed, (size,), -0.5, 1.5),
        precision=drawn(STEEPNESS) * draw.positive_definite(seed + 1, size, 0.5, 8.0),
    )
    return {"log_prob": density, "image": made["image"], "mask": made["mask"]}


@st.composite
def descents(drawn: st.DrawFn) -> Case:
    """The arguments of inpaint: a few steps."""
    scene: Case = drawn(scenes())
    steepness = float(values.unpack(scene["log_prob"].parameters["precision"]).abs().max()) / 8
    # also so long that a step may overshoot: steps are asked for, not likelier images
    step_size = drawn(st.sampled_from([0.125, 0.75, 0.0625, 0.25])) / max(1.0, steepness)
    return scene | {"step_size": step_size, "num_steps": drawn(st.integers(0, 5))}


@st.composite
def long_descents(drawn: st.DrawFn) -> Case:
    """The arguments of inpaint: hundreds of small steps up a slope that hardly bends."""
    seed, shape = drawn(draw.seeds()), (2, 3)
    source = np.random.default_rng(seed)
    upwards = torch.from_numpy(source.random(shape) < 0.5)
    # the gradient, (mean - x) / 1000, hardly changes; some are small, where a method may not rest
    steepness = drawn(st.sampled_from([0.25, 1.0])) * torch.where(upwards, 1.0, -1.0)
    distance = draw.uniform(seed + 1, shape, 500.0, 1500.0) * steepness
    density = objects.of(
        "gaussian_log_prob", mean=distance.flatten(), precision=torch.eye(6).double() / 1000
    )
    image = draw.uniform(seed + 2, shape, 0.0, 0.25)
    return {
        "log_prob": density,
        "image": torch.where(upwards, image, 1 - image),
        "mask": torch.from_numpy(source.random(shape) < 0.2),
        # up to 300 steps of a thousandth: half of the way through the box
        "step_size": 1e-3,
        "num_steps": drawn(st.sampled_from([299, 100, 150, 200, 250])),
    }


@check(points=1.5, part="a")
@given(case=masked(outside=True))
def projection_keeps_the_known_pixels(student: Student, case: Case) -> None:
    """project_image(x, image, mask) equals image at every known pixel, to the last bit"""
    expect_known(projected(student, case), case)


@check(points=1.5, part="a")
@given(case=masked(outside=True))
def projection_stays_in_the_box(student: Student, case: Case) -> None:
    """project_image(x, image, mask) has all its pixels between 0 and 1"""
    expect_in_box(projected(student, case))


@check(points=3, part="a", examples=30)
@given(case=masked(outside=True))
def projection_is_nearest(student: Student, case: Case) -> None:
    """no admissible image is nearer to x than project_image(x, image, mask)"""
    expect_nearest(case["x"], projected(student, case), case["mask"])


@check(points=1, part="a", examples=5)
@given(case=masked(outside=True))
def projection_leaves_its_arguments_alone(student: Student, case: Case) -> None:
    """project_image does not modify x, image or mask"""
    leaves_arguments_alone(student, "project_image", *case.values())


@check(points=1.5, part="b")
@given(case=descents())
def inpaint_starts_at_the_corrupted_image(student: Student, case: Case) -> None:
    """inpaint with num_steps=0 returns the image that it was given"""
    got = inpainted(student, {**case, "num_steps": 0})
    worst = float((got - case["image"]).abs().max()) if got.numel() else 0.0
    expect(
        worst <= ATOL,
        f"off by {worst:.3g} although no step was taken",
        hint="Where does the method start, and how often does the loop run?",
    )


@check(points=2.5, part="b")
@given(case=descents())
def inpaint_keeps_the_known_pixels(student: Student, case: Case) -> None:
    """inpaint returns the known pixels as they were, to the last bit, and all between 0 and 1"""
    got = inpainted(student, case)
    expect_known(got, case)
    expect_in_box(got)


@check(points=4, part="b", needs=["inpaint_starts_at_the_corrupted_image"], examples=30)
@given(case=descents())
def inpaint_takes_projected_gradient_steps(student: Student, case: Case) -> None:
    """the image after k + 1 steps is one projected gradient step from the image after k"""
    expect_step(student, case)


@check(points=1, part="b", needs=["inpaint_starts_at_the_corrupted_image"], examples=4)
@given(case=long_descents())
def inpaint_keeps_its_step_to_the_end(student: Student, case: Case) -> None:
    """after hundreds of steps, too, a step is a projected gradient step of the same step size"""
    expect_step(student, case)


@check(points=1, part="b", examples=5)
@given(case=descents())
def inpaint_leaves_its_arguments_alone(student: Student, case: Case) -> None:
    """inpaint does not modify image or mask, and leaves no gradients on the model's parameters"""
    parameters = case["log_prob"].parameters | {"trainable": True}
    model = objects.of("gaussian_log_prob", **parameters)
    leaves_arguments_alone(student, "inpaint", model, *list(case.values())[1:])


@check(points=0.5, part="b", examples=1)
@given(scene=scenes())
def inpaint_has_the_assignments_defaults(student: Student, scene: Case) -> None:
    """inpaint takes 300 steps of 1e-3 by default"""
    named = inpainted(student, scene | DEFAULTS)
    got = student.inpaint(*scene.values())
    expect_close(
        finite(got, tuple(named.shape), "inpaint"),
        named,
        hint="See the default values in the signature.",
    )


@check(points=1, part="c", examples=1)
def inpaint_steps_up_the_given_flow(student: Student) -> None:
    """on the given flow and a digit, too, a step is a projected gradient step"""
    _, image, mask = corrupted_digit(1)
    scene = {"log_prob": objects.of("nice_log_prob"), "image": image, "mask": mask}
    for num_steps in (0, 20):
        expect_step(student, scene | {"step_size": 1e-3, "num_steps": num_steps})


@check(points=1.5, part="c", examples=1)
def inpaint_restores_a_digit(student: Student) -> None:
    """inpaint takes its 300 steps on the given flow: known pixels kept, the hole no longer white"""
    original, image, mask = corrupted_digit()
    flow = objects.of("nice_log_prob")
    scene = {"log_prob": flow, "image": image, "mask": mask}
    got = inpainted(student, scene | DEFAULTS)
    for name, picture in (("original", original), ("corrupted", image), ("inpainted", got)):
        student.exhibit(name, picture)
    expect_known(got, scene)
    expect_in_box(got)
    log_prob = objects.build(flow, student.materials)
    gained = float(log_prob(got.reshape(1, -1)) - log_prob(image.reshape(1, -1)))
    # No threshold that a wrong method could miss: any ascent from a white hole gains hundreds.
    expect(
        gained > 0,
        f"log_prob changed by {gained:.4g} nats over 300 steps, expected an increase",
        hint="The method descends on -log_prob.",
    )


def projected(student: Student, case: Case) -> Tensor:
    """The student's projection."""
    return finite(
        student.project_image(*case.values()), tuple(case["image"].shape), "project_image"
    )


def inpainted(student: Student, case: Case) -> Tensor:
    """The student's result."""
    *data, step_size, num_steps = case.values()
    got = student.inpaint(*data, step_size=step_size, num_steps=num_steps)
    return finite(got, tuple(case["image"].shape), "inpaint")


def expect_step(student: Student, case: Case) -> None:
    """Hold one more step of the student's against being the projected gradient step."""
    before = inpainted(student, case)
    after = inpainted(student, {**case, "num_steps": case["num_steps"] + 1})
    log_prob = objects.build(case["log_prob"], student.materials)

    def hold(slopes: list[Tensor]) -> None:
        expect_projected_step(
            before, after, case["step_size"], slopes, case["mask"], case["num_steps"] + 1
        )

    try:
        hold([slope_at(log_prob, before)])
    except Wrong:
        # To tell what the step does instead, the gradients of the steps before it are needed.
        earlier = range(case["num_steps"]) if case["num_steps"] < MANY else ()
        path = [inpainted(student, {**case, "num_steps": k}) for k in earlier]
        hold([slope_at(log_prob, x) for x in [*path, before]])


def slope_at(log_prob: Any, image: Tensor) -> Tensor:
    """The gradient of log_prob at an image, in its shape."""
    x = image.clone().requires_grad_()
    (slope,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
    return torch.as_tensor(slope)


def expect_known(got: Tensor, case: Case) -> None:
    """Hold the known pixels against the image, bit by bit; the inputs are exact in float32."""
    off = (got != case["image"]) & case["mask"]
    if bool(off.any()):
        index = first_index(off)
        raise Wrong(
            f"known pixel {index} is {float(got[index]):.9g}; in the image it is "
            f"{float(case['image'][index]):.9g} ({int(off.sum())} known pixels changed)",
            hint="mask is True where a pixel is known.",
        )


def expect_in_box(got: Tensor) -> None:
    """Hold every pixel between 0 and 1."""
    if got.numel():
        low, high = float(got.min()), float(got.max())
        expect(
            low >= -ATOL and high <= 1 + ATOL,
            f"pixels lie between {low:.6g} and {high:.6g}",
            hint="The set has two conditions: what does the second ask of a pixel?",
        )

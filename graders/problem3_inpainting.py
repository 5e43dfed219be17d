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

from graders.check import check
from graders.evidence import draw
from graders.evidence.compare import expect, expect_close, finite
from graders.evidence.digits import corrupted_digit
from graders.evidence.laws import leaves_arguments_alone
from graders.evidence.show import show
from graders.sandbox import given as objects

if TYPE_CHECKING:
    from graders.sandbox.student import Student

ATOL = 2e-5  # float32 images and gradients

Case = dict[str, Any]


@st.composite
def masked(drawn: Any, *, outside: bool = False) -> Case:
    """An image in [0, 1], a mask of any share of known pixels, and a point to project."""
    shape = drawn(st.sampled_from([(2, 3), (4,), (3, 3), (1, 2, 3)]))
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
def descents(drawn: Any) -> Case:
    """The arguments of inpaint on a small Gaussian density whose peak lies outside the box."""
    made, seed = drawn(masked()), drawn(draw.seeds())
    size = made["image"].numel()
    density = objects.of(
        "gaussian_log_prob",
        mean=draw.uniform(seed, (size,), -0.5, 1.5),
        precision=draw.positive_definite(seed + 1, size, 0.5, 8.0),
    )
    return {
        "log_prob": density, "image": made["image"], "mask": made["mask"],
        # also so long that a step may overshoot: steps are asked for, not likelier images
        "step_size": drawn(st.sampled_from([0.125, 0.75, 0.0625, 0.25])),
        "num_steps": drawn(st.integers(0, 5)),
    }  # fmt: skip


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
    expect(worst <= ATOL, f"off by {worst:.3g} after no step at all",
           hint="Where does the method start, and how often does the loop run?")  # fmt: skip


@check(points=2.5, part="b")
@given(case=descents())
def inpaint_keeps_the_known_pixels(student: Student, case: Case) -> None:
    """inpaint returns the known pixels as they were, to the last bit, and all between 0 and 1"""
    got = inpainted(student, case)
    expect_known(got, case)
    expect_in_box(got)


@check(points=5, part="b", needs=["inpaint_starts_at_the_corrupted_image"], examples=30)
@given(case=descents())
def inpaint_takes_projected_gradient_steps(student: Student, case: Case) -> None:
    """the image after k + 1 steps is one projected gradient step from the image after k"""
    before = inpainted(student, case)
    after = inpainted(student, {**case, "num_steps": case["num_steps"] + 1})
    x = before.clone().requires_grad_()
    log_prob = objects.build(case["log_prob"])(x.reshape(1, -1)).sum()
    (slope,) = torch.autograd.grad(log_prob, x)
    expect_nearest(before + case["step_size"] * slope, after, case["mask"])


@check(points=1, part="b", examples=5)
@given(case=descents())
def inpaint_leaves_its_arguments_alone(student: Student, case: Case) -> None:
    """inpaint does not modify image or mask, and leaves no gradients on the model's parameters"""
    parameters = case["log_prob"].parameters | {"trainable": True}
    model = objects.of("gaussian_log_prob", **parameters)
    leaves_arguments_alone(student, "inpaint", model, *list(case.values())[1:])


@check(points=0.5, part="b", examples=1)
@given(case=descents())
def inpaint_has_the_assignments_defaults(student: Student, case: Case) -> None:
    """inpaint takes 300 steps of 1e-3 where it is not told otherwise"""
    case = {**case, "step_size": 1e-3, "num_steps": 300}
    named = inpainted(student, case)
    got = student.inpaint(*list(case.values())[:3])
    expect_close(finite(got, tuple(named.shape), "inpaint"), named,
                 hint="See the default values in the signature.")  # fmt: skip


@check(points=2.5, part="c", examples=1)
def inpaint_restores_a_digit(student: Student) -> None:
    """inpaint takes its 300 steps on the given flow: known pixels kept, the hole no longer white"""
    image, mask = corrupted_digit()
    flow = objects.of("nice_log_prob")
    case = {"log_prob": flow, "image": image, "mask": mask}
    got = finite(student.inpaint(*case.values()), tuple(image.shape), "inpaint")
    expect_known(got, case)
    expect_in_box(got)
    log_prob = objects.build(flow, flow=student.flow)
    gained = float(log_prob(got.reshape(1, -1)) - log_prob(image.reshape(1, -1)))
    # No threshold that a wrong method could miss: any ascent from a white hole gains hundreds.
    expect(gained > 0, f"log_prob changed by {gained:.4g} nats over 300 steps, it must rise",
           hint="The method descends on -log_prob.")  # fmt: skip


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


def expect_known(got: Tensor, case: Case) -> None:
    """Hold the known pixels against the image, bit by bit; the inputs are exact in float32."""
    off = (got != case["image"]) & case["mask"]
    if bool(off.any()):
        index = tuple(torch.nonzero(off)[0].tolist())
        expect(
            False,
            f"known pixel {index} is {float(got[index]):.9g}, in the image it is "
            f"{float(case['image'][index]):.9g} ({int(off.sum())} known pixels changed)",
            hint="mask is True where a pixel is known.",
        )


def expect_in_box(got: Tensor) -> None:
    """Hold every pixel between 0 and 1."""
    if got.numel():
        low, high = float(got.min()), float(got.max())
        expect(low >= -ATOL and high <= 1 + ATOL, f"pixels lie between {low:.6g} and {high:.6g}",
               hint="The set has two conditions: what does the second ask of a pixel?")  # fmt: skip


def expect_nearest(point: Tensor, got: Tensor, mask: Tensor) -> None:
    """Hold `got` against the variational inequality, pixel by pixel: the set is a product."""
    for bound in (0.0, 1.0):
        slope = (point - got) * (bound - got)
        bad = (slope > ATOL * (1 + (point - got).abs())) & ~mask
        if bool(bad.any()):
            index = tuple(torch.nonzero(bad)[0].tolist())
            expect(
                False,
                f"unknown pixel {index} is {float(got[index]):.8g} for the point "
                f"{show(float(point[index]))}: moving it towards {bound:g} comes nearer",
                hint="A pixel that is free takes the value of the point, as far as the box allows; "
                "the point is the last image moved along the gradient of log_prob there.",
            )

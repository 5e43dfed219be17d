"""Problem 3: the projection that keeps the known pixels, and the steps that fill the hole.

A step is judged by its optimality: X+ is the projected gradient step from X if and only if
(X - step grad f(X) - X+).(Z - X+) <= 0 for every admissible image Z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    wire,
)

from . import objects
from .evidence.digits import corrupted_digit
from .evidence.projected_steps import ATOL, expect_nearest, expect_projected_step

if TYPE_CHECKING:
    from assay import Student

MOST_TRACED = 10  # steps up to which the iterates before a wrong step are computed as well
STEP_SIZE, NUM_STEPS = 1e-3, 300  # the assignment's defaults
STEEPNESS = st.sampled_from([1.0, 1024.0])  # gradients of any length; their steps are shorter


class Projection(NamedTuple):
    """The arguments of project_image, in order."""

    x: Tensor
    image: Tensor
    mask: Tensor


class Scene(NamedTuple):
    """A density, a corrupted image and its mask: the first arguments of inpaint, in order."""

    log_prob: wire.Given
    image: Tensor
    mask: Tensor


class Descent(NamedTuple):
    """All arguments of inpaint, in order."""

    log_prob: wire.Given
    image: Tensor
    mask: Tensor
    step_size: float
    num_steps: int


@st.composite
def projections(choose: st.DrawFn) -> Projection:
    """An image in [0, 1], a mask with any fraction of known pixels, and a point to project."""
    shape = choose(st.sampled_from([(2, 3), (4,), (3, 3), (2, 2, 2), (1, 2, 3)]))
    seed = choose(draw.seeds())
    known = choose(st.sampled_from([0.5, 0.3, 0.8, 0.0, 1.0]))
    return Projection(
        x=draw.uniform(seed + 1, shape, -1.0, 2.0),
        image=draw.uniform(seed + 2, shape, 0.0, 1.0),
        mask=torch.from_numpy(np.random.default_rng(seed).random(shape) < known),
    )


@st.composite
def scenes(choose: st.DrawFn) -> Scene:
    """A small Gaussian density whose peak lies outside the box, a corrupted image and its mask."""
    _, image, mask = choose(projections())
    seed, size = choose(draw.seeds()), image.numel()
    density = objects.of(
        "gaussian_log_prob",
        mean=draw.uniform(seed, (size,), -0.5, 1.5),
        precision=choose(STEEPNESS) * draw.positive_definite(seed + 1, size, 0.5, 8.0),
    )
    return Scene(density, image, mask)


@st.composite
def descents(choose: st.DrawFn) -> Descent:
    """The arguments of inpaint, with a few steps."""
    scene = choose(scenes())
    steepness = float(values.unpack(scene.log_prob.parameters["precision"]).abs().max()) / 8
    # Some steps are long enough to overshoot: the method must take them as they are.
    step_size = choose(st.sampled_from([0.125, 0.75, 0.0625, 0.25])) / max(1.0, steepness)
    return Descent(*scene, step_size=step_size, num_steps=choose(st.integers(0, 5)))


@st.composite
def long_descents(choose: st.DrawFn) -> Descent:
    """The arguments of inpaint, with hundreds of small steps up a slope that hardly bends."""
    seed, shape = choose(draw.seeds()), (2, 3)
    source = np.random.default_rng(seed)
    upwards = torch.from_numpy(source.random(shape) < 0.5)
    # The gradient, (mean - x) / 1000, hardly changes; where it is small, the steps must not stop.
    steepness = choose(st.sampled_from([0.25, 1.0])) * torch.where(upwards, 1.0, -1.0)
    distance = draw.uniform(seed + 1, shape, 500.0, 1500.0) * steepness
    image = draw.uniform(seed + 2, shape, 0.0, 0.25)
    return Descent(
        log_prob=objects.of(
            "gaussian_log_prob", mean=distance.flatten(), precision=torch.eye(6).double() / 1000
        ),
        image=torch.where(upwards, image, 1 - image),
        mask=torch.from_numpy(source.random(shape) < 0.2),
        # up to 300 steps of about a thousandth each: no more than half the width of the box
        step_size=1e-3,
        num_steps=choose(st.sampled_from([299, 100, 150, 200, 250])),
    )


@check(points=1.5, part="a")
@given(case=projections())
def projection_keeps_the_known_pixels(student: Student, case: Projection) -> None:
    """project_image(x, image, mask) equals image at every known pixel, to the last bit"""
    expect_known(projected(student, case), case.image, case.mask)


@check(points=1.5, part="a")
@given(case=projections())
def projection_stays_in_the_box(student: Student, case: Projection) -> None:
    """all pixels of project_image(x, image, mask) lie between 0 and 1"""
    expect_in_box(projected(student, case))


@check(points=3, part="a", examples=30)
@given(case=projections())
def projection_is_nearest(student: Student, case: Projection) -> None:
    """no admissible image is nearer to x than project_image(x, image, mask)"""
    expect_nearest(case.x, projected(student, case), case.mask)


@check(points=1, part="a", examples=5)
@given(case=projections())
def projection_leaves_its_arguments_alone(student: Student, case: Projection) -> None:
    """project_image does not modify x, image or mask"""
    leaves_arguments_alone(student, "project_image", *case)


@check(points=1.5, part="b")
@given(case=descents())
def inpaint_starts_at_the_corrupted_image(student: Student, case: Descent) -> None:
    """inpaint with num_steps=0 returns the image it was given"""
    picture = inpainted(student, case._replace(num_steps=0))
    worst = float((picture - case.image).abs().max()) if picture.numel() else 0.0
    expect(
        worst <= ATOL,
        f"with num_steps=0 the result differs from image by up to {worst:.3g}",
        hint="Where does the method start, and how often does the loop run?",
    )


@check(points=2.5, part="b")
@given(case=descents())
def inpaint_keeps_the_known_pixels(student: Student, case: Descent) -> None:
    """inpaint keeps the known pixels, to the last bit, and all pixels between 0 and 1"""
    picture = inpainted(student, case)
    expect_known(picture, case.image, case.mask)
    expect_in_box(picture)


@check(points=4, part="b", needs=["inpaint_starts_at_the_corrupted_image"], examples=30)
@given(case=descents())
def inpaint_takes_projected_gradient_steps(student: Student, case: Descent) -> None:
    """the image after k + 1 steps is one projected gradient step from the image after k"""
    expect_step(student, case)


@check(points=1, part="b", needs=["inpaint_starts_at_the_corrupted_image"], examples=4)
@given(case=long_descents())
def inpaint_keeps_its_step_to_the_end(student: Student, case: Descent) -> None:
    """even after hundreds of steps, the next is a projected gradient step of the same step size"""
    expect_step(student, case)


@check(points=1, part="b", examples=5)
@given(case=descents())
def inpaint_leaves_its_arguments_alone(student: Student, case: Descent) -> None:
    """inpaint does not modify image or mask, and leaves no gradients on the model's parameters"""
    parameters = case.log_prob.parameters | {"trainable": True}
    model = objects.of("gaussian_log_prob", **parameters)
    leaves_arguments_alone(student, "inpaint", *case._replace(log_prob=model))


@check(points=0.5, part="b", examples=1)
@given(scene=scenes())
def inpaint_has_the_assignments_defaults(student: Student, scene: Scene) -> None:
    """inpaint takes 300 steps of 1e-3 by default"""
    explicit = inpainted(student, with_defaults(scene))
    by_default = student.inpaint(scene.log_prob, scene.image, scene.mask)
    expect_close(
        finite(by_default, tuple(explicit.shape), "inpaint"),
        explicit,
        hint="See the default values in the signature.",
    )


@check(points=1, part="c", examples=1)
def inpaint_steps_up_the_given_flow(student: Student) -> None:
    """on the given flow and a digit, a step of inpaint is a projected gradient step"""
    _, image, mask = corrupted_digit(1)
    scene = Scene(objects.of("nice_log_prob"), image, mask)
    for num_steps in (0, 20):
        expect_step(student, with_defaults(scene)._replace(num_steps=num_steps))


@check(points=1.5, part="c", examples=1)
def inpaint_restores_a_digit(student: Student) -> None:
    """300 steps of inpaint on the given flow keep the known pixels and increase log_prob"""
    original, image, mask = corrupted_digit()
    flow = objects.of("nice_log_prob")
    picture = inpainted(student, with_defaults(Scene(flow, image, mask)))
    for name, shown in (("original", original), ("corrupted", image), ("inpainted", picture)):
        student.exhibit(name, shown)
    expect_known(picture, image, mask)
    expect_in_box(picture)
    log_prob = objects.build(flow, student.materials)
    gained = float(log_prob(picture.reshape(1, -1)) - log_prob(image.reshape(1, -1)))
    # A threshold would not help: any ascent from a white hole gains hundreds of nats.
    expect(
        gained > 0,
        f"log_prob changed by {gained:.4g} nats over 300 steps, expected an increase",
        hint="The method minimises -log_prob: which way does your step go?",
    )


def with_defaults(scene: Scene) -> Descent:
    """The arguments of inpaint with the assignment's step size and number of steps."""
    return Descent(*scene, step_size=STEP_SIZE, num_steps=NUM_STEPS)


def projected(student: Student, case: Projection) -> Tensor:
    """The student's projection, in the shape of the image."""
    result = student.project_image(case.x, case.image, case.mask)
    return finite(result, tuple(case.image.shape), "project_image")


def inpainted(student: Student, case: Descent) -> Tensor:
    """The student's inpainting, in the shape of the image."""
    result = student.inpaint(
        case.log_prob,
        case.image,
        case.mask,
        step_size=case.step_size,
        num_steps=case.num_steps,
    )
    return finite(result, tuple(case.image.shape), "inpaint")


def expect_step(student: Student, case: Descent) -> None:
    """Check that one more step of the student's is the projected gradient step."""
    before = inpainted(student, case)
    after = inpainted(student, case._replace(num_steps=case.num_steps + 1))
    log_prob = objects.build(case.log_prob, student.materials)

    def gradient(image: Tensor) -> Tensor:
        """The gradient of log_prob at an image, in its shape."""
        x = image.clone().requires_grad_()
        (slope,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
        return torch.as_tensor(slope)

    def check_step(slopes: list[Tensor]) -> None:
        expect_projected_step(before, after, case.step_size, slopes, case.mask, case.num_steps + 1)

    try:
        check_step([gradient(before)])
    except Wrong:
        # To say what the step does instead, the gradients of the earlier steps are needed.
        earlier = range(case.num_steps) if case.num_steps < MOST_TRACED else ()
        path = [inpainted(student, case._replace(num_steps=k)) for k in earlier]
        check_step([gradient(x) for x in [*path, before]])


def expect_known(picture: Tensor, image: Tensor, mask: Tensor) -> None:
    """Compare the known pixels with the image, bit by bit; the inputs are exact in float32."""
    changed = (picture != image) & mask
    if bool(changed.any()):
        index = first_index(changed)
        raise Wrong(
            f"known pixel {index} is {float(picture[index]):.9g} in your result and "
            f"{float(image[index]):.9g} in image ({int(changed.sum())} of {int(mask.sum())} known "
            "pixels changed)",
            hint="mask is True where a pixel is known.",
        )


def expect_in_box(picture: Tensor) -> None:
    """Check that every pixel lies between 0 and 1."""
    if picture.numel():
        low, high = float(picture.min()), float(picture.max())
        expect(
            low >= -ATOL and high <= 1 + ATOL,
            f"your pixels range from {low:.6g} to {high:.6g}, expected values from 0 to 1",
            hint="The set has two conditions: what does the second require of a pixel?",
        )

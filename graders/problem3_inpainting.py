"""Problem 3: the projection that keeps the known pixels, and the steps that fill the hole.

A step is judged by its optimality: X+ is the projected gradient step from X if and only if
(X - step grad f(X) - X+).(Z - X+) <= 0 for every admissible image Z.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    Verdict,
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
from .evidence.chosen import source
from .evidence.digits import HOLE, Hole, corrupted_digit, digits, restored
from .evidence.projected_steps import (
    ATOL,
    EDGE,
    Step,
    expect_gradient_step,
    expect_nearest,
    expect_projected_step,
    length_of,
)

if TYPE_CHECKING:
    from assay import Student

MOST_TRACED = 10  # steps up to which the iterates before a wrong step are computed as well
STEP_SIZE, NUM_STEPS = 1e-3, 300  # the assignment's defaults
SHAPES = (2, 3), (4,), (3, 3), (2, 2, 2), (1, 2, 3)
SMALL_SHAPES = st.sampled_from(SHAPES) | st.tuples(*[st.integers(1, 4)] * 3)
LARGE_SHAPES = (28, 28), (1, 28, 28), (784,), (32, 32)
APART = 2e-4  # steps that follow opposite gradients, also if they are too short, end further apart
STABLE = 0.01  # a digit of which float32 moves a pixel further than this is not asked for
SHADES = 0.8, 0.95  # the brightness of the digit to restore: a stored picture of it does not fit
# gradients of any length, with steps that are longer or shorter
STEEPNESS = st.sampled_from([1.0, 1.0, 2.0**-10, 2.0**10, 2.0**20])
# what the lost pixels of an image are multiplied by
LOST = st.sampled_from([1.0, 1.0, -4.0, 256.0])


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
def projections(
    choose: st.DrawFn, low: float = -1.0, high: float = 2.0, lost: float = 1.0, large: bool = True
) -> Projection:
    """An image in [0, 1], a mask with any fraction of known pixels, and a point to project.

    Args:
        low, high: of the point.
        lost: what the lost pixels of the image are multiplied by.
        large: whether some images are as large as a digit, or larger.
    """
    shape = choose(SMALL_SHAPES | st.sampled_from(LARGE_SHAPES) if large else SMALL_SHAPES)
    seed = choose(draw.seeds())
    known = choose(st.sampled_from([0.5, 0.3, 0.8, 0.0, 1.0]))
    mask = torch.from_numpy(np.random.default_rng(seed).random(shape) < known)
    image = draw.uniform(seed + 2, shape, 0.0, 1.0)
    return Projection(
        x=draw.uniform(seed + 1, shape, low, high),
        image=torch.where(mask, image, lost * image),
        mask=mask,
    )


@st.composite
def descents(choose: st.DrawFn, fewest: int = 1) -> Descent:
    """A small image, of which lost pixels may be far from the box, and at least `fewest` steps.

    The density is a Gaussian or a mixture of Gaussians; its peaks may lie outside the box.
    """
    _, image, mask = choose(projections(lost=choose(LOST), large=False))
    seed, size = choose(draw.seeds()), image.numel()
    mean = draw.uniform(seed, (size,), -0.5, 1.5)
    precision = draw.positive_definite(seed + 1, size, 0.5, 8.0)
    steepness = choose(STEEPNESS)
    if steepness == 1 and choose(st.booleans()):
        spread = draw.uniform(seed + 2, (size,), 1.0, 4.0)
        density = objects.of("mixture_log_prob", mean=mean, precision=precision, spread=spread)
    else:
        density = objects.of("gaussian_log_prob", mean=mean, precision=steepness * precision)
    # Some steps are long enough to overshoot: the method must take them as they are.
    length = choose(st.sampled_from([0.125, 0.75, 0.0625, 0.25]) | draw.floats(0.0625, 1.5))
    is_long = choose(st.integers(1, 3)) == 3
    num_steps = choose(st.integers(7, 24) if is_long else st.integers(fewest, 6))
    return Descent(density, image, mask, step_size=length / steepness, num_steps=num_steps)


def moving_case(seed: int, shape: tuple[int, ...], step_size: float = 0.125) -> Descent:
    """The arguments of inpaint for two steps in which unknown pixels move and stay in the box."""
    mask = torch.from_numpy(np.random.default_rng(seed).random(shape) < 0.5)
    mask.view(-1)[0], mask.view(-1)[-1] = False, True
    image = draw.uniform(seed + 1, shape, 0.375, 0.625)
    # Precisions of at most 1 and steps of at most 1/8 move a pixel by at most 1/8 of the distance.
    away = torch.where(draw.uniform(seed + 2, shape) > 0, 1.0, -1.0).double()
    density = objects.of(
        "gaussian_log_prob",
        mean=(image + away).flatten(),
        precision=draw.uniform(seed + 3, (image.numel(),), 0.5, 1.0),
    )
    return Descent(density, image, mask, step_size=step_size, num_steps=2)


@st.composite
def moving(choose: st.DrawFn) -> Descent:
    """Small cases of that kind, of any shape."""
    shape, step_size = choose(st.sampled_from(SHAPES)), choose(st.sampled_from([0.125, 0.0625]))
    return moving_case(choose(draw.seeds()), shape, step_size)


def opposite(case: Descent) -> Descent:
    """The same case with a model whose pixels move the other way."""
    parameters = case.log_prob.parameters
    mean = 2 * case.image.flatten() - values.unpack(parameters["mean"])
    model = objects.of(
        "gaussian_log_prob", mean=mean, precision=values.unpack(parameters["precision"])
    )
    return case._replace(log_prob=model)


class Pictured(NamedTuple):
    """A case of that kind of the size of a digit, by its seed."""

    seed: int

    def shown(self) -> Descent:
        """What a message shows: the arguments of inpaint."""
        # Even seeds, of which 0 is always tried: a little larger than a digit.
        return moving_case(self.seed, (28 + (self.seed % 2 == 0), 28))


def long_descent(seed: int, shape: tuple[int, ...], num_steps: int) -> Descent:
    """The arguments of inpaint, with hundreds of small steps up a slope that hardly bends."""
    source = np.random.default_rng(seed)
    upwards = torch.from_numpy(source.random(shape) < 0.5)
    # The gradient, (mean - x) / 1000, hardly changes.
    signs = torch.where(upwards, 1.0, -1.0)
    distance = draw.uniform(seed + 1, shape, 500.0, 1500.0) * signs
    image = draw.uniform(seed + 2, shape, 0.0, 0.25)
    precision = torch.full((distance.numel(),), 0.001, dtype=torch.float64)
    return Descent(
        log_prob=objects.of("gaussian_log_prob", mean=distance.flatten(), precision=precision),
        image=torch.where(upwards, image, 1 - image),
        mask=torch.from_numpy(source.random(shape) < 0.2),
        # up to 340 steps of about a thousandth each: no more than half the width of the box
        step_size=1e-3,
        num_steps=num_steps,
    )


@st.composite
def long_descents(choose: st.DrawFn) -> Descent:
    """Small cases of many steps to a peak inside the box, shorter and shorter, none to be left out.

    A step goes a 30th to a 20th of the way: the 300th is shorter than a millionth.
    """
    seed, shape, step_size = choose(draw.seeds()), (2, 3), choose(st.sampled_from([0.125, 8.0]))
    mask = torch.from_numpy(np.random.default_rng(seed).random(shape) < 0.2)
    mask.view(-1)[0] = False
    density = objects.of(
        "gaussian_log_prob",
        mean=draw.uniform(seed + 1, (6,), 0.125, 0.875),
        precision=draw.uniform(seed + 2, (6,), 1 / 30, 1 / 20) / step_size,
    )
    image = draw.uniform(seed + 3, shape, 0.0, 1.0)
    num_steps = choose(st.integers(0, 315).map(lambda fewer: 340 - fewer))
    return Descent(density, image, mask, step_size=step_size, num_steps=num_steps)


@check(points=2.5, part="a")
@given(case=projections(low=0.0, high=1.0))
def projection_keeps_the_known_pixels(student: Student, case: Projection) -> None:
    """project_image keeps the known pixels to the last bit, and unknown ones that are in [0, 1]"""
    result = projected(student, case)
    expect_known(result, case.image, case.mask)
    expect_nearest(case.x, result, case.mask)


@check(points=3, part="a", examples=30)
@given(case=projections() | projections(-8, 8, lost=1024.0) | projections(-1e4, 1e4, lost=-4.0))
def projection_is_nearest(student: Student, case: Projection) -> None:
    """the unknown pixels of project_image are in [0, 1] and as near to x as possible"""
    expect_nearest(case.x, projected(student, case), case.mask)


@check(points=1, part="a", examples=5)
@given(case=moving())
def projection_leaves_its_arguments_alone(student: Student, case: Descent) -> None:
    """project_image modifies none of its arguments, and leaves nothing that changes a later call"""
    x, image, mask = case.image + 0.75, case.image, case.mask
    unlike = x - 1.25, 1 - image, mask
    leaves_arguments_alone(student, "project_image", x, image, mask, unlike=unlike)


@check(points=2, part="b")
@given(case=moving(), lost=LOST)
def inpaint_starts_at_the_corrupted_image(student: Student, case: Descent, lost: float) -> None:
    """inpaint with num_steps=0 returns the image it was given, in its shape; one step moves it"""
    image = torch.where(case.mask, case.image, lost * case.image)
    answer = student.inpaint(*case._replace(image=image, num_steps=0))
    expect_close(
        finite(answer, tuple(image.shape), "inpaint"),
        image,
        what="inpaint with num_steps=0",
        hint="Where does the method start, and how often does the loop run?",
    )
    expect_moved(student, case._replace(num_steps=1))


@check(points=2.5, part="b")
@given(case=descents())
def inpaint_keeps_the_known_pixels(student: Student, case: Descent) -> None:
    """inpaint keeps the known pixels, to the last bit, and all pixels between 0 and 1"""
    expect_moved(student, moving_case(0, (2, 3)))
    expect_feasible(student, inpainted(student, case), case)


@check(points=2.5, part="b", examples=10)
@given(picture=draw.seeds().map(Pictured))
def inpaint_follows_the_gradient(student: Student, picture: Pictured) -> None:
    """the first step moves a pixel inside the box by step_size times the gradient of log_prob"""
    case = picture.shown()
    expect_step(student, case, expect_gradient_step, first_step(student, case))


@check(points=1.5, part="b", examples=30)
@given(case=descents(fewest=0))
def inpaint_takes_projected_gradient_steps(student: Student, case: Descent) -> None:
    """the image after k + 1 steps is one projected gradient step from the image after k"""

    def judge(step: Step) -> None:
        expect_projected_step(step)
        expect_known(step.after, case.image, step.mask)

    expect_step(student, case, judge)


@check(points=1, part="b", examples=2, elsewhere=False)
@given(case=long_descents())
@example(case=long_descent(0, (28, 28), 310))  # a little longer than in the assignment
def inpaint_keeps_its_step_to_the_end(student: Student, case: Descent) -> None:
    """even after hundreds of steps, the next is a projected gradient step of the same step size"""
    step = taken(student, case)
    expect_step(student, case, expect_gradient_step, step)
    if holds(expect_gradient_step, step):
        expect_all_steps(case, step)


@check(points=1.5, part="b", examples=5)
@given(picture=draw.seeds().map(Pictured))
def inpaint_leaves_its_arguments_alone(student: Student, picture: Pictured) -> None:
    """inpaint modifies neither image nor mask, trains no model, and leaves nothing behind"""
    case = picture.shown()
    model = objects.of("gaussian_log_prob", **case.log_prob.parameters | {"trainable": True})
    trainable = case._replace(log_prob=model)
    leaves_arguments_alone(student, "inpaint", *trainable, unlike=opposite(case))


@check(points=1, part="b", examples=1, elsewhere=False)
@given(case=moving())
def inpaint_has_the_assignments_defaults(student: Student, case: Descent) -> None:
    """inpaint takes 300 steps of 1e-3 by default"""
    expected = inpainted(student, case._replace(step_size=STEP_SIZE, num_steps=NUM_STEPS))
    by_default = in_shape(student.inpaint(*case[:3]), case.image)
    expect_close(by_default, expected, hint="See the default values in the signature.")
    other = opposite(case)._replace(step_size=0.125, num_steps=2)
    expect_guided(by_default, inpainted(student, other))


@check(points=0.5, part="c", examples=1, elsewhere=False)
def inpaint_steps_up_the_given_flow(student: Student) -> None:
    """on the given flow and a digit, a step of inpaint follows the gradient"""
    _, image, mask = corrupted_digit(1)
    scene = Scene(objects.of("nice_log_prob"), image, mask)
    for num_steps in (1, 20):
        expect_step(
            student, with_defaults(scene)._replace(num_steps=num_steps), expect_gradient_step
        )


@check(points=1, part="c", examples=1, elsewhere=False)
def inpaint_restores_a_digit(student: Student) -> None:
    """300 steps of inpaint on the given flow restore a digit"""
    digit = digit_of(student)
    original, image, mask = corrupted_digit(*digit)
    case = with_defaults(Scene(objects.of("nice_log_prob"), image, mask))
    student.exhibit("original", original)
    student.exhibit("corrupted", image)
    picture = inpainted(student, case)
    student.exhibit("inpainted", picture)
    expect_restored(student, case, picture, digit)


def digit_of(student: Student) -> tuple[int, float, Hole]:
    """The digit of this run, its brightness and its hole: the arguments of `corrupted_digit`."""
    chosen, weights = source(student, "digit"), student.materials["flow"]
    top, bottom, left, right = HOLE
    for index in chosen.permutation(len(digits())):
        down, across = chosen.integers(-2, 3, 2).tolist()
        hole = top + down, bottom + down, left + across, right + across
        digit = int(index), float(chosen.uniform(*SHADES)), hole
        if restored(weights, digit, STEP_SIZE, NUM_STEPS).allowed <= STABLE:
            return digit
    return 0, 1.0, HOLE


def with_defaults(scene: Scene) -> Descent:
    """The arguments of inpaint with the assignment's step size and number of steps."""
    return Descent(*scene, step_size=STEP_SIZE, num_steps=NUM_STEPS)


def projected(student: Student, case: Projection) -> Tensor:
    """The student's projection, in the shape of the image."""
    result = student.project_image(case.x, case.image, case.mask)
    return finite(result, tuple(case.image.shape), "project_image")


def inpainted(student: Student, case: Descent) -> Tensor:
    """The student's inpainting, reshaped to the shape of the image."""
    scene, settings = case[:3], {"step_size": case.step_size, "num_steps": case.num_steps}
    return in_shape(student.inpaint(*scene, **settings), case.image)


def in_shape(answer: object, image: Tensor) -> Tensor:
    """An answer of inpaint in the shape of the image; one check alone asks for that shape."""
    picture = finite(answer, None, "inpaint")
    shape = tuple(image.shape)
    expect(
        picture.numel() == image.numel(),
        f"inpaint returned a tensor of shape {tuple(picture.shape)}, expected {shape}",
    )
    return picture.reshape(shape)


def gradient_of(student: Student, case: Descent) -> Callable[[Tensor], Tensor]:
    """The gradient of log_prob at an image, in the image's shape."""
    log_prob = objects.build(case.log_prob, student.materials)

    def gradient(image: Tensor) -> Tensor:
        x = image.clone().requires_grad_()
        (slope,) = torch.autograd.grad(log_prob(x.reshape(1, -1)).sum(), x)
        return torch.as_tensor(slope)

    return gradient


def taken(student: Student, case: Descent) -> Step:
    """One more step of the student's than the case has."""
    with student.same_seed():
        before = inpainted(student, case)
        after = inpainted(student, case._replace(num_steps=case.num_steps + 1))
    slopes = [gradient_of(student, case)(before)]
    return Step(before, after, case.step_size, slopes, case.mask, case.num_steps + 1)


def first_step(student: Student, case: Descent) -> Step:
    """The student's first step, or their second if the first does nothing: that is judged apart."""
    first = taken(student, case._replace(num_steps=0))
    return taken(student, case._replace(num_steps=1)) if is_close(*first[:2]) else first


def expect_step(
    student: Student, case: Descent, judge: Callable[[Step], None], step: Step | None = None
) -> None:
    """Check one more step of the student's than the case has, or another step.

    What was judged before is not judged again: their own length of the first step and their own
    project_image may take the place of the correct ones, and known and unknown pixels may be
    exchanged.
    """
    given = step
    step = step or (taken if case.num_steps else first_step)(student, case)
    try:
        judge(step)
    except Wrong:
        exchanged = ~case.mask
        own = [(case, step), (case._replace(mask=exchanged), step._replace(mask=exchanged))]
        factors = [1.0] if given else [1.0, factor_of(student, case)]
        if not any(follows_through(student, *o, judge, f) for f in factors for o in own):
            judge(traced(student, case, step))
            raise


def follows_through(
    student: Student, case: Descent, step: Step, judge: Callable[[Step], None], factor: float
) -> bool:
    """Whether a step is correct up to the length of the first and the student's project_image."""
    if not factor:
        return False
    scaled = step._replace(step_size=factor * step.step_size)
    if holds(judge, scaled):
        return True
    own = own_projection(student, scaled.point(), case)
    return own is not None and is_close(step.after, own)


def factor_of(student: Student, case: Descent) -> float:
    """How many times too long all steps are, by the first; 0 if it does not follow the gradient.

    Where the box stops the whole step, a case of the same shape tells whose steps stay inside.
    """
    factor = first_factor(student, case)
    return factor or first_factor(student, moving_case(0, tuple(case.image.shape)))


def first_factor(student: Student, case: Descent) -> float:
    """The same by one case; 0 also if the first step leaves no unknown pixel inside the box."""
    first = first_step(student, case)
    length = length_of(first)
    own = first._replace(step_size=length * first.step_size)
    return length if abs(length) > EDGE and holds(expect_gradient_step, own) else 0.0


def own_projection(student: Student, x: Tensor, case: Descent) -> Tensor | None:
    """The student's project_image of x, if it explains something that no other check refuses.

    None if it fails, does nothing to an image, is correct at points of the kind that the checks of
    project_image draw, or treats x in another way than its rounding to float32, which they draw.
    """
    low = torch.from_numpy(source(student, "own projection").uniform(-1.0, 0.5, tuple(x.shape)))
    low = low.float().double()
    drawn = [low, 1 - low, x.float().double()]
    try:
        rows = [(point, case.image, case.mask) for point in (*drawn, x)]
        answers = student.each("project_image", rows)
        *others, own = (finite(answer, tuple(x.shape), "project_image") for answer in answers)
    except Verdict:
        return None
    acts = not is_close(others[0], others[1]) and not is_close(others[0], low)
    refused = any(
        not is_close(got, exactly_projected(point, case))
        for got, point in zip(others[:2], drawn[:2], strict=True)
    )
    alike = bool(((own - others[2]).abs() <= ATOL * (1 + own.abs())).all())
    return own if acts and refused and alike else None


def exactly_projected(x: Tensor, case: Descent) -> Tensor:
    """The correct projection of x."""
    return torch.where(case.mask, case.image, x.clamp(0, 1))


def traced(student: Student, case: Descent, step: Step) -> Step:
    """The step with what a message needs: the earlier gradients, and where other methods get to."""
    if step.number > MOST_TRACED:
        return step
    gradient, image, mask = gradient_of(student, case), case.image, case.mask
    earlier = range(step.number - 1)
    path = [inpainted(student, case._replace(num_steps=k)) for k in earlier]
    ends = []
    for masks, clamps in ((False, False), (True, False), (False, True)):
        x = image
        for _ in range(step.number):
            x = x + case.step_size * gradient(x)
            x = torch.where(mask, image, x) if masks else x
            x = x.clamp(0, 1) if clamps else x
        ends.append(("is on a path that is projected only at its end", x.clamp(0, 1)))
    slopes = [gradient(x) for x in path] + step.slopes
    return step._replace(slopes=slopes, elsewhere=tuple(ends) if earlier else ())


def holds(judge: Callable[[Step], None], step: Step) -> bool:
    """Whether a step passes."""
    try:
        judge(step)
    except Wrong:
        return False
    return True


def is_close(one: Tensor, other: Tensor) -> bool:
    """Whether two images of one shape are equal up to rounding."""
    return one.shape == other.shape and bool(((one - other).abs() <= ATOL).all())


def expect_moved(student: Student, case: Descent) -> None:
    """Check that a picture is not the image itself, and that the model decides where it moves.

    Args:
        case: one in which the pixels move and stay in the box.
    """
    picture = inpainted(student, case)
    expect(
        not is_close(picture, case.image),
        f"inpaint returns the image as it was given, also with num_steps = {case.num_steps}",
        hint="What does a step do to the picture?",
    )
    expect_guided(picture, inpainted(student, opposite(case)))


def expect_guided(picture: Tensor, other: Tensor) -> None:
    """Check that two pictures of the same image differ, whose models have opposite gradients."""
    apart = float((picture - other).abs().max())
    expect(
        apart > APART,
        f"inpaint returns pictures for two very different models that differ by {apart:.2g}",
        hint="What does a step do to the picture?",
    )


def expect_feasible(student: Student, picture: Tensor, case: Descent) -> None:
    """Check that an image is in the feasible set, or at least left as it is by project_image."""
    try:
        expect_known(picture, case.image, case.mask)
        expect_in_box(picture)
    except Wrong:
        own = own_projection(student, picture, case)
        if own is None or not is_close(picture, own):
            raise


def expect_all_steps(case: Descent, step: Step) -> None:
    """Check that as many steps were taken as were asked for, where a last one is correct.

    One step too many or too few is the mistake of another check.
    """
    parameters = case.log_prob.parameters
    mean, precision = (values.unpack(parameters[name]) for name in ("mean", "precision"))
    path, unknown = [case.image.flatten()], ~case.mask.flatten()
    for _ in range(step.number):
        x = path[-1]
        path.append(torch.where(unknown, x + case.step_size * precision * (mean - x), x))
    got = step.before.flatten()
    # float32 rounds each of the steps: 300 of 3e-8
    off = [float((got - x)[unknown].abs().max()) for x in path[-3:]]
    expect(
        min(off) <= ATOL,
        f"after {case.num_steps} steps a pixel is {off[1]:.4g} from where they lead",
        hint="Are all num_steps steps taken?",
    )


def expect_restored(
    student: Student, case: Descent, picture: Tensor, digit: tuple[int, float, Hole]
) -> None:
    """Compare a restored digit with the correct one, up to the length of the student's steps."""
    weights = student.materials["flow"]
    expected = restored(weights, digit, case.step_size, case.num_steps)
    try:
        expect_known(picture, case.image, case.mask)
        expect_in_box(picture)
        expect_close(
            picture,
            expected.image,
            atol=expected.allowed,
            what=f"after {case.num_steps} steps",
            hint="Are all steps taken, and does each start where the last one ended?",
        )
    except Wrong:
        factor = factor_of(student, case)
        other = restored(weights, digit, factor * case.step_size, case.num_steps)
        if not factor or not bool(((picture - other.image).abs() <= other.allowed).all()):
            raise


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

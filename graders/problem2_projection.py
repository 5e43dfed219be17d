"""Problem 2: the projection onto a segment, the proof that it is optimal, and the method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    ATOL,
    check,
    draw,
    expect,
    expect_close,
    finite,
    leaves_arguments_alone,
    numbers,
    wire,
)

from . import objects

if TYPE_CHECKING:
    from assay import Student

# Inside, above, below, on both ends, far away, and so small that only the sign matters.
coordinates = st.one_of(
    draw.floats(0.125, 0.875),
    draw.floats(1.125, 3),
    draw.floats(-3, -0.125),
    st.sampled_from([0.0, 1.0, -0.0, 0.5, 1e-30, -1e-30, 1e6, -1e6]),
)
points = st.tuples(draw.floats(-3, 3) | st.sampled_from([0.0, 1e6, -1e6]), coordinates).map(
    lambda y: torch.tensor(y, dtype=torch.float64)
)
lines = draw.floats(-3, 3)


class Descent(NamedTuple):
    """The arguments of projected_gradient_method, in order."""

    grad_f: wire.Given
    project: wire.Given
    x0: Tensor
    step_size: float
    num_steps: int


@st.composite
def batches(choose: st.DrawFn) -> Tensor:
    """Points (..., 2) in batches of any leading shape, including empty batches."""
    shape = choose(draw.shapes(max_dims=3, max_side=3))
    return draw.uniform(choose(draw.seeds()), (*shape, 2), -2.0, 3.0)


@st.composite
def descents(choose: st.DrawFn, steepness: Sequence[float] = (1.0, 128.0)) -> Descent:
    """A strongly convex quadratic and a closed convex set, a start, and a few steps."""
    n, seed = choose(st.integers(1, 4)), choose(draw.seeds())
    steep = choose(st.sampled_from(steepness))
    A, b = steep * draw.positive_definite(seed, n), steep * draw.uniform(seed + 1, (n,))
    center = draw.uniform(seed + 2, (n,))
    radius, far = choose(st.sampled_from([(0.5, 3.0), (2.0, 0.125), (1.0, 1.0)]))
    if choose(st.booleans()):
        project = objects.of("box_projection", low=center - radius, high=center + radius)
    else:
        project = objects.of("ball_projection", center=center, radius=radius)
    return Descent(
        grad_f=objects.of("quadratic_gradient", A=A, b=b),
        project=project,
        x0=center + draw.uniform(seed + 3, (n,), -far, far),
        # Some steps are too long to converge: the method must take them as they are.
        step_size=choose(st.sampled_from([0.125, 0.25, 1.0, 0.03125])) / steep,
        num_steps=choose(st.integers(1, 6)),
    )


@check(points=1.5, part="a", examples=25)
@given(y=points, a=lines)
def project_lands_in_the_set(student: Student, y: Tensor, a: float) -> None:
    """project(y, a) lies in C = {x : x_1 = a, 0 <= x_2 <= 1}"""
    x = finite(student.project(y, a), (2,), "project")
    hint = "What does membership in C require of each coordinate?"
    expect_close(x[:1], torch.tensor([a]), hint=hint, what="first coordinate")
    inside = -ATOL <= float(x[1]) <= 1 + ATOL
    expect(inside, f"second coordinate {float(x[1]):.8g}, expected between 0 and 1", hint=hint)


@check(points=2.5, part="a", needs=["project_lands_in_the_set"], examples=40)
@given(y=points, a=lines)
def project_is_nearest(student: Student, y: Tensor, a: float) -> None:
    """no point of C is nearer to y than project(y, a)"""
    x = finite(student.project(y, a), (2,), "project")
    # Variational inequality: x is nearest if and only if (y - x).(z - x) <= 0 for all z in C, and
    # C is the segment between these two ends; the first coordinates of x and z are a.
    for end in (0.0, 1.0):
        slope = float((y[1] - x[1]) * (end - x[1]))
        expect(
            slope <= ATOL * (1 + abs(float(y[1]))),
            f"x = project(y, a) = {x.tolist()} is not nearest to y: moving x towards "
            f"z = {[a, end]} in C brings it nearer; (y - x).(z - x) = {slope:.4g}, expected at "
            "most 0",
            hint="Draw y, C and your x: which point of the segment is closest to y?",
        )


@check(points=1, part="a")
@given(y=batches(), a=lines)
def project_takes_batches(student: Student, y: Tensor, a: float) -> None:
    """project(y, a) projects each point of a batch (..., 2) as if it were alone"""
    together = finite(student.project(y, a), tuple(y.shape), "project")
    flat, result = y.reshape(-1, 2), together.reshape(-1, 2)
    for index in range(min(len(flat), 4)):
        alone = finite(student.project(flat[index], a), (2,), "project")
        expect_close(
            result[index],
            alone,
            what=f"point {index} of the batch, compared with projecting it alone",
            hint="Index the last dimension: y[..., 0] and y[..., 1].",
        )


@check(points=0.5, part="a")
@given(y=points, a=lines)
def project_is_idempotent(student: Student, y: Tensor, a: float) -> None:
    """project(project(y, a), a) = project(y, a)"""
    once = finite(student.project(y, a), (2,), "project")
    twice = finite(student.project(once, a), (2,), "project")
    expect_close(twice, once, hint="A point of C is its own nearest point.")


@check(points=0.5, part="a")
@given(y=points, other=points, a=lines)
def project_is_nonexpansive(student: Student, y: Tensor, other: Tensor, a: float) -> None:
    """project never moves two points further apart: |project(y) - project(other)| <= |y - other|"""
    x = finite(student.project(y, a), (2,), "project")
    w = finite(student.project(other, a), (2,), "project")
    after, before = float((x - w).norm()), float((y - other).norm())
    expect(
        after <= before + ATOL * (1 + before),
        f"y and other are {before:.6g} apart, but their projections are {after:.6g} apart",
        hint="Which steps of your function could move points apart?",
    )


@check(points=0.5, part="a")
@given(y=points, a=lines)
def project_leaves_y_alone(student: Student, y: Tensor, a: float) -> None:
    """project(y, a) does not modify y"""
    leaves_arguments_alone(student, "project", y, a)


@check(points=1, part="b", examples=25)
@given(y=points, a=lines)
def multipliers_of_inequalities_are_nonnegative(student: Student, y: Tensor, a: float) -> None:
    """the multipliers of the inequality constraints, lower and upper, are at least 0"""
    _, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    expect(
        min(lower, upper) >= -ATOL * (1 + abs(float(y[1]))),
        f"lower = {lower:.8g}, upper = {upper:.8g}; both must be >= 0",
        hint="Which way may the constraint push? See the sign convention in the docstring.",
    )


@check(points=2, part="b", examples=40)
@given(y=points, a=lines)
def multipliers_make_the_lagrangian_stationary(student: Student, y: Tensor, a: float) -> None:
    """2 (x - y) + (nu, upper - lower) = 0 holds at a point x of C"""
    x = _stationary_point(student, y, a)
    first, second = (ATOL * (1 + abs(float(coordinate))) for coordinate in y)
    expect(
        abs(float(x[0]) - a) <= first and -second <= float(x[1]) <= 1 + second,
        f"with your multipliers the equation holds at x = {x.tolist()}, which is not in C",
        hint="Solve each of the two equations for x: is it the projection of y?",
    )


@check(points=1, part="b", examples=25)
@given(y=points, a=lines)
def multipliers_are_complementary(student: Student, y: Tensor, a: float) -> None:
    """lower x_2 = 0 and upper (1 - x_2) = 0: a multiplier is 0 unless x is at its bound"""
    _, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    height = float(_stationary_point(student, y, a)[1])
    allowed = ATOL * (1 + abs(float(y[1]))) ** 2
    expect(
        abs(lower * height) <= allowed and abs(upper * (1 - height)) <= allowed,
        f"lower = {lower:.8g}, upper = {upper:.8g} at x_2 = {height:.8g}; expected "
        "lower x_2 = 0 and upper (1 - x_2) = 0",
        hint="A bound that x does not touch exerts no force: its multiplier is 0.",
    )


@check(points=1, part="c")
@given(case=descents(), num_steps=st.integers(0, 4))
def method_keeps_the_start_and_every_iterate(
    student: Student, case: Descent, num_steps: int
) -> None:
    """projected_gradient_method returns num_steps + 1 iterates, the first of them x0 unchanged"""
    path = _path(student, case._replace(num_steps=num_steps))
    expect_close(
        path[0],
        case.x0,
        what="first iterate",
        hint="x0 comes first, even if it is not feasible.",
    )


@check(points=2.5, part="c", needs=["method_keeps_the_start_and_every_iterate"], examples=30)
@given(case=descents())
def method_takes_projected_gradient_steps(student: Student, case: Descent) -> None:
    """each iterate is x_{k+1} = project(x_k - step_size grad_f(x_k))"""
    path = _path(student, case)
    gradient, project = objects.build(case.grad_f), objects.build(case.project)
    for k in range(case.num_steps):
        expected = project(path[k] - case.step_size * gradient(path[k]))
        expect_close(
            path[k + 1],
            expected,
            what=f"iterate {k + 1}, given your iterate {k}",
            hint="Which comes first, the gradient step or the projection, and at which point do "
            "you take the gradient?",
        )


@check(points=0.5, part="c", needs=["method_keeps_the_start_and_every_iterate"], examples=4)
@given(case=descents(steepness=[1.0]))
def method_rests_at_the_minimum(student: Student, case: Descent) -> None:
    """many small steps reach the minimum, and from there the method does not move"""
    last = _path(student, case._replace(step_size=0.25, num_steps=150))[-1]
    gradient, project = objects.build(case.grad_f), objects.build(case.project)
    expect_close(
        project(last - gradient(last)),
        last,
        what="one more projected gradient step, after 150 steps with step_size = 0.25",
        hint="At a minimum over C, the projection undoes the gradient step.",
    )
    stay = _path(student, case._replace(x0=last, num_steps=3))
    expect_close(
        stay,
        last.expand(4, -1),
        what="iterates that start at the minimum",
        hint="What does your method do when it is already at the minimum?",
    )


@check(points=0.5, part="c")
@given(case=descents())
def method_leaves_x0_alone(student: Student, case: Descent) -> None:
    """projected_gradient_method does not modify x0"""
    leaves_arguments_alone(student, "projected_gradient_method", *case)


def _path(student: Student, case: Descent) -> Tensor:
    """The student's iterates (num_steps + 1, n)."""
    path = student.projected_gradient_method(
        case.grad_f, case.project, case.x0, case.step_size, case.num_steps
    )
    return finite(path, (case.num_steps + 1, len(case.x0)), "projected_gradient_method")


def _stationary_point(student: Student, y: Tensor, a: float) -> Tensor:
    """The x at which 2 (x - y) + (nu, upper - lower) = 0 for the student's multipliers."""
    nu, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    return y - torch.tensor([nu, upper - lower], dtype=torch.float64) / 2

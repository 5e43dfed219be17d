"""Settles problem 2: the projection onto a segment, its optimality certificate, and the method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import ATOL, check, draw, expect, expect_close, finite, leaves_arguments_alone, numbers

from . import objects

if TYPE_CHECKING:
    from assay import Student

# Inside, above, below, on both ends, far away, and so small that a sign is all there is.
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


@st.composite
def batches(drawn: st.DrawFn) -> Tensor:
    """Points (..., 2) in batches of any leading shape, the empty one included."""
    shape = drawn(draw.shapes(max_dims=3, max_side=3))
    return draw.uniform(drawn(draw.seeds()), (*shape, 2), -2.0, 3.0)


@st.composite
def descents(drawn: st.DrawFn, steepness: Sequence[float] = (1.0, 128.0)) -> dict[str, Any]:
    """A strongly convex quadratic, a closed convex set, a start, a step and a number of steps."""
    n, seed = drawn(st.integers(1, 4)), drawn(draw.seeds())
    steep = drawn(st.sampled_from(steepness))
    A, b = steep * draw.positive_definite(seed, n), steep * draw.uniform(seed + 1, (n,))
    center = draw.uniform(seed + 2, (n,))
    radius, far = drawn(st.sampled_from([(0.5, 3.0), (2.0, 0.125), (1.0, 1.0)]))
    if drawn(st.booleans()):
        feasible = objects.of("box_projection", low=center - radius, high=center + radius)
    else:
        feasible = objects.of("ball_projection", center=center, radius=radius)
    return {
        "grad_f": objects.of("quadratic_gradient", A=A, b=b),
        "project": feasible,
        "x0": center + draw.uniform(seed + 3, (n,), -far, far),
        # also so long that the iterates leap about: the method is asked for steps, not for progress
        "step_size": drawn(st.sampled_from([0.125, 0.25, 1.0, 0.03125])) / steep,
        "num_steps": drawn(st.integers(1, 6)),
    }


@check(points=1.5, part="a", examples=25)
@given(y=points, a=lines)
def project_lands_in_the_set(student: Student, y: Tensor, a: float) -> None:
    """project(y, a) lies in C = {x : x_1 = a, 0 <= x_2 <= 1}"""
    x = finite(student.project(y, a), (2,), "project")
    hint = "What does membership in C say about each coordinate?"
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
            f"from x = project(y, a) = {x.tolist()}, moving towards {[a, end]} in C comes nearer "
            f"to y: (y - x).(z - x) = {slope:.4g}, expected at most 0",
            hint="Draw y, C and your x: which point of the segment is closest to y?",
        )


@check(points=1, part="a")
@given(y=batches(), a=lines)
def project_takes_batches(student: Student, y: Tensor, a: float) -> None:
    """project(y, a) projects each point of a batch (..., 2) as it would alone"""
    together = finite(student.project(y, a), tuple(y.shape), "project")
    flat, result = y.reshape(-1, 2), together.reshape(-1, 2)
    for index in range(min(len(flat), 4)):
        alone = finite(student.project(flat[index], a), (2,), "project")
        expect_close(
            result[index],
            alone,
            what=f"point {index} of the batch",
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
    """project moves no two points further apart: |project(y) - project(w)| <= |y - w|"""
    x = finite(student.project(y, a), (2,), "project")
    w = finite(student.project(other, a), (2,), "project")
    got, allowed = float((x - w).norm()), float((y - other).norm())
    expect(
        got <= allowed + ATOL * (1 + allowed),
        f"the projections are {got:.6g} apart, the points {allowed:.6g}",
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
        f"lower = {lower:.8g}, upper = {upper:.8g}, both must be >= 0",
        hint="Which way may the constraint push? See the sign convention in the docstring.",
    )


@check(points=2, part="b", examples=40)
@given(y=points, a=lines)
def multipliers_make_the_lagrangian_stationary(student: Student, y: Tensor, a: float) -> None:
    """2 (x - y) + (nu, upper - lower) = 0 holds at a point x of C"""
    x = _stationary_point(student, y, a)
    first, second = (ATOL * (1 + abs(float(one))) for one in y)
    expect(
        abs(float(x[0]) - a) <= first and -second <= float(x[1]) <= 1 + second,
        f"with your multipliers the equation holds at x = {x.tolist()}, which is not in C",
        hint="Solve each of the two equations for x: is it the projection of y?",
    )


@check(points=1, part="b", examples=25)
@given(y=points, a=lines)
def multipliers_are_complementary(student: Student, y: Tensor, a: float) -> None:
    """lower x_2 = 0 and upper (1 - x_2) = 0: a multiplier acts only where its bound is met"""
    _, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    height = float(_stationary_point(student, y, a)[1])
    allowed = ATOL * (1 + abs(float(y[1]))) ** 2
    expect(
        abs(lower * height) <= allowed and abs(upper * (1 - height)) <= allowed,
        f"lower = {lower:.8g}, upper = {upper:.8g} at x_2 = {height:.8g}",
        hint="A bound that x does not touch exerts no force: its multiplier is 0.",
    )


@check(points=1, part="c")
@given(case=descents(), num_steps=st.integers(0, 4))
def method_keeps_the_start_and_every_iterate(
    student: Student, case: dict[str, Any], num_steps: int
) -> None:
    """projected_gradient_method returns num_steps + 1 iterates, x0 first, as it was given"""
    path = _path(student, {**case, "num_steps": num_steps})
    expect_close(
        path[0],
        case["x0"],
        what="first iterate",
        hint="x0 stands first even where it is not feasible.",
    )


@check(points=2.5, part="c", needs=["method_keeps_the_start_and_every_iterate"], examples=30)
@given(case=descents())
def method_takes_projected_gradient_steps(student: Student, case: dict[str, Any]) -> None:
    """each iterate is x_{k+1} = project(x_k - step_size grad_f(x_k))"""
    path = _path(student, case)
    gradient, project = objects.build(case["grad_f"]), objects.build(case["project"])
    for k in range(case["num_steps"]):
        wanted = project(path[k] - case["step_size"] * gradient(path[k]))
        expect_close(
            path[k + 1],
            wanted,
            what=f"iterate {k + 1}, judged from your iterate {k}",
            hint="Which comes first, the gradient step or the projection, and at which point is "
            "the gradient taken?",
        )


@check(points=0.5, part="c", needs=["method_keeps_the_start_and_every_iterate"], examples=4)
@given(case=descents(steepness=[1.0]))
def method_rests_at_the_minimum(student: Student, case: dict[str, Any]) -> None:
    """many small steps lead to the minimum, and from there no step leads away"""
    last = _path(student, {**case, "step_size": 0.25, "num_steps": 150})[-1]
    gradient, project = objects.build(case["grad_f"]), objects.build(case["project"])
    expect_close(
        project(last - gradient(last)),
        last,
        what="a step from the last of 150 iterates",
        hint="At a minimum over C, the gradient step is undone by the projection.",
    )
    rest = _path(student, {**case, "x0": last, "num_steps": 3})
    expect_close(
        rest,
        last.expand(4, -1),
        what="iterates from the minimum",
        hint="Where does your method go when it is there already?",
    )


@check(points=0.5, part="c")
@given(case=descents())
def method_leaves_x0_alone(student: Student, case: dict[str, Any]) -> None:
    """projected_gradient_method does not modify x0"""
    leaves_arguments_alone(student, "projected_gradient_method", *case.values())


def _path(student: Student, case: dict[str, Any]) -> Tensor:
    shape = (case["num_steps"] + 1, len(case["x0"]))
    path = student.projected_gradient_method(*case.values())
    return finite(path, shape, "projected_gradient_method")


def _stationary_point(student: Student, y: Tensor, a: float) -> Tensor:
    """The x at which 2 (x - y) + (nu, upper - lower) = 0 for the student's multipliers."""
    nu, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    return y - torch.tensor([nu, upper - lower], dtype=torch.float64) / 2

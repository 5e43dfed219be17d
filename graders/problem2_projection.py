"""Problem 2: the projection onto a segment, the proof that it is optimal, and the method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    ATOL,
    RTOL,
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

# Inside, above, below, near and on both ends, far away, and so small that only the sign matters.
coordinates = st.one_of(
    draw.floats(0.125, 0.875),
    draw.floats(1.125, 3),
    draw.floats(-3, -0.125),
    draw.floats(-1, 2),
    draw.floats(-1e4, 1e4),
    st.sampled_from([0.0, 1.0, -0.0, 0.5, 1e-30, -1e-30, 1e6, -1e6]),
)
firsts = draw.floats(-3, 3) | draw.floats(-1e4, 1e4) | st.sampled_from([0.0, 1e6, -1e6])
points = st.tuples(firsts, coordinates).map(lambda y: torch.tensor(y, dtype=torch.float64))
lines = draw.floats(-3, 3) | draw.floats(-1e3, 1e3) | draw.floats(-1e6, 1e6)
# Two points that differ in all that a projection may look at, and lie in no C.
BESIDE = torch.tensor([[0.25, 1.75], [0.75, 0.25]], dtype=torch.float64)
heights = draw.floats(0.125, 0.875) | draw.floats(0, 1)
LARGE_BATCHES = (100,), (8, 50), (1000,)
ALONE = 27  # points of a batch that are projected alone as well
LONG = 220  # steps from which on a run has very short ones, which only show together
SHORTER = 2.0**-9, 2.0**-16  # the steps of such a run, compared with others
STEP_SIZES = st.sampled_from([0.125, 0.25, 1.0, 0.03125]) | draw.floats(0.03125, 1)

MEMBER = "What does membership in C require of each coordinate?"
BATCH = "Index the last dimension: y[..., 0] and y[..., 1]."
STEP = (
    "Which comes first, the gradient step or the projection, and at which point do you take the "
    "gradient?"
)


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
    shape = choose(draw.shapes(max_dims=3, max_side=3) | st.sampled_from(LARGE_BATCHES))
    return draw.uniform(choose(draw.seeds()), (*shape, 2), -2.0, 3.0)


@st.composite
def descents(
    choose: st.DrawFn, steepness: Sequence[float] = (1.0, 128.0), reach: Sequence[float] = (1, 100)
) -> Descent:
    """A strongly convex function and a closed convex set, a start, and a few steps.

    Args:
        steepness: of the function.
        reach: how far from the origin the set may lie.
    """
    n, seed = choose(st.integers(1, 4) | st.integers(5, 48)), choose(draw.seeds())
    steep, far_away = choose(st.sampled_from(steepness)), choose(st.sampled_from(reach))
    center = draw.uniform(seed + 2, (n,), -far_away, far_away)
    radius, far = choose(st.sampled_from([(0.5, 3.0), (2.0, 0.125), (1.0, 1.0)]))
    if choose(st.booleans()):
        project = objects.of("box_projection", low=center - radius, high=center + radius)
    else:
        project = objects.of("ball_projection", center=center, radius=radius)
    return Descent(
        grad_f=objects.of(
            "bent_gradient",
            A=steep * draw.positive_definite(seed, n),
            b=steep * draw.uniform(seed + 1, (n,)),
            center=center,
            bend=steep * choose(st.sampled_from([0.0, 2.0])),
        ),
        project=project,
        x0=center + draw.uniform(seed + 3, (n,), -far, far),
        # Some steps are too long to converge: the method must take them as they are.
        step_size=choose(STEP_SIZES) / steep,
        num_steps=choose(st.integers(1, 6)),
    )


@st.composite
def runs(choose: st.DrawFn) -> Descent:
    """Cases of that kind; some have many steps, or many that are too short to be seen alone."""
    kind = choose(st.integers(1, 6))
    if kind < 6:
        case = choose(descents())
        more = choose(st.integers(8, 200)) if kind == 5 else 1
        return case._replace(num_steps=case.num_steps + more)
    case, shorter = choose(descents(reach=[1])), choose(st.sampled_from(SHORTER))
    step_size = case.step_size * shorter
    return case._replace(step_size=step_size, num_steps=choose(st.integers(LONG, 260)))


@check(points=2, part="a", examples=30)
@given(y=points, height=heights, a=lines)
def project_lands_in_the_set(student: Student, y: Tensor, height: float, a: float) -> None:
    """project(y, a) is in C = {x : x_1 = a, 0 <= x_2 <= 1}, and keeps y_2 where y_2 is allowed"""
    beside = torch.stack([y[0], torch.tensor(height).double()])
    answers = student.each("project", [(y, a), (beside, a)])
    x, across = (finite(answer, (2,), "project") for answer in answers)
    expect_close(x[:1], torch.tensor([a]), hint=MEMBER, what="first coordinate")
    inside = -ATOL <= float(x[1]) <= 1 + ATOL
    expect(inside, f"second coordinate {float(x[1]):.8g}, expected between 0 and 1", hint=MEMBER)
    what = f"second coordinate for y = {beside.tolist()}"
    expect_close(across[1:], beside[1:], hint=MEMBER, what=what)


@check(points=2, part="a", needs=["project_lands_in_the_set"], examples=40)
@given(y=points, a=lines)
def project_is_nearest(student: Student, y: Tensor, a: float) -> None:
    """no point of C is nearer to y than project(y, a)"""
    height, x = float(y[1]), float(finite(student.project(y, a), (2,), "project")[1])
    inside = -ATOL <= x <= 1 + ATOL
    expect(inside, f"second coordinate {x:.8g}, expected between 0 and 1", hint=MEMBER)
    # Variational inequality: x is nearest if and only if (y - x).(z - x) <= 0 for all z in C, and
    # C is the segment between these two ends; the first coordinates of x and z are a.
    for end in (0.0, 1.0):
        slope = (height - x) * (end - x)
        expect(
            slope <= ATOL * (1 + abs(height)),
            f"x = project(y, a) has x_2 = {x:.8g} and is not nearest to y: moving x towards "
            f"z = {[a, end]} in C brings it nearer; (y_2 - x_2) (z_2 - x_2) = {slope:.4g}, "
            "expected at most 0",
            hint="Draw y, C and your x: which point of the segment is closest to y?",
        )


@check(points=1, part="a")
@given(y=batches(), a=lines)
def project_takes_batches(student: Student, y: Tensor, a: float) -> None:
    """project(y, a) projects each point of a batch (..., 2) as if it were alone"""
    together = finite(student.project(y, a), tuple(y.shape), "project").reshape(-1, 2)
    flat = y.reshape(-1, 2)
    chosen = torch.linspace(0, len(flat) - 1, min(len(flat), ALONE)).long().tolist()
    answers = student.each("project", ((flat[index], a) for index in chosen))
    alone = [finite(answer, (2,), "project") for answer in answers]
    if len(alone) > 3:
        expect_projecting(alone, flat[chosen])
    for index, expected in zip(chosen, alone, strict=True):
        expect_close(
            together[index],
            expected,
            what=f"point {index} of the batch, compared with projecting it alone",
            hint=BATCH,
        )
    correct = torch.stack([torch.full_like(flat[:, 0], a), flat[:, 1].clamp(0, 1)], dim=-1)
    if len(flat) > len(alone) and torch.allclose(torch.stack(alone), correct[chosen], RTOL, ATOL):
        expect_close(together, correct, what="the batch, as a list of points", hint=BATCH)


@check(points=0.5, part="a")
@given(height=heights, a=lines)
def project_is_idempotent(student: Student, height: float, a: float) -> None:
    """project leaves the points of C where they are, so that project(project(y)) = project(y)"""
    inside, outside = torch.tensor([[a, height], [a + 1, 1 + height]], dtype=torch.float64)
    answers = student.each("project", [(inside, a), (outside, a)])
    x, w = (finite(answer, (2,), "project") for answer in answers)
    expect_close(x, inside, hint="A point of C is its own nearest point.")
    expect(
        float((w - outside).abs().max()) > ATOL,
        f"project({outside.tolist()}, {a:g}) returned the point itself, which is not in C",
        hint=MEMBER,
    )


@check(points=0.5, part="a")
@given(y=points, other=points, a=lines)
def project_is_nonexpansive(student: Student, y: Tensor, other: Tensor, a: float) -> None:
    """project never moves two points further apart: |project(y) - project(other)| <= |y - other|"""
    answers = student.each("project", ((point, a) for point in (y, other, *BESIDE)))
    x, w, *others = (finite(answer, (2,), "project") for answer in answers)
    expect_projecting(others, BESIDE)
    after, before = float((x - w).norm()), float((y - other).norm())
    expect(
        after <= before + ATOL * (1 + before),
        f"y and other are {before:.6g} apart, but their projections are {after:.6g} apart",
        hint="Which steps of your function could move points apart?",
    )


@check(points=0.5, part="a")
@given(a=lines)
def project_leaves_y_alone(student: Student, a: float) -> None:
    """project(y, a) does not modify y, and leaves nothing that changes a later call"""
    y, other = BESIDE
    leaves_arguments_alone(student, "project", y, a, unlike=(other, a))


@check(points=1.5, part="b", examples=25)
@given(y=points, a=lines)
def nu_holds_x_on_the_line(student: Student, y: Tensor, a: float) -> None:
    """2 (x_1 - y_1) + nu = 0 holds at x_1 = a"""
    nu, _, _ = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    x, allowed = float(y[0]) - nu / 2, ATOL * (1 + abs(float(y[0])) + abs(a))
    expect(
        abs(x - a) <= allowed,
        f"with nu = {nu:.8g} the equation holds at x_1 = {x:.8g}, expected {a:.8g}",
        hint="Solve the equation for x_1: is it that of the projection of y?",
    )


@check(points=1.5, part="b", examples=40)
@given(y=points, a=lines)
def multipliers_make_the_lagrangian_stationary(student: Student, y: Tensor, a: float) -> None:
    """2 (x_2 - y_2) + upper - lower = 0 holds at the projection x of y"""
    _, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    height = float(y[1])
    x, allowed = height - (upper - lower) / 2, ATOL * (1 + abs(height))
    expect(
        abs(x - min(max(height, 0.0), 1.0)) <= allowed,
        f"with lower = {lower:.8g} and upper = {upper:.8g} the equation holds at x_2 = {x:.8g}, "
        "which is not that of the projection of y",
        hint="Solve the equation for x_2: is it that of the projection of y?",
    )


@check(points=1, part="b", examples=25)
@given(y=points, a=lines)
def multipliers_are_complementary(student: Student, y: Tensor, a: float) -> None:
    """lower and upper are at least 0, and positive only at the bound that holds x"""
    _, lower, upper = numbers(student.kkt_multipliers(y, a), 3, "kkt_multipliers")
    height, allowed = float(y[1]), ATOL * (1 + abs(float(y[1])))
    shown = f"lower = {lower:.8g}, upper = {upper:.8g} at y_2 = {height:.8g}"
    expect(
        min(lower, upper) >= -allowed,
        f"{shown}; both must be >= 0",
        hint="Which way may the constraint push? See the sign convention in the docstring.",
    )
    x = min(max(height, 0.0), 1.0)
    expect(
        abs(lower * x) <= allowed and abs(upper * (1 - x)) <= allowed,
        f"{shown}; expected lower x_2 = 0 and upper (1 - x_2) = 0 for the projection x",
        hint="A bound that x does not touch exerts no force: its multiplier is 0.",
    )
    beyond = max(height - 1, -height)
    expect(
        beyond <= allowed or max(lower, upper) > 1e-3 * beyond,
        f"{shown}; both are 0, though a bound holds x back from y",
        hint="What keeps x from moving on towards y?",
    )


@check(points=1, part="c")
@given(case=descents(), num_steps=st.integers(1, 4))
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
    none = _path(student, case._replace(num_steps=0))
    expect_close(none[0], case.x0, what="the only iterate of 0 steps", hint="x0 comes first.")
    first = _step(case)(case.x0)
    moves = float((first - case.x0).abs().max()) > 1e-3
    expect(
        not moves or float((path[1:] - case.x0).abs().max()) > ATOL,
        f"all {num_steps} iterates after x0 are equal to it: the method does not move",
        hint="What does a step do to the iterate?",
    )


@check(points=2.5, part="c", examples=30)
@given(case=runs())
def method_takes_projected_gradient_steps(student: Student, case: Descent) -> None:
    """each iterate is x_{k+1} = project(x_k - step_size grad_f(x_k))"""
    path, step, project = _rows(student, case), _step(case), objects.build(case.project)
    if case.num_steps >= LONG:
        expect_path(path, step)
    else:
        expect_steps(path, step)
    starts = case.x0, project(case.x0), step(case.x0)
    expect(
        any(torch.allclose(path[0], start, rtol=RTOL, atol=ATOL) for start in starts),
        f"the first row is {path[0].tolist()}, which is neither x0 nor the iterate after it",
        hint="Where does the method start?",
    )


@check(points=0.5, part="c", examples=3)
@given(case=descents(steepness=[1.0], reach=[1]))
def method_rests_at_the_minimum(student: Student, case: Descent) -> None:
    """many small steps reach the minimum, and from there the method does not move"""
    last = _rows(student, case._replace(step_size=0.25, num_steps=150))[-1]
    gradient, project = objects.build(case.grad_f), objects.build(case.project)
    expect_close(
        project(last - gradient(last)),
        last,
        what="one more projected gradient step, after 150 steps with step_size = 0.25",
        hint="At a minimum over C, the projection undoes the gradient step.",
    )
    stay = _rows(student, case._replace(x0=last, num_steps=3))
    expect_close(
        stay,
        last.expand(len(stay), -1),
        what="iterates that start at the minimum",
        hint="What does your method do when it is already at the minimum?",
    )


@check(points=0.5, part="c")
@given(seed=draw.seeds())
def method_leaves_x0_alone(student: Student, seed: int) -> None:
    """projected_gradient_method does not modify x0, and leaves nothing that changes a later call"""
    b = draw.plain(seed, (2,))
    case, unlike = (
        Descent(
            grad_f=objects.of("quadratic_gradient", A=torch.eye(2).double(), b=target),
            project=objects.of("ball_projection", center=torch.zeros(2).double(), radius=8.0),
            x0=torch.tensor([0.5, -0.25], dtype=torch.float64),
            step_size=0.125,
            num_steps=3,
        )
        for target in (b, -b)
    )
    leaves_arguments_alone(student, "projected_gradient_method", *case, unlike=unlike)


def expect_steps(path: Tensor, step: Callable[[Tensor], Tensor]) -> None:
    """Check that each iterate is one step from the one before."""
    expected = torch.stack([step(x) for x in path[:-1]])
    off = (path[1:] - expected).abs() > ATOL + RTOL * expected.abs()
    if bool(off.any()):
        k = int(off.any(dim=1).nonzero()[0])
        what = f"iterate {k + 1}, given your iterate {k}"
        expect_close(path[k + 1], expected[k], what=what, hint=STEP)


def expect_path(path: Tensor, step: Callable[[Tensor], Tensor]) -> None:
    """Check a path of steps that are too short to be judged one by one, from its first iterate.

    Short projected gradient steps move no two points apart: the rounding of a step does not grow.
    """
    expected = [path[0]]
    for _ in path[1:]:
        expected.append(step(expected[-1]))
    allowed = 1.8e-7 * len(path)  # in float32, three roundings of each step
    what = "(iterate, coordinate), where your first iterate leads"
    expect_close(path, torch.stack(expected), rtol=allowed, atol=allowed, what=what, hint=STEP)


def expect_projecting(answers: Sequence[Tensor], points: Tensor) -> None:
    """Check that answers are not all the same, where heights differ, nor all the points."""
    if len(answers) < 2 or float(points[:, 1].clamp(0, 1).std()) < 1e-3:
        return  # the answers may be the same
    same = all(float((each - answers[0]).abs().max()) <= ATOL for each in answers)
    expect(not same, f"project returns {answers[0].tolist()} for every point", hint=MEMBER)
    moved = float((torch.stack(list(answers)) - points).abs().max()) > ATOL
    beyond = bool((points[:, 1] != points[:, 1].clamp(0, 1)).any())
    expect(moved or not beyond, "project returns every point as it is", hint=MEMBER)


def _path(student: Student, case: Descent) -> Tensor:
    """The student's iterates (num_steps + 1, n)."""
    path = student.projected_gradient_method(*case)
    return finite(path, (case.num_steps + 1, len(case.x0)), "projected_gradient_method")


def _rows(student: Student, case: Descent) -> Tensor:
    """The student's iterates; one may be missing or too many: another check counts them."""
    path = finite(student.projected_gradient_method(*case), None, "projected_gradient_method")
    count, n = case.num_steps + 1, len(case.x0)
    expect(
        path.ndim == 2 and path.shape[1] == n and abs(len(path) - count) <= 1,
        f"projected_gradient_method returned a tensor of shape {tuple(path.shape)}, expected "
        f"{(count, n)}",
        hint="One row for x0 and one for each step.",
    )
    return path


def _step(case: Descent) -> Callable[[Tensor], Tensor]:
    """One projected gradient step."""
    gradient, project = objects.build(case.grad_f), objects.build(case.project)
    return lambda x: project(x - case.step_size * gradient(x))

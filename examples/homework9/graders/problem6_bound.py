"""Problem 6: maximising a lower bound on tables, where it is tight and where it is not."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import Student, Wrong, check, expect, leaves_arguments_alone, show


@st.composite
def tables(choose: st.DrawFn, gaps: tuple[int, ...] = (0,)) -> tuple[Tensor, Tensor]:
    """g (T,) and h (T, P), multiples of 1/4 with many ties; min over phi of h is one of `gaps`."""
    size, width = choose(st.integers(1, 5)), choose(st.integers(1, 4))
    quarters = st.integers(-3, 3)
    g = choose(st.lists(quarters, min_size=size, max_size=size))
    above = st.lists(st.integers(0, 4), min_size=width, max_size=width)
    rows = choose(st.lists(above, min_size=size, max_size=size))
    least = choose(st.lists(st.sampled_from(gaps), min_size=size, max_size=size))
    h = [[value - min(row) + gap for value in row] for row, gap in zip(rows, least, strict=True)]
    return torch.tensor(g).double() / 4, torch.tensor(h).double() / 4


def answer(student: Student, g: Tensor, h: Tensor) -> set[int]:
    """What argmax_by_bound returns, as a set of indices."""
    value = student.argmax_by_bound(g, h)
    if isinstance(value, Tensor) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, list) or not all(
        isinstance(each, (int, float)) or (isinstance(each, Tensor) and each.ndim == 0)
        for each in value
    ):
        raise Wrong(f"argmax_by_bound returned {show(value)}, expected a set of integers")
    found = {float(each) for each in value}
    expect(
        all(each == int(each) and 0 <= each < len(g) for each in found),
        f"argmax_by_bound returned {sorted(found)}, expected integers from 0 to {len(g) - 1}",
        hint="Which theta does an index of a table stand for?",
    )
    return {int(each) for each in found}


def compare(got: set[int], expected: set[int], what: str) -> None:
    """Check that two sets are equal."""
    expect(
        got == expected,
        f"got {sorted(got)}, but {sorted(expected)} {what}",
        hint="For each theta, which phi makes the bound largest? Which theta share the maximum?",
    )


@check(points=8, examples=60, part="a")
@given(table=tables())
def maximisers_of_a_tight_bound_are_those_of_g(
    student: Student, table: tuple[Tensor, Tensor]
) -> None:
    """where min over phi of h is 0, argmax_by_bound is the set of all maximisers of g"""
    g, h = table
    compare(answer(student, g, h), set(torch.nonzero(g == g.max())[:, 0].tolist()), "maximise g")


@check(points=6, examples=40, part="b")
@given(table=tables(gaps=(0, 1, 2, 3)))
def the_bound_is_maximised_and_not_g(student: Student, table: tuple[Tensor, Tensor]) -> None:
    """where the bound is not tight, argmax_by_bound is the set of all maximisers of the bound"""
    g, h = table
    best = float((g[:, None] - h).max())
    expected = {t for t in range(len(g)) if any(float(g[t] - each) == best for each in h[t])}
    compare(answer(student, g, h), expected, "maximise the bound")


@check(points=1, examples=5, part="b")
@given(table=tables())
def tables_are_left_alone(student: Student, table: tuple[Tensor, Tensor]) -> None:
    """argmax_by_bound does not modify g and h"""
    leaves_arguments_alone(student, "argmax_by_bound", *table)

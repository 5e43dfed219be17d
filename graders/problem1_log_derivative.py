"""Problem 1: does each line of the proof follow, and is the gradient estimate unbiased?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

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
    kind,
    leaves_arguments_alone,
    repeats_itself,
    tensor,
)

from . import objects
from .evidence import families
from .evidence.families import Family

if TYPE_CHECKING:
    from assay import Student

DERIVATION_SECONDS = 12.0  # sympy tries to integrate before .doit() takes a derivative inside
LARGE_BATCH = 12  # samples

STEP_HINT = (
    "A step may rewrite the integrand, swap Derivative and Integral, split or join integrals, or "
    "add or drop c(phi) * Integral(Derivative(q, phi), z)."
)
MEAN_HINT = (
    "The gradient is E_q[(d/dphi log q) log(h/q)]: which factor do you differentiate, what do you "
    "hold fixed, and do you average over the batch?"
)


class Fault(NamedTuple):
    """What is wrong with a derivation, as `judge_chain` reports it; lines count from 1."""

    kind: str
    first: int
    second: int
    text: str
    rule: str


@st.composite
def tables(choose: st.DrawFn, most: int = 4) -> Family:
    """A categorical distribution, and a log h that may be far from log q."""
    size = choose(st.integers(2, most))
    high = choose(st.sampled_from([3.0, 40.0]))
    phi = choose(draw.tensors((size,), -1.5, 1.5))
    return families.categorical(phi, choose(draw.tensors((size,), -high, high)))


@st.composite
def families_at_the_maximum(choose: st.DrawFn) -> Family:
    """A categorical distribution whose log h is log q plus a constant."""
    phi = choose(draw.tensors((choose(st.integers(2, 4)),), -1.5, 1.5))
    return families.categorical(phi, torch.log_softmax(phi, 0) + 1.5)


@st.composite
def densities(choose: st.DrawFn) -> Family:
    """A normal, gamma or Laplace distribution, and a log h to go with it."""
    name = choose(st.sampled_from(["gamma", "Laplace", "normal", "normal in the plane"]))
    k = 2 if name == "normal in the plane" else 1
    params = 1 if name == "gamma" else 2 * k
    phi, slope = choose(draw.tensors((params,), -0.5, 0.5)), choose(draw.tensors((k,), -1, 1))
    curve = choose(draw.tensors((k, k), -1, 1))
    if name == "gamma":
        return families.gamma(phi, choose(st.integers(1, 3)), slope, curve)
    return (families.laplace if name == "Laplace" else families.normal)(phi, slope, curve)


@check(points=2, part="a")
def derivation_joins_the_two_sides(student: Student) -> None:
    """derivation starts at the left-hand side, ends at the right-hand side, with a step between"""
    faults = faults_of(student)
    for fault in faults:
        if fault.kind == "end":
            steps = [describe(other) for other in faults if other.kind == "step"]
            message = "\nfirst faulty step: ".join([describe(fault), *steps])
            raise Wrong(message, hint=hint_for(fault))
        if fault.kind in ("start", "short"):
            raise Wrong(describe(fault), hint=hint_for(fault))


@check(points=6, part="a", needs=["derivation_joins_the_two_sides"])
def each_line_follows_from_the_one_before(student: Student) -> None:
    """each line of derivation equals the line before it"""
    for fault in faults_of(student):
        raise Wrong(describe(fault), hint=hint_for(fault))


@check(points=3, part="b", examples=10)
@given(family=tables())
def elbo_gradient_is_unbiased(student: Student, family: Family) -> None:
    """the mean of elbo_gradient over all samples is d/dphi E[log(h(Z)/q_phi(Z))]"""
    expect_unbiased(student, family)


@check(points=2, part="b", examples=8)
@given(family=densities())
def elbo_gradient_is_unbiased_for_densities(student: Student, family: Family) -> None:
    """elbo_gradient is unbiased for normal, gamma and Laplace distributions, for any k and p"""
    expect_unbiased(student, family)


@check(points=0.5, part="b", examples=3)
@given(family=tables(most=2))
def elbo_gradient_is_unbiased_in_large_batches(student: Student, family: Family) -> None:
    """elbo_gradient is unbiased for larger batches as well"""
    # Where the order of the samples does not matter, a batch of zeros and ones is known by its
    # number of ones: LARGE_BATCH + 1 calls stand for all 2^LARGE_BATCH batches. An estimator that
    # depends on the order is not judged here.
    ones = torch.arange(LARGE_BATCH + 1)
    batches = (torch.arange(LARGE_BATCH) >= LARGE_BATCH - ones[:, None]).double()[:, :, None]
    half = LARGE_BATCH // 2
    reversed_half = batches[half].flip(0)
    alternating = (torch.arange(LARGE_BATCH) % 2).double()[:, None]
    *estimates, of_reversed, of_alternating = estimates_of(
        student, family, [*batches, reversed_half, alternating]
    )
    if all(
        torch.allclose(reordered, estimates[half], rtol=1e-4, atol=1e-4)
        for reordered in (of_reversed, of_alternating)
    ):
        orders = torch.tensor([math.comb(LARGE_BATCH, k) for k in range(LARGE_BATCH + 1)])
        zero, one = family.weights
        probabilities = orders * zero ** (LARGE_BATCH - ones) * one**ones
        over = f"all batches of {LARGE_BATCH}"
        expect_mean(family, torch.stack(estimates), probabilities, over)


@check(points=0.5, part="b")
@given(family=families_at_the_maximum())
def elbo_gradient_vanishes_where_h_is_q(student: Student, family: Family) -> None:
    """elbo_gradient has mean 0 where h is proportional to q: the ELBO is at its maximum"""
    expect_unbiased(student, family)


@check(points=1, part="b", examples=5)
@given(family=tables())
def elbo_gradient_leaves_its_arguments_alone(student: Student, family: Family) -> None:
    """elbo_gradient does not modify phi or z, and a second call with them returns the same"""
    arguments = family.log_h, family.log_q, family.phi, family.nodes[:2]
    leaves_arguments_alone(student, "elbo_gradient", *arguments)
    repeats_itself(student, "elbo_gradient", *arguments)


def faults_of(student: Student) -> list[Fault]:
    """The faults of the student's derivation, judged in a process with limits."""
    symbols = [objects.of("symbol", name=name) for name in ("z", "phi")]
    q = objects.of("density", name="q", of=["z", "phi"])
    h = objects.of("density", name="h", of=["z"])
    with student.patience(DERIVATION_SECONDS):
        lines = student.derivation(q, h, *symbols)
    if not isinstance(lines, list):
        raise Wrong(f"derivation returned {kind(lines)}, expected a list of expressions")
    expect(
        3 <= len(lines) <= 200,
        f"derivation returned {len(lines)} line{'s' * (len(lines) != 1)}, expected 3 to 200",
        hint="Write both sides and at least one line between them.",
    )
    faults = student.examine("evidence.symbolic", "judge_chain", lines)
    return [Fault(*fault) for fault in faults]


def describe(fault: Fault) -> str:
    """A fault in a sentence."""
    first, second, text = fault.first, fault.second, fault.text
    return {
        "line": f"line {first}: {text}",
        "start": f"line 1 is not the left-hand side: {text}",
        "step": f"from line {first} to line {second} the integrals differ by "
        f"Integral({text}, z), which is not c(phi) * Integral(Derivative(q, phi), z)"
        + (f": {fault.rule}" if fault.rule else ""),
        "end": f"line {first} is not the right-hand side: {text}",
        "short": "the lines in between only repeat the first or the last line",
    }[fault.kind]


def hint_for(fault: Fault) -> str:
    """What to try after a fault."""
    return {
        "start": "Write Derivative(Integral(log(h/q)*q, (z, -oo, oo)), phi) first.",
        "end": "The last line is an Integral of (d log q / d phi) log(h/q) q.",
    }.get(fault.kind, STEP_HINT)


def expect_unbiased(student: Student, family: Family) -> None:
    """Compare the mean estimate over all batches of two samples with the exact gradient."""
    batches, probabilities = family.batches(2)
    estimates = estimates_of(student, family, batches)
    expect_mean(family, torch.stack(estimates), probabilities, "all pairs of samples")


def expect_mean(family: Family, estimates: Tensor, probabilities: Tensor, over: str) -> None:
    """Compare the mean of estimates (n, p), with these probabilities (n,), with the gradient."""
    size = float((probabilities[:, None] * estimates.abs()).sum(0).max())
    expect_close(
        probabilities @ estimates,
        family.gradient(),
        what=f"the mean of elbo_gradient over {over}",
        hint=MEAN_HINT,
        atol=2e-5 * max(1.0, size),  # float32 rounds each estimate in proportion to its size
    )


def estimates_of(student: Student, family: Family, batches: Iterable[Tensor]) -> list[Tensor]:
    """The student's estimate (p,) from each batch (B, k)."""
    rows = ((family.log_h, family.log_q, family.phi, z) for z in batches)
    with student.same_luck():  # a baseline may be random: the mean is over the samples alone
        estimates = student.each("elbo_gradient", rows)
    shape = tuple(family.phi.shape)
    return [
        finite(tensor(estimate, shape, "elbo_gradient"), None, "elbo_gradient")
        for estimate in estimates
    ]

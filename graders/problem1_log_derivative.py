"""Settles problem 1: whether each line of the proof follows, and the estimate has its mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
MANY = 12  # samples of a large batch

RULES = (
    "A step may rewrite the integrand, swap Derivative and Integral, split or join integrals, or "
    "add or drop c(phi) * Integral(Derivative(q, phi), z)."
)
MEAN = (
    "E_q[(d/dphi log q) log(h/q)]: what is differentiated, what is held fixed, and is the batch "
    "averaged?"
)


@st.composite
def tables(drawn: st.DrawFn, most: int = 4) -> Family:
    """A categorical law, and a log h that may be far from log q."""
    size = drawn(st.integers(2, most))
    high = drawn(st.sampled_from([3.0, 40.0]))
    phi, table = drawn(draw.tensors((size,), -1.5, 1.5)), drawn(draw.tensors((size,), -high, high))
    return families.categorical(phi, table)


@st.composite
def families_at_the_maximum(drawn: st.DrawFn) -> Family:
    """A categorical law whose log h is log q and a constant."""
    phi = drawn(draw.tensors((drawn(st.integers(2, 4)),), -1.5, 1.5))
    return families.categorical(phi, torch.log_softmax(phi, 0) + 1.5)


@st.composite
def densities(drawn: st.DrawFn) -> Family:
    """A normal, gamma or Laplace law and a log h to go with it."""
    sort = drawn(st.sampled_from(["gamma", "Laplace", "normal", "normal in the plane"]))
    k = 2 if sort.endswith("plane") else 1
    params = 1 if sort == "gamma" else 2 * k
    phi, slope = drawn(draw.tensors((params,), -0.5, 0.5)), drawn(draw.tensors((k,), -1, 1))
    curve = drawn(draw.tensors((k, k), -1, 1))
    if sort == "gamma":
        return families.gamma(phi, drawn(st.integers(1, 3)), slope, curve)
    return (families.laplace if sort == "Laplace" else families.normal)(phi, slope, curve)


@check(points=2, part="a")
def derivation_joins_the_two_sides(student: Student) -> None:
    """derivation starts at the left side, ends at the right side, and has a step between them"""
    faults = faults_of(student)
    for fault in faults:
        if fault[0] not in ("step", "line"):
            steps = "".join(f"\nit goes wrong {tell(one)}" for one in faults if one[0] == "step")
            raise Wrong(tell(fault) + (steps if fault[0] == "end" else ""), hint=advise(fault))


@check(points=6, part="a", needs=["derivation_joins_the_two_sides"])
def each_line_follows_from_the_one_before(student: Student) -> None:
    """each line of derivation equals the line before it"""
    for fault in faults_of(student):
        raise Wrong(tell(fault), hint=advise(fault))


@check(points=3, part="b", examples=10)
@given(family=tables())
def elbo_gradient_is_unbiased(student: Student, family: Family) -> None:
    """elbo_gradient has d/dphi E[log(h(Z)/q_phi(Z))] as its mean over the samples"""
    expect_unbiased(student, family)


@check(points=2, part="b", examples=8)
@given(family=densities())
def elbo_gradient_is_unbiased_for_densities(student: Student, family: Family) -> None:
    """elbo_gradient is unbiased for normal, gamma and Laplace distributions, for any k and p"""
    expect_unbiased(student, family)


@check(points=0.5, part="b", examples=3)
@given(family=tables(most=2))
def elbo_gradient_is_unbiased_in_large_batches(student: Student, family: Family) -> None:
    """elbo_gradient is unbiased for a larger batch, too"""
    # Where their order is all the same, batches of two outcomes differ by how often each occurs:
    # MANY + 1 calls stand for 2^MANY. An estimate that heeds the order is passed over.
    ones = torch.arange(MANY + 1)
    batches = (torch.arange(MANY) >= MANY - ones[:, None]).double()[:, :, None]
    half = batches[MANY // 2]
    turned, mixed = half.flip(0), (torch.arange(MANY) % 2).double()[:, None]
    *estimates, of_turned, of_mixed = estimates_of(student, family, [*batches, turned, mixed])
    middle = estimates[MANY // 2]
    if all(torch.allclose(one, middle, rtol=1e-4, atol=1e-4) for one in (of_turned, of_mixed)):
        ways = torch.tensor([math.comb(MANY, k) for k in range(MANY + 1)])
        first, second = family.weights
        chances = ways * first ** (MANY - ones) * second**ones
        expect_mean(family, torch.stack(estimates), chances, f"all batches of {MANY}")


@check(points=0.5, part="b")
@given(family=families_at_the_maximum())
def elbo_gradient_vanishes_where_h_is_q(student: Student, family: Family) -> None:
    """elbo_gradient has mean 0 where h is proportional to q: the ELBO is at its maximum"""
    expect_unbiased(student, family)


@check(points=1, part="b", examples=5)
@given(family=tables())
def elbo_gradient_leaves_its_arguments_alone(student: Student, family: Family) -> None:
    """elbo_gradient does not modify phi or z, and a second call on them gives the same"""
    arguments = family.log_h, family.log_q, family.phi, family.nodes[:2]
    leaves_arguments_alone(student, "elbo_gradient", *arguments)
    repeats_itself(student, "elbo_gradient", *arguments)


def faults_of(student: Student) -> list[list[Any]]:
    """The faults of the student's chain, judged in a process with limits."""
    symbols = [objects.of("symbol", name=name) for name in ("z", "phi")]
    q = objects.of("density", name="q", of=["z", "phi"])
    h = objects.of("density", name="h", of=["z"])
    with student.patience(DERIVATION_SECONDS):
        chain = student.derivation(q, h, *symbols)
    if not isinstance(chain, list):
        raise Wrong(f"derivation returned {kind(chain)}, expected a list of expressions")
    expect(
        3 <= len(chain) <= 200,
        f"derivation returned {len(chain)} lines",
        hint="Write both sides and at least one line between them.",
    )
    faults: list[list[Any]] = student.examine("evidence.symbolic", "judge_chain", chain)
    return faults


def tell(fault: list[Any]) -> str:
    """A fault in a sentence."""
    sort, first, second, text, rule = fault[:5]
    return {
        "line": f"line {first}: {text}",
        "start": f"line 1 is not the left-hand side: {text}",
        "step": f"from line {first} to line {second} the integrals differ by "
        f"Integral({text}, z), which is not c(phi) * Integral(Derivative(q, phi), z)"
        + (f": {rule}" if rule else ""),
        "end": f"line {first} is not the right-hand side: {text}",
        "short": "no line between the two ends adds anything",
    }[str(sort)]


def advise(fault: list[Any]) -> str:
    """The next step after a fault."""
    return {
        "start": "Write Derivative(Integral(log(h/q)*q, (z, -oo, oo)), phi) first.",
        "end": "The last line is an Integral of (d log q / d phi) log(h/q) q.",
    }.get(str(fault[0]), RULES)


def expect_unbiased(student: Student, family: Family) -> None:
    """Hold the mean of the estimate over all batches of two samples against the exact gradient."""
    batches, chances = family.batches(2)
    estimates = estimates_of(student, family, batches)
    expect_mean(family, torch.stack(estimates), chances, "all pairs of samples")


def expect_mean(family: Family, estimates: Tensor, chances: Tensor, over: str) -> None:
    """Hold the mean of estimates (n, p) that occur with these chances (n,) against the gradient."""
    size = float((chances[:, None] * estimates.abs()).sum(0).max())
    expect_close(
        chances @ estimates,
        family.gradient(),
        what=f"the mean over {over}",
        hint=MEAN,
        atol=2e-5 * max(1.0, size),  # float32 rounds each estimate by its own size
    )


def estimates_of(student: Student, family: Family, batches: Any) -> list[Tensor]:
    """The student's estimate (p,) from each batch (B, k)."""
    rows = ((family.log_h, family.log_q, family.phi, z) for z in batches)
    with student.same_luck():  # a baseline may be random: the mean is over the samples alone
        got = student.each("elbo_gradient", rows)
    return [
        finite(tensor(one, tuple(family.phi.shape), "elbo_gradient"), None, "elbo_gradient")
        for one in got
    ]

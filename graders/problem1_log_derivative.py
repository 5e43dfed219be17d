"""Settles problem 1: whether each line of the proof follows, and the estimate has its mean."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from graders.check import check
from graders.evidence import draw
from graders.evidence.compare import expect, expect_close, finite, tensor
from graders.evidence.laws import leaves_arguments_alone, repeats_itself
from graders.evidence.show import kind
from graders.outcome import Wrong
from graders.sandbox import given as objects

if TYPE_CHECKING:
    from graders.sandbox.student import Student

Case = dict[str, Any]

RULES = (
    "A step may rewrite the integrand, swap Derivative and Integral, split or join integrals, or "
    "add or drop c(phi) * Integral(Derivative(q, phi), z)."
)


@st.composite
def categorical(drawn: Any) -> Case:
    """A categorical law with logits phi, and a table for log h."""
    size = drawn(st.integers(2, 4))
    most = drawn(st.sampled_from([3.0, 40.0]))  # log h may be far from log q
    phi, table = drawn(draw.tensors((size,), -1.5, 1.5)), drawn(draw.tensors((size,), -most, most))
    return {"phi": phi, "table": table}


@check(points=2, part="a")
def derivation_joins_the_two_sides(student: Student) -> None:
    """derivation starts at the left side, ends at the right side, and has a step between them"""
    fault = first_fault(student)
    if fault and fault[0] in ("start", "end", "short", "line"):
        raise Wrong(tell(fault), hint=advise(fault))


@check(points=6, part="a", needs=["derivation_joins_the_two_sides"])
def each_line_follows_from_the_one_before(student: Student) -> None:
    """each line of derivation equals the line before it"""
    fault = first_fault(student)
    if fault:
        raise Wrong(tell(fault), hint=advise(fault))


@check(points=5, part="b", examples=15)
@given(case=categorical())
def elbo_gradient_is_unbiased(student: Student, case: Case) -> None:
    """elbo_gradient has d/dphi E[log(h(Z)/q_phi(Z))] as its mean over the samples"""
    got = mean_of_estimates(student, case, batch=2)
    expect_close(
        got, exact_gradient(case), what="the mean over all pairs of samples",
        hint="E_q[(d/dphi log q) log(h/q)]: what is differentiated, what is held fixed, and is the "
        "batch averaged?",
    )  # fmt: skip


@check(points=1, part="b")
@given(case=categorical())
def elbo_gradient_vanishes_where_h_is_q(student: Student, case: Case) -> None:
    """elbo_gradient has mean 0 where h is proportional to q: the ELBO is at its maximum"""
    table = torch.log_softmax(case["phi"], 0) + 1.5
    got = mean_of_estimates(student, {**case, "table": table}, batch=2)
    expect_close(got, torch.zeros_like(got), hint="The score has mean 0 under q.")


@check(points=1, part="b", examples=5)
@given(case=categorical())
def elbo_gradient_leaves_its_arguments_alone(student: Student, case: Case) -> None:
    """elbo_gradient does not modify phi or z, and a second call on them gives the same"""
    z = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    leaves_arguments_alone(student, "elbo_gradient", *callables(case), case["phi"], z)
    repeats_itself(student, "elbo_gradient", *callables(case), case["phi"], z)


def first_fault(student: Student) -> list[Any]:
    """The first fault of the student's chain, judged in a process with limits."""
    symbols = [objects.of("symbol", name=name) for name in ("z", "phi")]
    q = objects.of("density", name="q", of=["z", "phi"])
    h = objects.of("density", name="h", of=["z"])
    chain = student.derivation(q, h, *symbols)
    if not isinstance(chain, list):
        raise Wrong(f"derivation returned {kind(chain)}, a list of expressions was expected")
    expect(
        3 <= len(chain) <= 200, f"derivation returned {len(chain)} lines",
        hint="Write both sides and at least one line between them.",
    )  # fmt: skip
    fault: list[Any] = student.examine("graders.evidence.symbolic", "judge_chain", chain)
    return fault


def tell(fault: list[Any]) -> str:
    """A fault in a sentence."""
    sort, first, second, text = fault
    return {
        "line": f"line {first}: {text}",
        "start": f"line 1 is not the left side: {text}",
        "step": f"from line {first} to line {second} the integrands differ by {text}, "
        "which is no c(phi) * Derivative(q, phi)",
        "end": f"line {first} is not the right side: its integrand is off by {text}",
        "short": "no line between the two ends says anything that they do not",
    }[str(sort)]


def advise(fault: list[Any]) -> str:
    """The next step after a fault."""
    return {
        "start": "Write Derivative(Integral(log(h/q)*q, (z, -oo, oo)), phi) first.",
        "end": "The last line is an Integral of (d log q / d phi) log(h/q) q.",
    }.get(str(fault[0]), RULES)


def callables(case: Case) -> tuple[Any, Any]:
    """log_h and log_q of a categorical case."""
    return objects.of("table_log_h", table=case["table"]), objects.of("categorical_log_q")


def mean_of_estimates(student: Student, case: Case, batch: int) -> Tensor:
    """The exact mean of the estimate over all batches of that size."""
    phi = case["phi"]
    chances = torch.softmax(phi, 0)
    outcomes = torch.tensor(list(product(range(len(phi)), repeat=batch)))
    given = callables(case)
    got = student.each("elbo_gradient", ((*given, phi, z[:, None].double()) for z in outcomes))
    estimates = torch.stack([tensor(one, (len(phi),), "elbo_gradient") for one in got])
    return chances[outcomes].prod(1) @ finite(estimates, None, "elbo_gradient")


def exact_gradient(case: Case) -> Tensor:
    """d/dphi of sum_z q(z) (log h(z) - log q(z)), by autograd of the finite sum."""
    phi: Tensor = case["phi"].clone().requires_grad_()
    log_q = torch.log_softmax(phi, 0)
    elbo = (log_q.exp() * (case["table"] - log_q)).sum()
    slope: Tensor = torch.autograd.grad(elbo, phi)[0]
    return slope

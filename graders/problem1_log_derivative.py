"""Problem 1: does each line of the proof follow, and is the gradient estimate unbiased?"""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations_with_replacement
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
    kind,
    leaves_arguments_alone,
)

from . import objects
from .evidence import families
from .evidence.families import Family

if TYPE_CHECKING:
    from assay import Student

DERIVATION_SECONDS = 12.0  # sympy tries to integrate before .doit() takes a derivative inside
ORDERS = 6  # of a large batch, tried for each selection of values; 3 of more than MANY selections
MANY = 32
RARE = 1e-12  # selections that are less probable add nothing to a mean
PROBED = 4  # samples of a large batch that are changed one at a time, besides its first and last
UNEVEN = 4  # times the variance of an average over B samples: see expect_even
NOISY = 1e3  # times the largest term: a larger estimate has not been averaged over anything

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
    """A categorical distribution, and a log h that may be far from log q and from 0."""
    size = choose(st.integers(2, most))
    high, all_are = choose(st.sampled_from([3.0, 40.0, 1e3])), choose(st.sampled_from([0.0, -1e3]))
    phi = choose(draw.tensors((size,), -1.5, 1.5, exact=False))
    return families.categorical(
        phi, all_are + choose(draw.tensors((size,), -high, high, exact=False))
    )


@st.composite
def balanced_families(choose: st.DrawFn) -> Family:
    """A distribution on two values whose estimates vary little from their mean."""
    if choose(st.booleans()):  # the two values that replace a gamma distribution
        phi, slope = choose(draw.tensors((1,), -0.5, 0.5)), choose(draw.tensors((1,), 0.5, 1.0))
        return families.gamma(phi, choose(st.integers(1, 3)), slope, torch.zeros(1, 1).double())
    phi = choose(draw.tensors((2,), -0.5, 0.5))
    gap = choose(draw.floats(1, 3)) * torch.tensor([1.0, -0.5], dtype=torch.float64)
    return families.categorical(phi, torch.log_softmax(phi, 0) + gap)


@st.composite
def skewed_families(choose: st.DrawFn) -> Family:
    """A distribution on three values, with log(h/q) about the same at two of them."""
    if choose(st.booleans()):  # the three values that replace a normal distribution
        phi, curve = choose(draw.tensors((2,), -0.5, 0.5)), choose(draw.tensors((1, 1), -1, 1))
        return families.normal(phi, choose(draw.tensors((1,), 0.5, 1.0)), curve)
    phi = choose(draw.tensors((3,), -0.5, 0.5))
    gap = choose(draw.floats(2, 6)) * torch.tensor([1.0, 0.0, 0.125], dtype=torch.float64)
    return families.categorical(phi, torch.log_softmax(phi, 0) + gap)


@st.composite
def telling_normals(choose: st.DrawFn) -> Family:
    """A normal distribution without zeros in its parameters and in log h."""
    seed = choose(draw.seeds())
    phi, slope = draw.plain(seed, (2,)), draw.plain(seed + 1, (1,))
    return families.normal(phi, slope, draw.plain(seed + 2, (1, 1)))


@st.composite
def families_at_the_maximum(choose: st.DrawFn) -> Family:
    """A categorical distribution whose log h is log q plus a constant."""
    phi = choose(draw.tensors((choose(st.integers(2, 4)),), -1.5, 1.5))
    return families.categorical(phi, torch.log_softmax(phi, 0) + 1.5)


@st.composite
def densities(choose: st.DrawFn, most: int = 3) -> Family:
    """A normal, gamma or Laplace distribution, perhaps far from 0, and a log h to go with it."""
    name = choose(st.sampled_from(["gamma", "Laplace", *["normal"] * most]))
    k = choose(st.integers(1, most)) if name == "normal" else 1
    params = 1 if name == "gamma" else 2 * k
    phi = choose(draw.tensors((params,), -0.5, 0.5, exact=False))
    slope = choose(draw.tensors((k,), -1, 1, exact=False))
    curve = choose(draw.tensors((k, k), -1, 1, exact=False))
    if name == "gamma":
        return families.gamma(phi, choose(st.integers(1, 3)), slope, curve)
    far = choose(st.sampled_from([0.0, 30.0, -100.0]))
    if far:  # log h is not about constant there: a baseline may be the value at z = 0
        phi, slope = torch.cat([phi[:k] + far, phi[k:]]), slope + 1.5
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


@check(points=3, part="a")
def each_line_follows_from_the_one_before(student: Student) -> None:
    """between its first and its last line, each line of derivation equals the line before it"""
    for fault in faults_of(student):
        if fault.kind in ("step", "line", "short", "idle"):
            raise Wrong(describe(fault), hint=hint_for(fault))


@check(points=3, part="a")
def derivation_has_at_most_one_slip(student: Student) -> None:
    """but for one slip at most, the lines of derivation follow"""
    for fault in faults_of(student):
        if fault.kind in ("slip", "short", "idle"):
            raise Wrong(describe(fault), hint=hint_for(fault))


@check(points=2, part="b", examples=10)
@given(family=tables(most=8))
def elbo_gradient_is_unbiased(student: Student, family: Family) -> None:
    """the mean of elbo_gradient over all single samples is d/dphi E[log(h(Z)/q_phi(Z))]"""
    expect_unbiased(student, family)


@check(points=1.5, part="b", examples=12)
@given(family=densities())
def elbo_gradient_is_unbiased_for_densities(student: Student, family: Family) -> None:
    """elbo_gradient is unbiased for normal, gamma and Laplace distributions, for any k and p"""
    expect_unbiased(student, family)


@check(points=1, part="b", examples=4)
@given(table=tables(most=3), density=densities(most=1))
def elbo_gradient_averages_pairs(student: Student, table: Family, density: Family) -> None:
    """elbo_gradient has the same mean for two or three samples as for one"""
    for family, sizes in ((table, (2, 3)), (density, (2,))):
        expected = mean_of_singles(student, family)
        for size in sizes:
            batches, probabilities = family.batches(size)
            mean = probabilities @ estimates_of(student, family, batches)
            expect_batch_mean(family, mean, expected, f"all batches of {size}")


@check(points=1, part="b", examples=3, elsewhere=False)
@given(
    three=skewed_families(),
    two=balanced_families(),
    normal=telling_normals(),
    sizes=st.tuples(st.integers(4, 6), st.integers(7, 40)),
    larger=st.tuples(st.integers(40, 48), st.integers(13, 300), st.integers(301, 400)),
    seed=draw.seeds(),
)
def elbo_gradient_is_unbiased_in_large_batches(
    student: Student,
    three: Family,
    two: Family,
    normal: Family,
    sizes: tuple[int, int],
    larger: tuple[int, int, int],
    seed: int,
) -> None:
    """elbo_gradient has the same mean for larger batches as well, and uses all of their samples"""
    for family, samples in zip((three, two), sizes, strict=True):
        expected = mean_of_singles(student, family)
        mean, error = mean_of_large_batches(student, family, samples, seed)
        expect_batch_mean(family, mean, expected, f"batches of {samples}", by_chance=10 * error)
    expect_even(student, three, larger[0], seed)
    expect_all_used(student, normal, larger[1], seed, PROBED)
    # No larger: a program that calls backward for each sample takes quadratic time.
    expect_all_used(student, normal, larger[2], seed, 0)


@check(points=0.5, part="b")
@given(family=families_at_the_maximum())
def elbo_gradient_vanishes_where_h_is_q(student: Student, family: Family) -> None:
    """elbo_gradient has mean 0 at the ELBO's maximum, where h is c q, and only there"""
    expect_unbiased(student, family)
    tilted = torch.log_softmax(family.phi, 0) + torch.arange(len(family.phi))
    away = families.categorical(family.phi, tilted)
    mean, slope = mean_of_singles(student, away), float(away.gradient().abs().max())
    expect(
        float(mean.abs().max()) >= 0.01 * slope,
        f"the mean of elbo_gradient is {mean.tolist()} also where log h = {tilted.tolist()}",
        hint=MEAN_HINT,
    )


@check(points=1, part="b", examples=3)
@given(family=telling_normals())
def elbo_gradient_leaves_its_arguments_alone(student: Student, family: Family) -> None:
    """elbo_gradient modifies neither phi, phi.grad nor z, and leaves nothing to later calls"""
    zero = torch.zeros((1, 1), dtype=torch.float64)
    other = families.normal(family.phi + 0.5, 2 * torch.ones(1).double(), zero)
    unlike = other.log_h, other.log_q, other.phi, other.nodes[:2]
    for phi in (family.phi, objects.of("leaf", value=family.phi, grad=other.phi)):
        arguments = family.log_h, family.log_q, phi, family.nodes[:2]
        leaves_arguments_alone(student, "elbo_gradient", *arguments, unlike=unlike)


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
        1 <= len(lines) <= 200,
        f"derivation returned {len(lines)} lines, expected 3 to 200",
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
        "idle": "no line between the first and the last equals the left-hand side",
        "slip": f"after the slip at line {first}, another one is at line {second}",
    }[fault.kind]


def hint_for(fault: Fault) -> str:
    """What to try after a fault."""
    return {
        "start": "Write Derivative(Integral(log(h/q)*q, (z, -oo, oo)), phi) first.",
        "end": "The last line is an Integral of (d log q / d phi) log(h/q) q.",
    }.get(fault.kind, STEP_HINT)


def expect_unbiased(student: Student, family: Family) -> None:
    """Compare the mean estimate over all single samples with the exact gradient."""
    mean = family.weights @ estimates_of(student, family, family.nodes[:, None])
    over = "all single samples"
    expect_batch_mean(family, mean, family.gradient(), over)


def mean_of_singles(student: Student, family: Family) -> Tensor:
    """The mean (p,) of the student's estimates from one sample, which larger batches must keep.

    Raises:
        Wrong: the estimates are the same for all samples, though the gradient is not 0.
    """
    estimates = estimates_of(student, family, family.nodes[:, None])
    varies = float((estimates - estimates[0]).abs().max()) > 1e-6
    expect(
        varies or float(family.gradient().abs().max()) < 1e-3,
        f"elbo_gradient returns {estimates[0].tolist()} whatever the sample is",
        hint=MEAN_HINT,
    )
    return family.weights @ estimates


def mean_of_large_batches(
    student: Student, family: Family, size: int, seed: int
) -> tuple[Tensor, float]:
    """The mean (p,) of the student's estimates over batches of that size, and its standard error.

    A batch is known by how often it has each of the family's values, and their order. Every
    selection of values is tried, each in some orders: an estimate that does not heed the order has
    its exact mean, and one that does has an error of which ten times is exceeded less than once in
    10^8 runs.
    """
    likely = {values: p for values, p in chances_of(size, family).items() if p > RARE}
    orders = ORDERS if len(likely) <= MANY else ORDERS // 2
    chances = torch.tensor(list(likely.values())).double()
    rows = [shuffled(family, values, seed + order) for values in likely for order in range(orders)]
    answers = estimates_of(student, family, torch.stack(rows)).reshape(len(likely), orders, -1)
    variance = (chances[:, None] ** 2 * answers.var(1) / orders).sum(0)
    return chances @ answers.mean(1), float(variance.max().sqrt())


def expect_even(student: Student, family: Family, size: int, seed: int) -> None:
    """Check that no few samples of a large batch have most of the weight.

    The same samples are tried in several orders. An average does not heed them. If all weight is on
    half of the samples, which are chosen by their place, an estimate varies with the order as much
    as an average varies with the samples; UNEVEN times that is never reached by chance.

    Raises:
        Wrong: an estimate varies far more than that.
    """
    shares = (size * family.weights).round().long()
    values = tuple(np.repeat(np.arange(len(shares)), shares).tolist())
    rows = [shuffled(family, values, seed + order) for order in range(2 * ORDERS)]
    varies = estimates_of(student, family, torch.stack(rows)).var(0)
    usual = family.moments() / len(values)
    worst = int((varies / usual).argmax())
    expect(
        bool((varies <= UNEVEN * usual).all()),
        f"for the same {len(values)} samples in another order, entry {worst} of elbo_gradient "
        f"varies by {float(varies[worst].sqrt()):.3g} (standard deviation); an average over "
        f"{len(values)} other samples varies by at most {float(usual[worst].sqrt()):.3g}",
        hint="An estimate from B samples is an average over all B of them.",
    )


def expect_all_used(student: Student, family: Family, size: int, seed: int, probed: int) -> None:
    """Check that the estimate depends on samples of a large batch, each changed on its own.

    These are the first, the last and `probed` others.

    Raises:
        Wrong: one of them has no influence on it.
    """
    source = np.random.default_rng([seed, size])
    batch = torch.from_numpy(source.normal(size=(size, 1)))
    chosen = [0, *source.permutation(range(1, size - 1))[:probed].tolist(), size - 1]
    others = [batch.index_add(0, torch.tensor([k]), torch.ones(1, 1).double()) for k in chosen]
    first, *changed = estimates_of(student, family, torch.stack([batch, *others]))
    for k, estimate in zip(chosen, changed, strict=True):
        expect(
            not torch.equal(estimate, first),
            f"in a batch of {size} samples, elbo_gradient does not depend on sample {k}",
            hint="An estimate from B samples is an average over all B of them.",
        )


def expect_batch_mean(
    family: Family, mean: Tensor, expected: Tensor, over: str, by_chance: float = 0.0
) -> None:
    """Compare a mean (p,) of estimates with its expectation; chance may add something."""
    expect_close(
        mean,
        expected,
        what=f"the mean of elbo_gradient over {over}",
        hint=MEAN_HINT,
        # float32 rounds each estimate in proportion to its size
        atol=2e-5 * max(1.0, family.size()) + by_chance,
    )


def estimates_of(student: Student, family: Family, batches: Tensor) -> Tensor:
    """The student's estimates (n, p) from batches (n, B, k).

    Raises:
        Wrong: one of them is far larger than a mean of unbiased estimates ever needs to be.
    """
    rows = ((family.log_h, family.log_q, family.phi, z) for z in batches)
    with student.same_seed():  # a baseline may be random: the mean is over the samples alone
        answers = student.each("elbo_gradient", rows)
    shape = tuple(family.phi.shape)
    estimates = torch.stack([finite(answer, shape, "elbo_gradient") for answer in answers])
    largest, limit = float(estimates.abs().max()), NOISY * max(1.0, family.size())
    expect(
        largest <= limit,
        f"elbo_gradient returned {largest:.4g}, which is too large for an average over samples: "
        f"the terms are below {family.size():.4g} here",
        hint=MEAN_HINT,
    )
    return estimates


def shuffled(family: Family, values: tuple[int, ...], seed: int) -> Tensor:
    """A batch (B, k) of these of the family's values, in an order from the seed."""
    order = np.random.default_rng([seed, sum(values)]).permutation(values)
    return family.nodes[torch.from_numpy(order)]


def chances_of(size: int, family: Family) -> dict[tuple[int, ...], float]:
    """The probability of each selection of `size` of the family's values (multinomial)."""
    chances = {}
    for values in combinations_with_replacement(range(len(family.weights)), size):
        counts = Counter(values)
        orders = math.factorial(size) // math.prod(map(math.factorial, counts.values()))
        chances[values] = orders * math.prod(
            float(family.weights[value]) ** count for value, count in counts.items()
        )
    return chances

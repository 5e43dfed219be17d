"""Densities with few nodes: the discrete laws against closed forms and against quadrature."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from torch import Tensor

from assay.assertions import draw
from graders.evidence import families
from graders.evidence.families import Family
from graders.objects import build
from student_template import problem1_log_derivative

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

SORTS = ["categorical", "normal", "gamma", "Laplace"]


@st.composite
def of_sort(drawn: Any, sort: str) -> Family:
    """A family with drawn parameters, wider than those that the grader draws."""
    if sort == "categorical":
        size = drawn(st.integers(2, 5))
        return families.categorical(*(drawn(draw.tensors((size,), -2, 2)) for _ in range(2)))
    k = drawn(st.integers(1, 2)) if sort == "normal" else 1
    phi = drawn(draw.tensors((1 if sort == "gamma" else 2 * k,), -1, 1))
    slope, curve = drawn(draw.tensors((k,), -2, 2)), drawn(draw.tensors((k, k), -2, 2))
    if sort == "gamma":
        return families.gamma(phi, drawn(st.integers(1, 5)), slope, curve)
    return (families.laplace if sort == "Laplace" else families.normal)(phi, slope, curve)


any_family = st.sampled_from(SORTS).flatmap(of_sort)


def terms(family: Family) -> tuple[Tensor, Tensor]:
    """The scores (n, p) and log(h/q) (n,) at the nodes, from the callables that a student gets."""
    log_h, log_q = build(family.log_h), build(family.log_q)
    scores = torch.autograd.functional.jacobian(lambda phi: log_q(family.nodes, phi), family.phi)
    return scores, log_h(family.nodes) - log_q(family.nodes, family.phi)


def places(batches: Tensor, family: Family) -> Tensor:
    """(N, B) which node each sample of the batches (N, B, k) is."""
    same = (batches[:, :, None] == family.nodes).all(3)
    assert bool((same.sum(2) == 1).all())
    return same.double().argmax(2)


def mean_of_estimate(family: Family, size: int, baseline: Callable[[Tensor], Any]) -> Tensor:
    """The mean over all batches of the batch's mean of score * (log(h/q) - baseline).

    `baseline` takes log(h/q) of the batches (N, B).
    """
    batches, chances = family.batches(size)
    scores, ratios = (term[places(batches, family)] for term in terms(family))
    weights = ratios - baseline(ratios)
    return chances @ (scores * weights[:, :, None]).mean(1)


def assert_alike(got: Tensor, wanted: Tensor, family: Family) -> None:
    """Equal but for rounding, which grows with what is added up."""
    scores, ratios = terms(family)
    size = float((family.weights @ (scores * ratios[:, None]).abs()).max())
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-11 * max(1.0, size))


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=40)
@given(data=st.data())
def test_the_chances_of_the_nodes_sum_to_one(sort, data):
    family = data.draw(of_sort(sort))
    assert float(family.weights.sum()) == pytest.approx(1, rel=1e-12)
    assert bool((family.weights > 0).all())
    assert len(family.nodes) == len(family.weights)
    assert family.nodes.dtype == family.weights.dtype == torch.float64


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=40)
@given(data=st.data())
def test_the_score_has_mean_zero(sort, data):
    family = data.draw(of_sort(sort))
    scores, _ = terms(family)
    assert_alike(family.weights @ scores, torch.zeros_like(family.phi), family)


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=40)
@given(data=st.data())
def test_the_gradient_is_the_mean_of_score_times_log_ratio(sort, data):
    family = data.draw(of_sort(sort))
    scores, ratios = terms(family)
    assert_alike(family.weights @ (scores * ratios[:, None]), family.gradient(), family)


@settings(max_examples=30)
@given(family=any_family)
def test_the_gradient_is_the_slope_of_the_elbo(family):
    # central differences: an error of step^2 and of 1e-16 / step
    step, slopes = 1e-5, []
    for change in step * torch.eye(len(family.phi), dtype=torch.float64):
        slopes.append(family.elbo(family.phi + change) - family.elbo(family.phi - change))
    slope = torch.stack(slopes) / (2 * step)
    torch.testing.assert_close(family.gradient(), slope, rtol=1e-6, atol=1e-6)
    assert not family.phi.requires_grad


class Line(NamedTuple):
    """A density on the line as scipy has it, its score by hand, and the family it stands for."""

    law: Callable[[np.ndarray], Any]
    score: Callable[[float, np.ndarray], list[float]]
    family: Callable[..., Family]
    power: int = 0  # of z in h


def gamma_line(shape: int) -> Line:
    return Line(
        lambda phi: stats.gamma(shape, scale=math.exp(-phi[0])),
        lambda z, phi: [shape - math.exp(phi[0]) * z],
        lambda phi, slope, curve: families.gamma(phi, shape, slope, curve),
        shape - 1,
    )


LINES = {
    "normal": Line(
        lambda phi: stats.norm(phi[0], math.exp(phi[1])),
        lambda z, phi: [
            (z - phi[0]) * math.exp(-2 * phi[1]),
            (z - phi[0]) ** 2 * math.exp(-2 * phi[1]) - 1,
        ],
        families.normal,
    ),
    "Laplace": Line(
        lambda phi: stats.laplace(phi[0], math.exp(phi[1])),
        lambda z, phi: [
            math.copysign(math.exp(-phi[1]), z - phi[0]),
            abs(z - phi[0]) * math.exp(-phi[1]) - 1,
        ],
        families.laplace,
    ),
    "gamma of shape 1": gamma_line(1),
    "gamma of shape 3": gamma_line(3),
}
CASES = [
    # phi, another phi, slope and curve of log h
    ([0.25, -0.5], [-0.75, 0.5], 1.0, -0.75),
    ([-0.5, 0.75], [0.5, 0.0], -2.0, 0.5),
]


def integral(f: Callable[[float], float], law: Any) -> float:
    """E f(Z), Z of that law, by adaptive quadrature on both sides of the median."""
    low, middle, high = law.ppf(1e-16), law.median(), law.isf(1e-16)
    return sum(
        integrate.quad(lambda z: f(z) * law.pdf(z), *side, epsabs=1e-10, epsrel=1e-10)[0]
        for side in ((low, middle), (middle, high))
    )


@pytest.mark.parametrize("case", CASES, ids=["bent down", "bent up"])
@pytest.mark.parametrize("name", LINES)
def test_elbo_and_gradient_are_those_of_quadrature(name, case):
    line, (*phis, slope, curve) = LINES[name], case

    def log_h(z: float) -> float:
        return curve * z**2 + slope * z + (line.power * math.log(z) if line.power else 0.0)

    here, there = (np.array(phi)[: 1 if name.startswith("gamma") else 2] for phi in phis)
    law = line.law(here)
    tensor = torch.tensor(here)
    family = line.family(tensor, torch.tensor([slope]).double(), torch.tensor([[curve]]).double())
    for index, wanted in enumerate(family.gradient().tolist()):
        got = integral(lambda z, i=index: line.score(z, here)[i] * (log_h(z) - law.logpdf(z)), law)
        assert got == pytest.approx(wanted, rel=1e-7, abs=1e-7)
    # The closed form leaves a constant out.
    rise = [
        integral(lambda z, law=law: log_h(z) - law.logpdf(z), law) for law in (law, line.law(there))
    ]
    wanted = float(family.elbo(torch.tensor(there)) - family.elbo(tensor))
    assert rise[1] - rise[0] == pytest.approx(wanted, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("name", LINES)
def test_the_given_density_and_h_are_scipys(name):
    line, phi = LINES[name], np.array([0.25, -0.5])[: 1 if name.startswith("gamma") else 2]
    family = line.family(torch.tensor(phi), torch.tensor([1.5]).double(), torch.eye(1).double())
    z = np.array([0.125, 0.5, 1.0, 3.0])
    column = torch.tensor(z)[:, None]
    log_q = build(family.log_q)(column, family.phi)
    assert log_q.tolist() == pytest.approx(line.law(phi).logpdf(z).tolist(), rel=1e-12)
    wanted = z**2 + 1.5 * z + line.power * np.log(z)
    assert build(family.log_h)(column).tolist() == pytest.approx(wanted.tolist(), rel=1e-12)


@settings(max_examples=40)
@given(logits=draw.tensors((4,), -2, 2), table=draw.tensors((4,), -40, 40))
def test_a_categorical_law_stands_for_itself(logits, table):
    family = families.categorical(logits, table)
    assert build(family.log_h)(family.nodes).tolist() == table.tolist()
    log_q = build(family.log_q)(family.nodes, logits)
    torch.testing.assert_close(log_q.exp(), family.weights)


@settings(max_examples=20)
@given(family=any_family, size=st.integers(1, 3))
def test_all_batches_occur_with_the_chances_of_independent_samples(family, size):
    batches, chances = family.batches(size)
    count = len(family.nodes)
    assert batches.shape == (count**size, size, family.nodes.shape[1])
    joint = chances.reshape([count] * size)
    for place in range(size):
        others = [axis for axis in range(size) if axis != place]
        torch.testing.assert_close(joint.sum(others) if others else joint, family.weights)
    torch.testing.assert_close(chances, family.weights[places(batches, family)].prod(1))


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_baseline_from_the_other_samples_keeps_the_mean(sort, data):
    family = data.draw(of_sort(sort))
    for baseline in (
        lambda ratios: 0.0,
        lambda ratios: 3.5,
        lambda ratios: ratios.flip(1),  # of the other one
    ):
        assert_alike(mean_of_estimate(family, 2, baseline), family.gradient(), family)
    of_three = mean_of_estimate(family, 3, lambda r: (r.sum(1, keepdim=True) - r) / 2)
    assert_alike(of_three, family.gradient(), family)


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=15)
@given(data=st.data())
def test_the_mean_of_the_batch_as_baseline_takes_its_part_of_the_mean(sort, data):
    family = data.draw(of_sort(sort))
    for size in (2, 3):
        got = mean_of_estimate(family, size, lambda ratios: ratios.mean(1, keepdim=True))
        assert_alike(got, (1 - 1 / size) * family.gradient(), family)


@settings(max_examples=20)
@given(family=any_family)
def test_the_student_is_shown_both_functions_and_phi_and_no_more(family):
    shown = family.shown()
    names = list(inspect.signature(problem1_log_derivative.elbo_gradient).parameters)
    assert [*shown, "z"] == names
    assert shown["log_h"] is family.log_h
    assert shown["log_q"] is family.log_q
    assert shown["phi"] is family.phi

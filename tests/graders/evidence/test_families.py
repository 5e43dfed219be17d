"""Discrete distributions that replace densities agree with closed forms and with quadrature."""

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

KINDS = ["categorical", "normal", "gamma", "Laplace"]


@st.composite
def of_kind(drawn: Any, kind: str) -> Family:
    """A family with random parameters, from wider ranges than the checks use."""
    if kind == "categorical":
        size = drawn(st.integers(2, 5))
        return families.categorical(*(drawn(draw.tensors((size,), -2, 2)) for _ in range(2)))
    k = drawn(st.integers(1, 2)) if kind == "normal" else 1
    phi = drawn(draw.tensors((1 if kind == "gamma" else 2 * k,), -1, 1))
    slope, curve = drawn(draw.tensors((k,), -2, 2)), drawn(draw.tensors((k, k), -2, 2))
    if kind == "gamma":
        return families.gamma(phi, drawn(st.integers(1, 5)), slope, curve)
    return (families.laplace if kind == "Laplace" else families.normal)(phi, slope, curve)


any_family = st.sampled_from(KINDS).flatmap(of_kind)


def terms(family: Family) -> tuple[Tensor, Tensor]:
    """The scores (n, p) and log(h/q) (n,) at the nodes, by the functions that a student gets."""
    log_h, log_q = build(family.log_h), build(family.log_q)
    scores = torch.autograd.functional.jacobian(lambda phi: log_q(family.nodes, phi), family.phi)
    return scores, log_h(family.nodes) - log_q(family.nodes, family.phi)


def places(batches: Tensor, family: Family) -> Tensor:
    """(N, B) the index of the node that each sample of the batches (N, B, k) is."""
    same = (batches[:, :, None] == family.nodes).all(3)
    assert bool((same.sum(2) == 1).all())
    return same.double().argmax(2)


def mean_of_estimate(family: Family, size: int, baseline: Callable[[Tensor], Any]) -> Tensor:
    """The mean over all batches of the batch's mean of score * (log(h/q) - baseline).

    `baseline` takes log(h/q) of the batches (N, B).
    """
    batches, probabilities = family.batches(size)
    scores, ratios = (term[places(batches, family)] for term in terms(family))
    weights = ratios - baseline(ratios)
    return probabilities @ (scores * weights[:, :, None]).mean(1)


def assert_alike(got: Tensor, expected: Tensor, family: Family) -> None:
    """Check equality up to rounding, which grows with the terms that are added."""
    scores, ratios = terms(family)
    size = float((family.weights @ (scores * ratios[:, None]).abs()).max())
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-11 * max(1.0, size))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_the_probabilities_of_the_nodes_sum_to_one(kind, data):
    family = data.draw(of_kind(kind))
    assert float(family.weights.sum()) == pytest.approx(1, rel=1e-12)
    assert bool((family.weights > 0).all())
    assert len(family.nodes) == len(family.weights)
    assert family.nodes.dtype == family.weights.dtype == torch.float64


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_the_score_has_mean_zero(kind, data):
    family = data.draw(of_kind(kind))
    scores, _ = terms(family)
    assert_alike(family.weights @ scores, torch.zeros_like(family.phi), family)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_the_gradient_is_the_mean_of_score_times_log_ratio(kind, data):
    family = data.draw(of_kind(kind))
    scores, ratios = terms(family)
    assert_alike(family.weights @ (scores * ratios[:, None]), family.gradient(), family)


@settings(max_examples=30)
@given(family=any_family)
def test_no_estimate_from_one_sample_varies_more_than_its_moments_say(family):
    scores, ratios = terms(family)
    each = scores * ratios[:, None]
    variance = family.weights @ (each - family.gradient()) ** 2
    assert bool((variance <= family.moments() * (1 + 1e-9) + 1e-12).all())


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
    """A density on the line by scipy, its score by hand, and the family to compare with."""

    distribution: Callable[[np.ndarray], Any]
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


def integral(f: Callable[[float], float], distribution: Any) -> float:
    """E f(Z) for Z with this distribution, by adaptive quadrature on both sides of the median."""
    low, middle, high = distribution.ppf(1e-16), distribution.median(), distribution.isf(1e-16)
    return sum(
        integrate.quad(lambda z: f(z) * distribution.pdf(z), *side, epsabs=1e-10, epsrel=1e-10)[0]
        for side in ((low, middle), (middle, high))
    )


@pytest.mark.parametrize("case", CASES, ids=["bent down", "bent up"])
@pytest.mark.parametrize("name", LINES)
def test_elbo_and_gradient_agree_with_quadrature(name, case):
    line, (*phis, slope, curve) = LINES[name], case

    def log_h(z: float) -> float:
        return curve * z**2 + slope * z + (line.power * math.log(z) if line.power else 0.0)

    here, there = (np.array(phi)[: 1 if name.startswith("gamma") else 2] for phi in phis)
    distribution = line.distribution(here)
    tensor = torch.tensor(here)
    family = line.family(tensor, torch.tensor([slope]).double(), torch.tensor([[curve]]).double())
    for index, expected in enumerate(family.gradient().tolist()):
        got = integral(
            lambda z, i=index: line.score(z, here)[i] * (log_h(z) - distribution.logpdf(z)),
            distribution,
        )
        assert got == pytest.approx(expected, rel=1e-7, abs=1e-7)
    # The closed form omits a constant, so that differences are compared.
    rise = [
        integral(
            lambda z, distribution=distribution: log_h(z) - distribution.logpdf(z), distribution
        )
        for distribution in (distribution, line.distribution(there))
    ]
    expected = float(family.elbo(torch.tensor(there)) - family.elbo(tensor))
    assert rise[1] - rise[0] == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("name", LINES)
def test_the_given_density_and_h_agree_with_scipy(name):
    line, phi = LINES[name], np.array([0.25, -0.5])[: 1 if name.startswith("gamma") else 2]
    family = line.family(torch.tensor(phi), torch.tensor([1.5]).double(), torch.eye(1).double())
    z = np.array([0.125, 0.5, 1.0, 3.0])
    column = torch.tensor(z)[:, None]
    log_q = build(family.log_q)(column, family.phi)
    assert log_q.tolist() == pytest.approx(line.distribution(phi).logpdf(z).tolist(), rel=1e-12)
    expected = z**2 + 1.5 * z + line.power * np.log(z)
    assert build(family.log_h)(column).tolist() == pytest.approx(expected.tolist(), rel=1e-12)


@settings(max_examples=40)
@given(logits=draw.tensors((4,), -2, 2), table=draw.tensors((4,), -40, 40))
def test_a_categorical_distribution_replaces_itself(logits, table):
    family = families.categorical(logits, table)
    assert build(family.log_h)(family.nodes).tolist() == table.tolist()
    log_q = build(family.log_q)(family.nodes, logits)
    torch.testing.assert_close(log_q.exp(), family.weights)


@settings(max_examples=20)
@given(family=any_family, size=st.integers(1, 3))
def test_all_batches_have_the_probabilities_of_independent_samples(family, size):
    batches, probabilities = family.batches(size)
    count = len(family.nodes)
    assert batches.shape == (count**size, size, family.nodes.shape[1])
    joint = probabilities.reshape([count] * size)
    for place in range(size):
        others = [axis for axis in range(size) if axis != place]
        torch.testing.assert_close(joint.sum(others) if others else joint, family.weights)
    torch.testing.assert_close(probabilities, family.weights[places(batches, family)].prod(1))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_baseline_from_the_other_samples_keeps_the_mean(kind, data):
    family = data.draw(of_kind(kind))
    for baseline in (
        lambda ratios: 0.0,
        lambda ratios: 3.5,
        lambda ratios: ratios.flip(1),  # of the other sample
    ):
        assert_alike(mean_of_estimate(family, 2, baseline), family.gradient(), family)
    of_three = mean_of_estimate(family, 3, lambda r: (r.sum(1, keepdim=True) - r) / 2)
    assert_alike(of_three, family.gradient(), family)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_the_mean_of_the_batch_as_baseline_shrinks_the_mean_by_1_over_its_size(kind, data):
    family = data.draw(of_kind(kind))
    for size in (2, 3):
        got = mean_of_estimate(family, size, lambda ratios: ratios.mean(1, keepdim=True))
        assert_alike(got, (1 - 1 / size) * family.gradient(), family)


@settings(max_examples=20)
@given(family=any_family)
def test_a_message_shows_both_functions_and_phi_and_no_more(family):
    shown = family.shown()
    names = list(inspect.signature(problem1_log_derivative.elbo_gradient).parameters)
    assert [*shown, "z"] == names
    assert shown["log_h"] is family.log_h
    assert shown["log_q"] is family.log_q
    assert shown["phi"] is family.phi

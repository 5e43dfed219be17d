"""Problem 6's objective: closed form, gradient and minima against independent computations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from graders.evidence.objective import gradient, moments, objective

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

LOCAL = 0.4422974883, 0.6064950249, 1.6961682358  # mu, sigma, J
GLOBAL = 1.3666992952, 1.9621982281, 1.6644007564
TRICKS = ["log-derivative", "reparameterization"]
mus, taus = st.floats(-3, 3), st.floats(-1.5, 1)


def expectation(f, mu: float, sigma: float) -> float:
    """E f(X), X ~ N(mu, sigma^2), by adaptive quadrature."""
    density = stats.norm(mu, sigma).pdf
    low, high = mu - 12 * sigma, mu + 12 * sigma
    return integrate.quad(lambda x: f(x) * density(x), low, high, epsabs=1e-11, limit=400)[0]


@pytest.mark.parametrize(("mu", "tau"), [(0, 0), (-0.6, -1.1), (1.75, 0.3), (-2.5, 0.7), (3, -1)])
def test_the_closed_form_is_the_integral(mu, tau):
    s = np.exp(tau)
    expected = expectation(lambda x: x * np.sin(x), mu, s) + (mu - 1) ** 2 / 2 + s - tau
    assert objective(mu, tau) == pytest.approx(expected, rel=1e-9)


@given(mu=mus, tau=taus)
def test_the_gradient_is_that_of_autograd(mu, tau):
    place = torch.tensor([mu, tau], dtype=torch.float64, requires_grad=True)
    m, s = place[0], place[1].exp()
    damped = torch.exp(-(s**2) / 2) * (m * m.sin() + s**2 * m.cos())
    (damped + (m - 1) ** 2 / 2 + s - place[1]).backward()
    torch.testing.assert_close(gradient(mu, tau), place.grad, rtol=1e-9, atol=1e-9)


@given(mu=mus, tau=taus)
def test_the_gradient_is_the_slope_of_the_objective(mu, tau):
    # central differences: an error of step^2 and of 1e-16 / step
    step = 1e-5
    slopes = [
        (objective(mu + step, tau) - objective(mu - step, tau)) / (2 * step),
        (objective(mu, tau + step) - objective(mu, tau - step)) / (2 * step),
    ]
    np.testing.assert_allclose(gradient(mu, tau).numpy(), slopes, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize(("mu", "sigma", "value"), [LOCAL, GLOBAL])
def test_both_minima_are_strict_and_at_the_stated_places(mu, sigma, value):
    tau = float(np.log(sigma))
    assert objective(mu, tau) == pytest.approx(value, abs=5e-11)
    assert float(gradient(mu, tau).abs().max()) < 1e-9
    # Strictly convex there: the Hessian, by differences of the gradient, is positive definite.
    step = 1e-5
    rows = [
        (gradient(mu + a, tau + b) - gradient(mu - a, tau - b)).numpy() / (2 * step)
        for a, b in ((step, 0.0), (0.0, step))
    ]
    assert np.linalg.eigvalsh(np.array(rows)).min() > 0.01


def test_no_other_point_of_the_plane_is_lower_than_the_global_minimum():
    mu, tau = np.meshgrid(np.linspace(-8, 8, 321), np.linspace(-6, 3, 181))
    s = np.exp(tau)
    grid = np.exp(-s * s / 2) * (mu * np.sin(mu) + s * s * np.cos(mu)) + (mu - 1) ** 2 / 2 + s - tau
    start = np.unravel_index(grid.argmin(), grid.shape)
    minimum = optimize.minimize(lambda x: objective(*x), [mu[start], tau[start]], tol=1e-12)
    assert minimum.x == pytest.approx([GLOBAL[0], np.log(GLOBAL[1])], abs=1e-4)
    assert grid.min() >= GLOBAL[2]


def test_gradient_descent_from_the_start_ends_at_the_local_minimum():
    place = torch.zeros(2, dtype=torch.float64)
    for _ in range(4000):
        place = place - 0.02 * gradient(*place.tolist())
    assert [float(place[0]), float(place[1].exp())] == pytest.approx(LOCAL[:2], abs=1e-8)


def test_the_variances_at_0_0_are_the_measured_ones():
    assert moments(0.0, 0.0, TRICKS[0]).variance.tolist() == pytest.approx([1.838, 3.414], abs=5e-4)
    assert moments(0.0, 0.0, TRICKS[1]).variance.tolist() == pytest.approx([1.0, 1.226], abs=5e-4)


@pytest.mark.parametrize(("mu", "tau"), [(0.0, 0.0), (-0.6, -1.1), (1.75, 0.3)])
@pytest.mark.parametrize("trick", TRICKS)
def test_the_variances_are_those_of_one_samples_estimate(trick, mu, tau):
    s = np.exp(tau)
    if trick == "log-derivative":
        parts = [
            lambda x: x * np.sin(x) * (x - mu) / s**2,
            lambda x: x * np.sin(x) * (((x - mu) / s) ** 2 - 1),
        ]
    else:
        parts = [
            lambda x: np.sin(x) + x * np.cos(x),
            lambda x: (np.sin(x) + x * np.cos(x)) * (x - mu),
        ]
    expected = [
        expectation(lambda x, f=f: f(x) ** 2, mu, s) - expectation(f, mu, s) ** 2 for f in parts
    ]
    assert moments(mu, tau, trick).variance.tolist() == pytest.approx(expected, rel=1e-7)


@given(mu=mus, tau=taus)
def test_both_tricks_have_the_gradient_as_their_mean(mu, tau):
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights, s = weights / weights.sum(), np.exp(tau)
    x = mu + s * nodes
    known = np.array([mu - 1, s - 1])
    score = x * np.sin(x) * np.stack([nodes / s, nodes**2 - 1]) @ weights + known
    moved = (np.sin(x) + x * np.cos(x)) * np.stack([np.ones_like(x), s * nodes]) @ weights + known
    for mean in (score, moved):
        np.testing.assert_allclose(gradient(mu, tau).numpy(), mean, rtol=1e-8, atol=1e-8)

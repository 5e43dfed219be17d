"""The identity of problem 1 on concrete families: where it holds, where not, and why.

With l = log(h/q): dE[l]/dphi - E[score l] = integral of (d(l q)/dphi - (dq/dphi) l) = -integral of
dq/dphi, which is 0 where the support stands still. So every accepted chain must be one number on
every such family, and the kit's rule, that only c(phi) dq/dphi may be added, must cost nothing.
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from typing import Any

import mpmath
import pytest
import sympy
from places import ROOT
from sympy import Abs, Derivative, Expr, Integral, Rational, Symbol, exp, gamma, log, oo, pi, sqrt

from graders.evidence.equality import PHI, Z, dq_, h_, q_
from graders.evidence.integrands import H, Q, integrand
from graders.evidence.symbolic import left_over

z, phi = Z, PHI
DIGITS = 20
CLOSE = mpmath.mpf(10) ** -12  # what quadrature leaves of 20 digits


@dataclass(frozen=True)
class Family:
    """A family of laws with one parameter, with a place for it.

    `low`, `high` bound the support; `at` is the value of phi; `kinks` are where quadrature must
    split; `discrete` says that the support is the integers in it.
    """

    density: Expr
    low: Expr
    high: Expr
    at: Rational
    kinks: tuple[int, ...] = ()
    discrete: bool = False


FAMILIES = {
    "normal mean": Family(exp(-((z - phi) ** 2) / 2) / sqrt(2 * pi), -oo, oo, Rational(3, 10)),
    "normal scale": Family(
        exp(-(z**2) / (2 * phi**2)) / (phi * sqrt(2 * pi)), -oo, oo, Rational(4, 5)
    ),
    "exponential": Family(phi * exp(-phi * z), 0, oo, Rational(3, 2)),
    "gamma shape": Family(z ** (phi - 1) * exp(-z) / gamma(phi), 0, oo, Rational(5, 2)),
    "gamma rate": Family(phi**3 * z**2 * exp(-phi * z) / 2, 0, oo, Rational(7, 5)),
    "Laplace scale": Family(exp(-Abs(z) / phi) / (2 * phi), -oo, oo, Rational(4, 5), kinks=(0,)),
    "logistic mean": Family(exp(-(z - phi)) / (1 + exp(-(z - phi))) ** 2, -oo, oo, Rational(1, 5)),
    "beta": Family(phi * (1 - z) ** (phi - 1), 0, 1, Rational(5, 2)),
    "lognormal": Family(
        exp(-((log(z) - phi) ** 2) / 2) / (z * sqrt(2 * pi)), 0, oo, Rational(-1, 5)
    ),
    "Bernoulli": Family(phi**z * (1 - phi) ** (1 - z), 0, 1, Rational(2, 5), discrete=True),
    "binomial": Family(
        sympy.binomial(4, z) * phi**z * (1 - phi) ** (4 - z), 0, 4, Rational(1, 3), discrete=True
    ),
    "Poisson": Family(phi**z * exp(-phi) / gamma(z + 1), 0, 60, Rational(6, 5), discrete=True),
    "geometric": Family(phi * (1 - phi) ** z, 0, 200, Rational(1, 2), discrete=True),
}
UNIFORM = Family(1 / phi, 0, phi, Rational(3, 2))
HEIGHTS = {
    "a bell": exp(-(z**2) / 4),
    "a tail": 1 / (1 + z**2),
    "a growth": exp(z / 5) * (2 + sympy.sin(z)),
}


def mean(family: Family, f: Expr, at: Any = None) -> Any:
    """The integral, or the sum, of f over the support at phi = at."""
    at = mpmath.mpf(family.at.p) / family.at.q if at is None else at
    value = sympy.lambdify([z, phi], f, "mpmath")
    low, high = (
        e if abs(e) == mpmath.inf else mpmath.mpf(e)
        for e in (sympy.lambdify(phi, bound, "mpmath")(at) for bound in (family.low, family.high))
    )
    if family.discrete:
        return mpmath.fsum(value(mpmath.mpf(k), at) for k in range(int(low), int(high) + 1))
    return mpmath.quad(lambda x: value(x, at), [low, *family.kinks, high])


def left_side(family: Family, h: Expr) -> Any:
    """d/dphi of the expectation, by a difference quotient of quadratures."""
    at = mpmath.mpf(family.at.p) / family.at.q
    step = mpmath.mpf(10) ** -4
    f = log(h / family.density) * family.density

    def g(k: int) -> Any:
        return mean(family, f, at + k * step)

    # five points: an error of step^4
    return (g(-2) - 8 * g(-1) + 8 * g(1) - g(2)) / (12 * step)


def right_side(family: Family, h: Expr) -> Any:
    score = sympy.diff(log(family.density), phi)
    return mean(family, score * log(h / family.density) * family.density)


def concrete(abstract: Expr, family: Family, h: Expr) -> Expr:
    """An integrand in the kit's symbols q, dq, h with a family's own functions."""
    density = family.density
    return abstract.subs({dq_: sympy.diff(density, phi), q_: density, h_: h})


@pytest.fixture(autouse=True)
def enough_digits():
    with mpmath.workdps(DIGITS):
        yield


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_has_mass_1_whatever_phi_is(name):
    family = FAMILIES[name]
    assert abs(mean(family, family.density) - 1) < CLOSE
    assert abs(mean(family, sympy.diff(family.density, phi))) < CLOSE


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("name", FAMILIES)
def test_the_differential_identity_holds_pointwise(name, height):
    q, h = FAMILIES[name].density, HEIGHTS[height]
    rest = (
        sympy.diff(q * log(h / q), phi)
        - sympy.diff(log(q), phi) * q * log(h / q)
        + sympy.diff(q, phi)
    )
    at = {phi: FAMILIES[name].at}
    for place in (Rational(1, 7), Rational(2, 3), Rational(9, 10)):
        assert abs(sympy.N(rest.subs(at | {z: place}), 25)) < mpmath.mpf(10) ** -20


@pytest.mark.parametrize("height", ["a tail", "a growth"])
@pytest.mark.parametrize("name", FAMILIES)
def test_both_sides_are_one_number(name, height):
    family, h = FAMILIES[name], HEIGHTS[height]
    left, right = left_side(family, h), right_side(family, h)
    assert abs(left - right) < 1e-10 * (1 + abs(right))


@pytest.mark.parametrize("height", HEIGHTS)
def test_where_the_support_moves_the_identity_fails(height):
    h = HEIGHTS[height]
    left, right = left_side(UNIFORM, h), right_side(UNIFORM, h)
    assert abs(left - right) > 0.1
    # What is missing is -∫ dq/dphi, and the integrand at the moving end.
    at = mpmath.mpf(UNIFORM.at.p) / UNIFORM.at.q
    lost = -mean(UNIFORM, sympy.diff(UNIFORM.density, phi))
    edge = sympy.lambdify([z, phi], log(h / UNIFORM.density) * UNIFORM.density, "mpmath")(at, at)
    assert abs(left - right - lost - edge) < 1e-10
    assert abs(lost - 1 / at) < CLOSE


@pytest.fixture(scope="module")
def chain() -> list[Expr]:
    path = ROOT / "reference" / "problem1_log_derivative.py"
    return runpy.run_path(str(path))["derivation"](Q, H, Z, PHI)


@pytest.mark.parametrize("name", ["normal scale", "gamma rate", "Laplace scale", "Poisson"])
def test_every_line_of_the_reference_is_that_number(chain, name):
    family, h = FAMILIES[name], HEIGHTS["a tail"]
    wanted = right_side(family, h)
    got = [mean(family, concrete(integrand(line), family, h)) for line in chain]
    assert max(abs(value - wanted) for value in got) < 1e-11


def test_on_the_uniform_law_the_lines_are_not_one_number(chain):
    h = HEIGHTS["a tail"]
    got = [mean(UNIFORM, concrete(integrand(line), UNIFORM, h)) for line in chain]
    assert max(got) - min(got) > 0.1


ratio, dq = log(h_ / q_), dq_
ADDED = {
    "c = 3": (3 * dq, True),
    "c = phi^2": (phi**2 * dq, True),
    "c = sin phi": (sympy.sin(phi) * dq, True),
    "c = log 2": (log(2) * dq, True),
    "c = z": (z * dq, False),
    "c = log h": (log(h_) * dq, False),
    "c = q": (q_ * dq, False),
    "c = the ratio": (ratio * dq, False),
    "q": (q_, False),
    "q times phi": (phi * q_, False),
}


@pytest.mark.parametrize("name", ADDED)
def test_a_step_is_accepted_if_and_only_if_it_costs_nothing_on_every_family(name):
    extra, free = ADDED[name]
    accepted = left_over(ratio * dq, ratio * dq + extra) is None
    h = HEIGHTS["a growth"]
    cost = [
        abs(mean(family, concrete(extra, family, h)))
        for family in (FAMILIES[n] for n in ("normal mean", "normal scale", "exponential"))
    ]
    assert accepted == free
    assert (max(cost) < CLOSE) == free


def test_an_integral_of_the_kit_is_an_integral_over_z():
    line = Derivative(Integral(log(H / Q) * Q, (Z, -oo, oo)), PHI)
    assert sympy.simplify(integrand(line) - (ratio - 1) * dq) == 0
    assert integrand(Integral(Q, Z) * PHI + Symbol("phi", real=True)) == 2 * phi * q_

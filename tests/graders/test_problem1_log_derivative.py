"""The identity of problem 1 on concrete families: where it holds, where it fails, and why.

With l = log(h/q): dE[l]/dphi - E[score l] = integral of (d(l q)/dphi - (dq/dphi) l) = -integral of
dq/dphi, which is 0 if the support does not depend on phi. So all lines of an accepted chain must be
equal on every such family, and adding c(phi) dq/dphi, as the checks allow, must not change them.
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass

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
CLOSE = mpmath.mpf(10) ** -12  # the error of quadrature with 20 digits


@dataclass(frozen=True)
class Family:
    """A family of distributions with one parameter, and a value for it.

    `low`, `high` bound the support; `at` is the value of phi; `kinks` are where quadrature must
    split; `discrete` says that the support is the integers between the bounds.
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
FUNCTIONS = {
    "a bell": exp(-(z**2) / 4),
    "a tail": 1 / (1 + z**2),
    "a growth": exp(z / 5) * (2 + sympy.sin(z)),
}


def mean(family: Family, f: Expr, at: mpmath.mpf | None = None) -> mpmath.mpf:
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


def left_side(family: Family, h: Expr) -> mpmath.mpf:
    """d/dphi of the expectation, by a difference quotient of quadratures."""
    at = mpmath.mpf(family.at.p) / family.at.q
    step = mpmath.mpf(10) ** -4
    f = log(h / family.density) * family.density

    def g(k: int) -> mpmath.mpf:
        return mean(family, f, at + k * step)

    # five points: the error is of order step^4
    return (g(-2) - 8 * g(-1) + 8 * g(1) - g(2)) / (12 * step)


def right_side(family: Family, h: Expr) -> mpmath.mpf:
    score = sympy.diff(log(family.density), phi)
    return mean(family, score * log(h / family.density) * family.density)


def concrete(abstract: Expr, family: Family, h: Expr) -> Expr:
    """An integrand in the symbols q, dq, h, with the functions of a family in their place."""
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


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", FAMILIES)
def test_the_differential_identity_holds_pointwise(name, function):
    q, h = FAMILIES[name].density, FUNCTIONS[function]
    rest = (
        sympy.diff(q * log(h / q), phi)
        - sympy.diff(log(q), phi) * q * log(h / q)
        + sympy.diff(q, phi)
    )
    at = {phi: FAMILIES[name].at}
    for place in (Rational(1, 7), Rational(2, 3), Rational(9, 10)):
        assert abs(sympy.N(rest.subs(at | {z: place}), 25)) < mpmath.mpf(10) ** -20


@pytest.mark.parametrize("function", ["a tail", "a growth"])
@pytest.mark.parametrize("name", FAMILIES)
def test_both_sides_are_equal(name, function):
    family, h = FAMILIES[name], FUNCTIONS[function]
    left, right = left_side(family, h), right_side(family, h)
    assert abs(left - right) < 1e-10 * (1 + abs(right))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_identity_fails_if_the_support_depends_on_phi(function):
    h = FUNCTIONS[function]
    left, right = left_side(UNIFORM, h), right_side(UNIFORM, h)
    assert abs(left - right) > 0.1
    # The difference is -∫ dq/dphi plus the integrand at the moving end.
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
def test_every_line_of_the_reference_has_the_same_value(chain, name):
    family, h = FAMILIES[name], FUNCTIONS["a tail"]
    expected = right_side(family, h)
    values = [mean(family, concrete(integrand(line), family, h)) for line in chain]
    assert max(abs(value - expected) for value in values) < 1e-11


def test_on_the_uniform_distribution_the_lines_differ(chain):
    h = FUNCTIONS["a tail"]
    values = [mean(UNIFORM, concrete(integrand(line), UNIFORM, h)) for line in chain]
    assert max(values) - min(values) > 0.1


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
def test_a_step_is_accepted_if_and_only_if_it_changes_no_family(name):
    extra, is_allowed = ADDED[name]
    accepted = left_over(ratio * dq, ratio * dq + extra) is None
    h = FUNCTIONS["a growth"]
    changes = [
        abs(mean(family, concrete(extra, family, h)))
        for family in (FAMILIES[n] for n in ("normal mean", "normal scale", "exponential"))
    ]
    assert accepted == is_allowed
    assert (max(changes) < CLOSE) == is_allowed


def test_the_integrand_of_a_line_is_taken_over_z():
    line = Derivative(Integral(log(H / Q) * Q, (Z, -oo, oo)), PHI)
    assert sympy.simplify(integrand(line) - (ratio - 1) * dq) == 0
    assert integrand(Integral(Q, Z) * PHI + Symbol("phi", real=True)) == 2 * phi * q_

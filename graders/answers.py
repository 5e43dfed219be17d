"""Settles whether the figures that a student reports could have come from a correct program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay import Missing, check, expect, expect_binomial, expect_drawn_from, expect_mean, number

from .evidence.endpoints import TWO_MINIMA, endpoint_distribution
from .evidence.ruin import Game, estimate_distributions, hit_mass

if TYPE_CHECKING:
    from assay import Student

ROULETTE = 18 / 37
GAME = Game(600, 100, 0, 200)


@check(points=0)
def naive_is_plausible(student: Student) -> None:
    """naive is a plausible plain Monte Carlo estimate"""
    section, value = reported(student, "problem5", "naive")
    samples = int(setting(section, "num_samples", 3000, most=1e7))
    chance = hit_mass(ROULETTE, 1 - ROULETTE, 1.0, GAME)
    count = round(value * samples) if value >= 0 else -1  # no count at all
    expect_binomial(
        count,
        samples,
        chance,
        what=f"naive = {value:.6g}, a count that",
        hint="Wins are so rare that hardly any run sees one.",
    )


@check(points=0)
def importance_sampling_is_plausible(student: Student) -> None:
    """importance_sampling is a plausible importance sampling estimate"""
    section, value = reported(student, "problem5", "importance_sampling")
    samples = int(setting(section, "num_samples", 3000, most=1e7))
    q = setting(section, "q", 0.55, least=0.3, most=0.9)
    expect_drawn_from(
        value,
        estimate_distributions(GAME, ROULETTE, q, samples),
        what="importance_sampling",
        rounding=rounding(value),
        hint="Check the ratio on a game small enough to list all its paths.",
    )


@check(points=0)
def log_derivative_is_plausible(student: Student) -> None:
    """log_derivative is a plausible end point of SGD with the log-derivative trick"""
    expect_endpoint(student, "log_derivative", "log-derivative")


@check(points=0)
def reparameterization_is_plausible(student: Student) -> None:
    """reparameterization is a plausible end point of SGD with the reparameterization trick"""
    expect_endpoint(student, "reparameterization", "reparameterization")


def expect_endpoint(student: Student, name: str, trick: str) -> None:
    """Hold a reported (mu, sigma) against the law of SGD's end point with the reported settings."""
    section, value = reported(student, "problem6", name)
    expect(isinstance(value, dict), f"{name} = {value!r}; expected {{ mu = ..., sigma = ... }}")
    settings = section | value
    laws = endpoint_distribution(
        trick,
        int(setting(settings, "num_steps", 500, most=5_000)),
        setting(settings, "step_size", 1e-2, least=1e-6, most=1.0),
        int(setting(settings, "batch_size", 16, most=1e7)),
    )
    for which, (mean, sd) in zip(("mu", "sigma"), laws, strict=True):
        if which not in value:
            raise Missing(f"{name} reports no {which}")
        got = number(value[which], f"{name}.{which}")
        expect_mean(
            got, mean, sd, "one run", what=f"{name}.{which}", slack=rounding(got), hint=TWO_MINIMA
        )


def reported(student: Student, section: str, name: str) -> tuple[dict[str, Any], Any]:
    """A section of answers.toml and one figure of it.

    Raises:
        Missing: it is not reported, which costs nothing.
    """
    if student.answers is None:
        raise Missing(student.lacking)
    table = student.answers.get(section)
    if not isinstance(table, dict) or name not in table:
        raise Missing(f"answers.toml reports no {name} under [{section}]; it is optional")
    value = table[name]
    return table, value if isinstance(value, dict) else number(value, name)


def setting(
    section: dict[str, Any], name: str, default: float, *, least: float = 1.0, most: float
) -> float:
    """A reported setting, or the assignment's; the law of the figure is computed between bounds."""
    value = number(section.get(name, default), name)
    expect(
        least <= value <= most,
        f"{name} = {value:g}; figures are judged for settings from {least:g} to {most:g}",
    )
    return value


def rounding(value: float) -> float:
    """Half a unit of the last digit that was reported, and never more than a tenth of the value."""
    digits = f"{value!r}".partition("e")[0].partition(".")[2]
    exponent = int(f"{value:e}".partition("e")[2]) if "e" in repr(value) else 0
    return min(float(0.5 * 10.0 ** (exponent - len(digits))), 0.1 * abs(value))

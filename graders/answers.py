"""The reported figures: could a correct program have produced what the student reports?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay import (
    Missing,
    Wrong,
    check,
    expect,
    expect_binomial,
    expect_drawn_from,
    expect_mean,
    number,
)

from .evidence.endpoints import TWO_MINIMA, endpoint_distribution
from .evidence.ruin import Game, estimate_distributions, hit_mass

if TYPE_CHECKING:
    from assay import Student

Table = dict[str, object]  # of a TOML file

ROULETTE = 18 / 37
GAME = Game(600, 100, 0, 200)


@check(points=0)
def naive_is_plausible(student: Student) -> None:
    """naive is a plausible plain Monte Carlo estimate"""
    section = section_with(student, "problem5", "naive")
    value = number(section["naive"], "naive")
    samples = int(setting(section, "num_samples", 3000, most=1e7))
    expect(0 <= value <= 1, f"naive = {value:.6g}, but a probability lies between 0 and 1")
    expect_binomial(
        round(value * samples),
        samples,
        hit_mass(ROULETTE, 1 - ROULETTE, 1.0, GAME),
        what=f"the number of wins behind naive = {value:.6g}",
        hint="Wins are so rare that hardly any run sees one.",
    )


@check(points=0)
def importance_sampling_is_plausible(student: Student) -> None:
    """importance_sampling is a plausible importance sampling estimate"""
    section = section_with(student, "problem5", "importance_sampling")
    value = number(section["importance_sampling"], "importance_sampling")
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
    """Compare a reported (mu, sigma) with the distribution of the end point of SGD.

    The settings are those reported beside it, or the assignment's.
    """
    section = section_with(student, "problem6", name)
    point = section[name]
    if not isinstance(point, dict):
        raise Wrong(f"{name} = {number(point, name)!r}; expected {{ mu = ..., sigma = ... }}")
    settings = section | point
    distributions = endpoint_distribution(
        trick,
        int(setting(settings, "num_steps", 500, most=5_000)),
        setting(settings, "step_size", 1e-2, least=1e-6, most=1.0),
        int(setting(settings, "batch_size", 16, most=1e7)),
    )
    for which, (mean, sd) in zip(("mu", "sigma"), distributions, strict=True):
        what = f"{name}.{which}"
        if which not in point:
            raise Missing(f"{name} has no {which}")
        value = number(point[which], what)
        expect_mean(value, mean, sd, "one run", what=what, slack=rounding(value), hint=TWO_MINIMA)


def section_with(student: Student, section: str, name: str) -> Table:
    """A section of answers.toml that reports this figure.

    Raises:
        Missing: it is not reported, which costs no points.
    """
    if student.answers is None:
        raise Missing(student.lacking)
    table = student.answers.get(section)
    if not isinstance(table, dict) or name not in table:
        raise Missing(f"answers.toml has no {name} under [{section}]; it is optional")
    return table


def setting(section: Table, name: str, default: float, *, least: float = 1.0, most: float) -> float:
    """A reported setting, or the assignment's; distributions are computed between bounds only."""
    value = number(section.get(name, default), name)
    expect(
        least <= value <= most,
        f"{name} = {value:g}; this check works for settings from {least:g} to {most:g}",
    )
    return value


def rounding(value: float) -> float:
    """Half a unit of the last reported digit, and never more than a tenth of the value."""
    digits = f"{value!r}".partition("e")[0].partition(".")[2]
    exponent = int(f"{value:e}".partition("e")[2]) if "e" in repr(value) else 0
    return min(float(0.5 * 10.0 ** (exponent - len(digits))), 0.1 * abs(value))

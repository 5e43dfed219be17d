"""The reported figures: could a correct program have produced what the student reports?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from assay import (
    Missing,
    Wrong,
    check,
    expect,
    expect_binomial,
    expect_drawn_from,
    expect_mean,
)

from .evidence.endpoints import TWO_MINIMA, endpoint_distribution
from .evidence.ruin import Game, estimate_distributions, hit_mass

if TYPE_CHECKING:
    from assay import Student

Table = dict[str, object]  # of a TOML file

ROULETTE = 18 / 37
GAME = Game(600, 100, 0, 200)
# The largest settings whose distribution is computed in about a second.
MOST_SAMPLES = 1e7
MOST_NUMBER = 2.0**53


@check(points=0)
def naive_is_plausible(student: Student) -> None:
    """naive is a plausible plain Monte Carlo estimate"""
    value, settings = figure(student, "problem5", "naive")
    samples = count(settings, "num_samples", 3000, most=MOST_NUMBER)
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
    value, settings = figure(student, "problem5", "importance_sampling")
    samples = count(settings, "num_samples", 3000, most=MOST_SAMPLES)
    q = setting(settings, "q", 0.55)
    expect(0 < q < 1, f"q = {q:g}, but a probability lies between 0 and 1")
    with np.errstate(over="ignore", invalid="ignore"):
        distributions = estimate_distributions(GAME, ROULETTE, q, samples)
    exact = hit_mass(ROULETTE, 1 - ROULETTE, 1.0, GAME)
    if not all(abs(each.mean - exact) <= 0.01 * exact for each in distributions):
        raise not_judged(f"q = {q:g}")
    expect_drawn_from(
        value,
        distributions,
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
        raise Wrong(f"{name} = {shown(point)}; expected {{ mu = ..., sigma = ... }}")
    settings = section | point
    num_steps = count(settings, "num_steps", 500, most=MOST_NUMBER)
    step_size = setting(settings, "step_size", 1e-2)
    batch_size = count(settings, "batch_size", 16, most=MOST_NUMBER)
    expect(step_size > 0, f"step_size = {step_size:g}; expected a positive number")
    distributions = endpoint_distribution(trick, num_steps, step_size, batch_size)
    if distributions is None:
        raise not_judged(
            f"num_steps = {num_steps}, step_size = {step_size:g}, batch_size = {batch_size}"
        )
    for which, (mean, sd) in zip(("mu", "sigma"), distributions, strict=True):
        what = f"{name}.{which}"
        if which not in point:
            raise Missing(f"{name} has no {which}")
        value = reported_number(point[which], what)
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
        raise Missing(
            f"answers.toml has no {name} under [{section}]; it counts only where the course says so"
        )
    return table


def figure(student: Student, section: str, name: str) -> tuple[float, Table]:
    """A reported number, and its section: the settings.

    It may be a table of `value` and settings, as a figure of problem 6 is one of mu and sigma.

    Raises:
        Missing: it is not reported.
        Wrong: it is no number.
    """
    table = section_with(student, section, name)
    entry = table[name]
    if isinstance(entry, dict) and "value" in entry:
        return reported_number(entry["value"], f"{name}.value"), table | entry
    return reported_number(entry, name), table


def reported_number(value: object, name: str) -> float:
    """A number of a TOML file, finite.

    Raises:
        Wrong: it is anything else.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # An integer of thousands of digits is too large for a float.
    if not is_number or not abs(value) <= sys.float_info.max:  # type: ignore[arg-type]
        raise Wrong(f"answers.toml has {name} = {shown(value)}; expected a finite number")
    return float(value)  # type: ignore[arg-type]


def setting(settings: Table, name: str, default: float) -> float:
    """A reported setting, or the assignment's."""
    return reported_number(settings.get(name, default), name)


def count(settings: Table, name: str, default: int, *, most: float) -> int:
    """A reported setting that is a whole number of at least 1, or the assignment's.

    Raises:
        Wrong: it is no such number.
        Missing: it is above `most`, and not judged.
    """
    value = setting(settings, name, default)
    expect(
        value >= 1 and value == int(value),
        f"answers.toml has {name} = {value:g}; expected a whole number of at least 1",
    )
    if value > most:
        raise not_judged(f"{name} = {value:g}")
    return int(value)


def not_judged(what: str) -> Missing:
    """A figure whose distribution with these settings takes too long to compute."""
    return Missing(f"not judged: the distribution for {what} takes too long to compute")


def shown(value: object) -> str:
    """A value of a TOML file in a message, as the student wrote it, and short."""
    if isinstance(value, dict):
        inside = ", ".join(f"{str(key)[:20]} = …" for key in list(value)[:3])
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > 64:
        return "an integer too large for a number"
    return str(value)[:40] if not isinstance(value, str) else repr(value[:40])


def rounding(value: float) -> float:
    """Half a unit of the last reported digit, and never more than a tenth of the value."""
    digits = f"{value!r}".partition("e")[0].partition(".")[2]
    exponent = int(f"{value:e}".partition("e")[2]) if "e" in repr(value) else 0
    return min(float(0.5 * 10.0 ** (exponent - len(digits))), 0.1 * abs(value))

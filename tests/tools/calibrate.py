"""Measures how often statistical assertions reject correct programs, and what they detect.

    python tests/tools/calibrate.py [RUNS] [FIGURE.svg]

Thousands of correct estimates are drawn from their exact distributions, or computed as in a correct
program. Each assertion of the graders judges them at several false-reject rates, and then with the
smallest error that it claims to detect. Exits with status 1 if a measured rate is significantly
above the stated one, or a measured power significantly below.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from scipy import signal, stats

from assay.assertions import statistics
from assay.assertions.error_rates import FALSE_REJECT_RATE, POWER, Terms
from assay.verdict import Wrong
from graders.evidence import descent
from graders.evidence.endpoints import endpoint_distribution
from graders.evidence.objective import gradient, moments
from graders.evidence.ruin import estimate_distributions, hit_mass, terms
from graders.problem5_gamblers_ruin import (
    PLAIN,
    PLAIN_SAMPLES,
    ROULETTE,
    ROULETTE_GAME,
    SAMPLES,
    WEIGHTED,
)
from graders.problem6_gradient_tricks import LARGE_BATCH, LARGER_RUN, PLACES

RATES = (1e-2, 1e-3, FALSE_REJECT_RATE)
# The fewest steps show least, and of their batches the smallest has the heaviest tails.
(STEPS, _), (BATCH, _) = LARGER_RUN
STEP_SIZE = 0.002
TRICKS = ("log-derivative", "reparameterization")
source = np.random.default_rng(20261122)


class Case(NamedTuple):
    """An assertion, results of correct programs, and results with a small error.

    Attributes:
        name: of the assertion.
        holds: judges one result, at a false-reject rate `rate`, and returns the terms.
        correct: results of correct programs.
        incorrect: for a size of the error, results with it.
    """

    name: str
    holds: Callable[..., Terms]
    correct: Any
    incorrect: Callable[[float], Any]


class Measured(NamedTuple):
    """The fraction of correct results rejected at each of RATES, of incorrect ones at the last."""

    name: str
    runs: int
    rejected: list[float]
    smallest: float
    power: float


def cases(runs: int) -> Iterator[Case]:
    """Every statistical assertion of the graders."""
    yield from of_estimates(runs)
    yield from of_counts(runs)
    yield from of_scatter(runs)
    yield from of_large_batches(runs)
    yield from of_batches(runs)
    yield from of_steps(runs)
    yield from of_endpoints(runs)


def of_estimates(runs: int) -> Iterator[Case]:
    """Importance sampling estimates, with either ratio."""
    games = [(*case, SAMPLES) for case in WEIGHTED]
    games += [(ROULETTE_GAME, ROULETTE, 0.55, samples) for samples in (300, 3_000)]
    for game, p, q, samples in games:
        distributions = estimate_distributions(game, p, q, samples)
        for ratio, distribution, (values, probabilities) in zip(
            ("stopped", "full"), distributions, terms(game, p, q), strict=True
        ):
            counts = source.multinomial(samples, probabilities / probabilities.sum(), runs)
            correct = counts @ values / samples
            yield Case(
                f"estimate of {samples}, {game.num_games} games from {game.start}, {ratio} ratio",
                partial(statistics.expect_drawn_from, distributions=[distribution], what=""),
                correct,
                lambda error, correct=correct: correct + error,
            )


def of_counts(runs: int) -> Iterator[Case]:
    """The number of wins in plain Monte Carlo."""
    samples = PLAIN_SAMPLES
    for game, p in PLAIN:
        probability = hit_mass(p, 1 - p, 1.0, game)
        yield Case(
            f"count of wins, {game.num_games} games from {game.start}",
            partial(statistics.expect_binomial, trials=samples, probability=probability, what=""),
            source.binomial(samples, probability, runs),
            lambda error, n=samples, c=probability: source.binomial(n, c + error, runs),
        )


def of_scatter(runs: int) -> Iterator[Case]:
    """The variance of importance sampling estimates from few samples."""
    game, p, q = WEIGHTED[0]
    for samples, count in ((5, 300), (60, 150)):
        for ratio, (values, probabilities) in zip(
            ("stopped", "full"), terms(game, p, q), strict=True
        ):
            centred = values - values @ probabilities
            variance = float(centred**2 @ probabilities)
            kurtosis = 3 + (float(centred**4 @ probabilities) / variance**2 - 3) / samples
            chances = probabilities / probabilities.sum()
            counts = source.multinomial(samples, chances, (runs // 4, count))
            means = counts @ values / samples
            ratios = np.var(means, axis=1, ddof=1) / (variance / samples)
            yield Case(
                f"variance of {count} estimates of {samples}, {ratio} ratio",
                partial(statistics.expect_variance, samples=count, kurtosis=kurtosis, what=""),
                ratios,
                lambda f, ratios=ratios: f * ratios,
            )


def of_batches(runs: int) -> Iterator[Case]:
    """The variance of estimates from batches of 64, and of the first step with 16 samples."""
    for place, size, count in ((PLACES[0], 64, 1_000), ((0.0, 0.0), 16, 600)):
        for trick in TRICKS:
            plain = moments(*place, trick)
            mus, taus = (np.full(count, one) for one in place)
            drawn = np.stack([estimates(mus, taus, trick, size) for _ in range(runs // 10)])
            variances = drawn.var(axis=2, ddof=1).T * size / plain.variance[:, None]
            for name, ratios, single in zip(("mu", "tau"), variances, plain.kurtosis, strict=True):
                kurtosis = 3 + (float(single) - 3) / size
                yield Case(
                    f"variance of batches of {size}, {trick}, {name}",
                    partial(statistics.expect_variance, samples=count, kurtosis=kurtosis, what=""),
                    ratios,
                    lambda f, ratios=ratios: f * ratios,
                )


def of_large_batches(runs: int) -> Iterator[Case]:
    """The mean of a large batch at (0, 1), with the deviation of the plain estimator."""
    batch = LARGE_BATCH
    for trick in TRICKS:
        means = np.concatenate(
            [estimates(np.zeros(10), np.zeros(10), trick, batch) for _ in range(runs // 10)], axis=1
        )
        deviations = np.sqrt(moments(0.0, 0.0, trick).variance / batch)
        for name, correct, exact, sd in zip(
            ("mu", "tau"), means, gradient(0.0, 0.0).tolist(), deviations, strict=True
        ):
            yield Case(
                f"large batch, {trick}, {name}",
                partial(statistics.expect_mean, expected=exact, sd=float(sd), samples="", what=""),
                correct,
                lambda error, correct=correct: correct + error,
            )


def of_steps(runs: int) -> Iterator[Case]:
    """The steps of SGD: their variance, autocorrelation and mean."""
    for trick in TRICKS:
        paths = descend(runs, STEPS, STEP_SIZE, BATCH, trick)
        steps = [descent.steps_of(torch.from_numpy(path), STEP_SIZE) for path in paths]
        spread = descent.spreads(steps[0], trick, BATCH)[0]
        for index, name in enumerate(descent.NAMES):
            errors = np.stack([one.errors[index] for one in steps])
            scaled = errors / np.sqrt(spread.variance[index])
            kurtosis = float(spread.kurtosis[index].mean())
            yield Case(
                f"variance of steps, {trick}, {name}",
                partial(statistics.expect_variance, samples=STEPS, kurtosis=kurtosis, what=""),
                (scaled**2).mean(axis=1),
                lambda f, s=scaled: f * (s**2).mean(axis=1),
            )
            yield Case(
                f"independence of steps, {trick}, {name}",
                partial(statistics.expect_uncorrelated, what=""),
                scaled,
                lambda c, s=scaled: signal.lfilter([math.sqrt(1 - c * c)], [1, -c], s),
            )
            sd = errors.std(axis=1) * (1 + 20 / STEPS) / math.sqrt(STEPS)
            studentized = errors.mean(axis=1) / sd
            yield Case(
                f"mean of steps, {trick}, {name}",
                partial(statistics.expect_mean, expected=0.0, sd=1.0, samples="", what=""),
                studentized,
                lambda error, correct=studentized: correct + error,
            )


def of_endpoints(runs: int) -> Iterator[Case]:
    """The last (mu, sigma) of runs with the assignment's settings."""
    for trick in TRICKS:
        ends = descend(runs, 500, 1e-2, 16, trick)[:, -1]
        for index, (mean, sd) in enumerate(endpoint_distribution(trick, 500, 1e-2, 16)):
            yield Case(
                f"reported end, {trick}, {('mu', 'sigma')[index]}",
                partial(statistics.expect_mean, expected=mean, sd=sd, samples="", what=""),
                ends[:, index],
                lambda error, correct=ends[:, index]: correct + error,
            )


def estimates(mu: np.ndarray, tau: np.ndarray, trick: str, batch: int) -> np.ndarray:
    """(2, n) estimates of a correct program, from one new batch at each of n places."""
    mus, taus = (torch.from_numpy(one).float()[:, None] for one in (mu, tau))
    eps, sigma = torch.randn(len(mu), batch), taus.exp()
    x = mus + sigma * eps
    if trick == "log-derivative":
        value = x * x.sin()
        random = torch.stack([value * eps / sigma, value * (eps**2 - 1)])
    else:
        slope = x.sin() + x * x.cos()
        random = torch.stack([slope, slope * sigma * eps])
    exact = np.stack([mu - 1, np.exp(tau) - 1])
    return random.double().mean(dim=2).numpy() + exact


def descend(runs: int, steps: int, step_size: float, batch: int, trick: str) -> np.ndarray:
    """(runs, steps + 1, 2) paths of (mu, sigma) from (0, 1)."""
    places = np.zeros((2, runs))
    paths = np.empty((runs, steps + 1, 2))
    for k in range(steps + 1):
        paths[:, k, 0], paths[:, k, 1] = places[0], np.exp(places[1])
        places = places - step_size * estimates(*places, trick, batch)
    return paths


def measure(case: Case) -> Measured:
    """The measured rates of one assertion."""
    rejected, terms = [], None
    for rate in RATES:
        count = 0
        for value in case.correct:
            try:
                terms = case.holds(value, rate=rate)
            except Wrong:
                count += 1
        rejected.append(count / len(case.correct))
    assert terms is not None
    power = np.mean([not holds(case, value) for value in case.incorrect(terms.smallest)])
    return Measured(case.name, len(case.correct), rejected, terms.smallest, float(power))


def holds(case: Case, value: Any) -> bool:
    """Whether a result passes at the rate that the graders use."""
    try:
        case.holds(value, rate=RATES[-1])
    except Wrong:
        return False
    return True


def sound(one: Measured) -> bool:
    """Whether rates and power are as stated, by one-sided tests at level 1e-4."""
    below = all(
        stats.binom.sf(round(part * one.runs) - 1, one.runs, rate) > 1e-4
        for part, rate in zip(one.rejected, RATES, strict=True)
    )
    detected = round(one.power * one.runs)
    return bool(below and stats.binom.cdf(detected, one.runs, POWER) > 1e-4)


def draw(measured: list[Measured], path: str) -> None:
    """Write a picture of the measured rates next to the stated ones."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "assay"})
    from matplotlib import pyplot

    figure, (rates, powers) = pyplot.subplots(
        1, 2, figsize=(11, 0.28 * len(measured) + 1.5), sharey=True, layout="constrained"
    )
    rows = np.arange(len(measured))
    for index, (rate, mark) in enumerate(zip(RATES[:2], "os", strict=True)):
        shown = np.maximum([one.rejected[index] for one in measured], 1e-5)
        rates.plot(shown, rows, mark, label=f"measured at {rate:g}")
        rates.axvline(rate, color=f"C{index}", linewidth=1)
    rates.set(
        xscale="log", xlabel="correct programs rejected", yticks=rows, ylim=(-1, len(measured))
    )
    rates.set_yticklabels([one.name for one in measured], fontsize=8)
    rates.legend(fontsize=8)
    powers.plot([one.power for one in measured], rows, "o")
    powers.axvline(POWER, linewidth=1)
    powers.set(xlim=(0.99, 1.0005), xlabel="smallest stated error detected")
    rates.invert_yaxis()
    figure.savefig(path, metadata={"Date": None})


def main(runs: int, path: str) -> int:
    """Measure every assertion, print the table, draw the picture."""
    started, torch_seed = time.perf_counter(), 20261122
    torch.manual_seed(torch_seed)
    table = Table(
        "assertion",
        *(f"rejected at {rate:.0e}" for rate in RATES),
        "smallest error",
        "detected",
        "",
        box=None,
    )
    measured = []
    for case in cases(runs):
        measured.append(one := measure(case))
        table.add_row(
            one.name,
            *(f"{rate:.5f}" for rate in one.rejected),
            f"{one.smallest:.3g}",
            f"{one.power:.5f}",
            "" if sound(one) else "OFF",
        )
    Console(width=140).print(table)
    print(f"{runs} runs each, {time.perf_counter() - started:.0f} s")
    if path:
        draw(measured, path)
    return 0 if all(map(sound, measured)) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, (*sys.argv, "", "")[2]))

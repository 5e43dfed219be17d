"""How often the statistical assertions refuse a correct program, and what they see: measured.

    python tests/calibrate.py [RUNS] [FIGURE.svg]

Right estimates are drawn by the thousand from their exact laws, or made as a correct program makes
them, and held against each assertion of the graders at several false-reject rates; then with the
smallest error that the assertion says it sees. Ends with status 1 where a measured rate is above
the stated one, or the power below, by more than chance has it.
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
from assay.assertions.error_rates import POWER, SHARE, Terms
from assay.verdict import Wrong
from graders.evidence import descent
from graders.evidence.endpoints import endpoint_distribution
from graders.evidence.objective import gradient, moments
from graders.evidence.ruin import estimate_distributions, hit_mass, terms
from graders.problem5_gamblers_ruin import PLAIN, ROULETTE, ROULETTE_GAME, WEIGHTED

RATES = (1e-2, 1e-3, SHARE)
STEPS, BATCH, STEP_SIZE = 600, 256, 0.002
TRICKS = ("log-derivative", "reparameterization")
source = np.random.default_rng(20261122)


class Case(NamedTuple):
    """An assertion, what correct programs give it, and what those give that err by a little.

    `holds` takes one of the values and a false-reject share, and gives the terms.
    """

    name: str
    holds: Callable[..., Terms]
    right: Any
    wrong: Callable[[float], Any]


class Measured(NamedTuple):
    """Of a case: the part of right values refused at each of RATES, of wrong ones at the last."""

    name: str
    runs: int
    refused: list[float]
    smallest: float
    power: float


def cases(runs: int) -> Iterator[Case]:
    """Every statistical assertion of the graders."""
    yield from of_estimates(runs)
    yield from of_counts(runs)
    yield from of_large_batches(runs)
    yield from of_steps(runs)
    yield from of_endpoints(runs)


def of_estimates(runs: int) -> Iterator[Case]:
    games = [(*case, 20_000) for case in WEIGHTED] + [(ROULETTE_GAME, ROULETTE, 0.55, 3_000)]
    for game, p, q, samples in games:
        laws = estimate_distributions(game, p, q, samples)
        for ratio, law, (values, chances) in zip(
            ("stopped", "whole"), laws, terms(game, p, q), strict=True
        ):
            right = source.multinomial(samples, chances / chances.sum(), runs) @ values / samples
            yield Case(
                f"estimate, {game.num_games} games from {game.start}, {ratio} ratio",
                partial(statistics.expect_drawn_from, laws=[law], what=""),
                right,
                lambda error, right=right: right + error,
            )


def of_counts(runs: int) -> Iterator[Case]:
    for game, p, samples in PLAIN:
        chance = hit_mass(p, 1 - p, 1.0, game)
        yield Case(
            f"count of wins, {game.num_games} games",
            partial(statistics.expect_binomial, trials=samples, chance=chance, what=""),
            source.binomial(samples, chance, runs),
            lambda error, n=samples, c=chance: source.binomial(n, c + error, runs),
        )


def of_large_batches(runs: int) -> Iterator[Case]:
    """The mean of 40,000 estimates at (0, 1), held to the plain estimator's own deviation."""
    batch = 40_000
    for trick in TRICKS:
        means = np.concatenate(
            [estimates(np.zeros(10), np.zeros(10), trick, batch) for _ in range(runs // 10)], axis=1
        )
        deviations = np.sqrt(moments(0.0, 0.0, trick).variance / batch)
        for name, right, exact, sd in zip(
            ("mu", "tau"), means, gradient(0.0, 0.0).tolist(), deviations, strict=True
        ):
            yield Case(
                f"large batch, {trick}, {name}",
                partial(statistics.expect_mean, wanted=exact, sd=float(sd), samples="", what=""),
                right,
                lambda error, right=right: right + error,
            )


def of_steps(runs: int) -> Iterator[Case]:
    """The steps of SGD in its scatter."""
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
                partial(statistics.expect_mean, wanted=0.0, sd=1.0, samples="", what=""),
                studentized,
                lambda error, right=studentized: right + error,
            )


def of_endpoints(runs: int) -> Iterator[Case]:
    for trick in TRICKS:
        ends = descend(runs, 500, 1e-2, 16, trick)[:, -1]
        for index, (mean, sd) in enumerate(endpoint_distribution(trick, 500, 1e-2, 16)):
            yield Case(
                f"reported end, {trick}, {('mu', 'sigma')[index]}",
                partial(statistics.expect_mean, wanted=mean, sd=sd, samples="", what=""),
                ends[:, index],
                lambda error, right=ends[:, index]: right + error,
            )


def estimates(mu: np.ndarray, tau: np.ndarray, trick: str, batch: int) -> np.ndarray:
    """(2, n) gradients from a batch of its own at each of n places, as in a correct program."""
    mus, taus = (torch.from_numpy(one).float()[:, None] for one in (mu, tau))
    eps, sigma = torch.randn(len(mu), batch), taus.exp()
    x = mus + sigma * eps
    if trick == "log-derivative":
        value = x * x.sin()
        found = torch.stack([value * eps / sigma, value * (eps**2 - 1)])
    else:
        slope = x.sin() + x * x.cos()
        found = torch.stack([slope, slope * sigma * eps])
    exact = np.stack([mu - 1, np.exp(tau) - 1])
    return found.double().mean(dim=2).numpy() + exact


def descend(runs: int, steps: int, step_size: float, batch: int, trick: str) -> np.ndarray:
    """(runs, steps + 1, 2) paths of (mu, sigma) from (0, 1)."""
    places = np.zeros((2, runs))
    paths = np.empty((runs, steps + 1, 2))
    for k in range(steps + 1):
        paths[:, k, 0], paths[:, k, 1] = places[0], np.exp(places[1])
        places = places - step_size * estimates(*places, trick, batch)
    return paths


def measure(case: Case) -> Measured:
    """The rates of one assertion."""
    refused, terms = [], None
    for rate in RATES:
        count = 0
        for value in case.right:
            try:
                terms = case.holds(value, share=rate)
            except Wrong:
                count += 1
        refused.append(count / len(case.right))
    assert terms is not None
    found = [not holds(case, value) for value in case.wrong(terms.smallest)]
    return Measured(case.name, len(case.right), refused, terms.smallest, float(np.mean(found)))


def holds(case: Case, value: Any) -> bool:
    try:
        case.holds(value, share=RATES[-1])
    except Wrong:
        return False
    return True


def sound(found: Measured) -> bool:
    """Whether the rates are at most the stated ones, the power at least: within 1 in 10,000."""
    below = all(
        stats.binom.sf(round(one * found.runs) - 1, found.runs, rate) > 1e-4
        for one, rate in zip(found.refused, RATES, strict=True)
    )
    seen = round(found.power * found.runs)
    return bool(below and stats.binom.cdf(seen, found.runs, POWER) > 1e-4)


def draw(found: list[Measured], path: str) -> None:
    """The measured rates beside the stated ones, as a picture."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "assay"})
    from matplotlib import pyplot

    figure, (rates, powers) = pyplot.subplots(
        1, 2, figsize=(11, 0.28 * len(found) + 1.5), sharey=True, layout="constrained"
    )
    rows = np.arange(len(found))
    for index, (rate, mark) in enumerate(zip(RATES[:2], "os", strict=True)):
        seen = np.maximum([one.refused[index] for one in found], 1e-5)
        rates.plot(seen, rows, mark, label=f"measured at {rate:g}")
        rates.axvline(rate, color=f"C{index}", linewidth=1)
    rates.set(xscale="log", xlabel="correct programs refused", yticks=rows, ylim=(-1, len(found)))
    rates.set_yticklabels([one.name for one in found], fontsize=8)
    rates.legend(fontsize=8)
    powers.plot([one.power for one in found], rows, "o")
    powers.axvline(POWER, linewidth=1)
    powers.set(xlim=(0.99, 1.0005), xlabel="smallest stated error seen")
    rates.invert_yaxis()
    figure.savefig(path, metadata={"Date": None})


def main(runs: int, path: str) -> int:
    """Measure every assertion, print the table, draw the picture."""
    started, torch_seed = time.perf_counter(), 20261122
    torch.manual_seed(torch_seed)
    table = Table(
        "assertion",
        *(f"refused at {rate:.0e}" for rate in RATES),
        "smallest error",
        "seen",
        "",
        box=None,
    )
    found = []
    for case in cases(runs):
        found.append(one := measure(case))
        table.add_row(
            one.name,
            *(f"{rate:.5f}" for rate in one.refused),
            f"{one.smallest:.3g}",
            f"{one.power:.5f}",
            "" if sound(one) else "OFF",
        )
    Console(width=140).print(table)
    print(f"{runs} runs each, {time.perf_counter() - started:.0f} s")
    if path:
        draw(found, path)
    return 0 if all(map(sound, found)) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, (*sys.argv, "", "")[2]))

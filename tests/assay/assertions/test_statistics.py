"""Chance: exact laws against enumeration, bands that keep to their share, a run that adds up."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from places import ROOT
from scipy import signal, stats

from assay.assertions.error_rates import (
    ASSERTIONS,
    POWER,
    RUN_BUDGET,
    SHARE,
    Terms,
    normal_quantile,
    once_in,
    settle,
)
from assay.assertions.mean_distribution import MeanDistribution
from assay.assertions.statistics import (
    autocorrelations,
    binomial_band,
    expect_binomial,
    expect_drawn_from,
    expect_mean,
    expect_uncorrelated,
    expect_variance,
    variance_band,
)
from assay.submission import read
from assay.verdict import Wrong
from graders.evidence.ruin import Game, estimate_distributions

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

ROULETTE = 18 / 37
GAME = Game(600, 100, 0, 200)
SMALL_GAMES = [
    (Game(8, 2, 0, 4), ROULETTE, 0.55),
    (Game(7, 3, 1, 4), 0.375, 0.5),
    (Game(6, 1, 0, 5), 0.5, 0.6),
]
# What a law leaves out, and what the FFT rounds.
LEFT_OUT = SHARE / 2 + 1e-11


@st.composite
def finite_laws(draw: Any) -> tuple[np.ndarray, np.ndarray]:
    """Two to four different atoms, quarters so that sums coincide, with their chances."""
    quarters = draw(st.lists(st.integers(0, 20), min_size=2, max_size=4, unique=True))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(quarters), max_size=len(quarters)))
    return np.array(quarters) / 4, np.array(weights) / sum(weights)


def enumerated(atoms: np.ndarray, chances: np.ndarray, samples: int) -> dict[float, float]:
    """The law of the mean: its values and their chances, by listing all samples."""
    law: dict[float, float] = {}
    for place in product(range(len(atoms)), repeat=samples):
        value = float(atoms[list(place)].sum()) / samples  # quarters add exactly
        law[value] = law.get(value, 0.0) + float(chances[list(place)].prod())
    return dict(sorted(law.items()))


def cdf_at(law: MeanDistribution, value: float) -> float:
    return float(law.cdf[min(int(value / law.step), len(law.cdf) - 1)]) if value >= 0 else 0.0


def bernoulli(chance: float, samples: int) -> MeanDistribution:
    return MeanDistribution.of(np.array([0.0, 1.0]), np.array([1 - chance, chance]), samples)


@settings(max_examples=40)
@given(drawn=finite_laws(), samples=st.integers(1, 4))
def test_the_law_of_a_mean_is_that_of_enumeration(drawn, samples):
    law, exact = MeanDistribution.of(*drawn, samples), enumerated(*drawn, samples)
    places = list(exact)
    # Between two values of the mean, where the grid's resolution does not matter.
    for index, (low, high) in enumerate(pairwise(places)):
        wanted = sum(list(exact.values())[: index + 1])
        assert cdf_at(law, (low + high) / 2) == pytest.approx(wanted, abs=LEFT_OUT)


@settings(max_examples=40)
@given(drawn=finite_laws(), samples=st.integers(1, 4))
def test_mean_and_sd_are_exact(drawn, samples):
    law, exact = MeanDistribution.of(*drawn, samples), enumerated(*drawn, samples)
    mean = sum(value * chance for value, chance in exact.items())
    variance = sum((value - mean) ** 2 * chance for value, chance in exact.items())
    assert law.mean == pytest.approx(mean, rel=1e-12, abs=1e-12)
    assert law.sd == pytest.approx(math.sqrt(variance), rel=1e-9)


@pytest.mark.parametrize(("samples", "chance"), [(1, 0.5), (50, 0.1), (500, 0.4), (3000, 0.01)])
def test_the_mean_of_zeros_and_ones_is_binomial(samples, chance):
    law = bernoulli(chance, samples)
    counts = np.arange(samples)
    got = [cdf_at(law, (k + 0.5) / samples) for k in counts]
    # A count is spread over about sqrt(samples) cells of the grid, here less than half a count.
    wanted = stats.binom.cdf(counts, samples, chance)
    np.testing.assert_allclose(got, wanted, atol=LEFT_OUT, rtol=0)


@pytest.mark.parametrize("samples", [3000, 20_000])
def test_with_many_samples_the_grid_hardly_widens_the_band(samples):
    low, high = binomial_band(samples, 0.4)
    got = np.array(bernoulli(0.4, samples).band()) * samples
    assert got == pytest.approx([low, high], abs=0.02 * (high - low))


@given(drawn=finite_laws(), samples=st.integers(1, 50))
def test_four_times_the_samples_halve_the_standard_error(drawn, samples):
    once, more = (MeanDistribution.of(*drawn, n, cells=2**10) for n in (samples, 4 * samples))
    assert more.sd == pytest.approx(once.sd / 2, rel=1e-12)


@settings(max_examples=40)
@given(drawn=finite_laws(), samples=st.integers(1, 4), share=st.sampled_from([SHARE, 1e-3, 0.05]))
def test_a_right_mean_misses_its_band_with_at_most_its_share(drawn, samples, share):
    low, high = MeanDistribution.of(*drawn, samples).band(share)
    exact = enumerated(*drawn, samples)
    assert sum(c for value, c in exact.items() if not low <= value <= high) <= share + 1e-14


@pytest.mark.parametrize("share", [SHARE, 1e-3, 0.05])
@pytest.mark.parametrize("samples", [1, 2, 5, 13, 20, 40])
def test_a_right_count_misses_its_bands_with_at_most_their_share(samples, share):
    counts = np.arange(samples + 1)
    for chance in np.linspace(0.02, 0.9, 23):
        weights = stats.binom.pmf(counts, samples, chance)
        low, high = bernoulli(chance, samples).band(share)
        means = counts / samples
        assert weights[(means < low) | (means > high)].sum() <= share + 1e-14, chance
        low, high = binomial_band(samples, chance, share)
        assert weights[(counts < low) | (counts > high)].sum() <= share + 1e-14, chance


@settings(max_examples=40)
@given(drawn=finite_laws(), samples=st.integers(1, 200))
def test_a_smaller_share_gives_a_wider_band_around_the_mean(drawn, samples):
    law = MeanDistribution.of(*drawn, samples)
    narrow, wide = law.band(1e-2), law.band(SHARE)
    assert wide[0] <= narrow[0] <= law.mean <= narrow[1] <= wide[1]


@pytest.mark.parametrize(("trials", "chance"), [(1, 0.5), (500, 0.44), (4999, 0.02), (3000, 2e-6)])
def test_no_narrower_band_of_counts_keeps_to_the_share_on_each_side(trials, chance):
    low, high = binomial_band(trials, chance)
    law = stats.binom(trials, chance)
    assert law.cdf(low - 1) <= SHARE / 2 < law.cdf(low)
    assert law.sf(high) <= SHARE / 2 < law.sf(high - 1)


@pytest.mark.parametrize("chances", [[0.5, 0.4], [0.6, 0.5], [math.nan, 1.0]])
def test_chances_that_do_not_sum_to_one_are_refused(chances):
    with pytest.raises(ValueError, match="sum to"):
        MeanDistribution.of(np.array([0.0, 1.0]), np.array(chances), 10)


def test_no_sample_is_refused():
    with pytest.raises(ValueError, match="0 samples"):
        bernoulli(0.5, 0)


def test_the_stopped_ratio_is_light_and_the_full_ratio_is_not():
    stopped, full = estimate_distributions(GAME, ROULETTE, 0.55, 3000)
    assert stopped.sd / stopped.mean == pytest.approx(0.0705, abs=5e-5)
    assert full.sd / full.mean == pytest.approx(0.1232, abs=5e-5)

    def quantile(law: MeanDistribution, above: float) -> float:
        return float(np.searchsorted(law.cdf, 1 - above)) * law.step / law.mean

    # A normal law's would be 1.39 and 1.67. The law is known to a quarter of a share, of which the
    # tail at this place is one: within 15 %.
    assert quantile(stopped, SHARE) == pytest.approx(1.41, abs=0.02)
    assert quantile(full, SHARE) == pytest.approx(24, rel=0.15)
    assert 20 < full.band()[1] / full.mean < 40


@pytest.mark.parametrize(("off", "stopped", "full"), [(0.1, 0.156, 0.376), (0.2, 4.6e-3, 0.081)])
def test_estimates_are_off_as_often_as_was_measured(off, stopped, full):
    for law, wanted in zip(
        estimate_distributions(GAME, ROULETTE, 0.55, 3000), (stopped, full), strict=True
    ):
        inside = cdf_at(law, (1 + off) * law.mean) - cdf_at(law, (1 - off) * law.mean)
        assert 1 - inside == pytest.approx(wanted, rel=0.01)


def refusal(value: float, laws: tuple[MeanDistribution, ...], **keywords: Any) -> str:
    with pytest.raises(Wrong) as caught:
        expect_drawn_from(value, laws, what="the estimate", **keywords)
    return caught.value.evidence


@pytest.mark.parametrize(("game", "p", "q"), SMALL_GAMES)
@pytest.mark.parametrize("samples", [500, 20_000])
def test_an_error_as_large_as_the_message_says_is_seen_as_often_as_it_says(game, p, q, samples):
    for law in estimate_distributions(game, p, q, samples):
        told = refusal(2 * law.band()[1], (law,))
        found = re.search(r"detects an error of (\S+) with probability ([\d.]+)", told)
        assert float(found[2]) == POWER
        error = float(found[1]) * 1.05  # it is told with two digits
        low, high = law.band()
        missed_up, missed_down = cdf_at(law, high - error), 1 - cdf_at(law, low + error)
        assert max(missed_up, missed_down) <= 1 - POWER
        # Nor is it idle: an error of two thirds of that size is missed more often.
        assert cdf_at(law, high - error / 1.5) > 2 * (1 - POWER)


@pytest.mark.parametrize(("trials", "chance"), [(4_999, 0.414), (997, 0.4219), (2_003, 0.5325)])
def test_an_error_of_a_count_is_seen_as_often_as_the_message_says(trials, chance):
    with pytest.raises(Wrong) as caught:
        expect_binomial(trials, trials, chance, what="the count")
    told = caught.value.evidence
    error = float(re.search(r"probability off by (\S+)\s", told)[1]) * 1.05
    low, high = binomial_band(trials, chance)
    for wrong in (chance + error, chance - error):
        missed = stats.binom.cdf(high, trials, wrong) - stats.binom.cdf(low - 1, trials, wrong)
        assert missed <= 1 - POWER


def test_one_plausible_law_of_several_suffices():
    stopped, full = estimate_distributions(GAME, ROULETTE, 0.55, 3000)
    value = 5 * full.mean
    expect_drawn_from(value, (stopped, full), what="the estimate")
    expect_drawn_from(value, (full, stopped), what="the estimate")
    assert refusal(value, (stopped,), hint="x").startswith("the estimate is 1.19419e-05")


LAW = bernoulli(0.3, 400)


@given(part=st.floats(0, 1))
def test_what_lies_in_the_band_passes_and_what_lies_outside_does_not(part):
    low, high = LAW.band()
    expect_drawn_from(min(low + part * (high - low), high), (LAW,), what="the estimate")
    for value in (low * (1 - part) - 1e-9, high + part + 1e-9):
        assert "exact is 0.3" in refusal(value, (LAW,))


@pytest.mark.parametrize("count", [30, 40, 60, 75])
def test_the_chance_told_is_that_of_being_as_far_out(count):
    law = bernoulli(0.5, 100)
    exact = stats.binom(100, 0.5)
    below, above = exact.cdf(count - 1), exact.sf(count)
    half_way = (count + 0.5) / 100 if count > 50 else (count - 0.5) / 100
    wanted = above if count > 50 else below
    assert law.probability_as_far(half_way) == pytest.approx(wanted, rel=1e-3, abs=LEFT_OUT)


@given(trials=st.integers(1, 5000), chance=st.floats(0.001, 0.999))
def test_counts_in_their_band_pass_and_the_next_ones_do_not(trials, chance):
    low, high = binomial_band(trials, chance)
    for count in (low, high):
        expect_binomial(count, trials, chance, what="the count")
    for count in {low - 1, high + 1} - {-1, trials + 1}:
        with pytest.raises(Wrong, match=f"the count is {count} of {trials}"):
            expect_binomial(count, trials, chance, what="the count")


@pytest.mark.parametrize("share", [0.05, 1e-3, SHARE])
def test_the_normal_quantile_leaves_its_share_outside(share):
    assert 2 * stats.norm.sf(normal_quantile(share)) == pytest.approx(share, rel=1e-9)


def test_the_shares_of_the_budget_are_equal():
    assert pytest.approx(RUN_BUDGET) == SHARE * ASSERTIONS
    assert normal_quantile() == pytest.approx(5.61, abs=0.01)


def test_the_statistical_assertions_of_a_run_keep_to_its_budget(grader, monkeypatch):
    spent: list[float] = []

    def counted(holds: bool, evidence: str, allowed: str, terms: Terms, hint: str) -> Terms:
        spent.append(terms.share)
        return settle(holds, evidence, allowed, terms, hint)

    for module in [m for name, m in sys.modules.items() if name.startswith("assay")]:
        if getattr(module, "settle", None) is settle:
            monkeypatch.setattr(module, "settle", counted)
    result = grader.judge(read(ROOT / "reference"))
    assert {o.outcome for o in result.checks} == {"passed"}
    assert len(spent) > 30
    assert sum(spent) <= RUN_BUDGET


def test_nothing_of_the_kit_judges_by_chance_beside_the_engine():
    for path in [*(ROOT / "assay").rglob("*.py"), *(ROOT / "graders").rglob("*.py")]:
        if path.name not in ("error_rates.py", "mean_distribution.py", "statistics.py"):
            text = path.read_text("utf-8")
            assert "normal_quantile" not in text, path


DRAWS, RUNS, SEEN = 400, 1000, 0.99
# Laws of variance 1: a draw of them and their kurtosis.
UNITS: dict[str, tuple[Callable[..., np.ndarray], float]] = {
    "normal": (lambda source, size: source.standard_normal(size), 3.0),
    "uniform": (lambda source, size: source.uniform(-math.sqrt(3), math.sqrt(3), size), 1.8),
    "Laplace": (lambda source, size: source.laplace(0, math.sqrt(0.5), size), 6.0),
}
shares = st.sampled_from([SHARE, 1e-3, 0.05])


def draws(name: str, runs: int, seed: int) -> np.ndarray:
    """(runs, DRAWS) independent draws of mean 0 and variance 1."""
    return UNITS[name][0](np.random.default_rng(seed), (runs, DRAWS))


def refused(values: Iterable[Any], holds: Callable[[Any], Terms]) -> int:
    """How many of these values are refused."""
    count = 0
    for value in values:
        try:
            holds(value)
        except Wrong:
            count += 1
    return count


def assert_at_most(share: float, count: int, runs: int) -> None:
    """So many refusals of so many right runs are no more than that share explains."""
    assert count <= stats.binom.isf(1e-4, runs, share)


def smallest_told(holds: Callable[[Any], Terms], wrong: Any, right: Any) -> float:
    """The smallest error of the terms; the message of a wrong value tells it in two digits."""
    terms = holds(right)
    with pytest.raises(Wrong) as caught:
        holds(wrong)
    told = re.search(
        rf"detects {terms.error} (\S+) with probability ([\d.]+)", caught.value.evidence
    )
    assert float(told[2]) == POWER
    assert float(told[1]) == pytest.approx(terms.smallest, rel=0.05)
    return terms.smallest


@given(
    wanted=st.floats(-10, 10),
    sd=st.floats(1e-3, 10),
    slack=st.sampled_from([0.0, 0.5]),
    share=shares,
    sign=st.sampled_from([-1, 1]),
)
def test_a_mean_is_held_to_the_normal_law_and_the_slack(wanted, sd, slack, share, sign):
    allowed = stats.norm.isf(share / 2) * sd + slack
    terms = expect_mean(
        wanted + sign * allowed * (1 - 1e-6),
        wanted,
        sd,
        "9 samples",
        what="the mean",
        share=share,
        slack=slack,
    )
    assert (terms.share, terms.samples) == (share, "9 samples")
    with pytest.raises(Wrong, match="the mean is"):
        expect_mean(
            wanted + sign * allowed * (1 + 1e-6),
            wanted,
            sd,
            "9 samples",
            what="the mean",
            share=share,
            slack=slack,
        )


@given(samples=st.integers(2, 10**5), kurtosis=st.floats(1.1, 20), share=shares)
def test_a_variance_is_held_to_its_band(samples, kurtosis, share):
    low, high = variance_band(samples, kurtosis, share)
    for ratio in (low * (1 + 1e-9), 1.0, high * (1 - 1e-9)):
        terms = expect_variance(ratio, samples, kurtosis, what="the variance", share=share)
        assert terms.share == share
    for ratio in (low * (1 - 1e-9), high * (1 + 1e-9), 0.0):
        with pytest.raises(Wrong, match="the variance is"):
            expect_variance(ratio, samples, kurtosis, what="the variance", share=share)


@given(samples=st.integers(2, 10**5), kurtosis=st.floats(1.1, 20), share=shares)
def test_the_band_of_a_variance_lies_around_one_and_narrows(samples, kurtosis, share):
    low, high = variance_band(samples, kurtosis, share)
    assert low < 1 < high
    for less in (
        variance_band(4 * samples, kurtosis, share),
        variance_band(samples, 1 + (kurtosis - 1) / 2, share),
        variance_band(samples, kurtosis, 2 * share),
    ):
        assert low <= less[0] < 1 < less[1] <= high


@pytest.mark.parametrize("share", [0.05, 1e-3, SHARE, SHARE / 2])
@pytest.mark.parametrize("samples", [50, 200, 1000])
def test_normal_draws_miss_the_band_of_the_variance_with_less_than_the_share(samples, share):
    low, high = variance_band(samples, 3.0, share)
    exact = stats.chi2(samples)
    missed = exact.cdf(samples * low) + exact.sf(samples * high)
    assert share / 1000 < missed <= share


@given(seed=st.integers(0, 2**31 - 1), count=st.integers(10, 300))
def test_correlations_are_held_to_the_normal_law_of_the_worst_of_all_lags(seed, count):
    values = np.random.default_rng(seed).standard_normal(count)
    found = np.abs(autocorrelations(values))
    found *= np.sqrt(count - 1 - np.arange(len(found)))
    # The share at which the worst lag is at its bound.
    share = 2 * stats.norm.sf(found.max()) * len(found)
    assert expect_uncorrelated(values, what="a draw", share=share * 0.999).error
    with pytest.raises(Wrong, match=f"a draw and the one {found.argmax() + 1} later"):
        expect_uncorrelated(values, what="a draw", share=share * 1.001)


@settings(max_examples=60)
@given(values=st.lists(st.floats(-10, 10), min_size=2, max_size=60))
def test_autocorrelations_are_the_direct_sums(values):
    centred = np.array(values) - np.mean(values)
    assume(centred @ centred > 1e-6)
    sums = np.correlate(centred, centred, "full")[len(values) - 1 :]
    direct = sums / sums[0] * len(values) / (len(values) - np.arange(len(values)))
    np.testing.assert_allclose(
        autocorrelations(np.array(values)), direct[1 : len(values) // 2 + 1], atol=1e-12
    )


@pytest.mark.parametrize("period", [3, 7, 50, 200])
def test_a_sequence_that_repeats_itself_is_told_by_its_period(period):
    values = np.resize(np.random.default_rng(0).standard_normal(period), DRAWS)
    with pytest.raises(Wrong, match=f"a draw and the one {period} later have the correlation"):
        expect_uncorrelated(values, what="a draw")


def test_draws_that_all_come_twice_are_told():
    values = np.repeat(np.random.default_rng(0).standard_normal(DRAWS // 2), 2)
    with pytest.raises(Wrong, match="a draw and the one 1 later have the correlation"):
        expect_uncorrelated(values, what="a draw")


def test_autocorrelations_heed_neither_place_nor_scale():
    values = np.random.default_rng(0).standard_normal(DRAWS)
    found = autocorrelations(values)
    np.testing.assert_allclose(autocorrelations(100 - 30 * values), found, atol=1e-12)


@pytest.mark.parametrize("name", UNITS)
def test_right_runs_are_refused_with_at_most_the_share(name):
    runs, share = 3000, 1e-2
    values, kurtosis = draws(name, runs, seed=1), UNITS[name][1]
    of_mean = refused(
        values.mean(axis=1),
        lambda mean: expect_mean(mean, 0.0, DRAWS**-0.5, "", what="", share=share),
    )
    of_variance = refused(
        (values**2).mean(axis=1),
        lambda ratio: expect_variance(ratio, DRAWS, kurtosis, what="", share=share),
    )
    assert_at_most(share, of_mean, runs)
    assert_at_most(share, of_variance, runs)
    # Bonferroni over the lags leaves room, and so does the law of a variance; that of a mean none.
    of_lags = refused(values, lambda row: expect_uncorrelated(row, what="", share=share))
    assert_at_most(share, of_lags, runs)
    assert of_mean >= stats.binom.ppf(1e-4, runs, share)


@pytest.mark.parametrize("name", UNITS)
def test_a_mean_off_by_what_the_message_says_is_seen(name):
    def holds(mean: float) -> Terms:
        return expect_mean(mean, 0.0, DRAWS**-0.5, "", what="the mean")

    error = smallest_told(holds, wrong=9.0, right=0.0)
    means = draws(name, RUNS, seed=2).mean(axis=1)
    for sign in (-1, 1):
        assert refused(means + sign * error, holds) >= SEEN * RUNS
        # Nor is it idle: two thirds of it are missed more often.
        assert refused(means + sign * error / 1.5, holds) < SEEN * RUNS


@pytest.mark.parametrize("name", UNITS)
def test_a_variance_off_by_the_factor_of_the_message_is_seen(name):
    def holds(ratio: float) -> Terms:
        return expect_variance(ratio, DRAWS, UNITS[name][1], what="the variance")

    factor = smallest_told(holds, wrong=99.0, right=1.0)
    ratios = (draws(name, RUNS, seed=3) ** 2).mean(axis=1)
    for sign in (-1, 1):
        assert refused(ratios * factor**sign, holds) >= SEEN * RUNS
        assert refused(ratios * factor ** (sign / 1.5), holds) < SEEN * RUNS


@pytest.mark.parametrize("sign", [-1, 1])
def test_neighbours_correlated_as_the_message_says_are_seen(sign):
    def holds(values: np.ndarray) -> Terms:
        return expect_uncorrelated(values, what="a draw")

    right = draws("normal", RUNS, seed=4)
    r = smallest_told(holds, wrong=np.arange(DRAWS, dtype=float), right=right[0])
    # What is told holds for every lag; of neighbours less is seen as well.
    for part, enough in ((1.0, True), (1 / 3, False)):
        by = sign * part * r
        chain = signal.lfilter([math.sqrt(1 - by * by)], [1, -by], right)
        assert (refused(chain, holds) >= SEEN * RUNS) == enough


@pytest.mark.parametrize(
    ("chance", "told"),
    [
        (0.01, "less than once in 100 runs"),
        (2e-8, "less than once in 5*10^7 runs"),
        (0.0, "less than once in 10^12 runs"),
    ],
)
def test_a_chance_is_told_as_once_in_so_many_runs(chance: float, told: str) -> None:
    assert once_in(chance) == told

"""Statistical assertions: exact distributions, bands with their false-reject rate, detection."""

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
    FALSE_REJECT_RATE,
    POWER,
    RUN_BUDGET,
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
# The tails that a distribution leaves out, and rounding in the FFT.
LEFT_OUT = FALSE_REJECT_RATE / 2 + 1e-11


rates = st.sampled_from([FALSE_REJECT_RATE, 1e-3, 0.05])


@st.composite
def finite_distributions(draw: Any) -> tuple[np.ndarray, np.ndarray]:
    """Two to four different atoms and their probabilities; quarters, so that sums coincide."""
    quarters = draw(st.lists(st.integers(0, 20), min_size=2, max_size=4, unique=True))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(quarters), max_size=len(quarters)))
    return np.array(quarters) / 4, np.array(weights) / sum(weights)


def enumerated(atoms: np.ndarray, probabilities: np.ndarray, samples: int) -> dict[float, float]:
    """The distribution of the mean, value -> probability, by enumerating all samples."""
    distribution: dict[float, float] = {}
    for place in product(range(len(atoms)), repeat=samples):
        value = float(atoms[list(place)].sum()) / samples  # quarters add exactly
        distribution[value] = distribution.get(value, 0.0) + float(
            probabilities[list(place)].prod()
        )
    return dict(sorted(distribution.items()))


def cdf_at(distribution: MeanDistribution, value: float) -> float:
    cell = min(int(value / distribution.step), len(distribution.cdf) - 1)
    return float(distribution.cdf[cell]) if value >= 0 else 0.0


def bernoulli(probability: float, samples: int) -> MeanDistribution:
    return MeanDistribution.of(
        np.array([0.0, 1.0]), np.array([1 - probability, probability]), samples
    )


@settings(max_examples=40)
@given(drawn=finite_distributions(), samples=st.integers(1, 4))
def test_the_distribution_of_a_mean_agrees_with_enumeration(drawn, samples):
    distribution, exact = MeanDistribution.of(*drawn, samples), enumerated(*drawn, samples)
    places = list(exact)
    # Between two values of the mean, where the grid's resolution does not matter.
    for index, (low, high) in enumerate(pairwise(places)):
        expected = sum(list(exact.values())[: index + 1])
        assert cdf_at(distribution, (low + high) / 2) == pytest.approx(expected, abs=LEFT_OUT)


@settings(max_examples=40)
@given(drawn=finite_distributions(), samples=st.integers(1, 4))
def test_mean_and_sd_are_exact(drawn, samples):
    distribution, exact = MeanDistribution.of(*drawn, samples), enumerated(*drawn, samples)
    mean = sum(value * probability for value, probability in exact.items())
    variance = sum((value - mean) ** 2 * probability for value, probability in exact.items())
    assert distribution.mean == pytest.approx(mean, rel=1e-12, abs=1e-12)
    assert distribution.sd == pytest.approx(math.sqrt(variance), rel=1e-9)


@settings(max_examples=30)
@given(drawn=finite_distributions(), samples=st.integers(1, 300), by=st.integers(-8, -1))
def test_values_below_zero_move_the_distribution(drawn, samples, by):
    atoms, probabilities = drawn
    base = MeanDistribution.of(atoms - atoms.min(), probabilities, samples)
    moved = MeanDistribution.of(atoms - atoms.min() + by, probabilities, samples)
    assert moved.mean == pytest.approx(base.mean + by, abs=1e-9)
    assert moved.sd == pytest.approx(base.sd, rel=1e-6)
    low, high = base.band()
    assert moved.band() == pytest.approx((low + by, high + by), abs=2 * base.step)
    assert moved.tail_probability(high + by + 1) == base.tail_probability(high + 1)


@given(trials=st.integers(1, 2000), probability=st.floats(0.001, 0.999), rate=rates)
def test_the_band_of_a_count_is_the_narrowest_that_the_rate_allows(trials, probability, rate):
    low, high = binomial_band(trials, probability, rate)
    exact = stats.binom(trials, probability)
    assert exact.cdf(low - 1) < rate / 2 <= exact.cdf(low) * (1 + 1e-9)
    assert exact.sf(high) <= rate / 2 * (1 + 1e-9)
    assert high == 0 or exact.sf(high - 1) > rate / 2 * (1 - 1e-9)


def test_the_band_of_a_count_takes_no_longer_for_many_trials():
    low, high = binomial_band(10**15, 2.388e-6)
    mean, sd = 2.388e9, 2.388e9**0.5
    assert (mean - low) / sd == pytest.approx(normal_quantile(), rel=1e-3)
    assert (high - mean) / sd == pytest.approx(normal_quantile(), rel=1e-3)


@pytest.mark.parametrize(
    ("samples", "probability"), [(1, 0.5), (50, 0.1), (500, 0.4), (3000, 0.01)]
)
def test_the_mean_of_zeros_and_ones_is_binomial(samples, probability):
    distribution = bernoulli(probability, samples)
    counts = np.arange(samples)
    got = [cdf_at(distribution, (k + 0.5) / samples) for k in counts]
    # A count is spread over about sqrt(samples) cells of the grid, here less than half a count.
    expected = stats.binom.cdf(counts, samples, probability)
    np.testing.assert_allclose(got, expected, atol=LEFT_OUT, rtol=0)


@pytest.mark.parametrize("samples", [3000, 20_000])
def test_with_many_samples_the_grid_hardly_widens_the_band(samples):
    low, high = binomial_band(samples, 0.4)
    got = np.array(bernoulli(0.4, samples).band()) * samples
    assert got == pytest.approx([low, high], abs=0.02 * (high - low))


@given(drawn=finite_distributions(), samples=st.integers(1, 50))
def test_four_times_the_samples_halve_the_standard_error(drawn, samples):
    once, more = (MeanDistribution.of(*drawn, n, cells=2**10) for n in (samples, 4 * samples))
    assert more.sd == pytest.approx(once.sd / 2, rel=1e-12)


@settings(max_examples=40)
@given(
    drawn=finite_distributions(),
    samples=st.integers(1, 4),
    rate=st.sampled_from([FALSE_REJECT_RATE, 1e-3, 0.05]),
)
def test_a_correct_mean_misses_its_band_with_at_most_the_stated_rate(drawn, samples, rate):
    low, high = MeanDistribution.of(*drawn, samples).band(rate)
    exact = enumerated(*drawn, samples)
    assert sum(c for value, c in exact.items() if not low <= value <= high) <= rate + 1e-14


@pytest.mark.parametrize("rate", [FALSE_REJECT_RATE, 1e-3, 0.05])
@pytest.mark.parametrize("samples", [1, 2, 5, 13, 20, 40])
def test_a_correct_count_misses_its_bands_with_at_most_the_stated_rate(samples, rate):
    counts = np.arange(samples + 1)
    for probability in np.linspace(0.02, 0.9, 23):
        weights = stats.binom.pmf(counts, samples, probability)
        low, high = bernoulli(probability, samples).band(rate)
        means = counts / samples
        assert weights[(means < low) | (means > high)].sum() <= rate + 1e-14, probability
        low, high = binomial_band(samples, probability, rate)
        assert weights[(counts < low) | (counts > high)].sum() <= rate + 1e-14, probability


@settings(max_examples=40)
@given(drawn=finite_distributions(), samples=st.integers(1, 200))
def test_a_smaller_rate_gives_a_wider_band_around_the_mean(drawn, samples):
    distribution = MeanDistribution.of(*drawn, samples)
    narrow, wide = distribution.band(1e-2), distribution.band(FALSE_REJECT_RATE)
    assert wide[0] <= narrow[0] <= distribution.mean <= narrow[1] <= wide[1]


@pytest.mark.parametrize(
    ("trials", "probability"), [(1, 0.5), (500, 0.44), (4999, 0.02), (3000, 2e-6)]
)
def test_no_narrower_band_of_counts_keeps_half_the_rate_on_each_side(trials, probability):
    low, high = binomial_band(trials, probability)
    distribution = stats.binom(trials, probability)
    assert distribution.cdf(low - 1) <= FALSE_REJECT_RATE / 2 < distribution.cdf(low)
    assert distribution.sf(high) <= FALSE_REJECT_RATE / 2 < distribution.sf(high - 1)


@pytest.mark.parametrize("probabilities", [[0.5, 0.4], [0.6, 0.5], [math.nan, 1.0]])
def test_probabilities_that_do_not_sum_to_one_are_rejected(probabilities):
    with pytest.raises(ValueError, match="sum to"):
        MeanDistribution.of(np.array([0.0, 1.0]), np.array(probabilities), 10)


def test_a_mean_of_no_samples_is_rejected():
    with pytest.raises(ValueError, match="0 samples"):
        bernoulli(0.5, 0)


def test_the_stopped_ratio_has_light_tails_and_the_full_ratio_has_not():
    stopped, full = estimate_distributions(GAME, ROULETTE, 0.55, 3000)
    assert stopped.sd / stopped.mean == pytest.approx(0.0705, abs=5e-5)
    assert full.sd / full.mean == pytest.approx(0.1232, abs=5e-5)

    def quantile(distribution: MeanDistribution, above: float) -> float:
        cell = float(np.searchsorted(distribution.cdf, 1 - above))
        return cell * distribution.step / distribution.mean

    # For normal distributions these would be 1.39 and 1.67. The tail probability here is one
    # false-reject rate, known to a quarter of that: the quantile is within 15 %.
    assert quantile(stopped, FALSE_REJECT_RATE) == pytest.approx(1.41, abs=0.02)
    assert quantile(full, FALSE_REJECT_RATE) == pytest.approx(24, rel=0.15)
    assert 20 < full.band()[1] / full.mean < 40


@pytest.mark.parametrize(("off", "stopped", "full"), [(0.1, 0.156, 0.376), (0.2, 4.6e-3, 0.081)])
def test_estimates_are_off_as_often_as_measured(off, stopped, full):
    for distribution, expected in zip(
        estimate_distributions(GAME, ROULETTE, 0.55, 3000), (stopped, full), strict=True
    ):
        inside = cdf_at(distribution, (1 + off) * distribution.mean) - cdf_at(
            distribution, (1 - off) * distribution.mean
        )
        assert 1 - inside == pytest.approx(expected, rel=0.01)


def message(value: float, distributions: tuple[MeanDistribution, ...], **keywords: Any) -> str:
    with pytest.raises(Wrong) as caught:
        expect_drawn_from(value, distributions, what="the estimate", **keywords)
    return caught.value.evidence


@pytest.mark.parametrize(("game", "p", "q"), SMALL_GAMES)
@pytest.mark.parametrize("samples", [500, 20_000])
def test_an_error_of_a_mean_is_detected_as_often_as_the_message_says(game, p, q, samples):
    for distribution in estimate_distributions(game, p, q, samples):
        text = message(2 * distribution.band()[1], (distribution,))
        found = re.search(r"detects an error of (\S+) with probability ([\d.]+)", text)
        assert float(found[2]) == POWER
        error = float(found[1]) * 1.05  # the message has two digits
        low, high = distribution.band()
        missed_up, missed_down = (
            cdf_at(distribution, high - error),
            1 - cdf_at(distribution, low + error),
        )
        assert max(missed_up, missed_down) <= 1 - POWER
        # Nor is the figure too large: two thirds of that error are missed more often.
        assert cdf_at(distribution, high - error / 1.5) > 2 * (1 - POWER)


@pytest.mark.parametrize(
    ("trials", "probability"), [(4_999, 0.414), (997, 0.4219), (2_003, 0.5325)]
)
def test_an_error_of_a_count_is_detected_as_often_as_the_message_says(trials, probability):
    with pytest.raises(Wrong) as caught:
        expect_binomial(trials, trials, probability, what="the count")
    text = caught.value.evidence
    error = float(re.search(r"probability off by (\S+)\s", text)[1]) * 1.05
    low, high = binomial_band(trials, probability)
    for wrong in (probability + error, probability - error):
        missed = stats.binom.cdf(high, trials, wrong) - stats.binom.cdf(low - 1, trials, wrong)
        assert missed <= 1 - POWER


def test_one_plausible_distribution_of_several_suffices():
    stopped, full = estimate_distributions(GAME, ROULETTE, 0.55, 3000)
    value = 5 * full.mean
    expect_drawn_from(value, (stopped, full), what="the estimate")
    expect_drawn_from(value, (full, stopped), what="the estimate")
    assert message(value, (stopped,), hint="x").startswith("the estimate is 1.19419e-05")


DISTRIBUTION = bernoulli(0.3, 400)


@given(part=st.floats(0, 1))
def test_values_in_the_band_pass_and_values_outside_fail(part):
    low, high = DISTRIBUTION.band()
    expect_drawn_from(min(low + part * (high - low), high), (DISTRIBUTION,), what="the estimate")
    for value in (low * (1 - part) - 1e-9, high + part + 1e-9):
        assert "expected 0.3" in message(value, (DISTRIBUTION,))


@pytest.mark.parametrize("count", [30, 40, 60, 75])
def test_the_tail_probability_is_that_of_being_as_far_out(count):
    distribution = bernoulli(0.5, 100)
    exact = stats.binom(100, 0.5)
    below, above = exact.cdf(count - 1), exact.sf(count)
    half_way = (count + 0.5) / 100 if count > 50 else (count - 0.5) / 100
    expected = above if count > 50 else below
    assert distribution.tail_probability(half_way) == pytest.approx(
        expected, rel=1e-3, abs=LEFT_OUT
    )


@given(trials=st.integers(1, 5000), probability=st.floats(0.001, 0.999))
def test_counts_in_the_band_pass_and_the_next_ones_fail(trials, probability):
    low, high = binomial_band(trials, probability)
    for count in (low, high):
        expect_binomial(count, trials, probability, what="the count")
    for count in {low - 1, high + 1} - {-1, trials + 1}:
        with pytest.raises(Wrong, match=f"the count is {count} of {trials}"):
            expect_binomial(count, trials, probability, what="the count")


@pytest.mark.parametrize("rate", [0.05, 1e-3, FALSE_REJECT_RATE])
def test_the_normal_quantile_leaves_the_rate_outside(rate):
    assert 2 * stats.norm.sf(normal_quantile(rate)) == pytest.approx(rate, rel=1e-9)


def test_the_false_reject_rates_of_all_assertions_add_up_to_the_budget():
    assert pytest.approx(RUN_BUDGET) == FALSE_REJECT_RATE * ASSERTIONS
    assert normal_quantile() == pytest.approx(5.61, abs=0.01)


@pytest.mark.slow
def test_the_statistical_assertions_of_a_run_stay_within_its_budget(grader, monkeypatch):
    spent: list[float] = []

    def counted(holds: bool, evidence: str, allowed: str, terms: Terms, hint: str) -> Terms:
        spent.append(terms.rate)
        return settle(holds, evidence, allowed, terms, hint)

    for module in [m for name, m in sys.modules.items() if name.startswith("assay")]:
        if getattr(module, "settle", None) is settle:
            monkeypatch.setattr(module, "settle", counted)
    result = grader.judge(read(ROOT / "reference"))
    assert {o.outcome for o in result.checks} == {"passed"}
    assert len(spent) > 30
    assert sum(spent) <= RUN_BUDGET


def test_normal_quantiles_are_used_only_in_the_statistical_assertions():
    for path in [*(ROOT / "assay").rglob("*.py"), *(ROOT / "graders").rglob("*.py")]:
        if path.name not in ("error_rates.py", "mean_distribution.py", "statistics.py"):
            text = path.read_text("utf-8")
            assert "normal_quantile" not in text, path


DRAWS, RUNS, DETECTED = 400, 1000, 0.99
# Distributions of variance 1: how to draw from them, and their kurtosis.
UNITS: dict[str, tuple[Callable[..., np.ndarray], float]] = {
    "normal": (lambda source, size: source.standard_normal(size), 3.0),
    "uniform": (lambda source, size: source.uniform(-math.sqrt(3), math.sqrt(3), size), 1.8),
    "Laplace": (lambda source, size: source.laplace(0, math.sqrt(0.5), size), 6.0),
}


def draws(name: str, runs: int, seed: int) -> np.ndarray:
    """(runs, DRAWS) independent draws of mean 0 and variance 1."""
    return UNITS[name][0](np.random.default_rng(seed), (runs, DRAWS))


def rejected(values: Iterable[Any], holds: Callable[[Any], Terms]) -> int:
    """How many of these values are rejected."""
    count = 0
    for value in values:
        try:
            holds(value)
        except Wrong:
            count += 1
    return count


def assert_at_most(rate: float, count: int, runs: int) -> None:
    """Check that this count of rejected correct runs is plausible for a rate of at most `rate`."""
    assert count <= stats.binom.isf(1e-4, runs, rate)


def smallest_stated(holds: Callable[[Any], Terms], incorrect: Any, correct: Any) -> float:
    """The smallest error of the terms, which the message for an incorrect value has, too."""
    terms = holds(correct)
    with pytest.raises(Wrong) as caught:
        holds(incorrect)
    text = re.search(
        rf"detects {terms.error} (\S+) with probability ([\d.]+)", caught.value.evidence
    )
    assert float(text[2]) == POWER
    assert float(text[1]) == pytest.approx(terms.smallest, rel=0.05)
    return terms.smallest


@given(
    expected=st.floats(-10, 10),
    sd=st.floats(1e-3, 10),
    slack=st.sampled_from([0.0, 0.5]),
    rate=rates,
    sign=st.sampled_from([-1, 1]),
)
def test_a_mean_may_be_off_by_the_normal_quantile_and_the_slack(expected, sd, slack, rate, sign):
    allowed = stats.norm.isf(rate / 2) * sd + slack
    terms = expect_mean(
        expected + sign * allowed * (1 - 1e-6),
        expected,
        sd,
        "9 samples",
        what="the mean",
        rate=rate,
        slack=slack,
    )
    assert (terms.rate, terms.samples) == (rate, "9 samples")
    with pytest.raises(Wrong, match="the mean is"):
        expect_mean(
            expected + sign * allowed * (1 + 1e-6),
            expected,
            sd,
            "9 samples",
            what="the mean",
            rate=rate,
            slack=slack,
        )


@given(samples=st.integers(2, 10**5), kurtosis=st.floats(1.1, 20), rate=rates)
def test_a_variance_passes_inside_its_band_only(samples, kurtosis, rate):
    low, high = variance_band(samples, kurtosis, rate)
    for ratio in (low * (1 + 1e-9), 1.0, high * (1 - 1e-9)):
        terms = expect_variance(ratio, samples, kurtosis, what="the variance", rate=rate)
        assert terms.rate == rate
    for ratio in (low * (1 - 1e-9), high * (1 + 1e-9), 0.0):
        with pytest.raises(Wrong, match="the variance is"):
            expect_variance(ratio, samples, kurtosis, what="the variance", rate=rate)


@given(samples=st.integers(2, 10**5), kurtosis=st.floats(1.1, 20), rate=rates)
def test_the_band_of_a_variance_lies_around_one_and_narrows(samples, kurtosis, rate):
    low, high = variance_band(samples, kurtosis, rate)
    assert low < 1 < high
    for less in (
        variance_band(4 * samples, kurtosis, rate),
        variance_band(samples, 1 + (kurtosis - 1) / 2, rate),
        variance_band(samples, kurtosis, 2 * rate),
    ):
        assert low <= less[0] < 1 < less[1] <= high


@pytest.mark.parametrize("rate", [0.05, 1e-3, FALSE_REJECT_RATE, FALSE_REJECT_RATE / 2])
@pytest.mark.parametrize("samples", [50, 200, 1000])
def test_normal_draws_miss_the_band_of_the_variance_with_less_than_the_rate(samples, rate):
    low, high = variance_band(samples, 3.0, rate)
    exact = stats.chi2(samples)
    missed = exact.cdf(samples * low) + exact.sf(samples * high)
    assert rate / 1000 < missed <= rate


@given(seed=st.integers(0, 2**31 - 1), count=st.integers(10, 300))
def test_the_worst_correlation_is_compared_with_a_normal_quantile_over_all_lags(seed, count):
    values = np.random.default_rng(seed).standard_normal(count)
    scaled = np.abs(autocorrelations(values))
    scaled *= np.sqrt(count - 1 - np.arange(len(scaled)))
    # The rate at which the worst lag is at its bound.
    rate = 2 * stats.norm.sf(scaled.max()) * len(scaled)
    assume(rate < 0.9)  # as a union bound it may exceed 1, and then it is no rate
    assert expect_uncorrelated(values, what="a draw", rate=rate * 0.999).error
    with pytest.raises(
        Wrong, match=f"a draw has correlation .* with the one {scaled.argmax() + 1} later"
    ):
        expect_uncorrelated(values, what="a draw", rate=rate * 1.001)


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
def test_the_message_for_a_periodic_sequence_has_its_period(period):
    values = np.resize(np.random.default_rng(0).standard_normal(period), DRAWS)
    with pytest.raises(Wrong, match=f"a draw has correlation .* with the one {period} later"):
        expect_uncorrelated(values, what="a draw")


def test_draws_that_all_occur_twice_are_rejected():
    values = np.repeat(np.random.default_rng(0).standard_normal(DRAWS // 2), 2)
    with pytest.raises(Wrong, match=r"a draw has correlation .* with the one 1 later"):
        expect_uncorrelated(values, what="a draw")


def test_autocorrelations_depend_neither_on_location_nor_on_scale():
    values = np.random.default_rng(0).standard_normal(DRAWS)
    expected = autocorrelations(values)
    np.testing.assert_allclose(autocorrelations(100 - 30 * values), expected, atol=1e-12)


@pytest.mark.parametrize("name", UNITS)
def test_correct_runs_are_rejected_with_at_most_the_rate(name):
    runs, rate = 3000, 1e-2
    values, kurtosis = draws(name, runs, seed=1), UNITS[name][1]
    of_mean = rejected(
        values.mean(axis=1),
        lambda mean: expect_mean(mean, 0.0, DRAWS**-0.5, "", what="", rate=rate),
    )
    of_variance = rejected(
        (values**2).mean(axis=1),
        lambda ratio: expect_variance(ratio, DRAWS, kurtosis, what="", rate=rate),
    )
    assert_at_most(rate, of_mean, runs)
    assert_at_most(rate, of_variance, runs)
    # Bonferroni over the lags leaves a margin, and so does the band of a variance; a mean has none.
    of_lags = rejected(values, lambda row: expect_uncorrelated(row, what="", rate=rate))
    assert_at_most(rate, of_lags, runs)
    assert of_mean >= stats.binom.ppf(1e-4, runs, rate)


@pytest.mark.parametrize("name", UNITS)
def test_a_mean_off_by_the_stated_error_is_detected(name):
    def holds(mean: float) -> Terms:
        return expect_mean(mean, 0.0, DRAWS**-0.5, "", what="the mean")

    error = smallest_stated(holds, incorrect=9.0, correct=0.0)
    means = draws(name, RUNS, seed=2).mean(axis=1)
    for sign in (-1, 1):
        assert rejected(means + sign * error, holds) >= DETECTED * RUNS
        # Nor is the figure too large: two thirds of that error are missed more often.
        assert rejected(means + sign * error / 1.5, holds) < DETECTED * RUNS


@pytest.mark.parametrize("name", UNITS)
def test_a_variance_off_by_the_stated_factor_is_detected(name):
    def holds(ratio: float) -> Terms:
        return expect_variance(ratio, DRAWS, UNITS[name][1], what="the variance")

    factor = smallest_stated(holds, incorrect=99.0, correct=1.0)
    ratios = (draws(name, RUNS, seed=3) ** 2).mean(axis=1)
    for sign in (-1, 1):
        assert rejected(ratios * factor**sign, holds) >= DETECTED * RUNS
        assert rejected(ratios * factor ** (sign / 1.5), holds) < DETECTED * RUNS


@pytest.mark.parametrize("sign", [-1, 1])
def test_neighbours_with_the_stated_correlation_are_detected(sign):
    def holds(values: np.ndarray) -> Terms:
        return expect_uncorrelated(values, what="a draw")

    independent = draws("normal", RUNS, seed=4)
    r = smallest_stated(holds, incorrect=np.arange(DRAWS, dtype=float), correct=independent[0])
    # The stated correlation is detected at every lag; at lag 1 a smaller one is, too.
    for part, enough in ((1.0, True), (1 / 3, False)):
        by = sign * part * r
        chain = signal.lfilter([math.sqrt(1 - by * by)], [1, -by], independent)
        assert (rejected(chain, holds) >= DETECTED * RUNS) == enough


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.01, "less than once in 100 runs"),
        (2e-8, "less than once in 5*10^7 runs"),
        (0.0, "less than once in 10^12 runs"),
    ],
)
def test_a_probability_is_shown_as_once_in_a_number_of_runs(
    probability: float, expected: str
) -> None:
    assert once_in(probability) == expected

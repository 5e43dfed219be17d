"""Where SGD ends, and which reported figures are plausible."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assay.assertions.error_rates import FALSE_REJECT_RATE, normal_quantile
from assay.homework import find
from assay.submission import Submission
from graders import answers
from graders.evidence.endpoints import MEASURED, SLACK, endpoint_distribution

SETTINGS = (500, 1e-2, 16)
REPORTED = {"log-derivative": (0.4298, 0.5953), "reparameterization": (0.4510, 0.6067)}
LOCAL, GLOBAL, START = (0.4423, 0.6065), (1.3667, 1.9622), (0.0, 1.0)
TRICKS = list(MEASURED)

Outcomes = dict[str, str]
Band = list[tuple[float, float]]


def band_of_endpoint(trick: str, num_steps: int, step_size: float, batch_size: int) -> Band:
    """Where the last mu and sigma of a correct program lie, with probability 1 - rate."""
    z = normal_quantile(FALSE_REJECT_RATE)
    distributions = endpoint_distribution(trick, num_steps, step_size, batch_size)
    assert distributions is not None
    return [(mean - z * sd, mean + z * sd) for mean, sd in distributions]


def inside(band: Any, place: tuple[float, float]) -> bool:
    return all(low <= x <= high for (low, high), x in zip(band, place, strict=True))


def widths(band: Any) -> np.ndarray:
    return np.array([high - low for low, high in band])


def descend(trick: str, steps: int, step_size: float, batch: int, runs: int) -> np.ndarray:
    """(runs, 2) the last (mu, sigma) of independent runs of SGD from (0, 1)."""
    source = np.random.default_rng(1)
    mu, tau = np.zeros(runs), np.zeros(runs)
    for _ in range(steps):
        eps, s = source.standard_normal((batch, runs)), np.exp(tau)
        x = mu + s * eps
        if trick == "log-derivative":
            f = x * np.sin(x)
            by_mu, by_tau = f * eps / s, f * (eps**2 - 1)
        else:
            slope = np.sin(x) + x * np.cos(x)
            by_mu, by_tau = slope, slope * s * eps
        mu = mu - step_size * (by_mu.mean(0) + mu - 1)
        tau = tau - step_size * (by_tau.mean(0) + s - 1)
    return np.column_stack([mu, np.exp(tau)])


@pytest.mark.parametrize("trick", TRICKS)
def test_the_measured_table_agrees_with_sgd(trick):
    ends = descend(trick, *SETTINGS, runs=800)
    (mu, mu_sd), (sigma, sigma_sd) = MEASURED[trick]
    # 800 runs: five standard errors of a mean; a standard deviation within 15 %, because
    # sigma has heavy tails.
    assert ends.mean(0) == pytest.approx([mu, sigma], abs=5 * max(mu_sd, sigma_sd) / 800**0.5)
    assert ends.std(0) == pytest.approx([mu_sd, sigma_sd], rel=0.15)


@pytest.mark.parametrize("trick", TRICKS)
def test_reported_figures_of_a_correct_program_lie_inside(trick):
    band = band_of_endpoint(trick, *SETTINGS)
    assert inside(band, REPORTED[trick])
    assert inside(band, LOCAL)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("place", [GLOBAL, START, (0.9, 0.6065), (0.4423, 1.0), (0.4423, -0.5)])
def test_another_place_lies_outside(trick, place):
    assert not inside(band_of_endpoint(trick, *SETTINGS), place)


@pytest.mark.parametrize("trick", TRICKS)
def test_simulation_agrees_with_the_measured_table(trick):
    measured = band_of_endpoint(trick, *SETTINGS)
    # One step more is another setting, and so simulated, but hardly changes the distribution.
    simulated = band_of_endpoint(trick, SETTINGS[0] + 1, *SETTINGS[1:])
    assert widths(simulated) == pytest.approx(widths(measured), rel=0.3)
    middle = [sum(interval) / 2 for interval in measured]
    assert [sum(i) / 2 for i in simulated] == pytest.approx(middle, abs=widths(measured).max() / 10)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize(
    "settings", [(800, 1e-2, 16), (200, 5e-2, 64), (500, 5e-3, 32), (300, 1e-2, 4)]
)
def test_correct_programs_with_other_settings_end_inside(trick, settings):
    band = band_of_endpoint(trick, *settings)
    ends = descend(trick, *settings, runs=60)
    assert all(inside(band, tuple(end)) for end in ends)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("settings", [(3000, 1e-2, 16), (1000, 5e-3, 32)])
def test_with_any_sensible_settings_the_other_basin_lies_outside(trick, settings):
    band = band_of_endpoint(trick, *settings)
    assert not inside(band, GLOBAL)
    assert not inside(band, START)


@pytest.mark.parametrize("trick", TRICKS)
def test_four_times_the_batch_halves_the_band(trick):
    once, more = (band_of_endpoint(trick, 400, 1e-2, batch) for batch in (64, 256))
    assert widths(more) == pytest.approx(widths(once) / 2, rel=0.1)


@pytest.mark.parametrize("trick", TRICKS)
def test_after_one_short_step_it_is_still_at_the_start(trick):
    assert inside(band_of_endpoint(trick, 1, 1e-3, 16), (0.001, 1.0))
    assert not inside(band_of_endpoint(trick, 1, 1e-3, 16), LOCAL)


@pytest.mark.parametrize("trick", TRICKS)
def test_the_band_is_twice_as_wide_as_for_a_normal_distribution(trick):
    # Twice the normal quantile: the distribution is only approximately normal.
    for (low, high), (mean, sd) in zip(
        band_of_endpoint(trick, *SETTINGS), MEASURED[trick], strict=True
    ):
        assert (high - mean) / sd == pytest.approx((mean - low) / sd)
        assert (high - mean) / sd == pytest.approx(SLACK * normal_quantile(FALSE_REJECT_RATE))
    assert SLACK >= 1.5


@pytest.fixture
def judged(grader: Any) -> Callable[..., Outcomes]:
    """Outcomes of the checks of answers.toml, by name."""

    def judge(problem5: str = "", problem6: str = "") -> Outcomes:
        text = f"[problem5]\n{problem5}\n[problem6]\n{problem6}\n"
        submission = Submission("reported", (), {}, {"answers.toml": text.encode()}, (), "")
        result = grader.judge(submission, find().checks_of("answers"))
        assert result.status == "graded", result.checks
        return {
            o.id.removeprefix("answers.").removesuffix("_is_plausible"): o.outcome
            for o in result.checks
        }

    return judge


def test_figures_of_a_correct_program_are_plausible(judged):
    outcomes = judged(
        "naive = 0.0\nimportance_sampling = 2.6414300427861382e-06",
        "log_derivative = { mu = 0.4298, sigma = 0.5953 }\n"
        "reparameterization = { mu = 0.4510, sigma = 0.6067 }",
    )
    assert set(outcomes.values()) == {"passed"}
    assert len(outcomes) == 4


@pytest.mark.parametrize("naive", ["0.4", "0.00666", "-1e-9", "nan", "inf", "'zero'", "[0.0]"])
def test_a_naive_estimate_that_no_program_returns_is_not_plausible(judged, naive):
    assert judged(f"naive = {naive}")["naive"] == "wrong"


@pytest.mark.parametrize("naive", ["0", "0.0", "3.333e-4", "0.0003333333333333333"])
def test_no_win_and_one_win_are_plausible_naive_estimates(judged, naive):
    assert judged(f"naive = {naive}")["naive"] == "passed"


@pytest.mark.parametrize("value", ["0.0", "1e-6", "1e-4", "0.5", "-2.4e-6", "2.39e-9", "nan"])
def test_an_estimate_far_from_the_exact_one_is_not_plausible(judged, value):
    assert judged(f"importance_sampling = {value}")["importance_sampling"] == "wrong"


@pytest.mark.parametrize("value", ["2.388e-6", "2e-6", "2.0e-06", "3.1e-6"])
def test_an_estimate_near_the_exact_one_is_plausible(judged, value):
    assert judged(f"importance_sampling = {value}")["importance_sampling"] == "passed"


def test_more_samples_allow_less_error(judged):
    figure = "importance_sampling = 1.9e-6"
    assert judged(figure)["importance_sampling"] == "passed"
    more = judged(f"{figure}\nnum_samples = 300_000\nq = 0.588")
    assert more["importance_sampling"] == "wrong"


@pytest.mark.parametrize("trick", ["log_derivative", "reparameterization"])
@pytest.mark.parametrize(
    "place",
    [
        "{ mu = 0.9, sigma = 0.6065 }",
        "{ mu = 1.3667, sigma = 1.9622 }",
        "{ mu = 0.0, sigma = 1.0 }",
        "{ mu = 0.4423, sigma = -0.5 }",
        "{ mu = nan, sigma = 0.6065 }",
        "{ mu = '0.44', sigma = 0.6065 }",
        "0.4423",
    ],
)
def test_an_end_point_elsewhere_is_not_plausible(judged, trick, place):
    assert judged("", f"{trick} = {place}")[trick] == "wrong"


def test_a_figure_rounded_by_the_student_may_be_off_by_half_a_unit_more(judged):
    (_, top), _ = band_of_endpoint("reparameterization", *SETTINGS)
    assert 0.55 < top < 0.58  # 0.6 lies outside, but may be 0.55 rounded
    for mu, expected in (("0.6", "passed"), ("0.600001", "wrong")):
        outcomes = judged("", f"reparameterization = {{ mu = {mu}, sigma = 0.6067 }}")
        assert outcomes["reparameterization"] == expected


@pytest.mark.parametrize(
    ("value", "half"),
    [(0.6, 0.05), (0.4298, 5e-5), (2.64e-06, 5e-9), (2e-06, 2e-7), (0.0, 0.0), (3.333e-4, 5e-8)],
)
def test_rounding_hides_up_to_half_a_unit_of_the_last_digit(value, half):
    assert answers.rounding(value) == pytest.approx(half, rel=1e-9)


def test_a_coordinate_that_is_not_reported_is_missing_not_wrong(judged):
    assert judged("", "log_derivative = { mu = 0.44 }")["log_derivative"] == "missing"


def test_figures_that_are_not_reported_are_missing(judged):
    assert set(judged().values()) == {"missing"}


@pytest.mark.parametrize(
    "settings",
    [
        "num_samples = 0",
        "num_samples = 10_000_000_000_000",
        "num_samples = -3000",
        "num_samples = nan",
        "num_samples = 'many'",
        "q = 0.0",
        "q = 1.0",
        "q = 18",
        "q = 0.999999",
    ],
)
def test_settings_that_make_no_sense_break_nothing(judged, settings):
    outcomes = judged(f"naive = 0.0\nimportance_sampling = 2.4e-6\n{settings}")
    assert outcomes["importance_sampling"] in ("wrong", "passed", "missing")


@pytest.mark.parametrize(
    "settings",
    [
        "num_steps = 0",
        "num_steps = 0.5",
        "num_steps = inf",
        "batch_size = 0.5",
        "batch_size = -16",
        "step_size = -0.01",
        "step_size = inf",
        "num_steps = true",
    ],
)
def test_settings_of_sgd_that_make_no_sense_are_rejected(judged, settings):
    outcomes = judged("", f"log_derivative = {{ mu = 0.44, sigma = 0.6 }}\n{settings}")
    assert outcomes["log_derivative"] == "wrong"


def test_nonsense_in_the_reported_settings_never_becomes_the_band():
    assert not any(math.isnan(x) for t in TRICKS for i in band_of_endpoint(t, *SETTINGS) for x in i)


# Settings of a correct program, with figures that it could report.
PLAUSIBLE = [
    ("importance_sampling = 2.39e-6", "num_samples = 1_000_000", "importance_sampling"),
    ("importance_sampling = 2.388e-6", "num_samples = 9_000_000\nq = 0.588", "importance_sampling"),
    ("importance_sampling = 0.0", "q = 0.3", "importance_sampling"),
    ("naive = 2.388383e-6", "num_samples = 1_000_000_000_000", "naive"),
]


@pytest.mark.parametrize(("reported", "settings", "name"), PLAUSIBLE)
def test_a_figure_with_other_settings_is_judged_by_their_distribution(
    judged, reported, settings, name
):
    assert judged(f"{reported}\n{settings}")[name] == "passed"


@pytest.mark.parametrize("trick", ["log_derivative", "reparameterization"])
@pytest.mark.parametrize(
    "settings",
    [
        "num_steps = 10_000",
        "num_steps = 100_000_000\nbatch_size = 32",
        "num_steps = 10_000\nbatch_size = 1_000_000_000",
    ],
)
def test_after_many_steps_the_end_is_the_local_minimum(judged, trick, settings):
    right = f"{trick} = {{ mu = 0.4423, sigma = 0.6065 }}\n{settings}"
    wrong = f"{trick} = {{ mu = 1.3667, sigma = 1.9622 }}\n{settings}"
    assert judged("", right)[trick] == "passed"
    assert judged("", wrong)[trick] == "wrong"


@pytest.mark.parametrize(
    ("problem5", "problem6", "name"),
    [
        ("importance_sampling = 0.5\nnum_samples = 100_000_000", "", "importance_sampling"),
        ("importance_sampling = 0.5\nq = 0.9999", "", "importance_sampling"),
        ("importance_sampling = 0.5\nq = 0.01", "", "importance_sampling"),
        ("naive = 0.5\nnum_samples = 1e300", "", "naive"),
        ("", "num_steps = 1_000_000_000\nstep_size = 1e-7", "log_derivative"),
        ("", "step_size = 0.9\nbatch_size = 2", "log_derivative"),
        ("", "step_size = 1e9", "log_derivative"),
        ("", "num_steps = 300\nbatch_size = 1", "log_derivative"),
    ],
)
def test_settings_whose_distribution_is_not_computed_are_not_judged(
    judged, problem5, problem6, name
):
    point = "log_derivative = { mu = 7.0, sigma = 9.0 }\n" if problem6 else ""
    assert judged(problem5, point + problem6)[name] == "missing"


@pytest.mark.parametrize("value", ["0.0", "{ value = 0.0 }", "{ value = 0.0, num_samples = 500 }"])
def test_a_figure_may_be_a_table_with_a_value(judged, value):
    assert judged(f"naive = {value}")["naive"] == "passed"


@pytest.mark.parametrize(
    "value",
    [
        "true",
        "{}",
        "{ estimate = 0.0 }",
        "{ value = { value = 0.0 } }",
        "1979-05-27",
        "[[0.0]]",
        "9" * 400,
        "'\\u0000'",
    ],
)
def test_a_figure_that_is_no_number_is_a_fault_of_the_file(judged, value):
    outcomes = judged(
        f"naive = {value}\nimportance_sampling = {value}", f"reparameterization = {value}"
    )
    assert [outcomes[name] for name in ("naive", "importance_sampling")] == ["wrong", "wrong"]
    assert outcomes["reparameterization"] in ("wrong", "missing")


@pytest.mark.parametrize("value", ["true", "{}", "1979-05-27", "[]", "9" * 400])
def test_a_setting_that_is_no_number_is_a_fault_of_the_file(judged, value):
    point = f"log_derivative = {{ mu = 0.44, sigma = 0.6 }}\nbatch_size = {value}"
    outcomes = judged(f"naive = 0.0\nnum_samples = {value}", point)
    assert (outcomes["naive"], outcomes["log_derivative"]) == ("wrong", "wrong")

"""Steps of SGD: correct programs pass, and each incorrect way to draw or to step is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.verdict import Wrong
from graders.evidence.descent import (
    MORE_KURTOSIS,
    SMALL_BATCH,
    Steps,
    expect_descent,
    expect_independent,
    expect_motion,
    expect_other_samples,
    expect_spread,
    fits,
    spreads,
    steps_of,
)
from graders.evidence.objective import Moments, gradient, mirrored_moments, moments

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

TRICKS = ["log-derivative", "reparameterization"]
STEP_SIZE, COUNT = 0.002, 400
POOL = 1000

Draw = Callable[[int], np.ndarray]  # step -> the samples (runs, batch) of its batches
Drawing = Callable[[np.random.Generator, int, int], Draw]  # source, runs, batch


def fresh(source: np.random.Generator, runs: int, batch: int) -> Draw:
    return lambda k: source.standard_normal((runs, batch))


def antithetic(source: np.random.Generator, runs: int, batch: int) -> Draw:
    def draw(k: int) -> np.ndarray:
        half = source.standard_normal((runs, batch // 2))
        return np.concatenate([half, -half], axis=1)

    return draw


def double(source: np.random.Generator, runs: int, batch: int) -> Draw:
    return fresh(source, runs, 2 * batch)


def half(source: np.random.Generator, runs: int, batch: int) -> Draw:
    return fresh(source, runs, batch // 2)


def huge(source: np.random.Generator, runs: int, batch: int) -> Draw:
    return fresh(source, runs, 30 * batch)


def fixed(source: np.random.Generator, runs: int, batch: int) -> Draw:
    kept = source.standard_normal((runs, batch))
    return lambda k: kept


def twice(source: np.random.Generator, runs: int, batch: int) -> Draw:
    draw = cache(lambda number: source.standard_normal((runs, batch)))
    return lambda k: draw(k // 2)


def pooled(source: np.random.Generator, runs: int, batch: int) -> Draw:
    pool = source.standard_normal((runs, POOL))
    return lambda k: pool[:, (k * batch + np.arange(batch)) % POOL]


def estimates(places: np.ndarray, trick: str, eps: np.ndarray, baseline: float = 0.0) -> np.ndarray:
    """(2, runs) estimates of the gradient at places (2, runs) from batches (runs, B).

    `baseline` times E[X sin X] is subtracted from the value.
    """
    mu, s = places[0][:, None], np.exp(places[1])[:, None]
    x = mu + s * eps
    if trick == "log-derivative":
        mean = np.exp(-s * s / 2) * (mu * np.sin(mu) + s * s * np.cos(mu))
        terms = (x * np.sin(x) - baseline * mean) * np.stack([eps / s, eps**2 - 1])
    else:
        terms = (np.sin(x) + x * np.cos(x)) * np.stack([np.ones_like(eps), s * eps])
    return terms.mean(axis=2) + np.stack([places[0] - 1, np.exp(places[1]) - 1])


def descend(
    trick: str,
    batch: int,
    runs: int,
    drawing: Drawing = fresh,
    *,
    seed: int = 0,
    factor: Callable[[int], float] = lambda k: 1.0,
    momentum: float = 0.0,
    gain: float = 1.0,
    baseline: float = 0.0,
) -> torch.Tensor:
    """(runs, COUNT + 1, 2) paths of (mu, sigma) from (0, 1).

    Step k is `factor(k)` times as long. The moving sum of gradients has weights `momentum`, `gain`.
    """
    draw = drawing(np.random.default_rng(seed), runs, batch)
    place = np.zeros((2, runs))
    places, moving = [place], np.zeros((2, runs))
    for k in range(COUNT):
        moving = momentum * moving + gain * estimates(place, trick, draw(k), baseline)
        place = place - STEP_SIZE * factor(k) * moving
        places.append(place)
    mu, tau = np.stack(places, axis=2)
    return torch.from_numpy(np.stack([mu, np.exp(tau)], axis=2))


def judged(path: torch.Tensor, trick: str, batch: int) -> tuple[Steps, Moments, Moments]:
    """The steps of a path, and their moments for independent samples and for antithetic pairs."""
    steps = steps_of(path, STEP_SIZE)
    plain, mirrored = spreads(steps, trick, batch)[:2]
    return steps, plain, mirrored


def path_of(places: np.ndarray) -> torch.Tensor:
    """The path (n + 1, 2) of (mu, sigma) through places (2, n + 1) of (mu, tau)."""
    return torch.from_numpy(np.stack([places[0], np.exp(places[1])], axis=1))


def exact_path(errors: np.ndarray, step_size: float) -> torch.Tensor:
    """Gradient descent from (0, 1) with these errors (2, n) of its steps."""
    place = np.zeros(2)
    places = [place]
    for error in errors.T:
        place = place - step_size * (gradient(*place).numpy() - error)
        places.append(place)
    return path_of(np.stack(places, axis=1))


def message(judge: Callable[..., None], *arguments: Any) -> str:
    with pytest.raises(Wrong) as caught:
        judge(*arguments)
    assert caught.value.hint
    return caught.value.evidence


JUDGES: dict[str, Callable[[Steps, Moments, int], None]] = {
    "motion": lambda steps, plain, batch: expect_motion(steps, plain),
    "descent": lambda steps, plain, batch: expect_descent(steps, plain),
    "spread": expect_spread,
    "independence": lambda steps, plain, batch: expect_independent(steps, plain),
}


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31 - 1), step_size=st.sampled_from([0.002, 0.01, 0.25]))
def test_the_errors_of_steps_are_what_was_added_to_the_gradient(seed, step_size):
    errors = np.random.default_rng(seed).standard_normal((2, 20))
    steps = steps_of(exact_path(errors, step_size), step_size)
    np.testing.assert_allclose(steps.errors, errors, rtol=0, atol=1e-10)
    for place, slope in zip(steps.places.T, steps.slopes.T, strict=True):
        assert slope.tolist() == pytest.approx(gradient(*place).tolist(), rel=1e-12)


def test_every_step_starts_where_the_one_before_ended():
    places = np.random.default_rng(0).uniform(-1, 1, (2, 9))
    steps = steps_of(path_of(places), 0.5)
    np.testing.assert_allclose(steps.places, places[:, :-1], rtol=0, atol=1e-15)
    moved = steps.places + 0.5 * (steps.errors - steps.slopes)
    np.testing.assert_allclose(moved, places[:, 1:], rtol=0, atol=1e-14)


@pytest.mark.parametrize("trick", TRICKS)
def test_the_variance_of_a_batch_is_that_of_a_sample_over_its_size(trick):
    steps = steps_of(exact_path(np.ones((2, 5)), 0.1), 0.1)
    singles = [of(*steps.places, trick) for of in (moments, mirrored_moments)]
    for batch in (2, 16, 256):
        for single, spread, parts in zip(
            singles, spreads(steps, trick, batch)[:2], (batch, batch // 2), strict=True
        ):
            np.testing.assert_allclose(spread.variance, single.variance / parts, rtol=1e-12)
            more = MORE_KURTOSIS if parts < SMALL_BATCH else 1.0
            np.testing.assert_allclose(
                (spread.kurtosis - 3) * parts, more * (single.kurtosis - 3), rtol=1e-9, atol=1e-9
            )


@pytest.mark.parametrize("batch", [256, 16])
@pytest.mark.parametrize("trick", TRICKS)
def test_correct_programs_pass(trick, batch):
    for path in descend(trick, batch, runs=25):
        # A student may compute in float32.
        for one in (path, path.float().double()):
            steps, plain, _ = judged(one, trick, batch)
            expect_motion(steps, plain)
            expect_descent(steps, plain)
            assert fits(steps, plain)
            expect_spread(steps, plain, batch)
            expect_independent(steps, plain)


@pytest.mark.parametrize("trick", TRICKS)
def test_correct_programs_are_rejected_with_at_most_the_stated_rate(trick):
    runs, rate, batch = 200, 1e-2, 16
    rejected = dict.fromkeys(["descent", "spread", "independence"], 0)
    for path in descend(trick, batch, runs, seed=1):
        steps, plain, _ = judged(path, trick, batch)
        for name, judge in {
            "descent": lambda s=steps, p=plain: expect_descent(s, p, rate),
            "independence": lambda s=steps, p=plain: expect_independent(s, p, rate),
        }.items():
            try:
                judge()
            except Wrong:
                rejected[name] += 1
        rejected["spread"] += not fits(steps, plain, rate)
    most = stats.binom.isf(1e-4, runs, rate)
    assert max(rejected.values()) <= most, rejected


@pytest.mark.parametrize("batch", [256, 16])
@pytest.mark.parametrize("trick", TRICKS)
def test_antithetic_batches_have_the_second_variance_and_not_the_first(trick, batch):
    for path in descend(trick, batch, 10, antithetic):
        steps, plain, mirrored = judged(path, trick, batch)
        expect_motion(steps, plain)
        expect_descent(steps, plain)
        assert fits(steps, mirrored)
        assert not fits(steps, plain)
        expect_independent(steps, plain)


@pytest.mark.parametrize("batch", [256, 16])
@pytest.mark.parametrize("trick", TRICKS)
def test_independent_batches_do_not_have_the_second_variance(trick, batch):
    for path in descend(trick, batch, 10):
        steps, _, mirrored = judged(path, trick, batch)
        assert not fits(steps, mirrored)


@pytest.mark.parametrize("batch", [256, 16])
@pytest.mark.parametrize("baseline", [0.0, 0.5, 1.0])
def test_values_less_a_baseline_have_the_variance_of_a_correct_program(baseline, batch):
    for path in descend(TRICKS[0], batch, 8, baseline=baseline):
        steps = steps_of(path, STEP_SIZE)
        plain, *others = spreads(steps, TRICKS[0], batch)
        expect_motion(steps, plain)
        expect_descent(steps, plain)
        assert any(fits(steps, spread) for spread in [plain, *others])
        expect_independent(steps, plain)


@pytest.mark.parametrize("drawing", [fresh, double, antithetic], ids=lambda d: d.__name__)
@pytest.mark.parametrize("trick", TRICKS)
def test_steps_fit_a_variance_exactly_where_it_is_not_rejected(trick, drawing):
    for path in descend(trick, 16, 5, drawing):
        steps = steps_of(path, STEP_SIZE)
        for spread in spreads(steps, trick, 16):
            if fits(steps, spread):
                expect_spread(steps, spread, 16)
            else:
                message(expect_spread, steps, spread, 16)


# name: (what the program does, the check that detects it, the message)
SPREAD = r"with batch_size = \d+, the variance of (mu|tau)'s steps is {} times the expected one"
LENGTH = r"the length of (mu|tau)'s steps relative to step_size \* gradient is {}, expected 1:"
LATER = r"the error of a step of (mu|tau) has correlation \S+ with the one {} later"
FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a batch twice as large": ({"drawing": double}, "spread", SPREAD.format(r"0\.[3-7]\d*")),
    "half the batch": ({"drawing": half}, "spread", SPREAD.format(r"(1\.[4-9]|2)\S*")),
    "one fixed batch": (
        {"drawing": fixed},
        "motion",
        "as if they used one and the same batch",
    ),
    "no step at all": (
        {"factor": lambda k: 0.0},
        "motion",
        r"after \d+ steps \(mu, sigma\) is still \(0, 1\)",
    ),
    "each batch used twice": ({"drawing": twice}, "independence", LATER.format("1")),
    "a step a tenth as long after 100": (
        {"factor": lambda k: 1.0 if k < 100 else 0.1},
        "descent",
        LENGTH.format(r"0\.[345]\d*"),
    ),
    "momentum": ({"momentum": 0.9}, "descent", LENGTH.format(r"[5-9]\S*")),
    "momentum that keeps the length": (
        {"momentum": 0.9, "gain": 0.1},
        "independence",
        LATER.format("1"),
    ),
}
# What was once taken for one fixed batch: steps that hardly scatter because they are short, because
# they average many gradients, or because the batch is huge.
SHORT = {"factor": lambda k: 0.01}, "descent", LENGTH.format(r"0\.0(1|09)\d*")
OTHERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "steps a hundred times too short": SHORT,
    "a slow average": ({"momentum": 0.99, "gain": 0.01}, "descent", LENGTH.format(r"0\.\d+")),
    "a huge batch": ({"drawing": huge}, "spread", SPREAD.format(r"(0\.0\d*|\S+e-\S+)")),
}
DECAY = {"factor": lambda k: 0.999**k}, "descent", LENGTH.format(r"0\.[89]\d*")


def assert_named(case: tuple[dict[str, Any], str, str], trick: str, batch: int) -> None:
    changes, judge, pattern = case
    for path in descend(trick, batch, 8, **changes):
        steps, plain, _ = judged(path, trick, batch)
        text = message(JUDGES[judge], steps, plain, batch)
        assert re.search(pattern, text), text


@pytest.mark.parametrize("batch", [256, 16])
@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_message_names_the_fault_of_an_incorrect_program(fault, trick, batch):
    assert_named(FAULTS[fault], trick, batch)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("fault", OTHERS)
def test_steps_that_hardly_scatter_are_not_taken_for_one_batch(fault, trick):
    assert_named(OTHERS[fault], trick, 64)
    for path in descend(trick, 64, 8, **OTHERS[fault][0]):
        steps, plain, _ = judged(path, trick, 64)
        expect_motion(steps, plain)


@pytest.mark.parametrize("trick", TRICKS)
def test_a_path_without_noise_has_no_spread_and_is_not_taken_for_one_batch(trick):
    steps = steps_of(exact_path(np.zeros((2, COUNT)), STEP_SIZE), STEP_SIZE)
    plain = spreads(steps, trick, 64)[0]
    expect_motion(steps, plain)
    expect_descent(steps, plain)
    assert re.search(SPREAD.format(r"\S+e-\S+"), message(expect_spread, steps, plain, 64))


@pytest.mark.parametrize("trick", TRICKS)
def test_noise_far_above_that_of_a_correct_program_makes_no_room_for_another_step(trick):
    errors = 30 * np.random.default_rng(0).standard_normal((2, COUNT))
    steps = steps_of(exact_path(errors, STEP_SIZE / 100), STEP_SIZE / 100)
    steps = Steps(steps.places, steps.slopes, steps.errors + 0.5 * steps.slopes)
    message(expect_descent, steps, spreads(steps, trick, 64)[0])


@pytest.mark.parametrize("drawing", [fresh, antithetic], ids=lambda d: d.__name__)
@pytest.mark.parametrize("trick", TRICKS)
def test_runs_of_correct_programs_differ(trick, drawing):
    paths = descend(trick, 16, 8, drawing)
    for one, other in pairwise(paths):
        expect_other_samples(one, other, STEP_SIZE, trick, 16)


@pytest.mark.parametrize("trick", TRICKS)
def test_the_same_run_twice_is_named_even_with_a_little_noise(trick):
    for path in descend(trick, 16, 4):
        for noise in (0.0, 1e-6):
            other = path + noise * torch.randn(path.shape, dtype=torch.float64)
            text = message(expect_other_samples, path, other, STEP_SIZE, trick, 16)
            assert text.startswith("two runs with different seeds take the same steps")
    smooth = exact_path(np.zeros((2, COUNT)), STEP_SIZE)
    message(expect_other_samples, smooth, smooth, STEP_SIZE, trick, 16)


@pytest.mark.parametrize("trick", TRICKS)
def test_the_message_for_steps_that_get_shorter_has_their_length(trick):
    assert_named(DECAY, trick, 256)


@pytest.mark.parametrize("batch", [256, 16])
@pytest.mark.parametrize("trick", TRICKS)
def test_the_message_for_a_pool_says_how_many_steps_later_samples_recur(trick, batch):
    for path in descend(trick, batch, 8, pooled):
        steps, plain, _ = judged(path, trick, batch)
        expect_motion(steps, plain)
        text = message(expect_independent, steps, plain)
        later = int(re.search(LATER.format(r"(\d+)"), text)[2])
        apart = later * batch % POOL
        assert min(apart, POOL - apart) < batch / 2, text  # more than half of the batch recurs


@pytest.mark.parametrize("fault", ["a batch twice as large", "half the batch"])
@pytest.mark.parametrize("trick", TRICKS)
def test_another_batch_size_is_detected_by_its_variance_alone(trick, fault):
    for path in descend(trick, 256, 8, **FAULTS[fault][0]):
        steps, plain, _ = judged(path, trick, 256)
        for name in JUDGES.keys() - {"spread"}:
            JUDGES[name](steps, plain, 256)


@pytest.mark.parametrize(
    ("end", "far"),
    [
        ((2e3, 1.0), True),
        ((-2e3, 1.0), True),
        ((0.0, 2e3), True),
        ((0.0, 5e-4), True),
        ((900.0, 1.0), False),
        ((0.0, 900.0), False),
        ((0.0, 2e-3), False),
    ],
)
def test_the_message_for_a_path_that_diverges_says_where(end, far):
    path = torch.tensor([(0.0, 1.0), (0.1, 1.1), end], dtype=torch.float64)
    if not far:
        assert steps_of(path, STEP_SIZE).errors.shape == (2, 2)
        return
    text = message(steps_of, path, STEP_SIZE)
    assert text.startswith("after 2 steps (mu, sigma) = [")
    assert str(end[0]) in text


def test_a_path_up_the_objective_diverges():
    place = np.array([0.0, 0.0])
    places = [place]
    for _ in range(60):
        place = place + 0.25 * gradient(*place).numpy()
        places.append(place)
        if abs(place).max() > 1e4:
            break
    text = message(steps_of, path_of(np.stack(places, axis=1)), 0.25)
    assert re.match(r"after \d+ steps \(mu, sigma\) = .*, far from any minimum$", text)

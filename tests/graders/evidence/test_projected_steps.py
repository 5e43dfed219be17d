"""Steps of inpainting: correct ones pass, and common incorrect ones are named."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.assertions import draw
from assay.verdict import Wrong
from graders.evidence.projected_steps import (
    Step,
    expect_gradient_step,
    expect_nearest,
    expect_projected_step,
)

settings.load_profile("ci")

STEP = 0.03125
MASK = torch.tensor([True, False, False, False])
seeds = draw.seeds()


def projected(point: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
    return torch.where(MASK, image, point.clamp(0, 1))


@given(seed=seeds)
def test_the_projection_is_nearest_and_nothing_else_is(seed):
    point, image = draw.uniform(seed, (4,), -1, 2), draw.uniform(seed + 1, (4,), 0, 1)
    correct = projected(point, image)
    expect_nearest(point, correct, MASK)
    expect_nearest(point, correct.float().double(), MASK)
    inwards = torch.where(correct < 0.5, 0.01, -0.01)
    for incorrect in (correct + inwards, correct + 20 * inwards, 1 - correct):
        with pytest.raises(Wrong, match="unknown pixel"):
            expect_nearest(point, incorrect, MASK)


INCORRECT_STEPS = {
    "follows the sum of all gradients so far": lambda now, all_: all_,
    "goes down where log_prob should increase": lambda now, all_: -now,
    "does not move": lambda now, all_: 0 * now,
    "is 2 times as long": lambda now, all_: 2 * now,
    "is 0.1 times as long": lambda now, all_: now / 10,
    "follows the signs": lambda now, all_: now.sign(),
    "divided by its norm": lambda now, all_: now / now.norm(),
}


@pytest.mark.parametrize("diagnosis", INCORRECT_STEPS)
@given(seed=seeds, number=st.integers(2, 300))
def test_the_message_says_what_an_incorrect_step_does(diagnosis, seed, number):
    before, slopes = (
        draw.uniform(seed, (4,), 0.4, 0.6),
        [
            torch.tensor([1.0, -2.0, 1.5, 0.75]).double(),
            torch.tensor([1.0, 2.0, -1.0, 0.5]).double(),
        ],
    )
    moved = INCORRECT_STEPS[diagnosis](slopes[-1], slopes[0] + slopes[1])
    after = projected(before + STEP * moved, before)
    for judge in (expect_projected_step, expect_gradient_step):
        with pytest.raises(Wrong, match=f"step {number} .*{diagnosis}"):
            judge(Step(before, after, STEP, slopes, MASK, number))


@given(seed=seeds)
def test_a_correct_step_passes_whatever_the_earlier_gradients(seed):
    before, slope = draw.uniform(seed, (4,), 0, 1), draw.uniform(seed + 1, (4,), -40, 40)
    after = projected(before + STEP * slope, before)
    expect_projected_step(Step(before, after, STEP, [slope], MASK, 1))
    expect_projected_step(Step(before, after, STEP, [7 * slope, slope], MASK, 2))


SLOPE = torch.tensor([1.0, -2.0, 1.5, 0.75]).double()
MIDDLE = torch.full((4,), 0.5, dtype=torch.float64)
# Where a diagnosis was once said of something else: a tiny step that does move, one pixel that
# does not tell signs from a normalised gradient, a step near a bound, a pixel that leaves the box.
NOT_SAID = {
    "does not move": (MASK, MIDDLE, MIDDLE + 1e-6),
    "follows the": (torch.arange(4) != 1, MIDDLE, MIDDLE - STEP),
    "divided by its norm": (MASK, MIDDLE + 0.499, MIDDLE + 0.498),
    "times as long": (MASK, MIDDLE, MIDDLE + 1.5 * STEP * SLOPE + torch.tensor([0, 0, 0.7, 0])),
}


@pytest.mark.parametrize("diagnosis", NOT_SAID)
def test_a_diagnosis_that_does_not_fit_is_not_said(diagnosis):
    mask, before, after = NOT_SAID[diagnosis]
    with pytest.raises(Wrong) as caught:
        expect_projected_step(Step(before, after, STEP, [SLOPE * ~mask], mask, 1))
    assert diagnosis not in caught.value.evidence


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 1e9, -0.5, 1.5])
def test_extreme_pixels_pass_no_check(value):
    got = torch.full((4,), value, dtype=torch.float64)
    with pytest.raises(Wrong):
        expect_nearest(got, got, MASK)
    for judge in (expect_projected_step, expect_gradient_step):
        with pytest.raises(Wrong):
            judge(Step(got, got, STEP, [0 * SLOPE], MASK, 1))


def test_a_path_that_is_projected_at_its_end_is_named():
    after = torch.full((4,), 0.9, dtype=torch.float64)
    step = Step(MIDDLE, after, STEP, [SLOPE], MASK, 2)
    with pytest.raises(Wrong, match="is on a path that is projected only at its end"):
        expect_projected_step(
            step._replace(elsewhere=(("is on a path that is projected only at its end", after),))
        )

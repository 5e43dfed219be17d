"""Steps of inpainting: correct ones pass, and common incorrect ones are named."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.assertions import draw
from assay.verdict import Wrong
from graders.evidence.projected_steps import expect_nearest, expect_projected_step

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
    with pytest.raises(Wrong, match=f"step {number} .*{diagnosis}"):
        expect_projected_step(before, after, STEP, slopes, MASK, number)


@given(seed=seeds)
def test_a_correct_step_passes_whatever_the_earlier_gradients(seed):
    before, slope = draw.uniform(seed, (4,), 0, 1), draw.uniform(seed + 1, (4,), -40, 40)
    after = projected(before + STEP * slope, before)
    expect_projected_step(before, after, STEP, [slope], MASK, 1)
    expect_projected_step(before, after, STEP, [7 * slope, slope], MASK, 2)

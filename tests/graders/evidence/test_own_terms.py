"""Follow-through in problem 5: what is judged of functions that build on a mistake."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from assay.verdict import Wrong
from graders.evidence.own_terms import (
    distributions,
    expect_no_repeats,
    expect_scatter,
    goes_straight,
    is_followed,
    judged_paths,
    laws,
)
from graders.evidence.ruin import Game, all_paths, estimate_distributions, stopping_games, terms

GAME, P, Q = Game(6, 2, 0, 4), 0.375, 0.5
GAMES = [GAME, Game(6, 100, 98, 102)]

WALK = """
import torch
def wealth(outcomes, start):
    return start + (2 * outcomes.long() - 1).cumsum(1)
"""
# Whoever is in debt goes on playing.
NO_RUIN = (
    WALK
    + """
def reaches_target(outcomes, start, low, high):
    return (wealth(outcomes, start) >= high).any(1)
def importance_terms(outcomes, p, q, start, low, high):
    wins = outcomes.sum(1)
    ratio = (p / q) ** wins * ((1 - p) / (1 - q)) ** (outcomes.shape[1] - wins)
    return ratio * reaches_target(outcomes, start, low, high)
"""
)
ALWAYS = """
import torch
def reaches_target(outcomes, *_): return torch.full((len(outcomes),), {answer})
def importance_terms(outcomes, *_): return torch.full((len(outcomes),), {term})
"""
FROM_100 = NO_RUIN.replace("return start +", "return 100 +")


def test_where_reaches_target_is_wrong_paths_are_judged_on_which_it_is_right(student_of):
    for winning in (True, False):
        kept = judged_paths(student_of(NO_RUIN), GAMES, winning=winning)
        for each in kept:
            assert bool(((each.stops > 0) == winning).all())
            assert bool(goes_straight(each.paths, each.game).all())


def test_a_game_in_which_reaches_target_is_correct_is_judged_whole(student_of):
    student = student_of(FROM_100)
    game = Game(2, 100, 98, 102)  # ruin ends it as well
    (kept,) = judged_paths(student, [Game(4, 2, 0, 4), game], winning=True)
    assert kept.game == game
    assert len(kept.paths) == int((stopping_games(game) > 0).sum())


def test_without_reaches_target_all_paths_are_judged(student_of):
    kept = judged_paths(student_of("x = 1\n"), GAMES, winning=True)
    assert [len(each.paths) for each in kept] == [
        int((stopping_games(game) > 0).sum()) for game in GAMES
    ]


@pytest.mark.parametrize(("answer", "winning"), [("False", True), ("True", False)])
def test_an_answer_that_is_always_the_same_is_not_followed(student_of, answer, winning):
    with pytest.raises(Wrong, match=r"reaches_target` is wrong for every path"):
        judged_paths(student_of(ALWAYS.format(answer=answer, term=0.5)), GAMES, winning=winning)


@pytest.mark.parametrize("term", ["0.0", "1.0", "0.25"])
def test_terms_that_are_always_the_same_lead_to_no_estimate(student_of, term):
    student = student_of(ALWAYS.format(answer="True", term=term))
    assert not is_followed(student, GAME, P, Q)
    assert len(laws(student, GAME, P, Q)) == 2


def test_terms_that_would_make_any_estimate_plausible_are_not_followed(student_of):
    source = "def importance_terms(outcomes, *_): return 1e6 * (outcomes[:, 0] - 0.5)\n"
    assert not is_followed(student_of(source), GAME, P, Q)


def test_the_own_distribution_is_that_of_the_own_terms(student_of):
    student = student_of(NO_RUIN)
    *exact, own = distributions(student, GAME, P, Q, 500)
    assert exact == list(estimate_distributions(GAME, P, Q, 500))
    # By enumeration, of the indicator without ruin.
    paths = all_paths(6)
    wins = paths.sum(1)
    reached = ((2 * paths - 1).cumsum(1) >= 2).any(1)
    assert own.mean == pytest.approx(float((P**wins * (1 - P) ** (6 - wins))[reached].sum()))
    assert own.mean > 1.02 * exact[0].mean


@pytest.mark.parametrize("samples", [5, 100])
def test_estimates_of_independent_paths_have_the_scatter_and_repeated_paths_have_not(samples):
    values, chances = terms(GAME, P, Q)[0]
    source = np.random.default_rng(0)
    for repeats, is_fine in ((1, True), (5, False)):
        draws = source.choice(values, p=chances, size=(300, samples // repeats))
        means = draws.mean(axis=1)
        if is_fine:
            expect_scatter(means, [(values, chances)], samples, "")
        else:
            with pytest.raises(Wrong, match="the variance of 300 estimates is"):
                expect_scatter(means, [(values, chances)], samples, "")
    with pytest.raises(Wrong):
        expect_scatter(np.full(300, values @ chances), [(values, chances)], samples, "")


def test_straight_paths_reach_their_bound_without_a_turn():
    paths = torch.tensor([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 1], [0, 1, 0, 0]]).double()
    assert goes_straight(paths, Game(4, 2, 0, 4)).tolist() == [True, True, False, False]


def test_estimates_that_return_are_found_and_independent_ones_are_not():
    laws = [(np.array([0.0, 0.5]), np.array([0.4, 0.6]))]
    results = np.random.default_rng(0).binomial(200, 0.6, 300) / 400
    expect_no_repeats(results, laws, 200, "a game")
    results[3::4] = results[2::4]
    with pytest.raises(Wrong, match="pairs of successive runs are equal"):
        expect_no_repeats(results, laws, 200, "a game")

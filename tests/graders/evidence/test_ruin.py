"""Gambler's ruin: the recursion agrees with enumeration of all paths, walked one by one."""

from __future__ import annotations

import math
import re
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.evidence.ruin import (
    LONG_PATHS,
    Game,
    all_paths,
    counts_of_wins,
    estimate_distributions,
    first_hits,
    hit_mass,
    path_probabilities,
    ratios,
    stopping_games,
    walks,
)

# No deadline: the machine may be busy; the same inputs in every run.
settings.load_profile("ci")

ROULETTE = 18 / 37
GAME = Game(600, 100, 0, 200)
EXACT = 2.3883834506069734e-06


@st.composite
def games(draw: Any) -> Game:
    """Up to 8 games, with a target that may be out of reach."""
    low = draw(st.integers(-2, 3))
    start = low + draw(st.integers(1, 4))
    return Game(draw(st.integers(1, 8)), start, low, start + draw(st.integers(1, 4)))


probabilities = st.floats(0.05, 0.95)


def walk(outcomes: list[float], game: Game) -> tuple[bool, int]:
    """Whether a path wins, and the game in which it first reaches a bound (else the last game)."""
    _, wealth, low, high = game
    for number, won in enumerate(outcomes, start=1):
        wealth += 1 if won else -1
        if wealth in (low, high):
            return wealth == high, number
    return False, len(outcomes)


def ratio(outcomes: tuple[int, ...], p: float, q: float) -> float:
    return math.prod(p / q if won else (1 - p) / (1 - q) for won in outcomes)


def every_path(game: Game) -> list[tuple[int, ...]]:
    return list(product((0, 1), repeat=game[0]))


@given(count=st.integers(1, 10))
def test_all_paths_are_every_path_once(count):
    paths = all_paths(count)
    assert paths.shape == (2**count, count)
    assert set(map(tuple, paths.long().tolist())) == set(product((0, 1), repeat=count))


@given(count=st.integers(1, 10), q=probabilities)
def test_path_probabilities_sum_to_one_and_win_each_game_with_q(count, q):
    paths = all_paths(count)
    distribution = path_probabilities(paths, q)
    assert float(distribution.sum()) == pytest.approx(1, rel=1e-12)
    assert (distribution @ paths).tolist() == pytest.approx([q] * count, rel=1e-12)


@settings(max_examples=40)
@given(game=games(), p=probabilities, q=probabilities)
def test_the_stop_and_the_ratios_of_a_path_are_those_of_a_walk(game, p, q):
    paths, stops = all_paths(game.num_games), stopping_games(game)
    winning = stops > 0
    both = ratios(paths[winning], stops[winning], p, q, game)
    expected = []
    for path, stop in zip(paths.tolist(), stops.tolist(), strict=True):
        wins, last = walk(path, game)
        assert stop == (last if wins else 0)
        if wins:
            expected.append((ratio(path[:last], p, q), ratio(path, p, q)))
    np.testing.assert_allclose(torch.stack(both, 1).reshape(-1, 2), np.reshape(expected, (-1, 2)))


@settings(max_examples=60)
@given(game=games(), win=probabilities, lose=probabilities, tail=st.floats(0.1, 3))
def test_hit_mass_is_the_weight_of_all_winning_paths(game, win, lose, tail):
    total = 0.0
    for path in every_path(game):
        won, stop = walk(list(path), game)
        if won:
            begun = math.prod(win if outcome else lose for outcome in path[:stop])
            # All continuations: each later game has weight `tail`, half of it for either outcome.
            total += begun * (tail / 2) ** (game[0] - stop)
    assert hit_mass(win, lose, tail, game) == pytest.approx(total, rel=1e-10, abs=1e-15)


@settings(max_examples=60)
@given(game=games(), p=probabilities)
def test_hit_mass_is_the_probability_of_winning(game, p):
    paths = every_path(game)
    weights = [math.prod(p if won else 1 - p for won in path) for path in paths]
    total = sum(w for w, path in zip(weights, paths, strict=True) if walk(list(path), game)[0])
    assert hit_mass(p, 1 - p, 1.0, game) == pytest.approx(total, rel=1e-10, abs=1e-15)


@settings(max_examples=60)
@given(game=games())
def test_first_hits_count_the_paths_by_the_game_in_which_they_win(game):
    expected = np.zeros(game[0] + 1)
    for path in every_path(game):
        won, stop = walk(list(path), game)
        if won:
            expected[stop] += 0.5 ** (game[0] - stop)
    np.testing.assert_allclose(first_hits(1.0, 1.0, game), expected, rtol=1e-12)


@settings(max_examples=60)
@given(game=games())
def test_counts_of_wins_agree_with_enumeration(game):
    expected = [0] * (game[0] + 1)
    for path in every_path(game):
        expected[sum(path)] += walk(list(path), game)[0]
    assert counts_of_wins(game) == expected


def test_the_assignments_probability_is_exact():
    assert hit_mass(ROULETTE, 1 - ROULETTE, 1.0, GAME) == pytest.approx(EXACT, rel=1e-12)


@settings(max_examples=20)
@given(p=st.floats(0.3, 0.7), half=st.integers(1, 5))
def test_with_many_games_the_probability_is_that_of_the_classical_formula(p, half):
    odds = (1 - p) / p
    expected = 0.5 if p == 0.5 else 1 / (1 + odds**half)
    got = hit_mass(p, 1 - p, 1.0, Game(2000, half, 0, 2 * half))
    assert got == pytest.approx(expected, rel=1e-9)


@settings(max_examples=30)
@given(game=games(), p=probabilities, q=probabilities, samples=st.integers(1, 100))
def test_both_distributions_of_the_estimate_have_the_moments_of_the_enumerated_terms(
    game, p, q, samples
):
    paths = every_path(game)
    weights = np.array([math.prod(q if won else 1 - q for won in path) for path in paths])
    ends = [walk(list(path), game) for path in paths]
    stopped = [won * ratio(path[:n], p, q) for path, (won, n) in zip(paths, ends, strict=True)]
    full = [won * ratio(path, p, q) for path, (won, _) in zip(paths, ends, strict=True)]
    for distribution, terms in zip(
        estimate_distributions(game, p, q, samples), map(np.array, (stopped, full)), strict=True
    ):
        mean = weights @ terms
        variance = weights @ (terms - mean) ** 2
        assert distribution.mean == pytest.approx(mean, rel=1e-9, abs=1e-15)
        assert distribution.mean == pytest.approx(
            hit_mass(p, 1 - p, 1.0, game), rel=1e-9, abs=1e-15
        )
        assert distribution.sd == pytest.approx(math.sqrt(variance / samples), rel=1e-6, abs=1e-12)


@settings(max_examples=30)
@given(game=games(), p=probabilities, q=probabilities)
def test_the_mean_square_of_a_term_is_a_hit_mass(game, p, q):
    win, lose = p * p / q, (1 - p) ** 2 / (1 - q)
    for distribution, tail in zip(
        estimate_distributions(game, p, q, 1), (1.0, win + lose), strict=True
    ):
        expected = hit_mass(win, lose, tail, game)
        assert distribution.sd**2 + distribution.mean**2 == pytest.approx(
            expected, rel=1e-9, abs=1e-15
        )


def test_the_variance_of_one_term_is_the_measured_one_for_either_ratio():
    stopped, full = estimate_distributions(GAME, ROULETTE, 0.55, 3000)
    assert 3000 * stopped.sd**2 == pytest.approx(8.50001619456e-11, rel=1e-10)
    assert 3000 * full.sd**2 == pytest.approx(2.59855295051e-10, rel=1e-10)
    assert math.sqrt(3000) * stopped.sd == pytest.approx(9.2196e-06, rel=1e-5)
    assert math.sqrt(3000) * full.sd == pytest.approx(1.6120e-05, rel=1e-5)
    for distribution in (stopped, full):
        assert distribution.mean == pytest.approx(EXACT, rel=1e-12)


@pytest.mark.parametrize(
    ("which", "best", "relative"), [(0, 0.588, 0.024), (1, 0.565, 0.10)], ids=["stopped", "full"]
)
def test_the_best_q_is_the_measured_one(which, best, relative):
    def spread(q: float) -> float:
        win, lose = ROULETTE**2 / q, (1 - ROULETTE) ** 2 / (1 - q)
        square = hit_mass(win, lose, (1.0, win + lose)[which], GAME)
        return math.sqrt((square - EXACT**2) / 3000) / EXACT

    grid = [best + k / 1000 for k in range(-8, 9)]
    assert min(grid, key=spread) == pytest.approx(best, abs=1.5e-3)
    assert spread(best) == pytest.approx(relative, rel=0.05)


def test_plain_monte_carlo_hardly_ever_wins():
    assert pytest.approx(0.0071, abs=5e-5) == 1 - (1 - EXACT) ** 3000


@pytest.mark.parametrize("path", LONG_PATHS.values(), ids=lambda path: path.story)
def test_a_long_path_has_the_stated_result(path):
    outcomes = path.outcomes()
    assert outcomes.shape == (1, sum(count for _, count in path.runs))
    assert outcomes.shape[1] >= 600
    assert set(outcomes.unique().tolist()) <= {0.0, 1.0}
    assert walk(outcomes[0].tolist(), GAME) == (path.wins, path.stops)


@pytest.mark.parametrize("story", LONG_PATHS)
def test_a_long_path_is_where_its_story_says(story):
    steps = 2 * LONG_PATHS[story].outcomes()[0] - 1
    wealth = [100, *(100 + steps.cumsum(0)).int().tolist()]
    said = re.findall(r"at (\d+) (?:in game|after) (\d+)", story)
    assert all(wealth[int(game)] == int(place) for place, game in said)
    assert all(int(place) in wealth for place in re.findall(r"is at (\d+)", story))
    begun = re.match(r"(wins|loses) (?:the first )?(\d+) games", story)
    if begun:
        assert wealth[int(begun[2])] == 100 + int(begun[2]) * (1 if begun[1] == "wins" else -1)


def test_long_paths_win_and_lose_early_and_late():
    ends = {(path.wins, path.stops >= 600) for path in LONG_PATHS.values()}
    assert ends == set(product((True, False), repeat=2))


def test_outcomes_are_float64_like_every_argument():
    assert next(iter(LONG_PATHS.values())).outcomes().dtype == torch.float64


@pytest.mark.parametrize("game", [Game(6, 2, 0, 4), Game(5, -1, -2, 1), Game(7, 0, -3, 2)])
def test_random_walks_stop_in_the_game_that_the_tree_of_all_paths_says(game):
    paths, stops = walks(200, game, 0.5, np.random.default_rng(0))
    index = (paths.long() * 2 ** torch.arange(game.num_games)).sum(1)
    assert torch.equal(all_paths(game.num_games)[index], paths)
    assert torch.equal(stopping_games(game)[index], stops)
    assert 0 < int((stops > 0).sum()) < 200

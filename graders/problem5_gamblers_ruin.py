"""Problem 5: which paths win, what each contributes, and whether the estimate is correct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from assay import (
    check,
    expect,
    expect_binomial,
    expect_close,
    expect_drawn_from,
    finite,
    has_defaults,
    leaves_arguments_alone,
    number,
    show,
    show_inputs,
)

from .evidence.ruin import (
    LONG_PATHS,
    Game,
    all_paths,
    counts_of_wins,
    estimate_distributions,
    hit_mass,
    path_probabilities,
    terms,
)

if TYPE_CHECKING:
    from assay import Student

ROULETTE = 18 / 37
ROULETTE_GAME = Game(600, 100, 0, 200)
# Games in which playing one game more or one less changes the probability; the last is as rare as
# the assignment's.
WEIGHTED = (
    (Game(7, 2, 0, 4), ROULETTE, 0.55),
    (Game(7, 3, 1, 4), 0.375, 0.5),
    (Game(20, 1, 0, 21), 0.3, 0.9),
)
PLAIN = (  # with the number of samples
    (Game(6, 2, 0, 4), ROULETTE, 4_999),
    (Game(4, 2, 1, 5), 0.75, 997),
    (Game(9, 3, 0, 4), 0.375, 2_003),
)
CALL_BUDGET = 0.7  # seconds that one estimate of a slow but correct program may take


@st.composite
def games(choose: st.DrawFn, most: int = 8) -> Game:
    """Small games: both bounds are within reach of the number of games."""
    low = choose(st.integers(0, 3))
    start = low + choose(st.integers(1, 4))
    high = start + choose(st.integers(1, 4))
    return Game(choose(st.integers(high - start, most)), start, low, high)


small_games = games()
probabilities = st.sampled_from([0.25, 0.375, 0.5, 0.625, 0.75])


@check(points=2, part="a", examples=25)
@given(game=small_games)
def wins_are_counted_over_all_paths(student: Student, game: Game) -> None:
    """reaches_target finds every path that reaches high before low, among all 2^K paths"""
    paths = all_paths(game.num_games)
    won = reached(student, paths, game)
    expect_counts(won, paths, game, "`reaches_target` accepts")


@check(points=1.5, part="a")
@given(story=st.sampled_from(sorted(LONG_PATHS)))
def long_paths_end_as_they_must(student: Student, story: str) -> None:
    """reaches_target is correct on single long paths from 100, between 0 and 200"""
    path = LONG_PATHS[story]
    answer = bool(booleans(student.reaches_target(path.outcomes()), 1, "reaches_target")[0])
    expect(
        answer == path.wins,
        f"for the path that {story}: got {answer}, expected {path.wins}",
        hint="Follow the wealth game by game: which bound does it reach first, and do the games "
        "after that still count?",
    )


@check(points=0.5, part="a", examples=10)
@given(game=small_games, seed=st.integers(0, 2**16))
def each_path_is_judged_alone(student: Student, game: Game, seed: int) -> None:
    """reaches_target gives a path the same answer alone and among others, in any order"""
    paths = all_paths(game.num_games)
    order = np.random.default_rng(seed).permutation(len(paths))[:12].copy()
    chosen = paths[torch.from_numpy(order)]
    together = reached(student, chosen, game)
    for row in range(0, len(chosen), 4):
        alone = bool(reached(student, chosen[row][None], game)[0])
        expect(
            alone == bool(together[row]),
            f"for path {show(chosen[row].long())}: {alone} when it is alone, "
            f"{bool(together[row])} among others",
            hint="Can the ruin of one row change another row?",
        )


@check(points=3.5, part="b", examples=25)
@given(game=small_games, p=probabilities, q=probabilities)
def terms_average_to_the_probability(student: Student, game: Game, p: float, q: float) -> None:
    """the mean of importance_terms over all 2^K paths, drawn with q, is the exact probability"""
    paths = all_paths(game.num_games)
    expect_close(
        path_probabilities(paths, q) @ terms_of(student, paths, p, q, game),
        torch.tensor(hit_mass(p, 1 - p, 1.0, game)),
        rtol=1e-5,  # float32 products of up to ten factors
        atol=1e-6,
        what="the mean of importance_terms",
        hint="Each path's weight undoes the change from p to q: which ratio, over which games?",
    )


@check(points=0.5, part="b")
@given(game=small_games, p=probabilities, q=probabilities)
def terms_are_zero_off_the_target(student: Student, game: Game, p: float, q: float) -> None:
    """importance_terms is positive on the paths that reach the target and 0 on all others"""
    paths = all_paths(game.num_games)
    values = terms_of(student, paths, p, q, game)
    lowest = float(values.min())
    expect(lowest >= 0, f"a term is {lowest:.6g}; no term may be below 0")
    expect_counts(values > 0, paths, game, "`importance_terms` is positive for")


@check(points=1, part="b")
@given(game=small_games, p=probabilities, q=probabilities)
def terms_have_the_likelihood_ratios_spread(
    student: Student, game: Game, p: float, q: float
) -> None:
    """the mean square of importance_terms is that of the likelihood ratio, stopped or whole"""
    paths = all_paths(game.num_games)
    square = float(path_probabilities(paths, q) @ terms_of(student, paths, p, q, game) ** 2)
    win, lose = p * p / q, (1 - p) ** 2 / (1 - q)
    stopped, whole = (hit_mass(win, lose, tail, game) for tail in (1.0, win + lose))
    off = min(abs(square - stopped) / stopped, abs(square - whole) / whole)
    expect(
        off <= 1e-5,  # float32 products
        f"the mean square of importance_terms is {square:.8g}, expected {stopped:.8g} (ratio over "
        f"the games until the path stops) or {whole:.8g} (over all games)",
        hint="Is each winning path's term the ratio of its own probabilities?",
    )


@check(points=1, part="b")
@given(story=st.sampled_from(sorted(LONG_PATHS)))
def terms_of_long_paths_are_exact(student: Student, story: str) -> None:
    """importance_terms of a long path is its likelihood ratio, without underflow or overflow"""
    path, p, q = LONG_PATHS[story], ROULETTE, 0.55
    outcomes = path.outcomes()
    term = float(finite(student.importance_terms(outcomes, p, q), (1,), "importance_terms")[0])
    if not path.wins:
        expect(
            term == 0,
            f"the term is {term:.6g} for the path that {story}; expected 0",
            hint="Only paths that reach the target before ruin count.",
        )
        return
    stopped, whole = (ratio(games, p, q) for games in (outcomes[0, : path.stops], outcomes[0]))
    expect(
        any(abs(term - r) <= 1e-3 * r for r in (stopped, whole)),  # 600 factors in float32
        f"the term is {term:.8g} for the path that {story}; expected {stopped:.8g} (ratio over "
        f"the games until the path stops) or {whole:.8g} (over all games)",
        hint="A product of 600 probabilities is tiny: sum logarithms, or count wins and losses.",
    )


@check(points=0.5, part="b", examples=5)
@given(game=small_games)
def paths_are_left_alone(student: Student, game: Game) -> None:
    """reaches_target and importance_terms do not modify outcomes"""
    paths, bounds = all_paths(game.num_games), (game.start, game.low, game.high)
    leaves_arguments_alone(student, "reaches_target", paths, *bounds)
    leaves_arguments_alone(student, "importance_terms", paths, 0.5, 0.625, *bounds)


@check(points=1.5, part="c", examples=1)
def estimate_is_right_on_small_games(student: Student) -> None:
    """on small games with q != p, estimate_win_probability agrees with the exact probability"""
    for game, p, q in WEIGHTED:
        samples = affordable(student, game, 20_000)
        expect_drawn_from(
            estimate(student, samples, game, p, q),
            estimate_distributions(game, p, q, samples),
            what=f"the estimate for {show_inputs({'game': game, 'p': p, 'q': q})}",
            hint="Draw the paths with q, weight each back to p, and average over all samples.",
        )


@check(points=1, part="c", examples=1)
def plain_monte_carlo_counts_wins(student: Student) -> None:
    """with q = p, estimate_win_probability is k / num_samples, and k is binomial"""
    for game, p, most in PLAIN:
        samples = affordable(student, game, most)
        result = estimate(student, samples, game, p, p)
        count = round(result * samples)
        setting = show_inputs({"game": game, "p": p, "q": p, "num_samples": samples})
        expect(
            abs(result * samples - count) <= 1e-3,  # float32 mean of up to 4,999 terms
            f"for {setting}, the estimate is {result:.8g} = {result * samples:.6g} / {samples}; "
            "the numerator, a count of wins, must be a whole number",
            hint="With q = p every weight is 1: what does the mean count, and over how many?",
        )
        expect_binomial(
            count,
            samples,
            hit_mass(p, 1 - p, 1.0, game),
            what=f"the number of wins for {setting}",
            hint="Does every path have num_games games, each won with probability p?",
        )


@check(points=0.5, part="c", examples=1)
def two_samples_are_the_mean_of_two_terms(student: Student) -> None:
    """estimate_win_probability of two samples is the mean of two terms, each 0 or a path's ratio"""
    for game, p, q in WEIGHTED[:2]:
        possible_terms = [torch.from_numpy(values) for values, _ in terms(game, p, q)]
        means = torch.cat([torch.cartesian_prod(v, v).mean(1) for v in possible_terms])
        setting = show_inputs({"game": game, "p": p, "q": q, "num_samples": 2})
        for _ in range(15):
            result = estimate(student, 2, game, p, q)
            off = float((means - result).abs().min())
            expect(
                off <= 1e-5,  # float32 products of up to seven factors
                f"for {setting}, the estimate is {result:.8g}, which is not the mean of any two "
                "paths' terms",
                hint="What do you sum over the paths, and what do you divide the sum by?",
            )


@check(points=0.5, part="c", examples=1)
def estimate_is_plausible_on_the_assignments_settings(student: Student) -> None:
    """estimate_win_probability() with its defaults is a plausible estimate"""
    settings = default_settings(student)
    result = estimate_with(student, settings)
    samples = settings.get("num_samples", 3_000)
    with student.aside():
        exhibit_convergence(student, samples, result)
    expect_drawn_from(
        result,
        estimate_distributions(ROULETTE_GAME, ROULETTE, 0.55, samples),
        what="the estimate",
        hint="Try it on a small game, where you can list all paths by hand.",
    )


@check(points=0.5, part="c", examples=1)
def estimate_has_the_assignments_defaults(student: Student) -> None:
    """estimate_win_probability has the assignment's defaults, from num_samples to high"""
    defaults = {"num_samples": 3_000, "p": ROULETTE, "q": 0.55, **ROULETTE_GAME._asdict()}
    # Few samples of the long game show every default but their number and, as ruin is rare, `low`.
    few_samples, small_game = {"num_samples": 300}, {"num_games": 7, "start": 2, "high": 4}
    for given_settings in (few_samples, small_game):
        has_defaults(
            lambda settings: torch.tensor(estimate_with(student, settings), dtype=torch.float64),
            student,
            given_settings,
            defaults | given_settings,
            what="estimate_win_probability",
            rtol=1e-5,  # float32
        )


@check(points=0.5, part="c", examples=1)
def runs_draw_new_paths(student: Student) -> None:
    """estimate_win_probability draws new paths in each run"""
    game, samples = Game(6, 2, 0, 4), 500
    results = {estimate(student, samples, game, 0.5, 0.5) for _ in range(6)}
    # 500 paths, each won with probability 0.44: six equal counts have probability
    # sum_k b(k)^6 < 1e-8.
    expect(
        len(results) > 1,
        f"six runs with different seeds all returned {results.pop():.8g}",
        hint="Do you set a fixed seed, or keep a value from an earlier run?",
    )


def expect_counts(won: Tensor, paths: Tensor, game: Game, lead: str) -> None:
    """Compare the number of winning paths with w wins with the exact number, for each w.

    `lead` leads to the number in the message, for example "`reaches_target` accepts".
    """
    wins = paths.sum(1).long()
    counts = torch.bincount(wins[won], minlength=game.num_games + 1)
    for w, exact in enumerate(counts_of_wins(game)):
        expect(
            int(counts[w]) == exact,
            f"Among the {game.num_games}-game paths with {w} win{'s' * (w != 1)}, {lead} "
            f"{int(counts[w])}; exactly {exact} reach{'es' * (exact == 1)} the target (start "
            f"{game.start}, low {game.low}, high {game.high})",
            hint="List the paths of a game with two or three rounds by hand: which of them reach "
            "high before they reach low?",
        )


def exhibit_convergence(student: Student, samples: int, last: float) -> None:
    """Record estimates from more and more samples, each from a run of its own.

    A row is (number of samples, estimate / exact probability, two standard errors of it). The
    standard errors are those of the ratio over all games: a correct estimate has no larger ones.
    """
    sizes = [samples >> k for k in range(7, 0, -1) if samples >> k]
    results = student.each("estimate_win_probability", [(size,) for size in sizes])
    _, exact = estimate_distributions(ROULETTE_GAME, ROULETTE, 0.55, samples)
    relative_sd = exact.sd / exact.mean
    rows = [
        (size, number(result, "estimate") / exact.mean, 2 * relative_sd * (samples / size) ** 0.5)
        for size, result in zip([*sizes, samples], [*results, last], strict=True)
    ]
    student.exhibit("convergence", torch.tensor(rows))


def default_settings(student: Student) -> dict[str, int]:
    """Nothing, or fewer samples where the assignment's 3,000 would take too long."""
    samples = affordable(student, ROULETTE_GAME, 3_000)
    return {} if samples == 3_000 else {"num_samples": samples}


def affordable(student: Student, game: Game, most: int) -> int:
    """The number of samples, at most `most`, that two timed calls show to fit into CALL_BUDGET."""
    trial = 20
    first = student.reply("estimate_win_probability", num_samples=trial, **game._asdict())
    second = student.reply("estimate_win_probability", num_samples=trial, **game._asdict())
    # Processor time: the verdict is the same on a busy machine.
    per_sample = min(first.cpu, second.cpu) / trial
    if per_sample * most <= CALL_BUDGET:
        return most
    return max(int(CALL_BUDGET / per_sample), trial)


def estimate(student: Student, samples: int, game: Game, p: float, q: float) -> float:
    """One estimate by the student."""
    return estimate_with(student, {"num_samples": samples, "p": p, "q": q, **game._asdict()})


def estimate_with(student: Student, settings: Mapping[str, float]) -> float:
    """One estimate by the student with these settings, and the defaults for the others."""
    return number(student.estimate_win_probability(**settings), "estimate_win_probability")


def reached(student: Student, paths: Tensor, game: Game) -> Tensor:
    """The student's answer for each path, (N,) bool."""
    answers = student.reaches_target(paths, game.start, game.low, game.high)
    return booleans(answers, len(paths), "reaches_target")


def terms_of(student: Student, paths: Tensor, p: float, q: float, game: Game) -> Tensor:
    """The student's term of each path, (N,)."""
    values = student.importance_terms(paths, p, q, game.start, game.low, game.high)
    return finite(values, (len(paths),), "importance_terms")


def ratio(games: Tensor, p: float, q: float) -> float:
    """The likelihood ratio of these outcomes (K,)."""
    wins, count = games.sum(), games.numel()
    return float((p / q) ** wins * ((1 - p) / (1 - q)) ** (count - wins))


def booleans(value: object, count: int, what: str) -> Tensor:
    """The value as (count,) bool; zeros and ones are accepted as well."""
    result = finite(value, (count,), what)
    others = result[(result != 0) & (result != 1)]
    expect(len(others) == 0, f"{what} returned {show(others[:3])}, expected True or False")
    return result.bool()

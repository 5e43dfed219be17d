"""Settles problem 5: which paths win, what each is worth, and whether their mean is the chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
# Games in which one game more or less, of either parity, changes the probability; the last is as
# rare as the assignment's.
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
CALL_BUDGET = 0.7  # seconds that one estimate of a slow, correct program may take


@st.composite
def games(drawn: st.DrawFn, most: int = 8) -> Game:
    """Small games: bounds on both sides within reach of the number of games."""
    low = drawn(st.integers(0, 3))
    start = low + drawn(st.integers(1, 4))
    high = start + drawn(st.integers(1, 4))
    return Game(drawn(st.integers(high - start, most)), start, low, high)


small_games = games()
chances = st.sampled_from([0.25, 0.375, 0.5, 0.625, 0.75])


@check(points=2, part="a", examples=25)
@given(game=small_games)
def wins_are_counted_over_all_paths(student: Student, game: Game) -> None:
    """reaches_target finds each path that is at high before low, among all 2^K of them"""
    paths = all_paths(game[0])
    won = fates(student.reaches_target(paths, *game[1:]), len(paths), "reaches_target")
    expect_right_counts(won, paths, game, "are accepted by `reaches_target`")


@check(points=1.5, part="a")
@given(story=st.sampled_from(sorted(LONG_PATHS)))
def long_paths_end_as_they_must(student: Student, story: str) -> None:
    """reaches_target is correct on single long paths from 100 between 0 and 200"""
    path = LONG_PATHS[story]
    got = bool(fates(student.reaches_target(path.outcomes()), 1, "reaches_target")[0])
    expect(
        got == path.wins,
        f"for the path that {story}: got {got}, expected {path.wins}",
        hint="Follow the wealth game by game: which bound does it meet first, and does what comes "
        "after still count?",
    )


@check(points=0.5, part="a", examples=10)
@given(game=small_games, seed=st.integers(0, 2**16))
def each_path_is_judged_alone(student: Student, game: Game, seed: int) -> None:
    """reaches_target gives a path the same answer alone and among others, in any order"""
    paths = all_paths(game[0])
    chosen = torch.from_numpy(np.random.default_rng(seed).permutation(len(paths))[:12].copy())
    together = fates(
        student.reaches_target(paths[chosen], *game[1:]), len(chosen), "reaches_target"
    )
    for row in range(0, len(chosen), 4):
        alone = student.reaches_target(paths[chosen[row]][None], *game[1:])
        same = bool(fates(alone, 1, "reaches_target")[0]) == bool(together[row])
        expect(
            same,
            f"path {show(paths[chosen[row]].long())} gets one answer alone, another among others",
            hint="Can the ruin of one row change another row?",
        )


@check(points=3.5, part="b", examples=25)
@given(game=small_games, p=chances, q=chances)
def terms_average_to_the_probability(student: Student, game: Game, p: float, q: float) -> None:
    """the mean of importance_terms over all 2^K paths, weighted by q, is the exact probability"""
    paths = all_paths(game[0])
    terms = finite(
        student.importance_terms(paths, p, q, *game[1:]), (len(paths),), "importance_terms"
    )
    expect_close(
        path_probabilities(paths, q) @ terms,
        torch.tensor(hit_mass(p, 1 - p, 1.0, game)),
        rtol=1e-5,
        atol=1e-6,
        what="E_q[term]",  # float32 products of up to ten factors
        hint="Each path's weight undoes the change from p to q: which ratio, over which games?",
    )


@check(points=0.5, part="b")
@given(game=small_games, p=chances, q=chances)
def terms_are_zero_off_the_target(student: Student, game: Game, p: float, q: float) -> None:
    """importance_terms is positive on the paths that reach the target and 0 on all others"""
    paths = all_paths(game[0])
    terms = finite(
        student.importance_terms(paths, p, q, *game[1:]), (len(paths),), "importance_terms"
    )
    expect(float(terms.min()) >= 0, f"a term is {float(terms.min()):.6g}, below 0")
    expect_right_counts(terms > 0, paths, game, "have a positive term")


@check(points=1, part="b")
@given(game=small_games, p=chances, q=chances)
def terms_have_the_likelihood_ratios_spread(
    student: Student, game: Game, p: float, q: float
) -> None:
    """the mean square of importance_terms is that of the likelihood ratio, stopped or whole"""
    paths = all_paths(game[0])
    terms = finite(
        student.importance_terms(paths, p, q, *game[1:]), (len(paths),), "importance_terms"
    )
    got = float(path_probabilities(paths, q) @ terms**2)
    win, lose = p * p / q, (1 - p) ** 2 / (1 - q)
    stopped, whole = (hit_mass(win, lose, tail, game) for tail in (1.0, win + lose))
    expect(
        min(abs(got - stopped) / stopped, abs(got - whole) / whole) <= 1e-5,  # float32 products
        f"E_q[term^2] = {got:.8g}, expected {stopped:.8g} (ratio over the games until the path "
        f"stops) or {whole:.8g} (over all games)",
        hint="Is each winning path's term the ratio of its own probabilities?",
    )


@check(points=1, part="b")
@given(story=st.sampled_from(sorted(LONG_PATHS)))
def terms_of_long_paths_are_exact(student: Student, story: str) -> None:
    """importance_terms of a long path is its likelihood ratio, without under- or overflow"""
    path, p, q = LONG_PATHS[story], ROULETTE, 0.55
    outcomes = path.outcomes()
    got = float(finite(student.importance_terms(outcomes, p, q), (1,), "importance_terms")[0])
    if not path.wins:
        expect(
            got == 0,
            f"the path that {story} has the term {got:.6g}, expected 0",
            hint="Only paths that reach the target before ruin count.",
        )
        return
    wins = outcomes[0, : path.stops].sum(), outcomes.sum()
    ratios = [
        float((p / q) ** w * ((1 - p) / (1 - q)) ** (n - w))
        for w, n in zip(wins, (path.stops, outcomes.numel()), strict=True)
    ]
    expect(
        any(abs(got - ratio) <= 1e-3 * ratio for ratio in ratios),  # 600 factors in float32
        f"the path that {story} has the term {got:.8g}, expected {ratios[0]:.8g} (ratio over the "
        f"games until it stops) or {ratios[1]:.8g} (over all games)",
        hint="A product of 600 probabilities is tiny: sum logarithms, or count wins and losses.",
    )


@check(points=0.5, part="b", examples=5)
@given(game=small_games)
def paths_are_left_alone(student: Student, game: Game) -> None:
    """reaches_target and importance_terms do not modify outcomes"""
    leaves_arguments_alone(student, "reaches_target", all_paths(game[0]), *game[1:])
    leaves_arguments_alone(student, "importance_terms", all_paths(game[0]), 0.5, 0.625, *game[1:])


@check(points=1.5, part="c", examples=1)
def estimate_is_right_on_small_games(student: Student) -> None:
    """estimate_win_probability has the exact mean on small games, with q other than p"""
    for game, p, q in WEIGHTED:
        samples = affordable(student, game, 20_000)
        got = estimate(student, samples, game, p, q)
        expect_drawn_from(
            got,
            estimate_distributions(game, p, q, samples),
            what=f"the estimate for {show_inputs({'game': game, 'p': p, 'q': q})}",
            hint="Paths are drawn with q and weighted back to p; the mean is over all samples.",
        )


@check(points=1, part="c", examples=1)
def plain_monte_carlo_counts_wins(student: Student) -> None:
    """with q = p, estimate_win_probability is k / num_samples, and k is binomial"""
    for game, p, most in PLAIN:
        samples = affordable(student, game, most)
        got = estimate(student, samples, game, p, p)
        count = round(got * samples)
        setting = show_inputs({"game": game, "p": p, "q": p, "num_samples": samples})
        expect(
            abs(got * samples - count) <= 1e-3,  # float32 mean of up to 4,999 terms
            f"for {setting} the estimate is {got:.8g} = {got * samples:.6g} / {samples}, which is "
            "not a count",
            hint="With q = p every weight is 1: what does the mean count, and over how many?",
        )
        expect_binomial(
            count,
            samples,
            hit_mass(p, 1 - p, 1.0, game),
            what=f"the count of wins for {setting}",
            hint="Is every path as long as num_games, and won with probability p each game?",
        )


@check(points=0.5, part="c", examples=1)
def two_samples_are_the_mean_of_two_terms(student: Student) -> None:
    """estimate_win_probability of two samples is the mean of two terms, each 0 or a path's ratio"""
    for game, p, q in WEIGHTED[:2]:
        paths = all_paths(game.num_games)
        atoms = [torch.from_numpy(values) for values, _ in terms(game, p, q)]
        means = torch.cat([torch.cartesian_prod(one, one).mean(1) for one in atoms])
        setting = show_inputs({"game": game, "p": p, "q": q, "num_samples": 2})
        for _ in range(15):
            got = estimate(student, 2, game, p, q)
            off = float((means - got).abs().min())
            expect(
                off <= 1e-5,  # float32 products of up to seven factors
                f"for {setting} the estimate is {got:.8g}, which is not the mean of two terms of "
                f"{len(paths)} paths",
                hint="What is summed over the paths drawn, and by what is the sum divided?",
            )


@check(points=0.5, part="c", examples=1)
def estimate_is_plausible_on_the_assignments_settings(student: Student) -> None:
    """estimate_win_probability() with its defaults is a plausible estimate"""
    few = fewer(student)
    got = estimate_with(student, few)
    samples = few.get("num_samples", 3_000)
    with student.aside():
        exhibit_convergence(student, samples, got)
    expect_drawn_from(
        got,
        estimate_distributions(ROULETTE_GAME, ROULETTE, 0.55, samples),
        what="the estimate",
        hint="Try it on a small game, where you can list all paths by hand.",
    )


@check(points=0.5, part="c", examples=1)
def estimate_has_the_assignments_defaults(student: Student) -> None:
    """estimate_win_probability has the assignment's defaults, from num_samples to high"""
    defaults = {"num_samples": 3_000, "p": ROULETTE, "q": 0.55, **ROULETTE_GAME._asdict()}
    # Few samples of the long game, where all but their number shows and, ruin being rare, `low`.
    few, small = {"num_samples": 300}, {"num_games": 7, "start": 2, "high": 4}
    for told in (few, small):
        has_defaults(
            lambda settings: torch.tensor(estimate_with(student, settings), dtype=torch.float64),
            student,
            told,
            defaults | told,
            what="estimate_win_probability",
            rtol=1e-5,
        )


@check(points=0.5, part="c", examples=1)
def runs_draw_new_paths(student: Student) -> None:
    """estimate_win_probability draws new paths in each run"""
    game, samples = Game(6, 2, 0, 4), 500
    seen = {estimate(student, samples, game, 0.5, 0.5) for _ in range(6)}
    # Six equal counts have probability sum_k b(k)^6 < 1e-8 with 500 paths of chance 0.44.
    expect(
        len(seen) > 1,
        f"six runs with fresh seeds all gave {seen.pop():.8g}",
        hint="Is there a fixed seed, or a value kept from an earlier run?",
    )


def expect_right_counts(won: Tensor, paths: Tensor, game: Game, what: str) -> None:
    """Hold the number of winning paths with w games won against the exact number, for each w."""
    wins = paths.sum(1).long()
    got = torch.bincount(wins[won], minlength=game[0] + 1)
    wanted = counts_of_wins(game)
    for w in range(game[0] + 1):
        expect(
            int(got[w]) == wanted[w],
            f"Among the {game[0]}-game paths with {w} wins, {int(got[w])} {what}; exactly "
            f"{wanted[w]} reach the target (start {game[1]}, low {game[2]}, high {game[3]})",
            hint="List the paths of a game with two or three rounds by hand: which of them are at "
            "high before they are at low?",
        )


def exhibit_convergence(student: Student, samples: int, last: float) -> None:
    """Keep estimates from more and more samples, each of a run of its own.

    A row is (number of samples, estimate / exact probability, two standard errors of it). The
    standard errors are those of the ratio over all games: a right estimate has no larger ones.
    """
    sizes = [samples >> k for k in range(7, 0, -1) if samples >> k]
    found = [*student.each("estimate_win_probability", [(size,) for size in sizes]), last]
    _, law = estimate_distributions(ROULETTE_GAME, ROULETTE, 0.55, samples)
    sizes.append(samples)
    rows = [
        (size, number(one, "estimate") / law.mean, 2 * law.sd / law.mean * (samples / size) ** 0.5)
        for size, one in zip(sizes, found, strict=True)
    ]
    student.exhibit("convergence", torch.tensor(rows))


def fewer(student: Student) -> dict[str, int]:
    """The number of samples to ask for where the assignment's 3,000 would take too long."""
    samples = affordable(student, ROULETTE_GAME, 3_000)
    return {} if samples == 3_000 else {"num_samples": samples}


def affordable(student: Student, game: Game, samples: int) -> int:
    """As many samples as a timed first call says can be had in time, at most `samples`."""
    trial = 20
    first = student.reply("estimate_win_probability", num_samples=trial, **game._asdict())
    again = student.reply("estimate_win_probability", num_samples=trial, **game._asdict())
    each = min(first.cpu, again.cpu) / trial  # not by the clock: a verdict is the same under load
    return samples if each * samples <= CALL_BUDGET else max(int(CALL_BUDGET / each), trial)


def estimate(student: Student, samples: int, game: Game, p: float, q: float) -> float:
    """One estimate by the student."""
    return estimate_with(student, {"num_samples": samples, "p": p, "q": q, **game._asdict()})


def estimate_with(student: Student, settings: dict[str, Any]) -> float:
    """One estimate by the student with these settings, and the defaults for the others."""
    return number(student.estimate_win_probability(**settings), "estimate_win_probability")


def fates(value: Any, count: int, what: str) -> Tensor:
    """The value as (count,) bool; zeros and ones are taken for it."""
    result = finite(value, (count,), what)
    odd = result[(result != 0) & (result != 1)]
    expect(len(odd) == 0, f"{what} returned {show(odd[:3])} where True or False is expected")
    return result.bool()

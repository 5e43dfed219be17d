"""Problem 5: which paths win, what each contributes, and whether the estimate is correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special
from torch import Tensor

from assay import (
    FALSE_REJECT_RATE,
    Wrong,
    check,
    expect,
    expect_binomial,
    expect_drawn_from,
    expect_uncorrelated,
    finite,
    has_defaults,
    leaves_arguments_alone,
    number,
    repeats_itself,
    show,
    show_inputs,
)

from . import objects
from .evidence.attempts import attempted
from .evidence.chosen import source
from .evidence.own_terms import (
    MOST_GAMES,
    booleans,
    distributions,
    expect_no_repeats,
    expect_scatter,
    is_followed,
    judged_paths,
    laws,
    own_terms,
    reached,
    terms_of,
)
from .evidence.ruin import (
    LONG_PATHS,
    Game,
    LongPath,
    all_paths,
    counts_of_wins,
    estimate_distributions,
    hit_mass,
    path_probabilities,
    ratios,
    stopping_games,
    terms,
    walks,
    within_reach,
)

if TYPE_CHECKING:
    from assay import Student

Floats = NDArray[np.float64]
Setting = tuple[Game, float, float]  # with p and q
Settings = dict[str, float]

ROULETTE = 18 / 37
ROULETTE_GAME = Game(600, 100, 0, 200)
# Games in which playing one game more or one less changes the probability. In one each, start, low
# or high is the assignment's; the last is as rare as the assignment's.
WEIGHTED = (
    (Game(7, 2, 0, 4), ROULETTE, 0.55),
    (Game(7, 0, -2, 1), 0.375, 0.5),
    (Game(7, 100, 98, 101), 0.375, 0.5),
    (Game(6, 198, 197, 200), 0.375, 0.5),
    (Game(8, 1, 0, 9), 0.1, 0.9),
)
PLAIN = (
    (Game(6, 2, 0, 4), ROULETTE),
    (Game(4, -1, -2, 2), 0.75),
    (Game(9, 3, 0, 4), 0.375),
    (Game(6, 100, 98, 102), 0.5),
    (Game(7, 199, 197, 200), 0.375),
)
LONG = Game(105, 100, 0, 200)  # for functions that know only the assignment's bounds
SAMPLES, PLAIN_SAMPLES = 5_000, 4_999  # the second is prime
FEW = {"num_samples": 300}  # the fewest samples that judge the assignment's settings
PATIENCE = 10.0  # seconds for one estimate from many samples


MOST = 8  # games of a small game
MOST_OUTCOMES = 48_000  # of the paths of one call
DTYPES = ("float64", "float32", "int64", "bool")


@st.composite
def games(choose: st.DrawFn, least: int = 0, most: int = MOST) -> Game:
    """Small games: both bounds are within reach of the number of games."""
    low = choose(st.integers(0, 3) | st.integers(-6, 3))
    start = low + choose(st.integers(1, 4))
    high = start + choose(st.integers(1, 4))
    return Game(choose(st.integers(least or high - start, most)), start, low, high)


small_games = games()
# Some have room for a path that reaches one bound, and later the other; in some, high is too far.
games_of_all_lengths = st.one_of(small_games, games(least=MOST), games(least=1, most=3))
probabilities = st.sampled_from([0.25, 0.375, 0.5, 0.625, 0.75])


class Walk(NamedTuple):
    """Some random paths of a game, by their seed.

    Attributes:
        q: the probability with which a game is won.
        rows: how many paths.
        dtype: of their outcomes.
    """

    game: Game
    seed: int
    q: float = 0.5
    rows: int = 8
    dtype: str = "float64"

    def paths(self) -> tuple[Tensor, Tensor]:
        """The paths (rows, K), and the game in which each reaches `high` first, or 0."""
        source = np.random.default_rng(self.seed)
        paths, stops = walks(self.rows, self.game, self.q, source)
        return paths.to(getattr(torch, self.dtype)), stops


@st.composite
def long_walks(choose: st.DrawFn) -> Walk:
    """Few paths of up to 3,000 games, or many of fewer; about half of them reach a bound."""
    count = round(10 ** choose(st.floats(0.95, 3.48)))
    q = choose(st.just(0.5) | st.floats(0.2, 0.8))
    start, share = choose(st.integers(-100, 200) | st.integers(-2_000, 2_000)), st.floats(0, 1)
    most = max(MOST_OUTCOMES // count, 8)
    return Walk(
        within_reach(count, start, q, choose(share), choose(share)),
        choose(st.integers(0, 2**16)),
        q,
        choose(st.just(8) | st.integers(max(most // 2, 8), most)),
        choose(st.sampled_from(DTYPES)),
    )


@check(points=2.5, part="a", examples=25)
@given(game=games_of_all_lengths)
def wins_are_counted_over_all_paths(student: Student, game: Game) -> None:
    """reaches_target finds every path that reaches high before low, among all 2^K paths"""
    paths = all_paths(game.num_games)
    won = reached(student, paths, game)
    expect_counts(won, paths, game)
    wrong = int((won != (stopping_games(game) > 0)).sum())
    expect(
        wrong == 0,
        f"`reaches_target` accepts as many paths as reach the target, but not these: it is wrong "
        f"for {wrong} of {len(paths)}",
        hint="Which bound is reached first? Follow a path that reaches both.",
    )


@check(points=1, part="a")
@given(story=st.sampled_from(sorted(LONG_PATHS)), walk=long_walks())
@example(story="is at 200 in game 700 of 720", walk=Walk(Game(700, 0, -27, 27), 0))
def long_paths_end_as_they_must(student: Student, story: str, walk: Walk) -> None:
    """reaches_target is correct on long paths, single ones from 100 and random ones"""
    path = LONG_PATHS[story]
    answer = bool(booleans(student.reaches_target(path.outcomes()), 1, "reaches_target")[0])
    expect(
        answer == path.wins,
        f"for the path that {story}: got {answer}, expected {path.wins}",
        hint="Follow the wealth game by game: which bound does it reach first, and do the games "
        "after that still count?",
    )
    paths, stops = walk.paths()
    won = reached(student, paths, walk.game)
    wrong = (won != (stops > 0)).nonzero().flatten()
    expect(
        len(wrong) == 0,
        f"`reaches_target` is wrong for {len(wrong)} of {len(paths)} paths of {walk.game.num_games}"
        f" games, with outcomes of dtype {walk.dtype}",
        hint="Do the games at the end of a long path count like those at its beginning?",
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


@check(points=2.5, part="b", examples=8)
@given(game=small_games, p=probabilities, q=probabilities)
def winning_terms_are_likelihood_ratios(student: Student, game: Game, p: float, q: float) -> None:
    """importance_terms of a winning path is its likelihood ratio, stopped or over all games"""
    for paths in judged_paths(student, moved(game), winning=True):
        values = terms_of(student, paths.paths, p, q, paths.game)
        both = ratios(paths.paths, paths.stops, p, q, paths.game)
        expect_either_ratio(values, both, paths.paths, paths.game)


@check(points=1, part="b", examples=8)
@given(game=small_games, p=probabilities, q=probabilities)
def losing_terms_are_zero(student: Student, game: Game, p: float, q: float) -> None:
    """importance_terms is 0 on the paths that do not reach the target, and not on all paths"""
    for paths in judged_paths(student, moved(game), winning=False):
        values = terms_of(student, paths.paths, p, q, paths.game)
        wrong = (values != 0).nonzero().flatten()[:1]
        expect(
            len(wrong) == 0,
            f"for {show_inputs({'game': paths.game})}, the term of the losing path "
            f"{show(paths.paths[wrong].flatten().long())} is {show(values[wrong].sum())}; "
            "expected 0",
            hint="Only paths that reach the target before ruin count.",
        )
    won = LONG_PATHS["wins all 600 games"].outcomes()
    term = finite(student.importance_terms(won, ROULETTE, 0.55), (1,), "importance_terms")
    expect(
        bool(term != 0),
        "the term of a path that wins all 600 games is 0 as well",
        hint="What is the term of a path that reaches the target?",
    )


@check(points=1, part="b")
def terms_of_long_paths_are_exact(student: Student) -> None:
    """importance_terms of a long path is its likelihood ratio, without underflow or overflow"""
    judged = [path for path in LONG_PATHS.values() if judges_correctly(student, path)]
    expect(
        any(path.wins for path in judged),
        "`reaches_target` is wrong for every long path that wins",
        hint="Correct `reaches_target` first: the terms are judged where it is correct.",
    )
    for path in judged:
        expect_long_term(student, path, ROULETTE, 0.55)
    chosen = source(student, "walk")
    for least, most in ((9, 60), (60, 600), (1_000, 3_000)):
        num_games = int(chosen.integers(least, most))
        p, q = odds(chosen, num_games)
        start, share = int(chosen.integers(-2_000, 2_000)), chosen.uniform(0, 0.7, 2)
        game = within_reach(num_games, start, q, share[0], share[1])
        rows = int(chosen.integers(400, 3_000)) if most == 60 else 16
        dtype = str(chosen.choice(DTYPES[:-1]))  # bool is judged with less weight
        expect_walks(student, Walk(game, int(chosen.integers(2**31)), q, rows, dtype), p, q)


@check(points=0.5, part="b", examples=5)
@given(game=small_games, dtype=st.sampled_from(DTYPES))
def paths_are_left_alone(student: Student, game: Game, dtype: str) -> None:
    """reaches_target and importance_terms do not modify outcomes, and a second call agrees"""
    paths = all_paths(game.num_games).to(getattr(torch, dtype))
    bounds = (game.start, game.low, game.high)
    for function, settings in (
        ("reaches_target", bounds),
        ("importance_terms", (0.5, 0.625, *bounds)),
    ):
        leaves_arguments_alone(student, function, paths, *settings)
        repeats_itself(student, function, paths, *settings)


@check(points=2.5, part="c", examples=1, elsewhere=False)
def estimate_is_right_on_small_games(student: Student) -> None:
    """on small games with q != p, estimate_win_probability agrees with the exact probability"""
    settings = telling(student, WEIGHTED)
    with_generator = int(source(student, "which generator").integers(len(settings)))
    for index, (game, p, q) in enumerate(settings):
        with student.patience(PATIENCE):
            passed = {"num_samples": SAMPLES, "p": p, "q": q, **game._asdict()}
            result = estimate_with(student, passed, with_generator=index == with_generator)
        expect_drawn_from(
            result,
            distributions(student, game, p, q, SAMPLES),
            what=f"the estimate for {show_inputs({'game': game, 'p': p, 'q': q})}",
            hint="Draw the paths with q, weight each back to p, and average over all samples.",
        )
    expect_whole_counts(student)


@check(points=1, part="c", examples=1)
def plain_monte_carlo_counts_wins(student: Student) -> None:
    """with q = p, estimate_win_probability is k / num_samples, and k is binomial"""
    for game, p, q in telling(student, [(game, p, p) for game, p in PLAIN]):
        with student.patience(PATIENCE):
            result = estimate(student, PLAIN_SAMPLES, game, p, q)
        setting = show_inputs({"game": game, "p": p, "q": p, "num_samples": PLAIN_SAMPLES})
        own = own_terms(student, game, p, q)
        if own is not None and bool(((own != 0) & (own != 1)).any()):
            # The weights, which should be 1 here, are judged in part (b).
            whose = distributions(student, game, p, q, PLAIN_SAMPLES)
            expect_drawn_from(result, whose, what=f"the estimate for {setting}")
        else:
            expect_count(result, PLAIN_SAMPLES, setting, win_probabilities(game, p, own))
    expect_long_count(student)


@check(points=0.5, part="c", examples=1, rate=0)
def two_samples_are_the_mean_of_two_terms(student: Student) -> None:
    """estimate_win_probability of two samples is the mean of two terms, each 0 or a path's ratio"""
    for game, p, q in telling(student, WEIGHTED)[:2]:
        possible_terms = [torch.from_numpy(values) for values, _ in terms(game, p, q)]
        own = own_terms(student, game, p, q)
        if own is not None:
            possible_terms.append(torch.from_numpy(np.unique(own.numpy())))
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


@check(points=0.5, part="c", needs=["terms_of_long_paths_are_exact"], examples=1)
def estimate_is_plausible_on_the_assignments_settings(student: Student) -> None:
    """with the assignment's settings, or nearly so, estimate_win_probability is plausible"""
    results = assignments_estimates(student)
    student.aside(partial(exhibit_convergence, student, *results[-1]))
    expect_plausible(results)
    expect_other_settings(student)
    chosen = source(student, "lengths")
    for num_games in (599, 600, 601):
        expect_single_terms(student, ROULETTE_GAME._replace(num_games=num_games), ROULETTE, 0.65)
    for num_games in chosen.integers((30, 200), (200, 598)).tolist():
        # Nearly every path gets as far: it gains 0.6 a game.
        game = ROULETTE_GAME._replace(num_games=num_games, high=100 + num_games // 6)
        expect_single_terms(student, game, ROULETTE, 0.8)


@check(points=0.5, part="c", examples=1, rate=0)
def estimate_has_the_assignments_defaults(student: Student) -> None:
    """estimate_win_probability has the assignment's defaults, from num_samples to high"""
    defaults = {"num_samples": 3_000, "p": ROULETTE, "q": 0.55, **ROULETTE_GAME._asdict()}
    # Few samples of the long game show every default but their number and, as ruin is rare, `low`.
    small_game = {"num_games": 7, "start": 2, "high": 4}
    if not is_seeded(student):
        expect_defaults(student)
        return
    for given_settings in (FEW, small_game):
        has_defaults(
            lambda settings: torch.tensor(estimate_with(student, settings), dtype=torch.float64),
            student,
            given_settings,
            defaults | given_settings,
            what="estimate_win_probability",
            rtol=1e-5,  # float32
        )


# The rate is that of expect_no_repeats, twice.
@check(points=1, part="c", examples=1, rate=2 * FALSE_REJECT_RATE, elsewhere=False)
def runs_draw_new_paths(student: Student) -> None:
    """runs of estimate_win_probability differ as means of num_samples new paths do"""
    small, chosen = telling(student, WEIGHTED)[0], source(student, "samples")
    few, many = chosen.integers((200, 1_000), (300, 1_500)).tolist()
    longer = even_game(chosen, int(chosen.integers(12, min(60, 30_000 // many))))
    longer = longer if is_correct_on_walks(student, *longer) else small
    # Paths that are drawn twice double the variance: 300 runs show it. Paths that are kept for the
    # next run show in the correlation of successive runs.
    for (game, p, q), samples, runs in ((small, few, 300), (longer, many, 120)):
        results = estimates(
            student, {"num_samples": samples, "p": p, "q": q, **game._asdict()}, runs
        )
        setting = show_inputs({"game": game, "p": p, "q": q, "num_samples": samples})
        expect_new_paths(results, setting)
        expect_no_repeats(results, laws(student, game, p, q), samples, setting)
        expect_scatter(results, laws(student, game, p, q), samples, setting)
        expect_uncorrelated(
            results,
            what=f"for {setting}, an estimate",
            hint="Does each run draw all of its paths anew?",
        )
    expect_a_new_estimate(student, small, few)
    assignments = {} if is_fast(student) else FEW
    results = estimates(student, assignments, 2)
    if results.any():  # else another check reports it
        expect_new_paths(results, show_inputs(assignments) or "the assignment's settings")


def expect_counts(won: Tensor, paths: Tensor, game: Game) -> None:
    """Compare the number of winning paths with w wins with the exact number, for each w."""
    wins = paths.sum(1).long()
    counts = torch.bincount(wins[won], minlength=game.num_games + 1)
    for w, exact in enumerate(counts_of_wins(game)):
        expect(
            int(counts[w]) == exact,
            f"Among the {game.num_games}-game paths with {w} win{'s' * (w != 1)}, "
            f"`reaches_target` accepts {int(counts[w])}; exactly {exact} "
            f"reach{'es' * (exact == 1)} the target (start {game.start}, low {game.low}, "
            f"high {game.high})",
            hint="List the paths of a game with two or three rounds by hand: which of them reach "
            "high before they reach low?",
        )


def expect_whole_counts(student: Student) -> None:
    """Check estimates where one path wins, the one that wins all games: k terms of one value.

    So an estimate is k (p/q)^K / num_samples for a whole number k, for any number of samples.

    Raises:
        Wrong: k is no whole number, or not plausible.
    """
    chosen = source(student, "counts")
    lengths = [*chosen.integers((1, 4, 10, 60), (4, 10, 60, 3_000)).tolist(), 600]
    with_generator = int(chosen.integers(len(lengths)))
    for index, games in enumerate(lengths):
        samples = min(int(chosen.integers(300, 1_000)), 100_000 // games)
        start, below = int(chosen.integers(-50, 150)), int(chosen.integers(1, 3 + games // 2))
        # The probability that all games are won: by p, and by q.
        by_p, by_q = chosen.uniform(0.05, 0.9), chosen.uniform(0.2, 0.8)
        p, q = (float(each ** (1 / games)) for each in (by_p, by_q))
        game = Game(games, start, start - below, start + games)
        value = winning_value(student, game, p, q)
        settings = {"num_samples": samples, "p": p, "q": q, **game._asdict()}
        result = estimate_with(student, settings, with_generator=index == with_generator)
        if value is None:
            continue
        setting, count = show_inputs(settings), result * samples / value
        expect(
            # float32: up to 1,000 equal terms that are added one by one, each of K factors
            abs(count - round(count)) <= 0.04 + 1e-7 * games * count,
            f"for {setting}, the estimate is {result:.8g}, which is {count:.6g} / {samples} times "
            f"the only term that is not 0, {value:.8g}; the numerator must be a whole number",
            hint="What does the mean add up, and over how many?",
        )
        expect_binomial(
            round(count),
            samples,
            by_q,
            what=f"the number of wins for {setting}",
            rate=FALSE_REJECT_RATE / len(lengths),
            hint="Is every game won with probability q?",
        )


def odds(chosen: np.random.Generator, num_games: int) -> tuple[float, float]:
    """Probabilities (p, q) of winning a game, of any size, that double precision can follow.

    The product of all outcomes' probabilities does not underflow, nor does their ratio in float32:
    it stays within e^60, as |log(p/q)| <= (1 - q) d, and likewise for losses, for log-odds d apart.
    """
    if num_games > 600:  # e^-690 is the smallest double; here at most e^-400
        q = float(1 - chosen.uniform(20, 90) / num_games)
    else:
        q = float(special.expit(chosen.uniform(-1.5, 4.5)))
    apart = (
        min(2.0, 30 / (num_games * q * (1 - q))) * chosen.uniform(0.3, 1) * chosen.choice([-1, 1])
    )
    return float(special.expit(special.logit(q) + apart)), q


def winning_value(student: Student, game: Game, p: float, q: float) -> float | None:
    """The term of the only path that wins: the student's own, where all others are 0.

    None where it cannot be told from others. Of a long game, some paths with one loss are tried.
    """
    if game.num_games <= MOST_GAMES:
        own = own_terms(student, game, p, q)
    else:
        paths = torch.ones(9, game.num_games, dtype=torch.float64)
        lost = torch.linspace(0, game.num_games - 1, 8).long()
        paths[torch.arange(8), lost] = 0.0
        own = attempted(partial(terms_of, student, paths, p, q, game))
    if own is None:
        return float((p / q) ** game.num_games)
    return float(own[-1]) if float(own[-1]) > 0 and not bool(own[:-1].any()) else None


def expect_long_count(student: Student) -> None:
    """Check an estimate with q = p, and the assignment's samples, games and bounds.

    Raises:
        Wrong: it is no plausible fraction of the samples.
    """
    p = 0.55
    if not is_correct_on_long_paths(student, p):
        return  # other checks report it
    samples = 3_000 if is_fast(student, 0.4) else FEW["num_samples"]
    settings = {"num_samples": samples, "p": p, "q": p}
    with student.patience(PATIENCE):
        result = estimate_with(student, settings)
    expect_count(result, samples, show_inputs(settings), [hit_mass(p, 1 - p, 1.0, ROULETTE_GAME)])


def is_correct_on_long_paths(student: Student, p: float) -> bool:
    """Whether the student's own functions are correct on the long paths, where q = p."""
    paths = [path for path in LONG_PATHS.values() if path.outcomes().shape[1] == 600]
    outcomes = torch.cat([path.outcomes() for path in paths])
    wins = torch.tensor([path.wins for path in paths])
    won = attempted(partial(reached, student, outcomes, ROULETTE_GAME))
    values = attempted(partial(terms_of, student, outcomes, p, p, ROULETTE_GAME))
    right = won is None or torch.equal(won, wins)
    # 1e-3: 600 factors in float32
    return right and (values is None or bool(((values - wins.double()).abs() <= 1e-3).all()))


def expect_count(result: float, samples: int, setting: str, probabilities: list[float]) -> None:
    """Check that an estimate is a binomial count over the samples, with one of the probabilities.

    Raises:
        Wrong: it is no such fraction, or not a plausible one.
    """
    count = round(result * samples)
    expect(
        abs(result * samples - count) <= 1e-3,  # float32 mean of 4,999 terms
        f"for {setting}, the estimate is {result:.8g} = {result * samples:.6g} / "
        f"{samples}; the numerator, a count of wins, must be a whole number",
        hint="With q = p every weight is 1: what does the mean count, and over how many?",
    )
    expect_binomial(
        count,
        samples,
        min(probabilities, key=lambda probability: abs(probability - result)),
        what=f"the number of wins for {setting}",
        hint="Does every path have num_games games, each won with probability p?",
    )


def win_probabilities(game: Game, p: float, own: Tensor | None) -> list[float]:
    """The exact probability to win, and that of the paths whose own term is 1."""
    exact = [hit_mass(p, 1 - p, 1.0, game)]
    if own is None or not bool(own.any()):
        return exact
    return [*exact, float(path_probabilities(all_paths(game.num_games), p) @ own)]


def expect_either_ratio(
    values: Tensor, ratios: tuple[Tensor, Tensor], paths: Tensor, game: Game
) -> None:
    """Check that all terms are ratios until the path stops, or that all are over all games.

    Raises:
        Wrong: the message shows the path whose term is furthest from either.
    """
    # 1e-5: float32 products of up to ten factors.
    off = torch.stack([(values - each).abs() / each for each in ratios])
    if bool((off <= 1e-5).all(1).any()):
        return
    worst = int(off.amin(0).argmax())
    stopped, whole = (float(each[worst]) for each in ratios)
    raise Wrong(
        f"for {show_inputs({'game': game})}, the term of the path {show(paths[worst].long())} is "
        f"{float(values[worst]):.8g}; expected {stopped:.8g} (ratio over the games until the path "
        f"stops) or {whole:.8g} (over all games), the same kind for all paths",
        hint="Each path's weight undoes the change from p to q: which ratio, over which games?",
    )


def expect_long_term(student: Student, path: LongPath, p: float, q: float) -> None:
    """Check the term of one long path.

    Raises:
        Wrong: it is neither of the two ratios, or not 0 for a path that loses.
    """
    outcomes = path.outcomes()
    term = float(finite(student.importance_terms(outcomes, p, q), (1,), "importance_terms")[0])
    if not path.wins:
        expect(
            term == 0,
            f"the term is {term:.6g} for the path that {path.story}; expected 0",
            hint="Only paths that reach the target before ruin count.",
        )
        return
    stopped, whole = (ratio(games, p, q) for games in (outcomes[0, : path.stops], outcomes[0]))
    expect(
        any(abs(term - r) <= 1e-3 * r for r in (stopped, whole)),  # 600 factors in float32
        f"the term is {term:.8g} for the path that {path.story}; expected {stopped:.8g} (ratio "
        f"over the games until the path stops) or {whole:.8g} (over all games)",
        hint="A product of 600 probabilities is tiny: sum logarithms, or count wins and losses.",
    )


def expect_walks(student: Student, walk: Walk, p: float, q: float) -> None:
    """Check the terms of random paths that the student's `reaches_target` judges correctly.

    Raises:
        Wrong: they are not all stopped ratios, nor all full ones, or one of a losing path is not 0.
    """
    paths, stops = walk.paths()
    own = attempted(partial(reached, student, paths, walk.game))
    if own is None:  # with this dtype, for one, which another check reports
        paths, stops = walk._replace(dtype="float64").paths()
        own = attempted(partial(reached, student, paths, walk.game))
    judged = torch.ones(len(paths), dtype=torch.bool) if own is None else own == (stops > 0)
    values = terms_of(student, paths, p, q, walk.game)[judged]
    won = (stops > 0)[judged]
    both = [torch.where(won, r[judged], 0.0) for r in ratios(paths, stops, p, q, walk.game)]
    expect(
        any(bool(((values - r).abs() <= 1e-3 * r).all()) for r in both),  # 600 factors in float32
        f"for {show_inputs({'game': walk.game, 'p': p, 'q': q})}, the terms of {len(values)} "
        f"random paths of dtype {walk.dtype} are {show(values)}; expected {show(both[0])} (ratio "
        f"over the games until the path stops) or {show(both[1])} (over all games)",
        hint="Do the games at the end of a long path count like those at its beginning?",
    )


def judges_correctly(student: Student, path: LongPath) -> bool:
    """Whether the student's `reaches_target` is correct for a long path, or gives no answer."""
    own = attempted(lambda: booleans(student.reaches_target(path.outcomes()), 1, "reaches_target"))
    return own is None or bool(own[0]) == path.wins


def moved(game: Game) -> list[Game]:
    """The game, and longer ones: one has the assignment's start, one its low, one its high."""
    shifts = (ROULETTE_GAME.start - game.start, -game.low, ROULETTE_GAME.high - game.high)
    longer = [Game(MOST, game.start + by, game.low + by, game.high + by) for by in shifts]
    return [game, Game(MOST, 1, 0, 2), *longer]


def telling(student: Student, settings: Sequence[Setting]) -> Sequence[Setting]:
    """The settings (game, p, q) in which the student's own terms lead to an estimate.

    If there are none, a game with the assignment's bounds.
    """
    chosen = [each for each in settings if is_followed(student, *each)]
    return chosen or [(LONG, 0.96, 0.96 if settings[0][1] == settings[0][2] else 0.98)]


def expect_single_terms(student: Student, game: Game, p: float, q: float) -> None:
    """Check that estimates from one sample are terms: each is 0 or the ratio of a path.

    Raises:
        Wrong: one is not, or all are 0 where hardly any path loses.
    """
    possible = [values for values, _ in terms(game, p, q)]
    setting = {"num_samples": 1, "p": p, "q": q, **game._asdict()}
    results = [estimate_with(student, setting) for _ in range(4)]
    for result in results:
        off = min(
            float(np.min(np.abs(values / result - 1))) if result else 0.0 for values in possible
        )
        expect(
            off <= 1e-3,  # 600 factors in float32
            f"for {show_inputs(setting)}, the estimate is {result:.8g}, which is no path's term",
            hint="Does the function do the same for these settings as for a small game?",
        )
    expect(
        any(results),
        f"for {show_inputs(setting)}, four estimates are 0, but nearly every path wins",
        hint="Does the function do the same for these settings as for a small game?",
    )


def expect_new_paths(results: Floats, setting: str) -> None:
    """Check that runs with different seeds are not all the same.

    Raises:
        Wrong: they are.
    """
    expect(
        len(set(results.tolist())) > 1,
        f"for {setting}, {len(results)} runs with different seeds all returned {results[0]:.8g}",
        hint="Do you set a fixed seed, or keep a value from an earlier run?",
    )


def is_correct_on_walks(student: Student, game: Game, p: float, q: float) -> bool:
    """Whether the student's own terms, if there are any, are correct on random paths of a game."""
    paths, stops = walks(64, game, q, np.random.default_rng(0))
    own = attempted(partial(terms_of, student, paths, p, q, game))
    both = [torch.where(stops > 0, r, 0.0) for r in ratios(paths, stops, p, q, game)]
    # 1e-5: float32 products of up to 60 factors
    return own is None or any(bool(((own - r).abs() <= 1e-5 * r).all()) for r in both)


def expect_a_new_estimate(student: Student, setting: Setting, samples: int) -> None:
    """Check that a second run in a row, without a new seed in between, draws other paths.

    Raises:
        Wrong: with each of eight seeds, it returns the same.
    """
    game, p, q = setting
    settings = {"num_samples": samples, "p": p, "q": q, **game._asdict()}
    for _ in range(8):  # of two correct runs, one in twenty may be equal
        with student.same_seed():
            first = estimate_with(student, settings)
            again = student.rerun("estimate_win_probability", **settings)
        if number(again, "estimate_win_probability") != first:
            return
    raise Wrong(
        f"for {show_inputs(settings)}, two runs in a row return the same",
        hint="Do you set the seed of a generator in estimate_win_probability?",
    )


def expect_defaults(student: Student) -> None:
    """Check each default by the distribution of estimates, where no seed can repeat them.

    Raises:
        Wrong: the message names the argument that was left out.
    """
    # Won games that lead from (start, low) to high; one more or less in a default changes P.
    fair: Settings = {"p": 0.5, "q": 0.5}
    certain: Settings = {"p": 0.999, "q": 0.999, "start": 1, "low": 0}
    cases = (
        ("start", fair | {"num_games": 1, "low": 99, "high": 101}, Game(1, 100, 99, 101)),
        ("low", fair | {"num_games": 9, "start": 1, "high": 2}, Game(9, 1, 0, 2)),
        ("high", fair | {"num_games": 1, "start": 199, "low": 198}, Game(1, 199, 198, 200)),
        ("num_games", certain | {"high": 601}, Game(600, 1, 0, 601)),
        ("num_games", certain | {"high": 600}, Game(600, 1, 0, 600)),
    )
    for name, settings, game in cases:
        samples = 200 if name == "num_games" else SAMPLES
        result = estimate_with(student, settings | {"num_samples": samples})
        p = settings["p"]
        expect_binomial(
            round(result * samples),
            samples,
            hit_mass(p, 1 - p, 1.0, game),
            what=f"the number of wins for {show_inputs(settings)}, with the default of {name},",
            hint="Compare the default values with those in the template's signature.",
        )
    one_game: Settings = {"num_games": 1, "start": 1, "low": 0, "high": 2}
    for name, given_one, expected in (
        ("p", {"q": 0.5}, ROULETTE / 0.5),
        ("q", {"p": 0.5}, 0.5 / 0.55),
    ):
        results = estimates(student, one_game | given_one | {"num_samples": 1}, 40)
        largest = float(results.max())
        expect(
            abs(largest - expected) <= 1e-5,  # float32
            f"for {show_inputs(one_game | given_one)}, a won game has the term {largest:.8g}; with "
            f"the default of {name} it is {expected:.8g}",
            hint="Compare the default values with those in the template's signature.",
        )
    counts = estimates(student, one_game | fair, 40) * 3_000
    whole = np.round(counts).astype(int)
    expect(
        bool(np.all(np.abs(counts - whole) <= 1e-3)) and np.gcd.reduce(whole) == 1,
        f"for {show_inputs(one_game | fair)}, estimates are not counts over 3000: "
        f"{show(torch.from_numpy(counts[:3] / 3_000))}, …",
        hint="Compare the default values with those in the template's signature.",
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


def assignments_estimates(student: Student) -> list[tuple[int, float]]:
    """Numbers of samples, and an estimate with the assignment's settings from each.

    A program that needs long for 300 samples is judged on these alone.
    """
    few = [(FEW["num_samples"], estimate_with(student, FEW))]
    return [*few, (3_000, estimate_with(student, {}))] if is_fast(student) else few


def expect_other_settings(student: Student) -> None:
    """Check estimates of other games, as long as the assignment's and shorter ones.

    Raises:
        Wrong: one of them is too far off.
    """
    chosen = source(student, "other settings")
    for num_games in (int(chosen.integers(10, 700)), ROULETTE_GAME.num_games):
        game, p, q = even_game(chosen, num_games)
        settings = {**FEW, "p": p, "q": q, **game._asdict()}
        expect_drawn_from(
            estimate_with(student, settings),
            estimate_distributions(game, p, q, FEW["num_samples"]),
            what=f"the estimate for {show_inputs(settings)}",
            rate=FALSE_REJECT_RATE / 4,
            hint="Does the function do the same for these settings as for a small game?",
        )


def even_game(chosen: np.random.Generator, num_games: int) -> Setting:
    """A game of any probabilities and bounds, won about every other time by paths drawn with q.

    The ratio varies little enough for its moments to be those of some hundred paths.
    """
    q, start = float(chosen.uniform(0.3, 0.9)), int(chosen.integers(-1_000, 1_000))
    low = start - 2 - int(chosen.integers(num_games))
    # The further away the target is, the less probable it is: find where that passes 1/2.
    near, far = 1, num_games + 1
    while far - near > 1:
        middle = (near + far) // 2
        game = Game(num_games, start, low, start + middle)
        near, far = (middle, far) if hit_mass(q, 1 - q, 1.0, game) > 0.5 else (near, middle)
    apart = chosen.uniform(0.4, 0.8) * chosen.choice([-1, 1]) / (num_games * q * (1 - q)) ** 0.5
    p = float(special.expit(special.logit(q) + apart))
    return Game(num_games, start, low, start + near), p, q


def expect_plausible(results: Sequence[tuple[int, float]]) -> None:
    """Expect estimates that a correct program's distribution allows.

    Raises:
        Wrong: one of them is too far off.
    """
    for samples, result in results:
        expect_drawn_from(
            result,
            estimate_distributions(ROULETTE_GAME, ROULETTE, 0.55, samples),
            what=f"the estimate from {samples} samples",
            rate=FALSE_REJECT_RATE / 4,
            hint="Try it on a small game, where you can list all paths by hand.",
        )


def is_fast(student: Student, seconds: float = 0.1) -> bool:
    """Whether an estimate with all defaults fits into a call, by the time that a tenth takes."""
    samples = int(source(student, "pace").integers(280, 320))
    before = student.spent  # by the grader's clock
    estimate_with(student, {"num_samples": samples})
    return student.spent - before < seconds


def is_seeded(student: Student) -> bool:
    """Whether a second run with the same random numbers returns the same."""
    game = {"num_games": 7, "start": 2, "high": 4}
    with student.same_seed():
        return estimate_with(student, game) == estimate_with(student, game)


def estimates(student: Student, settings: Mapping[str, float], runs: int) -> Floats:
    """Estimates (runs,) by the student, each with a seed of its own."""
    answers = student.each("estimate_win_probability", [dict(settings)] * runs)
    return np.array([number(answer, "estimate_win_probability") for answer in answers])


def estimate(student: Student, samples: int, game: Game, p: float, q: float) -> float:
    """One estimate by the student."""
    return estimate_with(student, {"num_samples": samples, "p": p, "q": q, **game._asdict()})


def estimate_with(
    student: Student, settings: Mapping[str, object], *, with_generator: bool = False
) -> float:
    """One estimate by the student with these settings, and the defaults for the others.

    A generator, which they may use or ignore, is left out where it fails.
    """
    if with_generator:
        seed = int(source(student, "generator's seed").integers(2**31))
        passed = {**settings, "generator": objects.of("generator", seed=seed)}
        result = attempted(partial(estimate_with, student, passed))
        if result is not None:
            return result
    return number(student.estimate_win_probability(**settings), "estimate_win_probability")


def ratio(games: Tensor, p: float, q: float) -> float:
    """The likelihood ratio of these outcomes (K,)."""
    wins, count = games.sum(), games.numel()
    return float((p / q) ** wins * ((1 - p) / (1 - q)) ** (count - wins))

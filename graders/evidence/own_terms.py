"""Problem 5: a game as the student's own functions see it, so that a mistake is paid for once.

What `importance_terms` adds is judged on the paths that the student's `reaches_target` judges
correctly, and what `estimate_win_probability` adds also by the terms of the student's own
`importance_terms`: over all 2^K paths of a small game they give the exact distribution of the
estimate that they lead to. Functions that cannot tell one path from another earn nothing by this.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from assay import FALSE_REJECT_RATE, MeanDistribution, expect, expect_variance, finite, show

from .attempts import attempted
from .ruin import (
    Game,
    all_paths,
    estimate_distributions,
    path_probabilities,
    ratios,
    stopping_games,
    terms,
)

if TYPE_CHECKING:
    from assay import Student


Floats = NDArray[np.float64]
Law = tuple[Floats, Floats]  # values, and their probabilities

MOST_GAMES = 10  # of a game whose 2^K paths are listed


class Paths(NamedTuple):
    """The paths of a game on which `importance_terms` is judged.

    Attributes:
        game: the game.
        paths: (N, K) some of its paths.
        stops: (N,) the game in which a path reaches `high` first; 0 for one that does not.
    """

    game: Game
    paths: Tensor
    stops: Tensor


def judged_paths(student: Student, games: Iterable[Game], *, winning: bool) -> list[Paths]:
    """The winning, or losing, paths that show what `importance_terms` adds to `reaches_target`.

    All of them in the games where the student's own `reaches_target` is correct. If it is correct
    in none, those that it judges correctly and that go straight to the bound: how the function
    follows a path hardly matters there.

    Raises:
        Wrong: there are none.
    """
    correct, straight = [], []
    for game in games:
        paths, stops = all_paths(game.num_games), stopping_games(game)
        own = attempted(partial(reached, student, paths, game))
        agree = torch.ones(len(paths), dtype=torch.bool) if own is None else own == (stops > 0)
        chosen = (stops > 0) == winning
        if bool(agree.all()):
            correct.append(Paths(game, paths[chosen], stops[chosen]))
        chosen &= agree & goes_straight(paths, game)
        straight.append(Paths(game, paths[chosen], stops[chosen]))
    kept = correct or [each for each in straight if len(each.paths)]
    expect(
        bool(kept),
        f"`reaches_target` is wrong for every path that goes straight to "
        f"{'high' if winning else 'low'}",
        hint="Correct `reaches_target` first: the terms are judged where it is correct.",
    )
    return kept


def goes_straight(paths: Tensor, game: Game) -> Tensor:
    """(N,) bool: the path wins all games until it is at `high`, or loses all until at `low`."""
    up, down = paths[:, : game.high - game.start], paths[:, : game.start - game.low]
    return (up == 1).all(1) & (up.shape[1] == game.high - game.start) | (down == 0).all(1) & (
        down.shape[1] == game.start - game.low
    )


def reached(student: Student, paths: Tensor, game: Game) -> Tensor:
    """The student's answer for each path, (N,) bool."""
    answers = student.reaches_target(paths, game.start, game.low, game.high)
    return booleans(answers, len(paths), "reaches_target")


def terms_of(student: Student, paths: Tensor, p: float, q: float, game: Game) -> Tensor:
    """The student's term of each path, (N,)."""
    values = student.importance_terms(paths, p, q, game.start, game.low, game.high)
    return finite(values, (len(paths),), "importance_terms")


def own_terms(student: Student, game: Game, p: float, q: float) -> Tensor | None:
    """The student's terms of all paths of a game; None if there are none, or too many paths."""
    if game.num_games > MOST_GAMES:
        return None
    return attempted(lambda: terms_of(student, all_paths(game.num_games), p, q, game))


def is_followed(student: Student, game: Game, p: float, q: float) -> bool:
    """Whether the student's terms, if there are any, lead to an estimate that can be judged."""
    own = own_terms(student, game, p, q)
    return own is None or _leads_to_an_estimate(own, game, p, q)


def laws(student: Student, game: Game, p: float, q: float) -> list[Law]:
    """The values and probabilities of one sample's term: of correct programs, and of the student's.

    The student's count only where they lead to an estimate that can be judged.
    """
    exact, own = list(terms(game, p, q)), own_terms(student, game, p, q)
    if own is None or not _leads_to_an_estimate(own, game, p, q):
        return exact
    if any(bool(((own - each).abs() <= 1e-12 * each).all()) for each in _correct(game, p, q)):
        return exact
    values, places = np.unique(own.numpy(), return_inverse=True)
    chances = path_probabilities(all_paths(game.num_games), q).numpy()
    return [*exact, (values, np.bincount(places, chances, len(values)).astype(float))]


def _correct(game: Game, p: float, q: float) -> list[Tensor]:
    """(2^K,) the terms of all paths of a game, with the stopped ratio and with the full ratio."""
    paths, stops = all_paths(game.num_games), stopping_games(game)
    return [torch.where(stops > 0, each, 0.0) for each in ratios(paths, stops, p, q, game)]


def distributions(
    student: Student, game: Game, p: float, q: float, samples: int
) -> list[MeanDistribution]:
    """The exact distributions of the estimates that `laws` leads to."""
    own = laws(student, game, p, q)[2:]
    exact = estimate_distributions(game, p, q, samples)
    return [*exact, *(MeanDistribution.of(*law, samples) for law in own)]


def expect_scatter(results: Floats, laws: list[Law], samples: int, setting: str) -> None:
    """Check that estimates vary as means of `samples` independent terms do.

    Raises:
        Wrong: the message says by what factor their variance differs.
    """
    candidates = []
    for values, chances in laws:
        centred = values - values @ chances
        variance = float(centred**2 @ chances)
        kurtosis = float(centred**4 @ chances) / variance**2
        ratio = float(np.var(results, ddof=1)) / (variance / samples)
        candidates.append((abs(np.log(max(ratio, 1e-300))), ratio, 3 + (kurtosis - 3) / samples))
    _, ratio, kurtosis = min(candidates)
    expect_variance(
        ratio,
        len(results),
        kurtosis,
        what=f"for {setting}, the variance of {len(results)} estimates",
        hint="It should be that of one sample, divided by num_samples. Is each of the num_samples "
        "paths drawn anew, and used once?",
    )


def expect_no_repeats(results: Floats, laws: list[Law], samples: int, setting: str) -> None:
    """Check that successive estimates are equal no more often than independent ones.

    Two estimates are equal only if as many of their paths count. In each half of the pairs of
    neighbours, the pairs are independent.

    Raises:
        Wrong: the message says how many are equal.
    """
    equal = np.isclose(results[1:], results[:-1], rtol=1e-9, atol=0.0)
    chance = 0.0
    for values, chances in laws:
        counts = stats.binom.pmf(np.arange(samples + 1), samples, float(chances[values != 0].sum()))
        chance = max(chance, float(counts @ counts))
    for half in (equal[::2], equal[1::2]):
        most = float(stats.binom.isf(FALSE_REJECT_RATE / 2, len(half), min(chance, 1.0)))
        expect(
            int(half.sum()) <= most,
            f"for {setting}, {int(half.sum())} of {len(half)} pairs of successive runs are equal; "
            f"a correct program has more than {most:g} less than once in 10^8 runs",
            hint="Is a result kept and returned again?",
        )


def _leads_to_an_estimate(own: Tensor, game: Game, p: float, q: float) -> bool:
    """Whether terms are not all the same, nor far above 1 and above all correct ones.

    Terms that are too large would make any estimate plausible.
    """
    largest = max(float(values.max()) for values, _ in terms(game, p, q))
    return bool((own != own[0]).any()) and float(own.abs().max()) <= max(1.0, 4 * largest)


def booleans(value: object, count: int, what: str) -> Tensor:
    """The value as (count,) bool; zeros and ones are accepted as well."""
    result = finite(value, (count,), what)
    others = result[(result != 0) & (result != 1)]
    expect(len(others) == 0, f"{what} returned {show(others[:3])}, expected True or False")
    return result.bool()

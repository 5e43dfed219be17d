"""Other tools and Assay on the same submissions and checks: how many a minute, and the ratio.

What Assay's start costs, a class pays once, and another tool for every submission: the ratio that
counts is that of the whole class; that of the sample alone, Assay's start included, stands beside.
That it is the same work shows in the scores, which must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import otter_grader
import plain_pytest
from figures import Figure
from grading import Graded, grade
from measure import two_at_a_time
from submissions import MadeSubmission

from assay.homework import find

# Each with its usual sample, and the ratio that Assay must reach.
RIVALS: dict[str, tuple[ModuleType, int, float]] = {
    "pytest": (plain_pytest, 20, 2.0),
    "otter": (otter_grader, 12, 10.0),
}


@dataclass(frozen=True)
class Sample:
    """A sample graded by another tool.

    Attributes:
        rate: submissions a minute, two at a time.
        cpu: seconds a submission.
        scores: by name.
    """

    rate: float
    cpu: float
    scores: dict[str, float]


def rivalry(
    part: str,
    size: int | None,
    classes: dict[str, list[MadeSubmission]],
    whole: dict[str, Graded],
    folder: Path,
) -> Iterator[Figure]:
    """One tool and Assay on a sample of each class.

    Args:
        whole: the classes that Assay has graded whole, as far as it has.
    """
    tool, usual, bound = RIVALS[part]
    for name, submissions in classes.items():
        chosen = [one for one in submissions if one.is_one_namespace()][: size or usual]
        ours = grade(chosen, folder / f"{name}-assay", 2)
        sample = theirs(tool, chosen, folder / name)
        yield Figure(
            f"{tool.NAME}, {len(chosen)} of the {name} class, 2 at a time", sample.rate, "a minute"
        )
        yield Figure("  CPU a submission", sample.cpu, "s")
        if name in whole:
            ratio = whole[name].rate / sample.rate
            goal, holds = (f">= {bound:g}", ratio >= bound) if name == "reference" else ("", None)
            yield Figure("  Assay on the whole class", ratio, "times", goal, holds)
            yield Figure("    by CPU seconds", sample.cpu / whole[name].cpu, "times")
        yield Figure("  Assay on this sample, start included", ours.rate / sample.rate, "times")
        yield Figure(
            "  Assay on this sample, once it is warm", ours.warm_rate / sample.rate, "times"
        )
        yield agreement(sample, ours)


def theirs(tool: ModuleType, submissions: list[MadeSubmission], folder: Path) -> Sample:
    """What another tool makes of a sample."""
    folder.mkdir(parents=True)
    places = tool.prepare(submissions, folder)
    seconds, used = two_at_a_time(tool.grade, places.values())
    scores = {name: score(tool.passed(place)) for name, place in places.items()}
    cpu = sum(one.cpu for one in used) / len(used)
    return Sample(60 * len(places) / seconds, cpu, scores)


def score(passed: set[str]) -> float:
    """The points of the checks that passed, but for those that build on one that did not."""
    standing: set[str] = set()
    for check in find().checks():
        if check.id in passed and standing.issuperset(f"{check.section}.{n}" for n in check.needs):
            standing.add(check.id)
    return round(sum(check.points for check in find().checks() if check.id in standing), 6)


def agreement(sample: Sample, ours: Graded) -> Figure:
    """How many submissions have the same score from both, and which have not."""
    differ = [
        f"{name} {theirs:g} for {ours.results[name].score:g}"
        for name, theirs in sample.scores.items()
        if theirs != ours.results[name].score
    ]
    which = f" ({', '.join(differ)})" if differ else ""
    same = len(sample.scores) - len(differ)
    full = sum(found.score == found.max_score for found in ours.results.values())
    name = f"  the same score from both{which}; {full} are right throughout"
    return Figure(name, same, f"of {len(sample.scores)}", "all", not differ)

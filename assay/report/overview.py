"""What there is to tell of a class, gathered result by result, in pieces and in any order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from assay.message import parse
from assay.outcome import Outcome, Result, section
from assay.report.rubric import late_hours
from assay.report.text import LINE_LIMIT, NAME_LIMIT, line

KEPT = 256  # different messages that are counted of a check
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Row(NamedTuple):
    """One hand-in. `status` is empty where it was graded, `late` is the hours, None in time."""

    submission: str
    name: str
    score: float | None
    max_score: float
    points: tuple[tuple[str, float], ...]
    failed: tuple[str, ...]
    status: str
    late: float | None


class Example(NamedTuple):
    """A counterexample; the least one is the shortest."""

    length: int
    inputs: str
    evidence: str
    submission: str


@dataclass
class Tally:
    """How one check went in a class.

    Attributes:
        title: the law.
        max_points: what it is worth, 0 for what is only told.
        kinds: how often each outcome.
        messages: by kind and first line without its numbers: how often, and one as it was written.
        smallest: the shortest inputs that a failing hand-in was shown.
    """

    title: str
    max_points: float
    kinds: dict[str, int] = field(default_factory=dict)
    messages: dict[str, tuple[int, str]] = field(default_factory=dict)
    smallest: Example | None = None

    @property
    def failed(self) -> int:
        """How many failed it; who was not asked, for a check before failed, did not."""
        return sum(n for kind, n in self.kinds.items() if kind not in ("passed", "blocked"))

    def common(self) -> tuple[int, str]:
        """How often the commonest message stands there, and the message; (0, "") without any.

        Of more than `KEPT` different messages it is the commonest of a sample drawn by their
        hashes, so that neither memory nor the order of hand-ins counts.
        """
        found = _sample(self.messages).values()
        return min(found, key=lambda m: (-m[0], m[1]), default=(0, ""))

    def add(self, outcome: Outcome, submission: str) -> None:
        """Count one outcome."""
        kind = outcome.outcome
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if kind in ("passed", "blocked"):
            return
        told = parse(outcome.message)
        first = line(told.first_line)
        self._count(f"{kind} {_NUMBER.sub('#', first)}", 1, first)
        if told.inputs and kind in ("wrong", "raised"):
            size = len(told.inputs)
            if self.smallest is None or size <= self.smallest.length:
                example = Example(size, line(told.inputs, LINE_LIMIT), first, submission)
                self.smallest = min(self.smallest or example, example)

    def merge(self, other: Tally) -> None:
        """Count what another one counted."""
        self.title = min(self.title, other.title)
        self.max_points = max(self.max_points, other.max_points)
        for kind, n in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + n
        for key, (n, text) in other.messages.items():
            self._count(key, n, text)
        examples = [e for e in (self.smallest, other.smallest) if e]
        self.smallest = min(examples, default=None)

    def _count(self, key: str, n: int, text: str) -> None:
        before = self.messages.get(key)
        self.messages[key] = (before[0] + n, min(before[1], text)) if before else (n, text)
        if len(self.messages) > 2 * KEPT:
            self.messages = _sample(self.messages)


@dataclass
class Overview:
    """What there is to tell of a class; it grows by a row a hand-in, not by what was written.

    Made in pieces and merged, it is the same in any order.
    """

    rows: list[Row] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Count one result."""
        self.rows.append(row(result))
        for outcome in result.checks if result.score is not None else ():
            self._tally(outcome).add(outcome, result.submission)

    def merge(self, other: Overview) -> None:
        """Count what another one counted; it is not changed."""
        self.rows += other.rows
        for name, tally in other.tallies.items():
            mine = self.tallies.setdefault(intern(name), Tally(tally.title, tally.max_points))
            mine.merge(tally)

    def sorted_rows(self) -> list[Row]:
        """The hand-ins by name."""
        return sorted(self.rows, key=lambda r: (r.submission.casefold(), r.submission))

    def sections(self) -> list[str]:
        """The problems by number, then the others."""
        return order({name.partition(".")[0] for name in self.tallies})

    def failed(self) -> list[tuple[str, Tally]]:
        """The checks that count and that somebody failed, the most frequent first."""
        counted = ((k, t) for k, t in self.tallies.items() if t.failed and t.max_points > 0)
        return sorted(counted, key=lambda item: (-item[1].failed, item[0]))

    def alike(self) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
        """The sets of failed checks and who failed just those; the most frequent first."""
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in self.sorted_rows():
            if row.score is not None:
                groups.setdefault(row.failed, []).append(row)
        yield from sorted(groups.items(), key=lambda g: (-len(g[1]), len(g[0]), g[0]))

    def _tally(self, outcome: Outcome) -> Tally:
        found = self.tallies.setdefault(outcome.id, Tally(outcome.title, outcome.max_points))
        found.title = min(found.title, outcome.title)
        found.max_points = max(found.max_points, outcome.max_points)
        return found


def row(result: Result) -> Row:
    """A result in one line; what was not judged has no points, not even for a part of it."""
    graded = result.score is not None
    points: dict[str, float] = {}
    for outcome in result.checks if graded else ():
        column = intern(section(outcome))
        points[column] = points.get(column, 0.0) + outcome.points
    failed = (
        intern(o.id)
        for o in result.checks
        if graded and o.max_points > 0 and o.outcome not in ("passed", "blocked")
    )
    names = ", ".join(s["name"] for s in result.students if s.get("name"))
    return Row(
        result.submission,
        line(names, NAME_LIMIT),
        result.score,
        result.max_score,
        tuple(map(_shared, points.items())),
        tuple(failed),
        "" if graded else line(result.status),
        late_hours(result),
    )


@lru_cache(4096)
def _shared(pair: tuple[str, float]) -> tuple[str, float]:
    """One object for all who have these points: a class of 20,000 has a few hundred such pairs."""
    return pair


def order(sections: Iterable[str]) -> list[str]:
    """Sections as they are read: the problems by number, then the others."""
    return sorted(sections, key=lambda n: (not n.startswith("problem"), len(n), n))


def _sample(messages: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Those with the least hashes: whoever is among them in the end was never left out before."""
    if len(messages) <= KEPT:
        return messages
    return {key: messages[key] for key in sorted(messages, key=_hash)[:KEPT]}


def _hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()

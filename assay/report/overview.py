"""A class in summary, gathered result by result, in pieces and in any order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from assay.message import parse
from assay.outcome import ABSENT, Outcome, Result, section
from assay.report.rubric import late_hours
from assay.report.text import NAME_LIMIT, line

KEPT = 256  # different messages of a check that are counted
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Row(NamedTuple):
    """One submission.

    `points` are by section, None where nothing counts. `failed` and `blocked` are scored checks,
    `timed_out` says how many of them had no answer in time. `status` is empty if it was graded;
    `late` is how many hours late it is, None if on time; `gone` says that the class that was read
    last did not have it; `decided` who changed its points by hand, and why.
    """

    submission: str
    name: str
    score: float | None
    max_score: float
    points: tuple[tuple[str, float | None], ...]
    failed: tuple[str, ...]
    status: str
    late: float | None
    blocked: tuple[str, ...] = ()
    timed_out: int = 0
    gone: bool = False
    decided: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """What is to be seen at a glance besides the points, a word or two each."""
        unjudged = ABSENT if self.status == ABSENT else "not judged" if self.status else ""
        timed_out = "timed out" if self.timed_out else ""
        late = "" if self.late is None else "late"
        gone = "not in the class now" if self.gone else ""
        decided = "decided" if self.decided else ""
        return tuple(filter(None, (unjudged, decided, timed_out, late, gone)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """The same in full, for a table that is read without the pages."""
        checks = f"{self.timed_out} check{'' if self.timed_out == 1 else 's'} timed out"
        late = f"late by {self.late:g} h" if self.late else "late"
        gone = "not in the class that was read last"
        said = (
            (self.timed_out, checks),
            (self.late is not None, late),
            (self.gone, gone),
            (bool(self.decided), self.decided),
        )
        return tuple(text for holds, text in said if holds)


class Example(NamedTuple):
    """A counterexample; the smallest one is the shortest."""

    length: int
    inputs: str
    evidence: str
    submission: str


@dataclass
class Tally:
    """The outcomes of one check in a class.

    Attributes:
        title: the property that the check states.
        max_points: what it is worth, 0 if it is only reported.
        kinds: how often each outcome occurred.
        messages: by outcome and first line without numbers: how often, and one as written.
        smallest: the shortest inputs in the message of a failing submission.
    """

    title: str
    max_points: float
    kinds: dict[str, int] = field(default_factory=dict)
    messages: dict[str, tuple[int, str]] = field(default_factory=dict)
    smallest: Example | None = None

    @property
    def failed(self) -> int:
        """How many submissions failed it; a blocked check did not fail."""
        return sum(n for kind, n in self.kinds.items() if kind not in ("passed", "blocked"))

    @property
    def wrong(self) -> int:
        """How many of those failed it who wrote something for it."""
        return self.failed - self.kinds.get("missing", 0)

    def commonest_message(self) -> tuple[int, str]:
        """How often the commonest message occurs, and the message; (0, "") if there is none.

        Of more than `KEPT` different messages it is the commonest of a sample chosen by hash, so
        that memory stays bounded and the order of submissions does not matter.
        """
        messages = _sample(self.messages).values()
        return min(messages, key=lambda m: (-m[0], m[1]), default=(0, ""))

    def add(self, outcome: Outcome, submission: str) -> None:
        """Count one outcome."""
        kind = outcome.outcome
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if kind in ("passed", "blocked"):
            return
        message = parse(outcome.message)
        first = line(message.first_line)
        self._count(f"{kind} {_NUMBER.sub('#', first)}", 1, first)
        length = len(message.inputs)
        if not length or kind not in ("wrong", "raised"):
            return
        if self.smallest is None or length <= self.smallest.length:
            example = Example(length, line(message.inputs), first, submission)
            self.smallest = min(self.smallest or example, example)

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
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
    """A class in summary; it grows by a row for each submission, not by the length of messages.

    Made in pieces and merged, it is the same in any order.
    """

    rows: list[Row] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)

    def add(self, result: Result, own: Row | None = None) -> None:
        """Count one result, by a row of its own if more is known than it says."""
        self.rows.append(own or row(result))
        for outcome in result.checks if result.score is not None else ():
            self._tally(outcome).add(outcome, result.submission)

    def merge(self, other: Overview) -> None:
        """Add the counts of another overview, which is not changed."""
        self.rows += other.rows
        for name, tally in other.tallies.items():
            mine = self.tallies.setdefault(intern(name), Tally(tally.title, tally.max_points))
            mine.merge(tally)

    def sorted_rows(self) -> list[Row]:
        """The submissions by name."""
        return sorted(self.rows, key=lambda r: (r.submission.casefold(), r.submission))

    def sections(self) -> list[str]:
        """The problems by number, then the others."""
        return order({name.partition(".")[0] for name in self.tallies})

    def failed_checks(self) -> list[tuple[str, Tally]]:
        """The scored checks that at least one submission failed.

        First those that most failed who wrote something for them: what a class did not understand.
        """
        failed = ((k, t) for k, t in self.tallies.items() if t.failed and t.max_points > 0)
        return sorted(failed, key=lambda item: (-item[1].wrong, -item[1].failed, item[0]))

    def by_failed_checks(self) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
        """Each set of failed checks, and who failed exactly these; the most frequent first."""
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in self.sorted_rows():
            if row.score is not None:
                groups.setdefault(row.failed, []).append(row)
        yield from sorted(groups.items(), key=lambda g: (-len(g[1]), len(g[0]), g[0]))

    def _tally(self, outcome: Outcome) -> Tally:
        tally = self.tallies.setdefault(outcome.id, Tally(outcome.title, outcome.max_points))
        tally.title = min(tally.title, outcome.title)
        tally.max_points = max(tally.max_points, outcome.max_points)
        return tally


def row(result: Result, *, gone: bool = False, decided: str = "") -> Row:
    """A result as one row; a submission that was not judged has no points at all."""
    checks = result.checks if result.score is not None else ()
    points: dict[str, float | None] = {}
    for outcome in checks:
        column = intern(section(outcome))
        points.setdefault(column, None)
        if outcome.max_points > 0:
            points[column] = (points[column] or 0.0) + outcome.points
    scored = [o for o in checks if o.max_points > 0 and o.outcome != "passed"]
    names = ", ".join(line(s["name"], NAME_LIMIT) for s in result.students if s.get("name"))
    return Row(
        submission=result.submission,
        name=line(names, NAME_LIMIT),
        score=result.score,
        max_score=result.max_score,
        points=tuple(map(_shared, points.items())),
        failed=tuple(intern(o.id) for o in scored if o.outcome != "blocked"),
        status="" if result.score is not None else line(result.status),
        late=late_hours(result),
        blocked=tuple(intern(o.id) for o in scored if o.outcome == "blocked"),
        timed_out=sum(o.outcome == "timed_out" for o in scored),
        gone=gone,
        decided=decided,
    )


def order(sections: Iterable[str]) -> list[str]:
    """Sections in reading order: the problems by number, then the others."""
    return sorted(sections, key=lambda n: (not n.startswith("problem"), len(n), n))


@lru_cache(4096)
def _shared(pair: tuple[str, float | None]) -> tuple[str, float | None]:
    """One object for equal pairs: a class of 20,000 has only a few hundred different ones."""
    return pair


def _sample(messages: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Those with the smallest hashes: a message in the final sample was in every earlier one."""
    if len(messages) <= KEPT:
        return messages
    return {key: messages[key] for key in sorted(messages, key=_hash)[:KEPT]}


def _hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()

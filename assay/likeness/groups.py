"""Which submissions of a class have similar code, by their fingerprints.

Correct solutions of the same homework are bound to be similar: its functions are small and their
signatures are given. The numbers below are for Homework 10. For 954 pairs of correct solutions to
one problem that were written independently, each of at least `FEWEST` pieces, the likeness is at
most 0.32; for 20,000 pairs of whole submissions drawn from these, its median is 0.06 and its
maximum 0.15. A pair is reported from `LIKENESS` = 0.5 on.

A copy with other names, comments, layout, literals and order, swapped operands and added prints
counts as the same code. With dead statements before a third of its own statements, its likeness is
0.99; with all of that and a tenth of the statements replaced by other people's, 0.65 to 0.84, and
with a fifth of them, 0.41 to 0.59. So a copy goes unreported only if a fifth to a third of its
statements are replaced. Two students who share four problems of six have a likeness of 0.46 to
0.65, and with three problems 0.23 to 0.63: such pairs may go unreported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.foreign import Foreign, line
from assay.likeness.format import FINGERPRINT, FINGERPRINT_VERSION

Kind = Literal["identical files", "identical except for names, values and layout", "near-identical"]
SAME_FILES: Kind = "identical files"
SAME_CODE: Kind = "identical except for names, values and layout"
NEAR: Kind = "near-identical"
SAYS = (
    "These submissions have similar code. Similarity does not say why: the students may have "
    "worked together, used the same source, or learned the same approach. It changes no score."
)

LIKENESS = 0.5  # from which on a pair is reported
FEWEST = 60  # pieces needed for a comparison: one problem has 30 to 300, all six 400 or more
BAND = 4  # minima that two must have in common to be compared: 98 % of pairs at LIKENESS do
NEXT = 16  # neighbours in a band with which each submission is compared
CROWD = 50  # submissions in a group within which no further pairs are searched for
CHUNK = 4096  # pairs compared at once


class Link(NamedTuple):
    """Two similar submissions, by name; the likeness is the part of their pieces in common."""

    first: str
    second: str
    likeness: float
    kind: Kind


@dataclass(frozen=True)
class Group:
    """Similar submissions: each is similar to at least one other of the group.

    Attributes:
        members: by name, each with the names of its students if they are known.
        links: the strongest links that connect all members, one fewer than there are members.
    """

    members: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[Link, ...]


class Alike:
    """The submissions of a class that are compared with each other."""

    def __init__(self) -> None:
        self._students: dict[str, tuple[str, ...]] = {}
        self._keys: list[tuple[bytes, str, str]] = []  # digest, sha256, name
        self._minima: list[bytes] = []

    def add(
        self,
        name: str,
        sha256: str,
        fingerprint: bytes,
        students: Sequence[Mapping[str, Foreign]] = (),
    ) -> None:
        """Add a submission; it is ignored if it has too few pieces or another version."""
        if len(fingerprint) != FINGERPRINT.size or fingerprint[0] != FINGERPRINT_VERSION:
            return
        _, pieces, digest, minima = FINGERPRINT.unpack(fingerprint)
        if pieces < FEWEST:
            return
        keys = ("name", "login", "email")
        names = (line(next((s[key] for key in keys if s.get(key)), "")) for s in students)
        self._students[name] = tuple(filter(None, names))
        self._keys.append((digest, sha256, name))
        self._minima.append(minima)

    def merge(self, other: Alike) -> None:
        """Add the submissions of another collection; no submission may be in both."""
        self._students |= other._students
        self._keys += other._keys
        self._minima += other._minima

    def groups(self) -> list[Group]:
        """The groups, the most similar first; the order of adding does not matter."""
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        links = list[Link]()
        firsts = list[int]()
        for _, same in groupby(order, key=lambda i: self._keys[i][0]):
            firsts.append(self._link_same(list(same), links))
        names = [self._keys[i][2] for i in firsts]
        for i, j, likeness in _near([self._minima[i] for i in firsts]):
            links.append(_link(names[i], names[j], likeness, NEAR))
        links.sort(key=lambda link: (-link.likeness, link.kind != SAME_FILES, link))
        return self._grouped(links)

    def _link_same(self, same: list[int], links: list[Link]) -> int:
        """Link the submissions of one digest, those of the same files first; return the first."""
        firsts = list[int]()
        for _, identical in groupby(same, key=lambda i: self._keys[i][1]):
            first, *others = identical
            firsts.append(first)
            links += [self._link(first, other, SAME_FILES) for other in others]
        links += [self._link(firsts[0], other, SAME_CODE) for other in firsts[1:]]
        return firsts[0]

    def _link(self, i: int, j: int, kind: Kind) -> Link:
        return _link(self._keys[i][2], self._keys[j][2], 1.0, kind)

    def _grouped(self, links: Iterable[Link]) -> list[Group]:
        """The groups that the links connect, each with the links that first joined two parts."""
        home: dict[str, list[str]] = {}
        kept = list[Link]()
        for link in links:
            sides = [home.setdefault(name, [name]) for name in (link.first, link.second)]
            if sides[0] is sides[1]:
                continue
            small, large = sorted(sides, key=len)
            large += small
            home |= dict.fromkeys(small, large)
            kept.append(link)
        by_group: dict[int, list[Link]] = {}
        for link in kept:
            by_group.setdefault(id(home[link.first]), []).append(link)
        return [self._group(home[links[0].first], links) for links in by_group.values()]

    def _group(self, names: Iterable[str], links: Iterable[Link]) -> Group:
        return Group(tuple((name, self._students[name]) for name in sorted(names)), tuple(links))


def _link(one: str, other: str, likeness: float, kind: Kind) -> Link:
    return Link(min(one, other), max(one, other), likeness, kind)


def _near(minima: Sequence[bytes]) -> Iterator[tuple[int, int, float]]:
    """The pairs whose likeness is at least LIKENESS.

    Only pairs that agree in one of the 64 bands of minima are compared: a pair of likeness s does
    with probability 1 - (1 - s^4)^64.
    """
    # datasketch's own index of bands takes 3.8 s and 325 MB for 20,000; sorting is 10 times faster.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(minima)
    if not count:
        return
    values = np.frombuffer(b"".join(minima), "<u2").reshape(count, -1)
    bands = values.reshape(count, -1, BAND).view("<u8")[:, :, 0]
    links = np.empty((0, 2), np.int64)
    group = np.arange(count)
    for band in bands.T:
        pairs = _neighbours(band)
        sizes = np.bincount(group, minlength=1)
        left, right = group[pairs.T]
        pairs = pairs[(left != right) | (sizes[left] <= CROWD)]
        near = pairs[_likeness(values, pairs) >= LIKENESS]
        if len(near):
            links = np.unique(np.concatenate([links, near]), axis=0)
            graph = coo_array((np.ones(len(links)), links.T), shape=(count, count))
            group = connected_components(graph, directed=False)[1]
    for (i, j), likeness in zip(links.tolist(), _likeness(values, links).tolist(), strict=True):
        yield i, j, likeness


def _neighbours(band: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(m, 2) pairs i < j of equal entries; of many equal entries, pairs of close ones only."""
    order = np.argsort(band, kind="stable")
    ordered = band[order]
    pairs = [np.empty((0, 2), np.int64)]
    for step in range(1, min(NEXT + 1, len(band))):
        same = np.flatnonzero(ordered[step:] == ordered[:-step])
        if not len(same):
            break
        pairs.append(np.stack([order[same], order[same + step]], axis=1))
    return np.concatenate(pairs)


def _likeness(values: NDArray[np.uint16], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """(m,) the proportion of equal minima of each pair."""
    parts = [np.empty(0)]
    for start in range(0, len(pairs), CHUNK):
        left, right = pairs[start : start + CHUNK].T
        parts.append((values[left] == values[right]).mean(axis=1))
    return np.concatenate(parts)

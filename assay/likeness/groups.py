"""Which hand-ins of a class are alike, told from their fingerprints: information, not a verdict.

Right solutions of this homework are alike by necessity: its functions are small and their
signatures fixed. Of 954 pairs of right solutions of one problem that were written apart, of at
least `FEWEST` pieces each, the likeness is at most 0.32; of 20,000 pairs of whole hand-ins drawn
from these it is 0.06 in the median and at most 0.15. `LIKENESS` is 0.5.

A copy under other names, comments, layout, literals and order, with operands swapped and prints
added, is the same code. With dead statements before a third of its own its likeness is 0.99; with
all of this and a tenth of the statements replaced by others' 0.65 to 0.84, with a fifth 0.41 to
0.59: to go unnamed, a fifth to a third of the statements have to be others. Two who share four
problems of six have 0.46 to 0.65, and three 0.23 to 0.63: so much may go unnamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, NamedTuple

import numpy as np

from assay.likeness.format import FINGERPRINT, FINGERPRINT_VERSION

Kind = Literal["the same files", "the same but for names, values and layout", "near-identical"]
SAME_FILES: Kind = "the same files"
SAME_CODE: Kind = "the same but for names, values and layout"
NEAR: Kind = "near-identical"
SAYS = (
    "The code of these submissions is similar. This does not say why: two students may have worked "
    "together, used the same source, or been taught the same way. It changes no score."
)

LIKENESS = 0.5  # from which on a pair is named
FEWEST = 60  # pieces of a hand-in that says enough: a problem has 30 to 300, all six 400 or more
BAND = 4  # minima that two must share to be compared: of pairs at LIKENESS, 98 % do
NEXT = 16  # neighbours in a band that each is compared with
CROWD = 50  # hand-ins in a group within which no further pairs are looked for
CHUNK = 4096  # pairs compared at once


class Link(NamedTuple):
    """Two hand-ins that are alike, by name; the likeness is the share of pieces that both have."""

    first: str
    second: str
    likeness: float
    kind: Kind


@dataclass(frozen=True)
class Group:
    """Hand-ins that are alike, each to some other of the group.

    Attributes:
        members: by name, each with the names of its students as far as they are known.
        links: the strongest that connect the members, one fewer than there are of these.
    """

    members: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[Link, ...]


class Alike:
    """The hand-ins of a class that are compared."""

    def __init__(self) -> None:
        self._students: dict[str, tuple[str, ...]] = {}
        self._keys: list[tuple[bytes, str, str]] = []  # digest, sha256, name
        self._minima: list[bytes] = []

    def add(
        self,
        name: str,
        sha256: str,
        fingerprint: bytes,
        students: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Take a hand-in; one of too few pieces, or of another version, is left out."""
        if len(fingerprint) != FINGERPRINT.size or fingerprint[0] != FINGERPRINT_VERSION:
            return
        _, pieces, digest, minima = FINGERPRINT.unpack(fingerprint)
        if pieces < FEWEST:
            return
        names = (s.get("name") or s.get("login") or s.get("email") or "" for s in students)
        self._students[name] = tuple(filter(None, names))
        self._keys.append((digest, sha256, name))
        self._minima.append(minima)

    def merge(self, other: Alike) -> None:
        """Take the hand-ins of another one, which has none of these."""
        self._students |= other._students
        self._keys += other._keys
        self._minima += other._minima

    def groups(self) -> list[Group]:
        """The groups, the most alike first; the same for every order of adding."""
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
        """Link hand-ins of one digest, those of the same files first; the first of them all."""
        firsts = list[int]()
        for _, found in groupby(same, key=lambda i: self._keys[i][1]):
            first, *others = found
            firsts.append(first)
            links += [self._link(first, other, SAME_FILES) for other in others]
        links += [self._link(firsts[0], other, SAME_CODE) for other in firsts[1:]]
        return firsts[0]

    def _link(self, i: int, j: int, kind: Kind) -> Link:
        return _link(self._keys[i][2], self._keys[j][2], 1.0, kind)

    def _grouped(self, links: Iterable[Link]) -> list[Group]:
        """What the links connect, by those of them that are the first to connect two parts."""
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
        return [self._group(home[found[0].first], found) for found in by_group.values()]

    def _group(self, names: Iterable[str], links: Iterable[Link]) -> Group:
        return Group(tuple((name, self._students[name]) for name in sorted(names)), tuple(links))


def _link(one: str, other: str, likeness: float, kind: Kind) -> Link:
    return Link(min(one, other), max(one, other), likeness, kind)


def _near(minima: Sequence[bytes]) -> Iterator[tuple[int, int, float]]:
    """The pairs whose likeness is at least LIKENESS.

    Pairs that share a band of minima are compared: one of likeness s shares one of the 64 with
    probability 1 - (1 - s^4)^64.
    """
    # datasketch's own index of bands takes 3.8 s and 325 MB for 20,000; sorting takes a tenth.
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
        found = pairs[_likeness(values, pairs) >= LIKENESS]
        if len(found):
            links = np.unique(np.concatenate([links, found]), axis=0)
            graph = coo_array((np.ones(len(links)), links.T), shape=(count, count))
            group = connected_components(graph, directed=False)[1]
    for (i, j), likeness in zip(links.tolist(), _likeness(values, links).tolist(), strict=True):
        yield i, j, likeness


def _neighbours(band: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """(m, 2) pairs of equal entries, of many equal ones those close to one another; i < j."""
    order = np.argsort(band, kind="stable")
    ordered = band[order]
    found = [np.empty((0, 2), np.int64)]
    for step in range(1, min(NEXT + 1, len(band))):
        same = np.flatnonzero(ordered[step:] == ordered[:-step])
        if not len(same):
            break
        found.append(np.stack([order[same], order[same + step]], axis=1))
    return np.concatenate(found)


def _likeness(values: np.ndarray[Any, Any], pairs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """(m,) the share of equal minima of each pair."""
    parts = [np.empty(0)]
    for start in range(0, len(pairs), CHUNK):
        left, right = pairs[start : start + CHUNK].T
        parts.append((values[left] == values[right]).mean(axis=1))
    return np.concatenate(parts)

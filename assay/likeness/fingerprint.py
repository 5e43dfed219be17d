"""A fingerprint of each submission, from which similar submissions are found later.

A submission is treated as the set of its pieces: each run of 6 words of a statement, or the whole
of a shorter statement, with all of the author's own names made equal (`words`). Pieces that are in
the student's template too do not count. The likeness of two submissions is that of their sets,
|A ∩ B| / |A ∪ B|. It is estimated from 256 minima of permuted hashes, of each of which the lowest
16 bits are kept: the proportion of equal minima has a standard deviation of at most 0.032.

Source: Broder 1997, On the resemblance and containment of documents; Li & König 2010,
arXiv:0910.3349, on keeping the lowest bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

from assay.homework import Homework
from assay.likeness.format import FINGERPRINT, FINGERPRINT_VERSION
from assay.likeness.words import Stream, anonymous, statements, streams
from assay.submission.reader import Submission

# If you change one of these, or a word in `words`, change FINGERPRINT_VERSION too.
LENGTH = 6  # words in a piece: shorter ones are common, longer ones do not survive an edit
SHORTEST = 3  # words in the shortest statement that is a piece
MINIMA = 256
SEED = 1


def fingerprint(submission: Submission, homework: Homework) -> bytes:
    """The fingerprint of a submission, 523 bytes; empty if datasketch is not installed.

    Nothing of the submission is run, and at most 2^17 characters of it are read.
    """
    texts = ([text for _, text in source.cells] for source in submission.sources)
    return of_texts(texts, homework.template_folder)


def of_texts(sources: Iterable[Sequence[str]], template: Path) -> bytes:
    """The fingerprint of a submission that consists of these files and notebooks (`streams`).

    Code that is also in the template does not count.
    """
    # datasketch: small signatures, thousands of which are compared quickly. copydetect 0.5 takes
    # 48 ms and 20 kB per submission and 70 us per pair, 4 h for 20,000 submissions; pycode-similar
    # 1.4 takes 55 ms per pair.
    try:
        from datasketch import MinHash
    except ImportError:
        return b""
    given_streams, given_pieces = _given(template)
    own = _normalised(sources) - given_streams
    pieces = _pieces(own) - given_pieces
    minima = MinHash(MINIMA, SEED, hashfunc=int, scheme="affine32")
    minima.update_batch(sorted(pieces))
    digest = hashlib.sha256(b"".join(sorted(map(_packed, own)))).digest()[:8]
    lowest = (minima.hashvalues & 0xFFFF).astype("<u2").tobytes()
    return FINGERPRINT.pack(FINGERPRINT_VERSION, min(len(pieces), 2**16 - 1), digest, lowest)


@cache
def _given(template: Path) -> tuple[frozenset[Stream], frozenset[int]]:
    """The streams and the pieces of the template."""
    given = _normalised([path.read_text("utf-8")] for path in sorted(template.glob("*.py")))
    return given, _pieces(given)


def _normalised(sources: Iterable[Sequence[str]]) -> frozenset[Stream]:
    return frozenset(map(anonymous, streams(sources)))


def _pieces(normalised: Iterable[Stream]) -> frozenset[int]:
    """The pieces, each as a hash of 32 bits."""
    pieces = set[int]()
    for stream in normalised:
        for statement in statements(stream):
            count = len(statement)
            packed = _packed(statement)
            for i in range(max(1, count - LENGTH + 1) if count >= SHORTEST else 0):
                pieces.add(crc32(packed[4 * i : 4 * (i + LENGTH)]))
    return frozenset(pieces)


def _packed(stream: Stream) -> bytes:
    return b"".join(map(_word, stream))


@lru_cache(2**14)
def _word(word: str) -> bytes:
    return crc32(word.encode("utf-8", "replace")).to_bytes(4, "little")

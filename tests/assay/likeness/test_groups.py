"""Which submissions are reported as similar: copies, however disguised, and no others."""

from __future__ import annotations

import csv
import io
import itertools
import random
import time
import tracemalloc

import copying
import made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.homework import find
from assay.likeness import groups as alike
from assay.likeness.fingerprint import of_texts
from assay.likeness.format import FINGERPRINT, FINGERPRINT_VERSION
from assay.likeness.groups import NEAR, SAME_CODE, SAME_FILES, Alike
from assay.report.similar import alike_csv

REFERENCE = copying.solution()
OTHERS = [copying.solution(i) for i in range(6)]
DRAW = np.random.default_rng(7)
BASE = DRAW.integers(0, 2**16, 256)


def of(texts):
    """The fingerprint of a submission of these files."""
    return of_texts(([text] for text in texts), find().template_folder)


def like(fraction, base=BASE, *, pieces=400, digest=None, version=FINGERPRINT_VERSION):
    """A fingerprint with exactly this fraction of the minima of a base."""
    kept = np.arange(256) < round(256 * fraction)
    minima = np.where(kept, base, (base + DRAW.integers(1, 2**16, 256)) % 2**16)
    digest = digest or DRAW.bytes(8)
    return FINGERPRINT.pack(version, pieces, digest, minima.astype("<u2").tobytes())


def groups(**submissions):
    """The groups among submissions, given as a fingerprint or as (SHA-256, fingerprint)."""
    compared = Alike()
    for name, value in submissions.items():
        sha256, print_ = value if isinstance(value, tuple) else (name, value)
        compared.add(name, sha256, print_)
    return compared.groups()


def names(group):
    """The members of a group."""
    return [name for name, _ in group.members]


def test_correct_solutions_by_different_authors_are_not_similar():
    prints = {f"{i}": of(texts) for i, texts in enumerate([REFERENCE, *OTHERS])}
    assert groups(**prints) == []


def test_not_even_their_solutions_to_a_single_problem_are_similar():
    for files in zip(REFERENCE, *OTHERS, strict=True):
        prints = {f"{i}": of([text]) for i, text in enumerate(files)}
        # One alternative to problem 4 was derived from the reference: their likeness is about 0.5.
        assert all(names(group) == ["0", "6"] for group in groups(**prints))


@pytest.mark.parametrize("texts", [REFERENCE, *OTHERS[:2]], ids=["reference", 0, 1])
def test_a_copy_is_reported_however_disguised(texts):
    rng = random.Random(3)
    others = copying.simple_statements(text for other in OTHERS[2:] for text in other)
    disguised = [copying.disguised(text, rng) for text in texts]
    (group,) = groups(
        a=("1", of(texts)),
        b=("1", of(texts)),
        c=of(map(copying.renamed, texts)),
        d=of(disguised),
        e=of(copying.rewritten(text, 0.1, others, rng) for text in disguised),
        f=of(OTHERS[5]),
    )
    assert names(group) == ["a", "b", "c", "d", "e"]
    assert [link.kind for link in group.links] == [SAME_FILES, SAME_CODE, NEAR, NEAR]


@pytest.mark.parametrize(
    "texts",
    [
        ["x = 1"],
        ["def project(y, a):\n    return y.clamp(0, a)"],
        [p.read_text("utf-8") for p in (copying.ROOT / "student_template").glob("*.py")],
    ],
    ids=["a line", "a function", "the template"],
)
def test_a_submission_of_too_few_pieces_is_never_reported(texts):
    assert groups(a=("1", of(texts)), b=("1", of(texts))) == []


def test_from_one_half_on_a_pair_is_reported_with_its_likeness():
    for fraction in (1, 0.9, 0.75, 0.6, 0.5):
        (group,) = groups(b=like(fraction), a=like(1))
        expected = round(256 * fraction) / 256
        assert [tuple(link) for link in group.links] == [("a", "b", expected, NEAR)]
    assert groups(a=like(1), b=like(127 / 256)) == []


def test_two_submissions_of_likeness_one_half_nearly_always_agree_in_a_band():
    base = np.frombuffer(FINGERPRINT.unpack(like(1))[3], "<u2")
    hits = 0
    for _ in range(200):
        kept = DRAW.permutation(256) < 128
        other = np.where(kept, base, base + 1).astype("<u2").tobytes()
        hits += bool(list(alike._near([base.tobytes(), other])))
    assert hits >= 187  # 98.4 % are expected: fewer than 187 of 200 have probability 2e-5


def test_fingerprints_of_another_version_and_empty_ones_are_not_compared():
    same = {"digest": b"x" * 8}
    assert groups(a=like(1, version=2), b=like(1, version=2), c=b"", d=b"", e=b"\1" * 9) == []
    assert groups(a=like(1, **same), b=like(1, version=2, **same)) == []
    assert groups(a=like(1, pieces=59), b=like(1, pieces=59)) == []


def test_a_group_has_its_strongest_links():
    (group,) = groups(a=like(1), b=like(0.8), c=like(0.9), d=like(0.6))
    assert [(link.first, link.second) for link in group.links] == [
        ("a", "c"),
        ("a", "b"),
        ("a", "d"),
    ]


@given(st.permutations(range(7)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_adding_does_not_matter(order):
    other = BASE[::-1]
    prints = [
        like(1, digest=b"a" * 8),
        like(1, digest=b"a" * 8),
        like(0.8),
        like(1, other),
        like(0.7, other),
        like(0, other),
        like(1, digest=b"a" * 8),
    ]
    found = groups(**{f"{i}": ("5" if i in (1, 6) else f"{i}", prints[i]) for i in order})
    assert [names(group) for group in found] == [["0", "1", "2", "6"], ["3", "4"]]
    assert [link.kind for group in found for link in group.links][:2] == [SAME_FILES, SAME_CODE]


def test_recorded_results_are_compared():
    one, other = like(1), like(0.8)
    compared = Alike()
    for result in (
        made.result("ada", fingerprint=one, sha256="1", students=({"name": "Ada"},)),
        made.result("bob", fingerprint=other, sha256="2", students=({"login": "bob"}, {"x": "y"})),
        made.result("eve"),
        made.unjudged("zoe"),
    ):
        compared.add(result.submission, result.sha256, result.fingerprint, result.students)
    assert [group.members for group in compared.groups()] == [
        (("ada", ("Ada",)), ("bob", ("bob",)))
    ]
    assert Alike().groups() == []


def test_the_csv_file_has_a_row_for_each_link():
    table = alike_csv(groups(**{"=ada": like(1), "bob": like(0.8), "eve": like(0.75)}))
    rows = list(csv.reader(io.StringIO(table)))
    assert rows == [
        ["first", "second", "likeness", "kind"],
        ["'=ada", "bob", "0.80", "near-identical"],
        ["'=ada", "eve", "0.75", "near-identical"],
    ]
    assert alike_csv([]) == "first,second,likeness,kind\n"


def test_the_csv_file_starts_with_the_most_similar_pair_of_all_groups():
    other = DRAW.integers(0, 2**16, 256)
    some = {"a": like(1), "b": like(0.7), "c": like(1, other), "d": like(0.9, other)}
    rows = list(csv.reader(io.StringIO(alike_csv(reversed(groups(**some))))))
    assert [row[:2] for row in rows[1:]] == [["c", "d"], ["a", "b"]]


def test_no_text_is_a_verdict():
    texts = " ".join([alike.SAYS, SAME_FILES, SAME_CODE, NEAR]).lower()
    assert not any(
        word in texts for word in ("copied", "copy", "cheat", "plagiar", "guilt", "honest")
    )


def many(count, background, copies):
    """Fingerprints whose pairs have the likeness `background`; the last are copies at 0.8."""
    common = DRAW.integers(0, 2**16, 256)
    minima = DRAW.integers(0, 2**16, (count, 256))
    minima = np.where(DRAW.random((count, 256)) < background**0.5, common, minima)
    for i in range(copies):
        minima[-1 - i] = np.where(DRAW.random(256) < 0.8, minima[i], minima[-1 - i])
    head = FINGERPRINT.pack(FINGERPRINT_VERSION, 400, b"", b"")[:3]
    for i, row in enumerate(minima.astype("<u2")):
        yield f"{i:05}", head + i.to_bytes(8, "little") + row.tobytes()


def test_twenty_thousand_submissions_take_seconds_and_little_memory():
    submissions = dict(many(20_000, 0.15, 200))
    tracemalloc.start()
    start = time.process_time()
    assert len(groups(**submissions)) == 200
    seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 5  # 0.5 s without memory tracing
    assert peak < 200 * 2**20


def test_a_class_that_copied_one_source_is_one_group_and_does_not_take_quadratic_time():
    submissions = dict(many(3_000, 0.9, 0))
    start = time.process_time()
    (group,) = groups(**submissions)
    assert len(group.members) == 3_000
    assert time.process_time() - start < 5  # 0.4 s


def test_a_group_has_no_more_links_than_connect_it():
    found = groups(**{f"{i:03}": like(0.95) for i in range(80)})
    assert [len(group.members) - len(group.links) for group in found] == [1]
    ends = set(itertools.chain.from_iterable(link[:2] for link in found[0].links))
    assert ends == set(names(found[0]))

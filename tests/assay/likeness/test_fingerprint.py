"""Fingerprints: what leaves them as they are, what changes them little, and what they cost."""

from __future__ import annotations

import random
import sys
import time
from base64 import b64encode
from hashlib import sha256

import copying
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.batch import worker
from assay.batch.jobs import Job
from assay.homework import find
from assay.likeness.fingerprint import fingerprint, of_texts
from assay.likeness.format import FINGERPRINT
from assay.outcome import Result, unjudged
from assay.run import Run
from assay.submission import read

REFERENCE = copying.solution()
OTHERS = [copying.solution(i) for i in range(6)]


def of(*texts):
    """The fingerprint of a hand-in of these files."""
    return of_texts(([text] for text in texts), find().template_folder)


def pieces(print_):
    """How many pieces it is of."""
    return FINGERPRINT.unpack(print_)[1]


def likeness(one, other):
    """The share of minima that two fingerprints have in common."""
    minima = [np.frombuffer(FINGERPRINT.unpack(f)[3], "<u2") for f in (one, other)]
    return float((minima[0] == minima[1]).mean())


@pytest.mark.parametrize("texts", [REFERENCE, *OTHERS[:3]], ids=["reference", 0, 1, 2])
@pytest.mark.parametrize(
    "disguise",
    [
        copying.reformatted,
        copying.undocumented,
        copying.documented,
        copying.renamed,
        copying.recounted,
        copying.swapped,
        copying.chatty,
    ],
    ids=lambda f: f.__name__,
)
def test_what_changes_no_step_leaves_the_fingerprint(disguise, texts):
    assert of(*map(disguise, texts)) == of(*texts)


@given(
    order=st.permutations(range(7)),
    files=st.permutations(range(6)),
    suffix=st.text("abcxyz019_é", min_size=1, max_size=8),
)
@settings(max_examples=15, deadline=None)
def test_order_and_names_leave_the_fingerprint(order, files, suffix):
    texts = [REFERENCE[i] for i in files]
    copy = [copying.renamed(copying.permuted(text, order), f"_{suffix}") for text in texts]
    assert of(*copy) == of(*REFERENCE)


def test_one_file_six_files_and_a_notebook_are_alike(tmp_path):
    (tmp_path / "six").mkdir()
    for i, text in enumerate(REFERENCE, 1):
        (tmp_path / "six" / f"problem{i}_solved.py").write_text(text, "utf-8")
    (tmp_path / "one.py").write_text("\n".join(REFERENCE), "utf-8")
    (tmp_path / "book.ipynb").write_bytes(copying.notebook(REFERENCE))
    found = [fingerprint(read(tmp_path / name), find()) for name in ("six", "one.py", "book.ipynb")]
    assert set(found) == {of(*REFERENCE)}


def test_a_function_moved_to_a_helper_file_changes_nothing():
    whole = (
        "def twice(x):\n    return x + x\n\ndef all_of(x):\n    return twice(x) * twice(x.sum())\n"
    )
    helper, rest = whole.split("\n\n")
    apart = f"from tools import twice\n\n{rest}"
    other_name = f"import tools\n\n{rest.replace('twice', 'tools.twice')}"
    assert of(whole) == of(helper, apart) == of(helper, other_name)


def test_how_a_library_is_imported_changes_nothing():
    said = (
        "import torch\ny = torch.where(torch.zeros(3) > 1, 2, 3)",
        "import torch as t\ny = t.where(t.zeros(3) > 1, 2, 3)",
        "from torch import where, zeros as nothing\ny = where(nothing(3) > 1, 2, 3)",
        "from torch import *\ny = where(zeros(3) > 1, 2, 3)",
    )
    assert len({of(text) for text in said}) == 1


def test_a_new_step_changes_the_fingerprint():
    assert len({of(text) for text in ("y = a + f(b)", "y = a - f(b)", "y = a + f(b, c)")}) == 3


def test_a_hand_in_disguised_and_padded_is_nearly_the_same():
    rng = random.Random(1)
    copy = [copying.all_of_it(text, rng) for text in REFERENCE]
    assert likeness(of(*copy), of(*REFERENCE)) > 0.95


@pytest.mark.parametrize(("share", "least", "most"), [(0.1, 0.6, 0.95), (0.5, 0.1, 0.5)])
def test_the_more_is_rewritten_the_less_alike(share, least, most):
    rng, others = (
        random.Random(2),
        copying.simple_statements(text for other in OTHERS for text in other),
    )
    copy = [copying.rewritten(text, share, others, rng) for text in REFERENCE]
    assert least < likeness(of(*copy), of(*REFERENCE)) < most


def test_what_everyone_was_given_does_not_count():
    template = [p.read_text("utf-8") for p in find().template_folder.glob("*.py")]
    assert pieces(of(*template)) == 0
    assert of(*template, *REFERENCE) == of(*REFERENCE)


@pytest.mark.parametrize("texts", [[], [""], ["x = 1"], ["\0"], ["\ud800 = 1"], ["# só", "\t\n"]])
def test_a_hand_in_of_nearly_nothing_has_a_fingerprint_of_few_pieces(texts):
    assert pieces(of(*texts)) < 5


def test_a_file_that_is_damaged_is_like_the_whole_one_as_far_as_it_goes():
    text = "\n".join(REFERENCE)
    damaged = text.replace("iterates = [x0]", "iterates = [x0")
    assert damaged != text
    assert likeness(of(damaged), of(text)) > 0.85


@pytest.mark.parametrize("place", range(50, 2400, 170))
def test_a_file_cut_off_anywhere_has_a_fingerprint(place):
    assert len(of(REFERENCE[1][:place])) == FINGERPRINT.size


def test_two_damaged_in_one_way_are_alike():
    texts = [text.replace("    ", "\t  \t", 9) + "\n)" for text in REFERENCE]
    copy = [text.replace("wealth", "money").replace("  #", "    # very") for text in texts]
    assert of(*copy) == of(*texts)


HOSTILE = {
    "deep": "(" * 30_000 + ")" * 30_000,
    "deeper": "x = " + "[" * 150 + "]" * 150,
    "operators": "x = " + "-" * 60_000 + "1",
    "sums": "x = " + "+".join("ab" * 15_000),
    "mirrors": "x = " + "f(1 + " * 90 + "1" + ")" * 90,
    "elses": "if 1:\n  pass\n" + "elif 1:\n  pass\n" * 4_000,
    "lines": "a\n" * 30_000 + ")",
    "blocks": "a = (\n" * 400 + "b",
    "quotes": "'" * 65_001,
    "triples": "'''\"\"\"" * 10_000 + "'",
    "open": '"""' + "x'\n" * 20_000,
    "prefixes": "rbfu" * 16_000 + "'",
    "line": "x = 1;" * 180_000,
    "classes": "".join(f"{' ' * i}class A:\n" for i in range(90)) + " " * 90 + "x = 1",
    "names": " ".join(f"v{i} = v{i + 1};" for i in range(4_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_costs_little_and_hides_no_other_file(name):
    start = time.process_time()
    found = of(HOSTILE[name], *REFERENCE)
    assert time.process_time() - start < 2
    assert likeness(found, of(*REFERENCE)) > 0.1


def test_no_specimen_that_breaks_graders_breaks_this():
    paths = sorted((copying.ROOT / "tests/hostile/break").glob("*.py"))
    assert {len(fingerprint(read(path), find())) for path in paths} == {FINGERPRINT.size}


def test_nothing_is_run(tmp_path):
    of(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    assert list(tmp_path.iterdir()) == []


def test_a_fingerprint_is_small_and_quick():
    of(*REFERENCE)
    times = []
    for _ in range(5):
        start = time.process_time()
        found = of(*REFERENCE)
        times.append(time.process_time() - start)
    assert len(b64encode(found)) <= 1024
    assert min(times) < 0.02  # 6 ms on the machine that this was written on


def test_a_fingerprint_is_the_same_on_every_machine():
    # Who changes this line changes FINGERPRINT_VERSION too.
    assert (
        sha256(of("y = f(x, 1) + [a for a in x if a > 0][0]")).hexdigest()[:16]
        == "17f167b122cc6eea"
    )


def test_without_the_library_there_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasketch", None)
    assert of(*REFERENCE) == b""


class Judge:
    """A grader that finds everything correct."""

    homework = find()

    def judge(self, submission):
        return unjudged("ada", "graded", isolation="process", seed=1)


def recorded(monkeypatch, tmp_path):
    """The result that a worker gives."""
    monkeypatch.setattr(worker, "_warm_grader", lambda *_: Judge())
    (tmp_path / "ada.py").write_text(REFERENCE[1], "utf-8")
    job = Job("ada", str(tmp_path / "ada.py"), Run(1, "0", "process"))
    return msgspec.json.decode(worker.grade_one(job), type=Result)


@pytest.mark.parametrize("installed", [True, False])
def test_a_batch_keeps_it(monkeypatch, tmp_path, installed):
    if not installed:
        monkeypatch.setitem(sys.modules, "datasketch", None)
    found = recorded(monkeypatch, tmp_path)
    assert found.fingerprint == (of(REFERENCE[1]) if installed else b"")


def test_a_source_beyond_it_loses_no_verdict(monkeypatch, tmp_path):
    monkeypatch.setattr(worker, "fingerprint", lambda _: 1 / 0)
    found = recorded(monkeypatch, tmp_path)
    assert (found.status, found.fingerprint) == ("graded", b"")

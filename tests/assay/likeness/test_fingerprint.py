"""Fingerprints: what does not change them, what changes them a little, and what they cost."""

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
PRINT = of_texts(([text] for text in REFERENCE), find().template_folder)


def of(*texts):
    """The fingerprint of a submission of these files."""
    return of_texts(([text] for text in texts), find().template_folder)


def pieces(print_):
    """The number of pieces that a fingerprint is made from."""
    return FINGERPRINT.unpack(print_)[1]


def likeness(one, other):
    """The proportion of minima that two fingerprints have in common."""
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
        copying.with_other_literals,
        copying.swapped,
        copying.with_prints,
    ],
    ids=lambda f: f.__name__,
)
def test_what_changes_no_step_does_not_change_the_fingerprint(disguise, texts):
    assert of(*map(disguise, texts)) == of(*texts)


@given(
    order=st.permutations(range(7)),
    files=st.permutations(range(6)),
    suffix=st.text("abcxyz019_é", min_size=1, max_size=8),
)
@settings(max_examples=15, deadline=None)
def test_order_and_names_do_not_change_the_fingerprint(order, files, suffix):
    texts = [REFERENCE[i] for i in files]
    copy = [copying.renamed(copying.permuted(text, order), f"_{suffix}") for text in texts]
    assert of(*copy) == PRINT


def test_one_file_six_files_and_a_notebook_have_the_same_fingerprint(tmp_path):
    (tmp_path / "six").mkdir()
    for i, text in enumerate(REFERENCE, 1):
        (tmp_path / "six" / f"problem{i}_solved.py").write_text(text, "utf-8")
    (tmp_path / "one.py").write_text("\n".join(REFERENCE), "utf-8")
    (tmp_path / "book.ipynb").write_bytes(copying.notebook(REFERENCE))
    paths = [tmp_path / name for name in ("six", "one.py", "book.ipynb")]
    assert {fingerprint(read(path), find()) for path in paths} == {of(*REFERENCE)}


def test_a_function_moved_to_a_helper_file_changes_nothing():
    whole = (
        "def twice(x):\n    return x + x\n\ndef all_of(x):\n    return twice(x) * twice(x.sum())\n"
    )
    helper, rest = whole.split("\n\n")
    apart = f"from tools import twice\n\n{rest}"
    other_name = f"import tools\n\n{rest.replace('twice', 'tools.twice')}"
    assert of(whole) == of(helper, apart) == of(helper, other_name)


def test_how_a_library_is_imported_changes_nothing():
    spellings = (
        "import torch\ny = torch.where(torch.zeros(3) > 1, 2, 3)",
        "import torch as t\ny = t.where(t.zeros(3) > 1, 2, 3)",
        "from torch import where, zeros as nothing\ny = where(nothing(3) > 1, 2, 3)",
        "from torch import *\ny = where(zeros(3) > 1, 2, 3)",
    )
    assert len({of(text) for text in spellings}) == 1


def test_a_new_step_changes_the_fingerprint():
    assert len({of(text) for text in ("y = a + f(b)", "y = a - f(b)", "y = a + f(b, c)")}) == 3


def test_a_disguised_and_padded_copy_is_nearly_the_same():
    rng = random.Random(1)
    copy = [copying.disguised(text, rng) for text in REFERENCE]
    assert likeness(of(*copy), of(*REFERENCE)) > 0.95


@pytest.mark.parametrize(("fraction", "least", "most"), [(0.1, 0.6, 0.95), (0.5, 0.1, 0.5)])
def test_the_more_is_rewritten_the_lower_the_likeness(fraction, least, most):
    rng = random.Random(2)
    others = copying.simple_statements(text for other in OTHERS for text in other)
    copy = [copying.rewritten(text, fraction, others, rng) for text in REFERENCE]
    assert least < likeness(of(*copy), of(*REFERENCE)) < most


def test_what_everyone_was_given_does_not_count():
    template = [p.read_text("utf-8") for p in find().template_folder.glob("*.py")]
    assert pieces(of(*template)) == 0
    assert of(*template, *REFERENCE) == of(*REFERENCE)


@pytest.mark.parametrize("texts", [[], [""], ["x = 1"], ["\0"], ["\ud800 = 1"], ["# só", "\t\n"]])
def test_a_nearly_empty_submission_has_a_fingerprint_of_few_pieces(texts):
    assert pieces(of(*texts)) < 5


def test_a_damaged_file_is_similar_to_the_whole_one():
    text = "\n".join(REFERENCE)
    damaged = text.replace("iterates = [x0]", "iterates = [x0")
    assert damaged != text
    assert likeness(of(damaged), of(text)) > 0.85


@pytest.mark.parametrize("size", range(50, 2400, 170))
def test_a_file_cut_off_anywhere_has_a_fingerprint(size):
    assert len(of(REFERENCE[1][:size])) == FINGERPRINT.size


def test_copies_damaged_in_the_same_way_have_the_same_fingerprint():
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
def test_a_hostile_file_costs_little_and_crowds_out_no_other_file(name):
    start = time.process_time()
    both = of(HOSTILE[name], *REFERENCE)
    assert time.process_time() - start < 2
    assert likeness(both, of(*REFERENCE)) > 0.1


def test_specimens_that_try_to_break_graders_have_fingerprints():
    paths = sorted((copying.ROOT / "tests/hostile/break").glob("*.py"))
    assert {len(fingerprint(read(path), find())) for path in paths} == {FINGERPRINT.size}


def test_nothing_is_run(tmp_path):
    of(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    assert list(tmp_path.iterdir()) == []


def test_a_fingerprint_is_small_and_fast_to_make():
    of(*REFERENCE)
    times = []
    for _ in range(20):
        start = time.process_time()
        print_ = of(*REFERENCE)
        times.append(time.process_time() - start)
    assert len(b64encode(print_)) <= 1024
    assert min(times) < 0.02  # 6 ms on a laptop


def test_a_fingerprint_is_the_same_on_every_machine():
    # If you change this line, change FINGERPRINT_VERSION too.
    assert (
        sha256(of("y = f(x, 1) + [a for a in x if a > 0][0]")).hexdigest()[:16]
        == "17f167b122cc6eea"
    )


def test_without_datasketch_the_fingerprint_is_empty(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasketch", None)
    assert of(*REFERENCE) == b""


class Judge:
    """A grader that finds everything correct."""

    homework = find()

    def judge(self, submission):
        return unjudged("ada", "graded", isolation="process", seed=1)


def recorded(monkeypatch, tmp_path):
    """The result that a worker returns."""
    monkeypatch.setattr(worker, "_warm_grader", lambda *_: Judge())
    (tmp_path / "ada.py").write_text(REFERENCE[1], "utf-8")
    job = Job("ada", str(tmp_path / "ada.py"), Run(1, "0", "process"))
    return msgspec.json.decode(worker.grade_one(job), type=Result)


@pytest.mark.parametrize("installed", [True, False])
def test_a_worker_adds_the_fingerprint_to_its_result(monkeypatch, tmp_path, installed):
    if not installed:
        monkeypatch.setitem(sys.modules, "datasketch", None)
    result = recorded(monkeypatch, tmp_path)
    assert result.fingerprint == (of(REFERENCE[1]) if installed else b"")


def test_if_the_fingerprint_fails_the_verdict_is_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(worker, "fingerprint", lambda *_: 1 / 0)
    result = recorded(monkeypatch, tmp_path)
    assert (result.status, result.fingerprint) == ("graded", b"")

"""What is forked from the stem works as what imports everything, and the stem learns no secret."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
import uuid
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest
from processes import below, comes_true

from assay.batch.forked import Workers
from assay.batch.pool import local_processes
from assay.sandbox import stem
from assay.sandbox.host import Sandbox

pytestmark = pytest.mark.skipif(not stem.offered(), reason="needs Linux 5.3")

SECRET = uuid.uuid4().hex
CHUNK = 2**16  # bytes


@pytest.fixture(scope="module")
def source():
    """A stem of a grader whose environment and import path hold a secret."""
    os.environ["ASSAY_TEST_SECRET"] = SECRET
    sys.path.append(f"/nowhere/{SECRET}")
    made = stem.Stem()
    yield made
    sys.path.remove(f"/nowhere/{SECRET}")
    del os.environ["ASSAY_TEST_SECRET"]
    made.close()
    assert made.process.returncode == 0


def holds(pid, needle):
    """Whether the memory that a process can write holds a text anywhere."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            region = re.match(r"(\w+)-(\w+) rw", line)
            start, end = (int(bound, 16) for bound in region.groups()) if region else (0, 0)
            for place in range(start, end, CHUNK):
                memory.seek(place)
                with contextlib.suppress(OSError):  # a page behind the end of a file
                    if needle.encode() in memory.read(min(CHUNK + len(needle), end - place)):
                        return True
    return False


def test_the_stem_never_holds_what_its_workers_are_given(source):
    secret = uuid.uuid4().hex
    with Workers(source, 1) as workers:
        assert workers.submit(str.upper, secret).result() == secret.upper()
        (worker,) = below(source.process.pid)
        assert holds(worker, secret), "the search finds nothing"
        assert holds(worker, SECRET)
        assert not holds(source.process.pid, secret)
        assert not holds(source.process.pid, SECRET)


def test_a_zygote_of_the_stem_is_at_the_level_of_any_other_and_holds_no_secret(
    source, sandbox, student_of, monkeypatch
):
    monkeypatch.setattr(stem, "here", source.orders)
    with Sandbox() as forked:
        assert student_of("def f(x):\n    return 2 * x\n", on=forked).f(3) == 6
        assert forked.level == sandbox.level
        zygotes = below(source.process.pid)
        assert forked.launcher.process.pid in zygotes
        assert not any(holds(pid, SECRET) for pid in zygotes)
    assert comes_true(lambda: not running(source))


def test_a_zygote_that_is_killed_is_replaced(source, student_of, monkeypatch):
    monkeypatch.setattr(stem, "here", source.orders)
    with Sandbox() as forked:
        student = student_of("def f(x):\n    return 2 * x\n", on=forked)
        assert student.f(1) == 2
        student.close()
        forked.launcher.process.kill()
        forked.launcher.process.wait(10)
        assert student_of("def f(x):\n    return 3 * x\n", on=forked).f(1) == 3


def test_without_the_stem_a_zygote_imports_the_libraries_itself(student_of, monkeypatch):
    ours, theirs = stem.socket.socketpair()
    theirs.close()
    with ours:
        monkeypatch.setattr(stem, "here", ours)
        with Sandbox(texts=[]) as alone:
            assert student_of("def f(x):\n    return 2 * x\n", on=alone).f(3) == 6


def test_workers_answer_and_raise_as_the_function_does(source):
    with Workers(source, 2) as workers:
        answers = [workers.submit(divmod, n, 3) for n in range(20)]
        assert [answer.result() for answer in answers] == [divmod(n, 3) for n in range(20)]
        assert isinstance(workers.submit(divmod, 1, 0).exception(), ZeroDivisionError)
        assert workers.submit(Path.cwd).result() == Path.cwd()
        assert workers.submit(os.getenv, "ASSAY_TEST_SECRET").result() == SECRET
    assert comes_true(lambda: not running(source))


def test_a_worker_that_dies_breaks_the_executor_and_all_end(source):
    with Workers(source, 2) as workers:
        sleeping = workers.submit(time.sleep, 60)
        dying = workers.submit(os._exit, 3)
        waiting = workers.submit(int)
        for future in (dying, sleeping, waiting):
            assert isinstance(future.exception(timeout=60), BrokenExecutor)
        with pytest.raises(BrokenExecutor):
            workers.submit(int)
    assert comes_true(lambda: not running(source))


def test_what_is_dropped_ends_at_once(source):
    workers = Workers(source, 1)
    assert workers.submit(int).result() == 0
    sleeping = workers.submit(time.sleep, 60)
    workers.shutdown(wait=True, cancel_futures=True)
    assert isinstance(sleeping.exception(timeout=60), BrokenExecutor)
    assert comes_true(lambda: not running(source))


def test_workers_end_with_the_stem():
    source = stem.Stem()
    with Workers(source, 1) as workers:
        assert workers.submit(int).result() == 0
        (worker,) = below(source.process.pid)
        sleeping = workers.submit(time.sleep, 60)
        source.process.send_signal(signal.SIGKILL)
        assert isinstance(sleeping.exception(timeout=60), BrokenExecutor)
    assert comes_true(lambda: not Path(f"/proc/{worker}").exists())
    assert not source.is_usable
    source.close()


def test_where_the_stem_cannot_fork_the_next_workers_are_fresh_processes(monkeypatch):
    monkeypatch.setattr(stem, "START_SECONDS", 0.001)
    source = stem.Stem()
    with local_processes(1, source) as first:
        assert isinstance(first.submit(int).exception(timeout=60), BrokenExecutor)
    with local_processes(1, source) as second:
        assert not isinstance(second, Workers)
        assert second.submit(int).result() == 0
    source.close()


def running(source):
    """The processes below the stem that have not ended."""
    states = (Path(f"/proc/{pid}/stat") for pid in below(source.process.pid))
    return [path for path in states if path.exists() and ") Z " not in path.read_text()]

"""Many submissions: none is lost, none graded twice, whatever is killed in between."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from downloads import CANVAS, FILE, lay_zip
from downloads import RIGHT as RIGHT_BYTES
from ended import process
from hypothesis import given
from hypothesis import strategies as st

import assay
from assay import run as runs
from assay.batch import pool as batch
from assay.batch import worker
from assay.batch.jobs import Known, jobs_for
from assay.commands import cli
from assay.download import look
from assay.grading.grader import Grader
from assay.homework import find
from assay.outcome import Result
from assay.publish.grades import write_grades
from assay.record import Record
from assay.sandbox.host import Sandbox
from assay.submission import identified, identifier

RIGHT = """
import torch
def project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], -1)
"""
UNWRITTEN = "def project(y, a):\n    raise NotImplementedError\n"
LEAVES = "import os\ndef project(y, a):\n    os._exit(0)\n"
CLASS = {
    "ann.py": RIGHT,
    "bob.py": UNWRITTEN,
    "cy.py": LEAVES,
    "dee.py": "def project(y, a): return y(",
    "eve.zip": "no archive",
}


@cache
def run():
    """The run that the command would begin on this machine."""
    with Sandbox() as here:
        return runs.run_here(0, here.level, find())


class Inline(Executor):
    """Runs each job where it is submitted."""

    def submit(self, function, /, *arguments):
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as fault:
            future.set_exception(fault)
        return future


class Later(Inline):
    """Runs each job a little later, in a thread of its own."""

    def submit(self, function, /, *arguments):
        future = Future()

        def settle():
            time.sleep(0.05)
            done = super(Later, self).submit(function, *arguments)
            fault = done.exception()
            future.set_exception(fault) if fault else future.set_result(done.result())

        threading.Thread(target=settle, daemon=True).start()
        return future


class Breaking(Inline):
    """Breaks, as a pool of processes does, with all that is under way in it.

    Args:
        names: the jobs that break it; any other is done at once, "slow" a little later.
        on_submit: break while such a job is handed over, the first time only.
    """

    def __init__(self, names, *, on_submit=False):
        self.names, self.on_submit, self.broken, self.flying = names, on_submit, False, []

    def submit(self, function, job):
        if self.broken:
            raise BrokenProcessPool("a child process terminated abruptly")
        future = Future()
        self.flying.append(future)
        if job.name in self.names:
            self._break()
            if self.on_submit:
                self.names.discard(job.name)
                raise BrokenProcessPool("a child process terminated abruptly")
        elif job.name == "slow":
            threading.Timer(0.3, self._finish, [future, function, job]).start()
        else:
            self._finish(future, function, job)
        return future

    def _break(self):
        self.broken = True
        for lost in self.flying:
            if not lost.done():
                lost.set_exception(BrokenProcessPool("a child process terminated abruptly"))

    def _finish(self, future, function, job):
        if not future.done():
            future.set_result(function(job))


@pytest.fixture
def small(sandbox, monkeypatch):
    """The checks of problem 2 alone, graded in this process."""
    grader = Grader(seed=0, only="problem2", sandbox=sandbox)
    monkeypatch.setattr(worker, "_warm_grader", lambda *_: grader)
    return grader


@pytest.fixture
def lay(tmp_path):
    """Lays out submissions; gives their folder and a record that has begun."""

    def make(texts):
        folder = tmp_path / "submissions"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text)
        record = Record(tmp_path / "out")
        record.begin(run(), seed_given=True)
        return folder, record

    return make


def grade(folder, record, make=Inline, workers=1):
    """Grade a folder; the results by submission, each once."""
    known = Known.of(record, run())
    found = list(
        batch.grade_all(jobs_for(look(folder).entries, run()), known, make, workers * batch.AHEAD)
    )
    by_name = {result.submission: result for result in found}
    assert len(by_name) == len(found), "a submission came twice"
    return by_name


def lay_alike(folder, *names):
    """Folders with the same files."""
    for name in names:
        (folder / name).mkdir()
        (folder / name / "problem2_projection.py").write_text(RIGHT)


def stamps(record):
    """Content and time of writing of each result file."""
    places = sorted((record.out / "results").glob("*.json"))
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in places}


def test_every_submission_has_one_result_and_the_unreadable_one_a_reason(lay, small):
    folder, record = lay(CLASS)
    found = grade(folder, record)
    assert sorted(found) == ["ann", "bob", "cy", "dee", "eve"]
    assert found["ann"].score > found["bob"].score == found["cy"].score == 0
    assert [found[n].status for n in ("ann", "bob", "cy")] == ["graded"] * 3
    for name, says in (("dee", "dee.py is not valid Python"), ("eve", "eve.zip")):
        assert found[name].score is None
        assert says in found[name].status
        assert found[name].checks == ()
    assert {r.submission: r for r in record.results()} == found


FOREIGN = {
    "fay.rar": "Rar!\x1a\x07",
    "gus.docx": "?",
    "hal.pdf": "%PDF",
    "ida.py": "",
    "jon.ipynb": '{"cells": [',
    "kim.tex": "$$a = b$$",
    "lee.xyz": "?",
}


def test_what_cannot_be_read_is_a_row_without_a_score(lay, small):
    folder, record = lay({"ann.py": RIGHT, **FOREIGN})
    found = grade(folder, record)
    assert found["ann"].score is not None
    assert {name[:3] for name in FOREIGN} == found.keys() - {"ann"}
    table = write_grades(record).read_text("utf-8").splitlines()
    for name in FOREIGN:
        (row,) = (line for line in table if line.startswith(f"{name[:3]},"))
        assert row.split(",")[1] == ""
        assert name in row


def test_going_on_grades_nothing_twice_and_what_is_new_or_changed_again(lay, small, monkeypatch):
    folder, record = lay(CLASS)
    first = grade(folder, record)
    before = stamps(record)
    judged = []
    judge = Grader.judge
    monkeypatch.setattr(Grader, "judge", lambda self, s: judged.append(s.name) or judge(self, s))
    again = grade(folder, record)
    # What could not be read or run is tried again: it may have been repaired.
    assert judged == ["dee"]
    assert {k: v for k, v in stamps(record).items() if k != "eve.json"} == {
        k: v for k, v in before.items() if k != "eve.json"
    }
    assert {n: r.score for n, r in again.items()} == {n: r.score for n, r in first.items()}
    lay({"bob.py": RIGHT, "fay.py": UNWRITTEN})
    changed = grade(folder, record)
    assert sorted(judged) == ["bob", "dee", "dee", "fay"]
    assert changed["bob"].score == first["ann"].score


@pytest.mark.parametrize("kept", [0, 1, 0.5, -2])
def test_a_half_written_result_is_graded_again(lay, small, kept):
    folder, record = lay({"ann.py": RIGHT, "bob.py": UNWRITTEN})
    first, before = grade(folder, record), stamps(record)
    place = record.out / "results" / "ann.json"
    whole = place.read_bytes()
    place.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    second = grade(folder, record)
    assert second["ann"].score == first["ann"].score == record.result("ann").score
    assert stamps(record)["bob.json"] == before["bob.json"]


@pytest.mark.parametrize(("what", "wanted"), [("kit", '"0.0.0"'), ("seed", "1")])
def test_a_result_of_another_kit_or_seed_is_graded_again(lay, small, what, wanted):
    folder, record = lay({"ann.py": UNWRITTEN})
    result = grade(folder, record)["ann"]
    assert Known.of(record, run()).contents == {result.sha256: "ann"}
    place = record.out / "results" / "ann.json"
    changed = msgspec.json.decode(place.read_bytes()) | {what: json.loads(wanted)}
    place.write_bytes(msgspec.json.encode(changed))
    assert Known.of(record, run()).contents == {}
    assert getattr(grade(folder, record)["ann"], what) == getattr(result, what)


@pytest.mark.parametrize("workers", [1, 4])
def test_what_was_handed_in_before_under_any_name_is_not_graded_again(
    lay, small, monkeypatch, workers
):
    folder, record = lay({"cy.py": UNWRITTEN})
    lay_alike(folder, "ann", "bob")
    judged, judge = [], Grader.judge
    monkeypatch.setattr(Grader, "judge", lambda self, s: judged.append(s.name) or judge(self, s))
    first = grade(folder, record, Later, workers)
    assert len(judged) == 2
    assert first["ann"] == msgspec.structs.replace(first["bob"], submission="ann")
    (folder / "bob").rename(folder / "dee")
    assert grade(folder, record, Later, workers)["dee"].checks == first["bob"].checks
    assert len(judged) == 2


def test_equal_files_are_only_graded_before_where_an_earlier_batch_graded_them(lay, small):
    folder, record = lay({})
    lay_alike(folder, "ann", "bob")
    for counts in ((0, 1), (2, 0)):
        known = Known.of(record, run())
        jobs = jobs_for(look(folder).entries, run())
        list(batch.grade_all(jobs, known, Later, 4))
        assert (known.reused, known.copied) == counts


def test_what_the_kit_fails_on_has_the_verdict_of_the_same_files(lay, small, monkeypatch):
    folder, record = lay({})
    lay_alike(folder, "a", "b", "c")
    honest = batch.grade_one
    monkeypatch.setattr(batch, "grade_one", lambda job: 1 / 0 if job.name == "a" else honest(job))
    found = grade(folder, record, Later, workers=3)
    assert found["a"].score == found["b"].score == found["c"].score > 0


def test_a_worker_with_another_kit_or_flow_grades_nothing(lay, monkeypatch):
    folder, record = lay({"ann.py": RIGHT})
    monkeypatch.setattr(worker, "_warm_grader", worker._warm_grader.__wrapped__)
    monkeypatch.setattr(runs, "digest", lambda folder: "of another kit")
    (job,) = jobs_for(look(folder).entries, run())
    (result,) = batch.grade_all([job], Known(record), Inline, 1)
    assert result.score is None
    assert "has another kit than this run" in result.status


def test_a_result_without_a_score_is_tried_again_when_the_run_goes_on(lay, small, monkeypatch):
    folder, record = lay({"ann.py": RIGHT})
    monkeypatch.setattr(batch, "grade_one", lambda job: 1 / 0)
    result = grade(folder, record)["ann"]
    assert result.score is None
    assert "a fault of the kit: ZeroDivisionError" in result.status
    monkeypatch.undo()
    monkeypatch.setattr(worker, "_warm_grader", lambda *_: small)
    assert grade(folder, record)["ann"].score > 0


NAMES = st.lists(
    st.sampled_from(
        ["a", "A", "a-2", "a-py", "á", "á", "a b", "-", "con", "x" * 130, "..."]
    ).flatmap(
        lambda stem: st.sampled_from(["", ".py", ".zip", ".tar.gz", ".PY"]).map(stem.__add__)
    ),
    unique=True,
    max_size=12,
)


@given(NAMES)
def test_ids_never_collide_and_are_safe_as_file_names(names):
    paths = [Path("/nowhere") / name for name in names]
    found = identified(paths)
    assert [path for _, path in found] == paths
    ids = [name.casefold() for name, _ in found]
    assert len(set(ids)) == len(ids)
    assert all(name and "/" not in name and not name.startswith(".") for name, _ in found)
    for name, path in found:
        assert name.startswith(identifier(path))


def test_submissions_that_differ_in_suffix_only_have_a_result_each(lay, small):
    folder, record = lay({"ann.py": UNWRITTEN, "Ann.zip": "no archive"})
    (folder / "ANN").mkdir()
    (folder / "ANN" / "problem2_projection.py").write_text(UNWRITTEN)
    assert len(grade(folder, record)) == 3
    assert len(stamps(record)) == 3


def test_a_pool_that_breaks_between_two_jobs_loses_none(lay, small):
    # It is found broken when the next job is handed over, not when a result is fetched.
    folder, record = lay({f"{n}.py": UNWRITTEN for n in "abcdef"})
    names = {"e"}
    found = grade(folder, record, lambda: Breaking(names, on_submit=True))
    assert {n: r.status for n, r in found.items()} == dict.fromkeys("abcdef", "graded")


def test_a_submission_that_kills_its_grader_takes_no_neighbour_with_it(lay, small):
    folder, record = lay({f"{n}.py": UNWRITTEN for n in "abcdef"})
    found = grade(folder, record, lambda: Breaking({"b"}), workers=2)
    assert found["b"].score is None
    assert "died" in found["b"].status
    assert {n: r.status for n, r in found.items() if n != "b"} == dict.fromkeys("acdef", "graded")


def test_a_submission_that_is_slow_is_not_blamed_for_one_that_kills(lay, small):
    folder, record = lay({f"{n}.py": UNWRITTEN for n in ("a", "slow", "z-killer")})
    found = grade(folder, record, lambda: Breaking({"z-killer"}), workers=2)
    assert found["z-killer"].score is None
    assert found["slow"].status == found["a"].status == "graded"


def slow_once(job):
    """In a worker: a result at once; the first time that bob is asked for, after a minute."""
    begun = Path(job.path).parent.parent / "begun"
    if job.name == "bob" and not begun.exists():
        begun.write_text("")
        time.sleep(60)
    return msgspec.json.encode(
        Result(
            submission=job.name,
            score=1.0,
            max_score=1.0,
            isolation="process",
            seed=job.run.seed,
            kit=assay.__version__,
            sha256="",
            seconds=0.0,
            checks=(),
        )
    )


@pytest.mark.skipif(sys.platform != "linux", reason="sends signals to processes by id")
def test_a_worker_that_is_killed_at_a_job_loses_nothing(lay, monkeypatch, tmp_path):
    folder, record = lay(CLASS)
    monkeypatch.setattr(batch, "grade_one", slow_once)
    pools, killed = [], []

    def make():
        pools.append(batch.local_processes(1))
        return pools[-1]

    def kill_at_bob():
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        killed.extend(pools[0]._processes)
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill_at_bob, daemon=True)
    thread.start()
    found = grade(folder, record, make)
    thread.join()
    assert len(pools) > 1, "the pool was replaced"
    assert not Path(f"/proc/{killed[0]}").exists()
    assert {n: r.status for n, r in found.items()} == dict.fromkeys(
        ["ann", "bob", "cy", "dee", "eve"], "graded"
    )
    assert {r.submission: r for r in record.results()} == found


def session_of(leader):
    """The processes of a session that are no zombies."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session, *_ = (place / "stat").read_text().rpartition(") ")[2].split()
        except (OSError, ValueError):
            continue  # it ended meanwhile
        found += [int(place.name)] if int(session) == leader and state != "Z" else []
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="sends signals to processes by id")
@pytest.mark.slow
def test_a_batch_that_is_killed_goes_on_to_the_grades_of_one_that_was_not(
    lay, grader, monkeypatch, tmp_path
):
    folder, undisturbed = lay(CLASS)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "_warm_grader", lambda *_: grader)
        grade(folder, undisturbed)
    wanted = write_grades(undisturbed).read_text()
    record = Record(tmp_path / "killed")
    start = "from assay.commands.cli import main; main()"
    command = [sys.executable, "-c", start, "batch", str(folder), "--out", str(record.out)]
    command += ["--jobs", "1", "--seed", "0", "--allow-unconfined", "--no-pages"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    end = time.monotonic() + 60
    with process(command, **quiet) as first:
        while not list(record.results()) and time.monotonic() < end:
            time.sleep(0.005)
        first.kill()  # the process alone, not its group
        assert first.wait(5) == -signal.SIGKILL
        while session_of(first.pid) and time.monotonic() < end:
            time.sleep(0.02)
        assert session_of(first.pid) == []
    before = stamps(record)
    assert 0 < len(before) < len(CLASS), "it was killed in the middle"
    assert not (record.out / "grades.csv").exists()
    # One of the five cannot be read: not all are graded.
    assert subprocess.run(command, check=False, timeout=60, **quiet).returncode == cli.NOT_FULL
    assert (record.out / "grades.csv").read_text() == wanted
    whole = {n: s for n, s in before.items() if n != "eve.json"}
    assert whole.items() <= stamps(record).items(), "what was graded was graded again"


@pytest.mark.parametrize("times", [1, 2])
def test_a_job_that_lacks_memory_is_tried_once_more_and_reported_if_it_lacks_it_again(
    lay, small, monkeypatch, times
):
    folder, record = lay({"ann.py": UNWRITTEN, "bob.py": UNWRITTEN})
    tried, judge = [], small.judge

    def short_of_memory(submission):
        tried.append(submission.name)
        if submission.name == "bob" and tried.count("bob") <= times:
            raise MemoryError("no page is left")
        return judge(submission)

    monkeypatch.setattr(small, "judge", short_of_memory)
    found = grade(folder, record)
    assert tried.count("bob") == 2
    assert found["ann"].score is not None
    if times == 1:
        assert found["bob"].status == "graded"
    else:
        assert found["bob"].score is None
        assert found["bob"].status == "not judged: a fault of the kit: MemoryError: no page is left"


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--seed", "1", "seed 0, this one has 1"),
        ("--seconds-per-call", "9", "--seconds-per-call the default, this one has 9"),
        ("--seconds-per-problem", "60", "--seconds-per-problem the default, this one has 60"),
        ("--packages", "list.txt", "--packages the default, this one has yaml"),
    ],
)
def test_what_would_judge_otherwise_in_the_same_folder_is_refused_with_exit_code_2(
    lay, tmp_path, monkeypatch, option, value, says
):
    folder, record = lay({"ann.py": UNWRITTEN})
    (tmp_path / "list.txt").write_text("pyyaml\n")
    monkeypatch.chdir(tmp_path)
    before = (record.out / "run.json").read_bytes()
    command = ["batch", str(folder), "--out", str(record.out), option, value]
    ran = CliRunner().invoke(cli.main, [*command, "--allow-unconfined"])
    assert ran.exit_code == cli.NOT_GRADED == 2
    assert says in " ".join(ran.output.split())
    assert (record.out / "run.json").read_bytes() == before


@pytest.mark.parametrize("missing", ["nowhere", "empty"])
def test_a_folder_without_submissions_is_refused_with_exit_code_2(tmp_path, missing):
    (tmp_path / "empty").mkdir()
    command = ["batch", str(tmp_path / missing), "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(cli.main, [*command, "--allow-unconfined"])
    assert ran.exit_code == cli.NOT_GRADED
    assert missing in ran.output


def test_a_result_that_no_reader_takes_does_not_end_the_batch(lay, small, monkeypatch):
    # A worker's answer that is no result: a fault of that submission, and the others go on.
    folder, record = lay({f"{n}.py": UNWRITTEN for n in "abc"})
    honest = batch.grade_one
    monkeypatch.setattr(
        batch, "grade_one", lambda job: b'{"score": ' if job.name == "b" else honest(job)
    )
    found = grade(folder, record)
    assert [found[n].score for n in "abc"] == [0.0, None, 0.0]
    assert isinstance(record.result("b"), Result)


def command_over(submissions, out, *more):
    command = ["batch", str(submissions), "--out", str(out), "--jobs", "1", "--allow-unconfined"]
    ran = CliRunner().invoke(cli.main, [*command, *more])
    with (out / "grades.csv").open(newline="") as file:
        return ran, {row["submission"]: row for row in csv.DictReader(file)}


def test_a_canvas_download_is_graded_by_student_and_who_handed_in_nothing_is_a_row(tmp_path):
    submissions, out = lay_zip(tmp_path, CANVAS), tmp_path / "out"
    roster = tmp_path / "roster.csv"
    roster.write_text("name,id\nLovelace Ada,11\n민수 김,12\n=Bo(),15\nChoi,14\n", "utf-8")
    ran, rows = command_over(submissions, out, "--roster", str(roster))
    assert ran.exit_code == cli.NOT_FULL, ran.output
    printed = " ".join(ran.output.split())
    assert "read as a Canvas download, 5; use --from to change this" in printed
    assert "nothing handed in (1): =Bo()" in printed
    assert "not on the roster (2): " in printed
    assert set(rows) == {
        "adalovelace_11",
        "김민수_12",
        "parkji_13",
        "anon_7Fa9x",
        "choi_14",
        "_Bo___15",
    }
    assert rows["_Bo___15"] | {"max_score": ""} == dict.fromkeys(rows["_Bo___15"], "") | {
        "submission": "_Bo___15",
        "status": "nothing handed in",
    }
    assert float(rows["adalovelace_11"]["problem2"]) > 0
    assert rows["choi_14"]["score"] == ""
    assert "no file was handed in" in rows["choi_14"]["status"]
    late = Record(out).result("김민수_12")
    assert late.students == ({"name": "김민수", "user": "12", "late": "yes"},)
    assert late.notes[0] == "handed in late"
    assert late.score == Record(out).result("adalovelace_11").score

    # Bo hands in after all; what was graded is not graded again.
    before = stamps(Record(out))
    lay_zip(tmp_path, CANVAS | {f"bo_15_90_{FILE}": RIGHT_BYTES})
    ran, rows = command_over(submissions, out, "--roster", str(roster))
    assert re.search(r"(\d) of 6 were graded before", ran.output)[1] == "5"
    assert "_Bo___15" not in rows
    assert rows["bo_15"]["score"] == rows["adalovelace_11"]["score"]
    after = stamps(Record(out))
    assert before["adalovelace_11.json"] == after["adalovelace_11.json"]


def test_a_result_without_students_is_still_read():
    result = Result(
        submission="ann",
        score=1.0,
        max_score=1.0,
        isolation="process",
        seed=0,
        kit="0",
        sha256="",
        seconds=0.0,
        checks=(),
    )
    old = msgspec.json.decode(msgspec.json.encode(result))
    del old["students"]
    assert msgspec.convert(old, Result) == result


@pytest.mark.parametrize(
    ("option", "value"),
    [("--roster", "nowhere.csv"), ("--from", "moodle"), ("--from", "blackboard")],
)
def test_what_cannot_be_read_so_ends_with_exit_code_2(lay, option, value):
    folder, record = lay({"ann.py": UNWRITTEN})
    command = ["batch", str(folder), "--out", str(record.out), "--seed", "0", "--allow-unconfined"]
    ran = CliRunner().invoke(cli.main, [*command, option, value])
    assert ran.exit_code == cli.NOT_GRADED, ran.output
    assert value.partition(".")[0] in ran.output.lower()

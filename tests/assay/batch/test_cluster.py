"""A class on Dask: real processes on loopback, some of which are killed in the middle."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import ended
import pytest
from click.testing import CliRunner
from places import ROOT

from assay.commands import cli
from assay.record import Record

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sends signals to processes by id")

PROBLEM = "problem2_projection.py"
MANY = 12
SECONDS = 120


@contextlib.contextmanager
def process(*words, log):
    """A process of Dask's in a session of its own, which ends with the test."""
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with (
        log.open("wb") as out,
        ended.process(command, stdout=out, stderr=out, cwd=ROOT, env=environment) as started,
    ):
        yield started


@contextlib.contextmanager
def scheduler(folder):
    log = folder / "scheduler.log"
    words = ("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with process(*words, log=log) as one:
        address = wait_for(lambda: re.search(r"tcp://127\.0\.0\.1:\d+", log.read_text()))
        yield one, address[0]


def worker(address, log):
    return process(
        "dask_worker",
        address,
        "--nworkers",
        "1",
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
        "--local-directory",
        str(log.parent),
        log=log,
    )


def wait_for(true):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come true")


@pytest.fixture
def submissions(tmp_path):
    """Submissions of which no two are the same; half of them are right."""
    right = (ROOT / "reference" / PROBLEM).read_text("utf-8")
    wrong = (ROOT / "student_template" / PROBLEM).read_text("utf-8")
    for k in range(MANY):
        folder = tmp_path / "class" / f"s{k:02d}"
        folder.mkdir(parents=True)
        (folder / PROBLEM).write_text(f"{wrong if k % 2 else right}\n# {k}\n", "utf-8")
    return tmp_path / "class"


@pytest.fixture
def batch():
    """Starts `assay batch`; it ends with the test."""
    with contextlib.ExitStack() as stack:

        def start(submissions, out, *more):
            command = [sys.executable, "-m", "assay.commands.cli", "batch", str(submissions)]
            command += ["--out", str(out), "--seed", "3", "--allow-unconfined", *more]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            return stack.enter_context(ended.process(command, cwd=ROOT, **pipes))

        yield start


def written(out):
    """How often each result was written, by the changes of its file; to be asked often."""
    places = (out / "results").glob("*.json")
    return {place.stem: place.stat().st_mtime_ns for place in places}


@pytest.mark.slow
def test_a_class_on_two_workers_one_of_which_is_killed(batch, submissions, tmp_path):
    out, seen = tmp_path / "out", {}

    def watch(enough):
        for name, stamp in written(out).items():
            seen.setdefault(name, set()).add(stamp)
        return len(seen) >= enough or run.poll() is not None

    with (
        scheduler(tmp_path) as (_, address),
        worker(address, tmp_path / "one.log") as one,
        worker(address, tmp_path / "two.log"),
    ):
        run = batch(submissions, out, "--scheduler", address)
        wait_for(lambda: watch(2))
        os.killpg(one.pid, signal.SIGKILL)
        assert len(seen) < MANY, "it was killed in the middle"
        wait_for(lambda: watch(MANY + 1))
        printed, _ = run.communicate(timeout=SECONDS)
    assert run.returncode == cli.FULL, printed
    assert sorted(seen) == [f"s{k:02d}" for k in range(MANY)], "none is lost"
    assert {len(stamps) for stamps in seen.values()} == {1}, "none is recorded twice"
    here = CliRunner().invoke(
        cli.main,
        [
            "batch",
            str(submissions),
            "--out",
            str(tmp_path / "here"),
            "--seed",
            "3",
            "--allow-unconfined",
            "--jobs",
            "1",
        ],
    )
    assert here.exit_code == cli.FULL
    grades = (out / "grades.csv").read_bytes()
    assert grades == (tmp_path / "here" / "grades.csv").read_bytes()


@pytest.mark.slow
def test_a_scheduler_that_goes_ends_the_run_with_what_is_graded_kept(batch, submissions, tmp_path):
    out = tmp_path / "out"
    with (
        scheduler(tmp_path) as (chief, address),
        worker(address, tmp_path / "one.log"),
    ):
        run = batch(submissions, out, "--scheduler", address)
        wait_for(lambda: written(out) or run.poll() is not None)
        os.killpg(chief.pid, signal.SIGKILL)
        printed, _ = run.communicate(timeout=SECONDS)
    assert run.returncode == cli.NOT_GRADED, printed
    assert "is gone. What was graded is kept" in " ".join(printed.split())
    assert "Traceback" not in printed
    kept = written(out)
    assert 0 < len(kept) < MANY
    assert all(found.status == "graded" for found in Record(out).results())


FAKE_SBATCH = """#!/bin/sh
sh "$1" >"$1.log" 2>&1 &
echo "Submitted batch job $!"
"""


@pytest.mark.slow
def test_the_documented_workers_on_slurm_grade_a_class(batch, submissions, tmp_path, monkeypatch):
    pytest.importorskip("dask_jobqueue")
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "performance.md").read_text("utf-8"), re.DOTALL
    )
    (program,) = (block for block in blocks if "SLURMCluster" in block)
    assert "jobs=40" in program
    for name, text in (("sbatch", FAKE_SBATCH), ("scancel", "#!/bin/sh\nkill $1\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-c", program.replace("jobs=40", "jobs=2")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with ended.process(command, cwd=tmp_path, env=environment, **pipes) as cluster:
        address = cluster.stdout.readline().strip()
        run = batch(submissions, tmp_path / "out", "--scheduler", address)
        output, _ = run.communicate(timeout=SECONDS)
        assert run.returncode == cli.FULL, output
        assert len(written(tmp_path / "out")) == MANY
        cluster.communicate("\n", timeout=SECONDS)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "tcp://"])
def test_an_address_at_which_nobody_answers_is_reported(
    submissions, tmp_path, address, monkeypatch
):
    monkeypatch.setattr("assay.batch.cluster.CONNECT_SECONDS", 0.5)
    command = ["batch", str(submissions), "--out", str(tmp_path / "out"), "--allow-unconfined"]
    ran = CliRunner().invoke(cli.main, [*command, "--scheduler", address])
    assert ran.exit_code == cli.NOT_GRADED
    assert "no scheduler answers at" in ran.output
    assert written(tmp_path / "out") == {}


def test_without_dask_it_says_how_to_install_it(submissions, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    command = ["batch", str(submissions), "--out", str(tmp_path / "out"), "--allow-unconfined"]
    ran = CliRunner().invoke(cli.main, [*command, "--scheduler", "tcp://127.0.0.1:1"])
    assert ran.exit_code == cli.NOT_GRADED
    assert "pip install 'mfdnn-assay[dask]'" in ran.output

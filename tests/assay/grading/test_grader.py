"""Faults that are not the submission's: each is reported, and nothing is lost or silently 0."""

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from ended import process
from levels import offered
from places import ROOT
from processes import GONE, below, comes_true, state

from assay.commands import cli
from assay.errors import Conflict
from assay.grading.grader import Grader
from assay.isolation.levels import LEVELS
from assay.record import Record
from assay.sandbox.host import Sandbox
from assay.submission import read

REFERENCE = ROOT / "reference" / "problem2_projection.py"
linux = pytest.mark.skipif(sys.platform != "linux", reason="signals and namespaces of Linux")


@pytest.fixture(params=[LEVELS[0], *(pytest.param(x, marks=pytest.mark.slow) for x in LEVELS[1:])])
def level(request):
    if not offered(request.param):
        pytest.skip("this machine does not offer it")
    return request.param


@pytest.fixture
def slow(tmp_path):
    """A correct submission whose every answer takes a while."""
    text = REFERENCE.read_text().replace("import torch\n", "import time\n\nimport torch\n", 1)
    text = text.replace(
        "    y_1, y_2 = y.unbind", "    time.sleep(0.004)\n    y_1, y_2 = y.unbind", 1
    )
    path = tmp_path / "problem2_projection.py"
    path.write_text(text)
    return path


@linux
def test_a_zygote_that_is_killed_in_the_middle_of_a_call_costs_nothing(level, slow):
    with Sandbox(level=level) as sandbox:
        grader = Grader(only="problem2", sandbox=sandbox)
        grader.draw_all()
        wanted = grader.judge(read(REFERENCE))
        first = sandbox.launcher.process.pid
        killer = threading.Timer(0.1, os.kill, (first, signal.SIGKILL))
        killer.start()
        found = grader.judge(read(slow))
        killer.join()
        assert sandbox.launcher.process.pid != first, "it was killed in the middle"
        assert sandbox.level == level
    assert found.status == "graded"
    assert [c.outcome for c in found.checks] == [c.outcome for c in wanted.checks]


@linux
@pytest.mark.slow
def test_zygotes_that_are_killed_again_and_again_are_reported_and_score_nothing(slow):
    with Sandbox() as sandbox:
        grader = Grader(only="problem2", sandbox=sandbox)
        grader.draw_all()
        grader.judge(read(REFERENCE))
        ended = threading.Event()

        def kill_all():
            while not ended.wait(0.02):
                sandbox.launcher.process.kill()

        killer = threading.Thread(target=kill_all)
        killer.start()
        found = grader.judge(read(slow))
        ended.set()
        killer.join()
    assert found.score is None
    assert found.status.startswith("not judged: the kit failed in problem2.")


GRADES = """
import sys
from pathlib import Path
from assay.grading.grader import Grader
from assay.sandbox.host import Sandbox
grader = Grader(only="problem2", sandbox=Sandbox(level=sys.argv[1]))
print(grader.sandbox.launcher.scratch, flush=True)
print(grader.grade(Path(sys.argv[2])), flush=True)
"""


@linux
@pytest.mark.parametrize("how", ["in its call", "while it warms up"])
def test_a_grader_that_is_killed_leaves_no_process_and_no_folder(level, tmp_path, how):
    path = tmp_path / "problem2_projection.py"
    path.write_text("import time\ndef project(y, a):\n    while True: time.sleep(1)\n")
    command = [sys.executable, "-c", GRADES, level, str(path)]
    with process(command, stdout=subprocess.PIPE) as grader:
        scratch = Path(grader.stdout.readline().strip())
        enough = {"sealed": 3, "confined": 2, "process": 2}[level] if how == "in its call" else 1
        assert comes_true(lambda: len(below(grader.pid)) >= enough, 60)
        time.sleep(0.3 if how == "in its call" else 0.05)
        left = below(grader.pid)
        grader.kill()  # the process alone, not its group
        grader.wait(timeout=10)
        assert comes_true(lambda: all(state(pid) in GONE for pid in left), 20)
        assert comes_true(lambda: not scratch.exists(), 5)


FULL = """
import subprocess, sys
from assay.isolation import kernel
kernel.unshare(kernel.CLONE_NEWNS | (0 if sys.argv[1] == "0" else kernel.CLONE_NEWUSER))
kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
kernel.mount("tmpfs", sys.argv[2], "tmpfs", 0, "size=" + sys.argv[3])
run = [sys.executable, "-m", "assay.commands.cli", *sys.argv[4:]]
code = subprocess.run(run).returncode
print("EXIT", code)
from pathlib import Path
print("FILES", sorted(p.name for p in Path(sys.argv[2], "out").rglob("*") if p.is_file()))
kernel.mount("tmpfs", sys.argv[2], "tmpfs", 0x20, "size=16m")  # MS_REMOUNT: room was made
print("AGAIN", subprocess.run(run).returncode)
print((Path(sys.argv[2]) / "out" / "grades.csv").read_text())
"""


@linux
@pytest.mark.slow
def test_a_disk_that_is_full_is_reported_and_the_run_goes_on_when_there_is_room(tmp_path):
    students, disk = tmp_path / "class", tmp_path / "disk"
    students.mkdir()
    disk.mkdir()
    for name in ("ann", "bob", "cy"):
        (students / f"{name}.py").write_text("def project(y, a):\n    return y\n")
    command = [
        sys.executable,
        "-c",
        FULL,
        str(os.geteuid()),
        str(disk),
        "24k",
        "batch",
        str(students),
        "--out",
        str(disk / "out"),
        "--seed",
        "1",
        "--jobs",
        "1",
        "--allow-unconfined",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)
    if "unshare" in done.stderr:
        pytest.skip("this machine offers no namespaces")
    printed = done.stdout + done.stderr
    assert "EXIT 2" in printed, printed
    assert "No space left on device. What was graded is kept" in printed
    assert "Traceback" not in printed
    kept = next(line for line in printed.splitlines() if line.startswith("FILES"))
    assert ".part" not in kept, "a half-written file was left"
    assert "AGAIN 0" in printed
    assert [line.split(",")[0] for line in printed.splitlines() if line.endswith(",graded,")] == [
        "ann",
        "bob",
        "cy",
    ]


HOLDS = """
import sys
from pathlib import Path
from assay.record import Record
with Record(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_in_the_same_folder_is_refused_until_the_first_has_ended(tmp_path):
    students, out = tmp_path / "class", tmp_path / "out"
    students.mkdir()
    (students / "ann.py").write_text("def project(y, a):\n    return y\n")
    command = ["batch", str(students), "--out", str(out), "--jobs", "1", "--allow-unconfined"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with process([sys.executable, "-c", HOLDS, str(out)], cwd=ROOT, **pipes) as first:
        assert first.stdout.readline() == "held\n"
        second = CliRunner().invoke(cli.main, command)
        assert second.exit_code == 2
        assert "another run is writing to" in second.output
        assert [path.name for path in out.iterdir()] == [".lock"], "nothing was begun"
        with pytest.raises(Conflict), Record(out).held():
            pass
        first.kill()
        first.wait(timeout=10)
    with Record(out).held():
        pass


def test_a_damaged_result_is_reported_when_the_class_is_reported(tmp_path):
    record = Record(tmp_path)
    (tmp_path / "results").mkdir()
    with Sandbox() as sandbox:
        result = Grader(only="answers", sandbox=sandbox).judge(read(REFERENCE))
    record.put(result)
    (tmp_path / "results" / "bob.json").write_text('{"submission": "bob", "sco')
    printed = CliRunner().invoke(cli.main, ["report", str(tmp_path)])
    assert "bob.json is damaged and left out" in printed.output


def test_no_verdict_and_no_deadline_reads_a_clock_that_can_be_set():
    # A step of the system's clock moves time.time and datetime.now, not the monotonic clocks.
    settable = {("time", "time"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
    for path in (ROOT / "graders").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in settable, path


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def reaches_target(self): ...\nfor n in (): globals()[n] = getattr(A, n)\n",
        "exec('x = 1')  # reaches_target: to do\n",
        "vars().update(x=1)\nnames = ['importance_terms']\n",
    ],
)
def test_a_problem_that_is_not_solved_reads_so_whatever_the_code_could_bind(grader, tmp_path, text):
    (tmp_path / "Main.py").write_text(text, "utf-8")
    checks = [c for c in grader.checks if c.name == "wins_are_counted_over_all_paths"]
    (outcome,) = grader.judge(read(tmp_path), tuple(checks)).checks
    assert outcome.outcome == "missing"
    assert outcome.message.startswith("Main.py has no function reaches_target")

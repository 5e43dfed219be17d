"""The commands as a person types them: what they print and how they end."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest
from places import ROOT

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")


@pytest.fixture
def assay(tmp_path):
    """Run `assay` as a process, in an empty folder: its exit code, output and errors."""

    def run(*words, cwd=tmp_path):
        command = [sys.executable, "-m", "assay.commands.cli", *map(str, words)]
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def test_full_marks_end_with_0_and_less_with_1(assay, assay_here, tmp_path):
    (tmp_path / "right.py").write_text(PROJECTION)
    (tmp_path / "a wrong.py").write_text(PROJECTION.replace("y_2.clamp(0, 1)", "y_2"))
    code, out, _ = assay_here("check", "right.py", "--only", "problem2")
    assert code == 0
    assert "Score 15 / 15" in out
    law = "project_lands_in_the_set"
    code, out, _ = assay("check", "a wrong.py", "--seed", 5, "--only", law)
    assert code == 1
    shown = " ".join(out.split())
    assert f"again assay check 'a wrong.py' --seed 5 --only {law}" in shown


def test_the_isolation_level_is_the_first_line(assay_here, tmp_path):
    (tmp_path / "a.py").write_text(PROJECTION)
    _, out, _ = assay_here("check", "a.py", "--only", "project_is_idempotent")
    assert out.startswith("isolation: ")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "no Python file"),
        (lambda path: path.write_bytes(b"no archive at all"), ""),
    ],
    ids=["a missing path", "an empty folder", "no archive"],
)
def test_what_cannot_be_graded_is_one_sentence_and_2(assay_here, tmp_path, make, says):
    path = tmp_path / "upload.zip"
    make(path)
    code, _, err = assay_here("check", path)
    assert code == 2
    assert err.startswith("assay: ")
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_an_unknown_check_names_the_nearest(assay_here):
    code, _, err = assay_here("check", ".", "--only", "project_is_neerest")
    assert code == 2
    assert "project_is_nearest" in err


def test_start_lays_out_a_folder_that_scores_zero_and_replaces_nothing(assay_here, tmp_path):
    code, out, _ = assay_here("start", "mine")
    assert code == 0
    mine = tmp_path / "mine"
    names = {p.name for p in mine.iterdir()}
    assert {"README.md", "problem5_gamblers_ruin.py", "nice.safetensors", "digits.npz"} <= names
    (mine / "problem2_projection.py").write_text(PROJECTION)
    code, out, _ = assay_here("start", "mine")
    assert "kept" in out
    assert (mine / "problem2_projection.py").read_text() == PROJECTION
    code, out, _ = assay_here("check", "mine")
    assert code == 1
    assert "Score 15 / 100" in out
    assert "project is not written yet" not in out
    assert out.count("not written yet") == 5
    assert {p.name for p in mine.iterdir()} == names


def test_a_zip_and_its_folder_get_the_same_verdict(assay_here, tmp_path):
    folder = tmp_path / "kim"
    folder.mkdir()
    (folder / "problem2_projection.py").write_text(PROJECTION.replace("2 * max", "max"))
    with zipfile.ZipFile(tmp_path / "kim.zip", "w") as archive:
        archive.write(folder / "problem2_projection.py", "kim/problem2_projection.py")
    printed = [assay_here("check", name, "--only", "problem2")[1] for name in ("kim", "kim.zip")]
    # A command goes on after a backslash.
    words = ([w for w in text.rpartition("(")[0].split() if w != "\\"] for text in printed)
    folder, archive = map(" ".join, words)
    assert folder == archive.replace("kim.zip", "kim")


def test_doctor_tells_the_level_and_how_to_raise_it(assay):
    code, out, _ = assay("doctor")
    assert code == 0
    assert "isolation" in out
    assert "to raise it" in out


def test_report_without_results_says_what_to_run(assay_here, tmp_path):
    code, _, err = assay_here("report", tmp_path / "nothing")
    assert code == 2
    assert "assay batch" in err


def test_help_loads_none_of_the_heavy_libraries():
    code = (
        "import sys; from assay.commands import cli;"
        "sys.exit(bool({'torch', 'sympy', 'hypothesis'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["check", "nowhere"],
        ["check", "empty"],
        ["check", "broken.py"],
        ["check", ".", "--only", "project_is_neerest"],
        ["batch", "nowhere", "--out", "out"],
        ["batch", "empty", "--out", "out"],
    ],
    ids=" ".join,
)
def test_what_needs_no_sandbox_is_answered_before_anything_slow_is_imported(tmp_path, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.py").write_text("def project(")
    command = [sys.executable, "-X", "importtime", "-m", "assay.commands.cli", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "\nassay: " in done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not imported & {"torch", "hypothesis", "sympy"}


def test_verify_shows_a_case_by_name(assay_here):
    code, out, _ = assay_here(
        "verify", "--only", "mutant problem2_projection no_clamp", "--verbose"
    )
    assert code == 0
    assert "2 cases, 0 judged incorrectly" in out  # the reference is always one


def test_a_flow_that_is_none_is_refused(assay_here, tmp_path):
    (tmp_path / "nice.pt").write_bytes(b"not a checkpoint")
    (tmp_path / "a.py").write_text(PROJECTION)
    code, _, err = assay_here("check", "a.py", "--flow", "nice.pt")
    assert code == 2
    assert err.startswith("assay: --flow nice.pt: ")


def test_read_shows_a_document_of_the_homework_that_is_named(assay_here):
    code, out, err = assay_here("read", str(ROOT / "tests" / "written" / "seed.txt"))
    assert (code, err) == (0, "")
    assert "Problem 4 (a)" in out


def test_of_files_with_none_of_the_functions_it_is_said_so(assay_here, tmp_path):
    (tmp_path / "hello.py").write_text("def hello(): pass\n", "utf-8")
    code, out, _ = assay_here("check", "hello.py")
    assert code == 1
    assert "hello.py defines none of the functions that Homework 10 asks for" in out
    assert "next: write problem1_log_derivative.py" in out
    (tmp_path / "hello.py").write_text("def project(y, a):\n    raise NotImplementedError\n")
    assert "defines none" not in assay_here("check", "hello.py", "--only", "problem2")[1]


def test_a_hint_is_of_one_check_and_fits_the_terminal(assay_here, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    code, out, _ = assay_here("hint", "project_is_nearest")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 60
    code, out, err = assay_here("hint", "problem2")
    assert (code, out) == (2, "")
    assert "problem2 is more than one check: name one of " in err


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is closed is another error there")
@pytest.mark.parametrize("words", [["doctor"], ["hint", "project_is_nearest"], ["--help"]])
def test_a_reader_that_has_enough_ends_a_command_in_silence(words):
    command = [sys.executable, "-u", "-m", "assay.commands.cli", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
        done.stdout.close()
        assert done.stderr.read() == b""
        assert done.wait(60) == 1


def test_a_class_whose_output_nobody_reads_any_more_has_its_grades(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "problem2_projection.py").write_text("x = 1\n", "utf-8")
    command = [sys.executable, "-u", "-m", "assay.commands.cli", "batch", "class", "--out", "out"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as batch:
        batch.stdout.readline()  # the isolation: then the class begins
        batch.stdout.close()
        said = batch.stderr.read()
    assert said == b""
    assert (tmp_path / "out" / "grades.csv").read_text("utf-8").startswith("submission,score")

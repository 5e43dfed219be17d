"""Code that takes too long is cut off, whatever it catches."""

import threading
import time

import pytest

from assay.sandbox import student as students
from assay.sandbox.limits import CutOff, importer, limited


def student_code(text):
    """Run text as a student's."""
    exec(compile(text, "<hw.py>", "exec"), {})


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "def g():\n    while True: max(1, 2)\ng()",
        "while True:\n    try:\n        max(1, 2)\n    except Exception:\n        pass",
        "list(map(lambda x: x, iter(int, 1)))",
    ],
)
def test_code_without_end_is_cut_off(text):
    started = time.process_time()
    with pytest.raises(CutOff), limited(0.1):
        student_code(text)
    assert 0.05 < time.process_time() - started < 0.9


def test_code_that_waits_is_cut_off_too():
    with pytest.raises(CutOff), limited(0.1):
        student_code("import time\ntime.sleep(20)")


def test_nothing_is_cut_off_after_the_limit_or_before_it():
    with limited(0.2):
        student_code("x = 1")
    student_code("import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: 0")


def test_an_outer_limit_does_not_count_the_time_of_an_inner_one():
    with limited(0.3):
        with limited(2.0):
            student_code(
                "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: 0"
            )
        with pytest.raises(CutOff):
            student_code("while True: pass")


def test_a_thread_has_no_limit_and_no_error():
    done = []

    def work():
        with limited(0.1):
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]


def test_the_importer_is_the_students_file_and_nobody_elses():
    assert importer() is None
    found = {}
    exec(compile("frame = importer()", "<hw.py>", "exec"), found | {"importer": importer}, found)
    assert found["frame"].f_code.co_filename == "<hw.py>"


SWALLOWING = {
    "bare except": "while True:\n    try:\n        max(1, 2)\n    except:\n        pass\n",
    "BaseException": "while True:\n    try:\n        max(1, 2)\n    except BaseException: pass\n",
    "finally": "while True:\n    try:\n        max(1, 2)\n    finally:\n        continue\n",
    "a call of C": "sum(iter(int, 1))\n",
}


@pytest.mark.parametrize("text", SWALLOWING.values(), ids=SWALLOWING)
def test_a_cut_off_that_is_swallowed_ends_the_process_and_the_statement_is_left_out(
    student_of, monkeypatch, text
):
    # A file without time of its own: half a second for each statement.
    monkeypatch.setattr(students, "FILE_SECONDS", 0.0)
    student = student_of(f"def f(): return 1\n{text}")
    assert student.f() == 1
    (note,) = student.notes
    assert note.startswith("problem.py, line 2 was skipped: it took too long")

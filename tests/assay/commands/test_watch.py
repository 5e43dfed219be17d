"""`assay check --watch` grades again when a file is saved."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading

from places import ROOT

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")


def test_saving_a_file_grades_it_again(tmp_path):
    path = tmp_path / "problem2_projection.py"
    path.write_text(PROJECTION.replace("y_2.clamp(0, 1)", "y_2"))
    command = [
        sys.executable,
        "-u",
        "-m",
        "graders.cli",
        "check",
        ".",
        "--watch",
        "--only",
        "project_lands_in_the_set",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout])
        reader.start()
        try:
            assert "Score 0 / 1.5" in next_score(lines)
            path.write_text(PROJECTION)
            assert "Score 1.5 / 1.5" in next_score(lines)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
            reader.join()


def next_score(lines: queue.Queue[str]) -> str:
    while not (line := lines.get(timeout=90)).startswith("Score"):
        pass
    return line

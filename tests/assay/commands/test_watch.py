"""`assay check --watch` grades again when a file is saved, and writes the page again."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

from ended import process
from places import ROOT

PROJECTION = (ROOT / "reference" / "problem2_projection.py").read_text("utf-8")
COMMAND = [sys.executable, "-u", "-m", "assay.commands.cli", "check", ".", "--watch"]


def test_saving_a_file_grades_it_again(tmp_path):
    path = tmp_path / "problem2_projection.py"
    path.write_text(PROJECTION.replace("y_2.clamp(0, 1)", "y_2"))
    command = [*COMMAND, "--only", "project_lands_in_the_set", "--page", "--no-open"]
    with process(command, cwd=tmp_path, stdout=subprocess.PIPE) as watching:
        lines: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(
            target=lambda: [lines.put(line) for line in watching.stdout], daemon=True
        )
        reader.start()
        assert "0</strong> of 2" in next_page(lines)
        assert "Score 0 / 2" in next_score(lines)
        path.write_text("def project(")  # half saved
        while "not valid Python" not in lines.get(timeout=60):
            pass
        path.write_text(PROJECTION)
        assert "2</strong> of 2" in next_page(lines)
        assert "Score 2 / 2" in next_score(lines)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(timeout=20) == 0
        reader.join(timeout=10)


def next_page(lines: queue.Queue[str]) -> str:
    """The page that is written next, which a browser loads again by itself."""
    while not (line := lines.get(timeout=60)).startswith("page: "):
        pass
    text = Path(line.removeprefix("page: ").strip()).read_text("utf-8")
    assert 'http-equiv="refresh"' in text
    return text


def next_score(lines: queue.Queue[str]) -> str:
    while not (line := lines.get(timeout=60)).startswith("Score"):
        pass
    return line

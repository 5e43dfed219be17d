"""`make demo`: grades an example class as an instructor would, then shows one student's view."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from example_class import lay_out
from places import ROOT

ASSAY = [sys.executable, "-m", "assay.commands.cli"]


def main() -> None:
    """Lay the class out in demo/class, grade it into demo/results, explain one submission."""
    demo = ROOT / "demo"
    lay_out(demo / "class")
    show("batch", "demo/class", "--out", "demo/results", "--seed", "7", "--allow-unconfined")
    show("check", "demo/class/chloe", "--seed", "7")


def show(*words: str) -> None:
    """Print a command, and run it."""
    print(f"\n$ assay {' '.join(words)}", flush=True)
    finished = subprocess.run([*ASSAY, *words], cwd=ROOT, check=False)
    if finished.returncode == 2:
        sys.exit(2)


if __name__ == "__main__":
    main()

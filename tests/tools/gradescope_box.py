"""The upload for Gradescope, tried in a container like Gradescope's: `make gradescope-box`.

    python tests/tools/gradescope_box.py

`assay gradescope-zip` packs the kit. Its `setup.sh` runs once, then `run_autograder` on a correct
and on a wrong submission, each in a new container without network, with the folders, half a
processor and the 768 MiB of Gradescope's default. Two things differ, as the output says: Python and
the system's libraries are this machine's, so `apt-get` does nothing; and without a network pip
finds what the kit requires already there, as the packages of this environment.
"""

from __future__ import annotations

import json
import shutil
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import container
import msgspec
from container import Ended, Layers, kind_here
from control_groups import described
from example_class import SKIPPED, mutant
from gradebooks import Gradescope
from msgspec import UNSET
from places import ROOT

from assay.gradescope.pack import pack

SITE = "/autograder/venv/lib/python{}.{}/site-packages".format(*sys.version_info[:2])
MINE = "mfdnn_assay* _editable_impl_mfdnn_assay*"  # this checkout, as the environment has it
MODULE = "problem2_projection"
METADATA = {
    "id": 1,
    "created_at": "2026-06-01T12:00:00.000000-07:00",
    "assignment": {"id": 10, "title": "Homework 10", "total_points": "100.0"},
    "users": [{"id": 1, "name": "Ada L", "email": "ada@uni.edu"}],
    "previous_submissions": [],
}
APT_GET = '#!/bin/sh\necho "apt-get $*: not run, there is no network here"\n'


class Graded(NamedTuple):
    """One run of `run_autograder`."""

    ended: Ended
    results: Gradescope

    @property
    def level(self) -> str:
        """The isolation level that the results name."""
        return self.results.output.rpartition("isolation: ")[2]

    def __str__(self) -> str:
        peak = f"{self.ended.peak >> 20} MiB at most" if self.ended.peak else "memory not measured"
        said = [f"{self.ended.seconds:.0f} s", peak]
        if self.ended.killed:
            said.append(f"{self.ended.killed} processes killed for want of memory")
        if self.results.score is UNSET:
            return ", ".join([self.results.output, *said])
        return ", ".join([f"score {self.results.score:g}", f"isolation {self.level}", *said])


class Box:
    """The image that `setup.sh` leaves, and containers of it, in a folder.

    Raises:
        OSError: this machine can make no container; it says why.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.kind = folder, kind_here()
        self.image: tuple[Path, ...] = (folder / "image",)
        self.packages: tuple[Path, ...] = (Path(sysconfig.get_paths()["purelib"]),)

    def build(self, seed: int = 7) -> Ended:
        """Unpack the upload as the harness does, and run its `setup.sh`."""
        autograder = self.image[0] / "autograder"
        pack(self.folder / "autograder.zip", seed)
        with zipfile.ZipFile(self.folder / "autograder.zip") as archive:
            archive.extractall(autograder / "source")
        shutil.copy(autograder / "source" / "run_autograder", autograder)
        (autograder / "run_autograder").chmod(0o755)
        stub = self.image[0] / "box" / "bin" / "apt-get"
        stub.parent.mkdir(parents=True)
        stub.write_text(APT_GET)
        stub.chmod(0o755)
        layers = self.layers("setup")
        script = f"cd {SITE} && rm -rf {MINE} && exec bash /autograder/source/setup.sh"
        ended = self.run(layers, "sh", "-c", script)
        self.image = (layers.changes, *self.image)
        self.packages = (layers.site_changes, *self.packages)
        return ended

    def grade(self, submission: Path) -> Graded:
        """Run `run_autograder` on a submission in a new container."""
        layers = self.layers(submission.name)
        place = layers.changes / "autograder"
        shutil.copytree(submission, place / "submission")
        (place / "submission_metadata.json").write_text(json.dumps(METADATA))
        (place / "results").mkdir()
        ended = self.run(layers, "/autograder/run_autograder", is_limited=True)
        body = (place / "results" / "results.json").read_bytes()
        return Graded(ended, msgspec.json.decode(body, type=Gradescope))

    def run(self, layers: Layers, *command: str, is_limited: bool = False) -> Ended:
        """Run a command in a container."""
        return container.run(layers, [*command], self.kind, is_limited=is_limited)

    def layers(self, name: str) -> Layers:
        """What a new container of the image sees."""
        own = self.folder / "containers" / name
        return Layers(self.image, self.packages, own, Path(sys.base_prefix), SITE)


def lay_out(folder: Path) -> tuple[Path, Path]:
    """A correct submission of all problems, and one of a single problem that has a mistake."""
    correct, wrong = folder / "correct", folder / "wrong"
    shutil.copytree(ROOT / "reference", correct, ignore=SKIPPED)
    wrong.mkdir()
    (wrong / f"{MODULE}.py").write_text(mutant(MODULE, "no_clamp"), "utf-8")
    return correct, wrong


def main() -> None:
    """Build the box, grade both submissions, and say what each took."""
    with tempfile.TemporaryDirectory(prefix="assay-box-") as name:
        box = Box(Path(name))
        print(f"container  as {box.kind}, no network; {described()}")
        print(f"borrowed   Python {sys.version.split()[0]} and {box.packages[0]}", flush=True)
        built = box.build()
        print(f"setup.sh   {built.seconds:.0f} s, without limits", flush=True)
        if built.status:
            sys.exit(built.output)
        for submission in lay_out(box.folder):
            print(f"{submission.name:<10} {box.grade(submission)}", flush=True)


if __name__ == "__main__":
    main()

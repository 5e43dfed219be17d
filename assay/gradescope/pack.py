"""The zip for Gradescope's autograder: setup.sh, run_autograder, the kit, pinned versions."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import msgspec

from assay.checks import Check
from assay.errors import InvalidInput
from assay.files import write
from assay.gradescope.run import UPLOADED, Upload
from assay.homework import Homework, built_in, find
from assay.outcome import Outcome, Result
from assay.report import rubric as rubrics

HERE = Path(__file__).parent
HOME = HERE.parents[1]
SCRIPTS = ("setup.sh", "run_autograder")
_DATE = (1980, 1, 1, 0, 0, 0)  # fixed: the same kit and seed make the same upload


def pack(
    target: Path,
    seed: int,
    *,
    wheel: Path | None = None,
    rubric: Path | None = None,
    homework: Homework | None = None,
) -> None:
    """Write the upload.

    Args:
        target: the zip; an existing file is replaced.
        seed: the seed of the inputs, the same for the whole class.
        wheel: the kit; None builds it from the checkout.
        rubric: how to score; it is validated against the homework's checks first.
        homework: what is graded; Homework 10 is in the kit, any other is added.
    Raises:
        InvalidInput: there is neither a wheel nor a checkout, or the rubric makes no sense.
        OSError: a file cannot be read or written.
    """
    homework = homework or find()
    name, kit = (wheel.name, wheel.read_bytes()) if wheel else _built()
    files = {
        "upload.json": msgspec.json.encode(Upload(seed)),
        "constraints.txt": _constraints(),
        f"kit/{name}": kit,
        **{script: (HERE / script).read_bytes() for script in SCRIPTS},
    }
    if rubric:
        files["rubric.toml"] = _validated(rubric, homework)
    if homework != built_in():
        files |= _files_of(homework)
    write(target, _zipped(files))


def _zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files; the scripts are executable."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path in SCRIPTS else 0o100644) << 16
            archive.writestr(entry, content)
    return body.getvalue()


def _built() -> tuple[str, bytes]:
    """The wheel of the checkout."""
    if not (HOME / "pyproject.toml").exists():
        raise InvalidInput("there is no checkout to build a wheel from: add --wheel FILE.whl")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)  # noqa: S603
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise InvalidInput(f"the wheel cannot be built ({why}): add --wheel FILE.whl")
        return wheels[0].name, wheels[0].read_bytes()


def _constraints() -> bytes:
    """The versions that the checkout pins, otherwise those that are installed here."""
    path = HOME / "constraints.txt"
    if path.exists():
        return path.read_bytes()
    pins = {f"{d.name}=={d.version.partition('+')[0]}" for d in distributions()}
    return "\n".join(sorted(pins)).encode()


def _files_of(homework: Homework) -> dict[str, bytes]:
    """The homework without its answers, as files of the upload."""
    homes = (homework.folder / "graders", homework.template_folder)
    paths = (path for home in homes for path in sorted(home.rglob("*")) if path.is_file())
    return {
        f"{UPLOADED}/{path.relative_to(homework.folder).as_posix()}": path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }


def _validated(path: Path, homework: Homework) -> bytes:
    """A rubric that makes sense for a result of every check."""
    checks = tuple(_passed(check) for check in homework.checks())
    result = Result(
        submission="",
        score=0,
        max_score=0,
        isolation="",
        seed=0,
        kit="",
        sha256="",
        seconds=0,
        checks=checks,
    )
    body = path.read_bytes()
    try:
        rubrics.apply(rubrics.read(rubrics.decode(body), [result]), [result])
    except InvalidInput as fault:
        raise InvalidInput(f"{path}: {fault}") from None
    return body


def _passed(check: Check) -> Outcome:
    return Outcome(
        id=check.id,
        problem=check.problem,
        part=check.part,
        title=check.title,
        outcome="passed",
        points=check.points,
        max_points=check.points,
    )

"""A module of a package is run as what it is: with its full name, and its package around it."""

import io
import tarfile
from pathlib import Path

import pytest
from downloads import zipped

from assay.grading.grader import Grader
from assay.submission import read

MODULE = "problem2_projection"
CHECK = "project_lands_in_the_set"
PROJECT = """
def project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), bounded(y[..., 1])], -1)
"""
BOUNDED = "import torch\ndef bounded(t): return t.clamp(LOW, 1)\n"
LOW = "LOW = 0\n"


def packed(files: dict[str, str], root: Path, form: str) -> Path:
    """The files as a folder, a zip or a tar."""
    contents = {name: text.encode() for name, text in files.items()}
    if form == "zip":
        (root / "hand in.zip").write_bytes(zipped(contents))
        return root / "hand in.zip"
    if form == "tar":
        with tarfile.open(root / "me.tar.gz", "w:gz") as archive:
            for name, content in contents.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return root / "me.tar.gz"
    for name, content in contents.items():
        (root / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "work" / name).write_bytes(content)
    return root / "work"


LAYOUTS = {
    "the package's face": {
        "repo/src/hw10/__init__.py": "from importlib.metadata import version\n"
        "from .core.solve import project\n__version__ = version('hw10-mine')\n",
        "repo/src/hw10/core/__init__.py": "",
        "repo/src/hw10/core/solve.py": "import torch\nfrom .bounds import bounded\n" + PROJECT,
        "repo/src/hw10/core/bounds.py": "from hw10.core.types import LOW\n" + BOUNDED,
        "repo/src/hw10/core/types.py": LOW,
    },
    "a module that its package imports": {
        "hw10/__init__.py": "from . import solve\nfrom .solve import *\n",
        "hw10/solve.py": "import torch\nfrom .bounds import bounded\n" + PROJECT,
        "hw10/bounds.py": "from . import types\nfrom .types import LOW\n" + BOUNDED,
        "hw10/types.py": LOW,
    },
    "problem files in a deep package": {
        "repo/src/hw10/__init__.py": LOW,
        "repo/src/hw10/problems/__init__.py": "",
        f"repo/src/hw10/problems/{MODULE}.py": "import torch\nfrom ..tools.bounds import bounded\n"
        "assert (__name__, __package__) == "
        "('hw10.problems.problem2_projection', 'hw10.problems')\n" + PROJECT,
        "repo/src/hw10/tools/__init__.py": "",
        "repo/src/hw10/tools/bounds.py": "from .. import LOW\n" + BOUNDED,
        "repo/tests/test_it.py": "from hw10.tools.bounds import bounded\n",
    },
    "what is inside the package's folder": {
        "__init__.py": "",
        f"{MODULE}.py": "import torch\nfrom .bounds import bounded\n" + PROJECT,
        "bounds.py": "from homework.types import LOW\n" + BOUNDED,
        "types.py": LOW,
    },
    "no __init__.py": {
        f"hw/{MODULE}.py": "import torch\nfrom .lib.bounds import bounded\n" + PROJECT,
        "hw/lib/bounds.py": "from ..types import LOW\n" + BOUNDED,
        "hw/types.py": LOW,
    },
    "a script beside the package": {
        "repo/main.py": "import torch\nfrom hw10.bounds import bounded\n" + PROJECT,
        "repo/src/hw10/__init__.py": "",
        "repo/src/hw10/bounds.py": "from .types import LOW\n" + BOUNDED,
        "repo/src/hw10/types.py": LOW,
    },
    "names that a package cannot have": {
        "HW 10/code/__init__.py": "",
        "HW 10/code/solve (1).py": "import torch\nfrom .bounds import bounded\n" + PROJECT,
        "HW 10/code/bounds.py": LOW + BOUNDED,
        "HW 10/class/__init__.py": "",
    },
    "data beside a module": {
        "hw10/__init__.py": "",
        "hw10/solve.py": "import torch\nfrom .bounds import bounded\n" + PROJECT,
        "hw10/bounds.py": "from pathlib import Path\n"
        "LOW = float((Path(__file__).parents[1] / 'data' / 'low.txt').read_text())\n" + BOUNDED,
        "data/low.txt": "0.0",
    },
    "an __init__.py that is not needed": {
        "__init__.py": "1 / 0\n",
        f"{MODULE}.py": "import torch\nfrom bounds import bounded\n" + PROJECT,
        "bounds.py": LOW + BOUNDED,
    },
}


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_module_of_a_package_finds_the_rest_of_it(
    grader: Grader, tmp_path: Path, layout: str, form: str
) -> None:
    found = read(packed(LAYOUTS[layout], tmp_path, form))
    checks = tuple(c for c in grader.checks if c.name == CHECK)
    result = grader.judge(found, checks, shrink_seconds=0.0)
    assert result.checks[0].outcome == "passed", (result.checks[0].message, result.notes)
    skipped = [note for note in result.notes if "skipped" in note]
    assert len(skipped) == (layout in ("the package's face", "an __init__.py that is not needed"))


def test_a_package_that_is_no_python_is_what_its_modules_complain_about(
    grader: Grader, tmp_path: Path
) -> None:
    files = {**LAYOUTS["data beside a module"], "hw10/__init__.py": "def ("}
    found = read(packed(files, tmp_path, "folder"))
    checks = tuple(c for c in grader.checks if c.name == CHECK)
    (outcome,) = grader.judge(found, checks, shrink_seconds=0.0).checks
    assert outcome.outcome == "raised"
    assert "SyntaxError" in outcome.message


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"a/b/__init__.py": "", "a/b/c.py": ""}, {"a/b/c.py": "b.c", "a/b/__init__.py": "b"}),
        ({"a/__init__.py": "", "a/b/c.py": ""}, {"a/b/c.py": "a.b.c"}),
        ({"a/__init__.py": "", "c.py": ""}, {"c.py": "c"}),
        ({"a/__init__.py": "", "a/__main__.py": ""}, {"a/__main__.py": "a.__main__"}),
        ({"x/a/b.py": "from ..c import d"}, {"x/a/b.py": "x.a.b"}),
    ],
)
def test_the_full_name_starts_at_the_outermost_package(
    tmp_path: Path, files: dict[str, str], names: dict[str, str]
) -> None:
    files = {"problem9_no.py": "", **files}
    found = {s.origin: s.full_name for s in read(packed(files, tmp_path, "folder")).sources}
    assert {name: found[name] for name in names} == names

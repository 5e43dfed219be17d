"""What IPython adds to Python: `get_ipython`, `display`, `In`, `Out`, and what magics do."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from pathlib import Path

from assay.protocol import wire
from assay.sandbox.execute import Namespace, Runner
from assay.sandbox.stand_ins import Nothing

PYLAB = "import numpy as np\nimport matplotlib.pyplot as plt\nfrom numpy import *\n"
# Cell magics that run their cell as Python.
RUNNING = frozenset({"time", "timeit", "capture", "prun"})


class Shell(Nothing):
    """`get_ipython()`: its magics act on the namespace and the folder; the rest does nothing."""

    def __init__(self, runner: Runner, namespace: Namespace) -> None:
        super().__init__("IPython", "get_ipython")
        self.user_ns = namespace
        self._runner = runner

    def __call__(self, *_: object, **__: object) -> Shell:
        """The shell itself: this is `get_ipython` too."""
        return self

    def run_line_magic(self, name: str, line: str = "", *_: object) -> object:
        """`%name line`."""
        if name in RUNNING:
            self.run_cell(line)
        elif name == "run":
            self._run_file(line)
        elif name == "cd":
            os.chdir(Path(line.strip().strip("'\"") or ".").expanduser())
        elif name in ("env", "set_env") and line.strip():
            key, value = (*re.split(r"\s*=\s*|\s+", line.strip(), maxsplit=1), "")[:2]
            os.environ[key] = value
        elif name == "pylab":
            self.run_cell(PYLAB)
        return str(Path.cwd()) if name == "pwd" else None

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """`%%name line`, with the cell below it."""
        if name in RUNNING or name == "assay":
            self.run_cell(cell)
        elif name in ("writefile", "file"):
            options = shlex.split(line)
            path = Path(options[-1])
            path.parent.mkdir(parents=True, exist_ok=True)
            appends = not {"-a", "--append"}.isdisjoint(options[:-1])
            with path.open("a" if appends else "w", encoding="utf-8") as file:
                file.write(cell)

    def magic(self, text: str) -> object:
        """`%text`."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def run_cell(self, text: str, *_: object, **__: object) -> None:
        """Run a piece of Python as if it stood where this is called."""
        at = f"{self._runner.place}, in a magic"
        self._runner.run(wire.Cell(at, text), self.user_ns)

    def system(self, command: str) -> None:
        """`!command`: no process can be started here, but a folder can be made."""
        with contextlib.suppress(ValueError):
            words = shlex.split(command)
            for word in words[1:] if words[:1] == ["mkdir"] else ():
                if not word.startswith("-"):
                    Path(word).mkdir(parents=True, exist_ok=True)

    def getoutput(self, command: str, *_: object) -> list[str]:
        """`!!command`: no line of output."""
        self.system(command)
        return []

    def _run_file(self, line: str) -> None:
        path = Path(next(word for word in shlex.split(line) if not word.startswith("-")))
        if not path.suffix:
            candidates = [path.with_suffix(".py"), path.with_suffix(".ipynb")]
            path = next((each for each in candidates if each.exists()), candidates[0])
        self._runner.run(wire.Cell(str(path), path.read_text("utf-8")), self.user_ns)


def provide(runner: Runner, namespace: Namespace) -> None:
    """Put IPython's names into a namespace; modules that it imports get those of its functions."""
    runner.given = {"get_ipython": Shell(runner, namespace), "display": Nothing("IPython")}
    namespace |= runner.given
    inputs = [""]
    namespace |= {"In": inputs, "_ih": inputs, "Out": {}, "_": "", "exit": _leave}


def _leave(*_: object) -> None:
    raise SystemExit

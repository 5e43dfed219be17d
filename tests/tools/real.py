"""Submissions as students write them, drawn from the reference by chance: `make real`.

    python tests/tools/real.py COUNT [SEED] [FOLDER]

Half of the draws are correct and must keep full points. The others hold one mutant of
`tests/mutants/`: its problem must lose points, and no other problem may. A draw that ends otherwise
is printed with its styles, and kept in FOLDER where one is given.
"""

from __future__ import annotations

import ast
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import styles

from assay.commands.verify import Case, cases
from assay.grading.grader import Grader
from assay.homework import Homework, find
from assay.outcome import Result, section

LAYOUTS = ("files", "own names", "one file", "notebook", "exported notebook")
AS_NOTEBOOK = ("notebook", "exported notebook")
EXPORT = "#!/usr/bin/env python\n# coding: utf-8\n\n"
# Of these a float32 result is another number than asked for: known pixels to the last bit,
# probabilities of 600 games.
EXACT = ("problem3", "problem5")


class Draw(NamedTuple):
    """One submission: the file or folder, what it is made of, and the problem with a mutant."""

    path: Path
    said: str
    mutated: str


class Maker:
    """Draws submissions; the same seed gives the same ones."""

    def __init__(self, homework: Homework, seed: int) -> None:
        self.homework, self.dice = homework, Random(seed)
        self.modules = homework.problem_modules()
        known = list(cases(homework))
        self.mutants = [case for case in known if case.expected == "less"]
        self.alternatives = [case for case in known if case.name.startswith("alternative ")]
        self.reference = {module: _text(known[0], module) for module in self.modules}

    def draw(self, folder: Path, *, mutated: bool) -> Draw:
        """Write one submission into a folder that does not exist yet."""
        dice, layout = self.dice, self.dice.choice(LAYOUTS)
        texts, said, module = dict(self.reference), [layout], ""
        if mutated:
            case = dice.choice(self.mutants)
            texts[case.module], module = _text(case, case.module), case.module
            said.append(case.name)
        elif layout in ("files", "own names"):
            for case in dice.sample(self.alternatives, 2):
                texts[case.module] = _text(case, case.module)
                said.append(case.name)
        styled = {name: self._styled(name, text, said) for name, text in texts.items()}
        around = dice.sample(sorted(styles.AROUND), dice.randrange(4))
        said += around
        folder.mkdir()
        write = getattr(self, f"_write_{layout.replace(' ', '_')}")
        path = write(folder, styled, [styles.AROUND[name] for name in around], said)
        return Draw(path, ", ".join(said), module.partition("_")[0])

    def _styled(self, module: str, text: str, said: list[str]) -> str:
        """One problem's text in another style."""
        dice, tree = self.dice, ast.parse(text)
        chosen = [c for c in styles.CHANGES if dice.random() < 0.3]
        results = [r for r in styles.RESULTS if r is not styles.floats or not self._exact(module)]
        chosen += [dice.choice(results)] if dice.random() < 0.3 else []
        graded = self.homework.functions_of(module)
        for change in chosen:
            change(tree, graded, dice)
            said.append(f"{module.partition('_')[0]} {change.__name__}")
        return ast.unparse(ast.fix_missing_locations(tree)) if chosen else text

    def _exact(self, module: str) -> bool:
        return module.startswith(EXACT)

    def _write_files(
        self, folder: Path, texts: dict[str, str], around: list[str], said: list[str]
    ) -> Path:
        for module, text in texts.items():
            here = around.pop() if around and self.dice.random() < 0.5 else ""
            (folder / f"{module}.py").write_text(_with(text, here), "utf-8")
        return folder

    def _write_own_names(
        self, folder: Path, texts: dict[str, str], around: list[str], said: list[str]
    ) -> Path:
        pattern = self.dice.choice(["p{}.py", "hw10_{}.py", "Problem {}.py", "q{}_final.py"])
        for number, text in enumerate(texts.values(), 1):
            here = around.pop() if around and self.dice.random() < 0.5 else ""
            (folder / pattern.format(number)).write_text(_with(text, here), "utf-8")
        return folder

    def _write_one_file(
        self, folder: Path, texts: dict[str, str], around: list[str], said: list[str]
    ) -> Path:
        pieces = self._pieces(texts, around)
        path = folder / "hw10.py"
        path.write_text("import torch\n" + "\n\n".join(map(_without_future, pieces)), "utf-8")
        return path

    def _write_notebook(
        self, folder: Path, texts: dict[str, str], around: list[str], said: list[str]
    ) -> Path:
        path = folder / "hw10.ipynb"
        cells = [_cell(piece) for piece in self._cells(texts, around, said)]
        metadata = {"kernelspec": {"name": "python3", "language": "python"}}
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
        path.write_text(json.dumps(book), "utf-8")
        return path

    def _write_exported_notebook(
        self, folder: Path, texts: dict[str, str], around: list[str], said: list[str]
    ) -> Path:
        path = folder / "hw10.py"
        cells = (_exported(piece) for piece in self._cells(texts, around, said))
        path.write_text(EXPORT + "\n\n# In[ ]:\n\n\n".join(cells), "utf-8")
        return path

    def _cells(self, texts: dict[str, str], around: list[str], said: list[str]) -> list[str]:
        chosen = self.dice.sample(sorted(styles.IN_NOTEBOOKS), self.dice.randrange(3))
        said += chosen
        return self._pieces(texts, [*around, *(styles.IN_NOTEBOOKS[name] for name in chosen)])

    def _pieces(self, texts: dict[str, str], around: list[str]) -> list[str]:
        """The problems in their order, and the rest anywhere after the first import of torch."""
        pieces = ["import torch\n", *texts.values()]
        for text in around:
            pieces.insert(self.dice.randrange(1, len(pieces) + 1), text)
        return pieces


def judged(draw: Draw, result: Result) -> list[str]:
    """What is wrong with the verdict on a draw, in words."""
    if result.score is None:
        return [result.status]
    lost = {section(o) for o in result.checks if o.points < o.max_points}
    faults = [
        f"{o.id} {o.outcome}: {o.message.partition(chr(10) + 'again')[0]}"
        for o in result.checks
        if o.points < o.max_points and section(o) != draw.mutated
    ]
    if draw.mutated and draw.mutated not in lost:
        faults.append(f"{draw.mutated} keeps full points with its mutant")
    return faults


def draws(count: int, seed: int, folder: Path) -> Iterator[Draw]:
    """Draws, every second one with a mutant."""
    maker = Maker(find(), seed)
    for number in range(count):
        yield maker.draw(folder / f"{number:04}", mutated=number % 2 == 1)


def main(count: int, seed: int = 0, kept: str = "") -> int:
    """Grade draws, and print those that end otherwise than they must; how many."""
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary, Grader(seed=0) as grader:
        folder = Path(kept or temporary)
        folder.mkdir(exist_ok=True)
        for draw in draws(count, seed, folder):
            faults = judged(draw, grader.grade(draw.path))
            wrong += bool(faults)
            for fault in faults:
                print(f"{draw.path.relative_to(folder)} ({draw.said}): {fault}", flush=True)
    print(f"{count} draws from seed {seed}: {wrong} judged incorrectly")
    return wrong


def _text(case: Case, module: str) -> str:
    source = case.submission.source(module, ())
    assert source is not None
    return source.cells[0][1]


def _with(text: str, around: str) -> str:
    """A problem's text with something else before its first function."""
    if not around:
        return text
    body = ast.parse(text).body
    last = max(n.end_lineno or 0 for n in body if isinstance(n, ast.Import | ast.ImportFrom))
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:last], "import torch\n", around, *lines[last:]])


def _without_future(text: str) -> str:
    return text.replace("from __future__ import annotations\n", "")


def _cell(text: str) -> dict[str, object]:
    plain = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    return plain | {"source": text}


def _exported(text: str) -> str:
    """A cell as `jupyter nbconvert --to script` writes it."""
    if text.startswith("%%"):
        head, _, body = text.partition("\n")
        return f"get_ipython().run_cell_magic({head[2:]!r}, '', {body!r})\n"
    lines = []
    for line in text.splitlines():
        if line.startswith("!"):
            line = f"get_ipython().system({line[1:]!r})"
        elif line.startswith("%"):
            name, _, rest = line[1:].partition(" ")
            line = f"get_ipython().run_line_magic({name!r}, {rest!r})"
        lines.append(line)
    return _without_future("\n".join(lines) + "\n")


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(bool(main(int(words[0]), int((words[1:2] or ["0"])[0]), (words[2:3] or [""])[0])))

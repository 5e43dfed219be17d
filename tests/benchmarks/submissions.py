"""Synthetic submissions: deterministic, no two alike in text, of known right and wrong answers."""

from __future__ import annotations

import ast
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from places import ROOT

from assay.commands.verify import cases
from assay.homework import find

Mix = Literal["reference", "mixed"]
Texts = dict[str, str]  # of each problem's file, by module

# Of each problem's files in a mixed class: about one submission in four is right throughout.
SHARES = {"reference": 0.5, "alternative": 0.3, "mutant": 0.2}


@dataclass(frozen=True)
class MadeSubmission:
    """One submission: its files, and the mutants among them, by module."""

    name: str
    texts: Texts
    mistakes: dict[str, str]

    def write(self, folder: Path) -> Path:
        """Write the files into a folder of its name; its path."""
        mine = folder / self.name
        mine.mkdir(parents=True)
        for module, text in self.texts.items():
            (mine / f"{module}.py").write_text(text, "utf-8")
        shutil.copy(ROOT / "reference" / "answers.toml", mine)
        return mine

    def is_one_namespace(self) -> bool:
        """Whether its files can stand in one notebook: none names again what another has named."""
        named = Counter(name for text in self.texts.values() for name in set(names_of(text)))
        return max(named.values()) == 1


def draw_class(count: int, mix: Mix, seed: int = 0) -> list[MadeSubmission]:
    """This many submissions: all of them the reference, or drawn by SHARES, problem by problem."""
    known, draw = known_texts(), random.Random(f"{mix} {seed}")
    shares = SHARES if mix == "mixed" else {"reference": 1.0}
    return [_drawn(f"{mix}{n:05d}", known, shares, draw) for n in range(count)]


def write_class(submissions: Iterable[MadeSubmission], folder: Path) -> Path:
    """Write a class, a folder a submission, into a folder that is made anew; its path."""
    shutil.rmtree(folder, ignore_errors=True)
    for one in submissions:
        one.write(folder)
    return folder


def known_texts() -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Every known answer to a problem, (name, text), by module and by what it is."""
    known: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for case in cases(find()):
        if case.name == "reference":
            reference = case.submission
        elif case.module:
            text = _text(case.submission, case.module)
            kinds = known.setdefault(case.module, {kind: [] for kind in SHARES})
            kinds[case.name.partition(" ")[0]].append((case.name.rpartition(" ")[2], text))
    for module, kinds in known.items():
        kinds["reference"] = [("reference", _text(reference, module))]
    return known


def names_of(text: str) -> Iterable[str]:
    """What a file defines or assigns at its top; imports are no clash."""
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))


def _drawn(
    name: str,
    known: dict[str, dict[str, list[tuple[str, str]]]],
    shares: dict[str, float],
    draw: random.Random,
) -> MadeSubmission:
    texts, mistakes = {}, {}
    for module, kinds in sorted(known.items()):
        kind = draw.choices(list(shares), list(shares.values()))[0]
        which, text = draw.choice(kinds[kind])
        texts[module] = f"{text}\n# Handed in by {name}.\n"
        if kind == "mutant":
            mistakes[module] = which
    return MadeSubmission(name, texts, mistakes)


def _text(submission, module: str) -> str:
    return submission.source(module, frozenset()).cells[0][1]

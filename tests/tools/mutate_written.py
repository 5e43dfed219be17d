r"""Mistakes made in the collected correct written solutions: how many are found, and which are not.

    python tests/tools/mutate_written.py [--all]

Each mutant changes one place of one document: a sign, a factor, a logarithm, an index, a limit, a
bar, m and n, which factor is differentiated. One that keeps full points must stand in
tests/written/survivors.toml with the reason why it is correct; any other, and any reason that is no
longer needed, ends this with status 1.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from places import ROOT
from rich.console import Console
from written import Document, judged, right, unseen

from assay.homework import find

SURVIVORS = ROOT / "tests" / "written" / "survivors.toml"
Q = r"q(?:_\{?\\(?:var)?phi\}?)?(?:\((?:\\mathbf ?)?\{?[zZ]\}?\)|\([zZ](?:;|\|)\\phi\))?"
D = (
    r"(?:\\nabla_\{?\\(?:var)?phi\}?|\\partial_\{?\\phi(?:_i)?\}?"
    r"|\\frac\{(?:\\partial|d)\}\{(?:\\partial ?|d) ?\\phi(?:_i)?\})"
)
SUM_OF_LOGS = r"\\sum(_\{?[a-z](?:=1)?\}?(?:\^\{?C\}?)?) ?\\log ?(\|s_[a-z]\|)"
ANY, ONE, TWO, FOUR, PIXELS = ("1", "2", "4a", "4c"), ("1",), ("2",), ("4a", "4c"), ("4c",)

# name, places, pattern, replacement
CHANGES = (
    ("minus is plus", ("1", "2"), r"(?<=[\s}\])$=&])-(?=[\s\\{(\dq])", "+"),
    ("plus is minus", ("1", "4a", "4c"), r"(?<=[\s}\])|0]) ?\+(?=[\s\\{(\d])", "-"),
    ("a q is lost", ONE, rf"(?<![\\/{{~\w|]){Q}\s*(?=[\\(])(?!\\(?:right|,|mathrm|bigr|Bigr))", ""),
    ("a logarithm is lost", ANY, r"\\(?:log|ln)\b", ""),
    ("a derivative is lost", ONE, rf"{D}(?=\s*(?:\\log|\\ln|{Q}|q))", ""),
    ("h and q change places", ONE, rf"\\frac\{{h(\([zZ]\))?\}}\{{({Q})\}}", r"\\frac{\2}{h\1}"),
    ("q becomes h", ONE, rf"\\log (?:{Q}|\(?{Q}\)?)", r"\\log h(z)"),
    ("a derivative is of h", ONE, rf"({D}) ?\\log {Q}", r"\1 \\log h(z)"),
    ("a 1 is added", ONE, r"(?<=[\s}]) ?(?:\\, ?)?d ?z", r" + 1 dz"),
    ("a factor 2", ANY, r"(?<==) ?(?:\\int|\\sum|mn)", r"2 \g<0>"),
    ("an absolute value is lost", FOUR, r"\|(s_[a-z])\|", r" \1"),
    ("an absolute value is lost", FOUR, r"\\lvert (s_[a-z])\\rvert", r" \1"),
    ("a determinant loses its bars", FOUR, r"\|(\\det ?(?:\([A-Z]\)|[A-Z]))\|", r"\1"),
    ("sum is product", FOUR, r"\\sum", r"\\prod"),
    ("product is sum", FOUR, r"\\prod", r"\\sum"),
    ("the index is 1", FOUR, r"(?<=s_)[ijk]", "1"),
    ("starts at 2", FOUR, r"(?<=[ijk])=1", "=2"),
    ("ends before C", FOUR, r"(?<=\^)(?:C|\{C\})", "{C-1}"),
    ("m n is m", PIXELS, r"m ?n(?![a-z])|m\\cdot n", "m"),
    ("m n is n", PIXELS, r"m ?n(?![a-z])|m\\cdot n", "n"),
    ("m n is m + n", PIXELS, r"m ?n(?![a-z])|m\\cdot n", "(m+n)"),
    ("m n is C m n", PIXELS, r"m ?n(?![a-z])|m\\cdot n", "Cmn"),
    ("log of a sum", FOUR, SUM_OF_LOGS, r"\\log \\sum\1 \2"),
    ("min is max", TWO, r"\\?min(?=[\s\\{(])", r"\\max"),
    ("max is min", TWO, r"\\?max(?=[\s\\{(])", r"\\min"),
    ("a is y_1", TWO, r"(?<=[\[({}\s])a(?=[,\s&\\])", "y_1"),
    ("y_2 is y_1", TWO, r"y_2(?=\)?[,\s&\\}])", "y_1"),
    ("1 is 2", TWO, r"(?<![_\d{])1(?=[)}\s\\,])", "2"),
    ("0 is -1", TWO, r"(?<![_\d.])0(?=[)}\s\\,])", "-1"),
)


class Mutant(NamedTuple):
    """A document with one mistake."""

    document: Document
    change: str
    number: int
    text: str

    @property
    def name(self) -> str:
        """For people, and in the list of survivors."""
        return f"{self.document.name}: {self.change}, {self.number}"


def mutated() -> dict[str, Document]:
    """The correct documents in which mistakes are made."""
    return {name: made for name, made in right().items() if made not in unseen().values()}


def mutants() -> Iterator[Mutant]:
    """Every mutant of every correct document, each text once.

    Those by people who never saw the grammar stay as they are: which of their mistakes are true by
    accident, such as a constant below a derivative, is not listed.
    """
    for document in mutated().values():
        seen = {document.text}
        numbers = Counter[str]()
        for change, places, pattern, new in CHANGES:
            if document.place not in places:
                continue
            for match in re.finditer(pattern, document.text):
                text = (
                    document.text[: match.start()]
                    + match.expand(new)
                    + document.text[match.end() :]
                )
                numbers[change] += 1
                if text not in seen:
                    seen.add(text)
                    yield Mutant(document, change, numbers[change], text)


def main() -> int:
    """Judge every mutant; 1 if one keeps full points without a reason."""
    # The explanation of a mistake takes ten times as long as finding it, and is not looked at here.
    find().module("written.symbols").difference = lambda before, here: ""
    reasons = tomllib.loads(SURVIVORS.read_text("utf-8")) if SURVIVORS.exists() else {}
    known = {name for names in reasons.values() for name in names}
    verdicts, kept = Counter[str](), []
    for mutant in mutants():
        verdict = judged(mutant.text, mutant.document.place).verdict
        verdicts[verdict] += 1
        if verdict == "passed":
            kept.append(mutant)
    console = Console(soft_wrap=True)
    total = sum(verdicts.values())
    console.print(f"{total} mutants of {len(mutated())} written solutions: {dict(verdicts)}")
    new = [mutant for mutant in kept if mutant.name not in known]
    for mutant in new:
        console.print(f"KEPT  {mutant.name}", markup=False)
        if "--all" in sys.argv:
            console.print(_difference(mutant), markup=False)
    gone = known - {mutant.name for mutant in kept}
    for name in sorted(gone):
        console.print(f"GONE  {name}", markup=False)
    return 1 if new or gone else 0


def _difference(mutant: Mutant) -> str:
    old, new = mutant.document.text.splitlines(), mutant.text.splitlines()
    return "\n".join(f"      {b}" for a, b in zip(old, new, strict=False) if a != b)


if __name__ == "__main__":
    sys.exit(main())

"""Damaged written solutions: each must end in a judgement, within limits of time and memory.

    python tests/tools/fuzz_written.py [HOW_MANY [SEED]]

A document is a correct one, or two spliced together, with characters, commands or lines lost,
repeated, exchanged or put in. An exception, a document that takes more than 2 s, or more than 300
MiB in all, ends this with status 1; the document is printed.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from written import PARTS, collected, incorrect, right

SECONDS, MEBIBYTES = 2.0, 300
PIECES = [
    "\\frac{",
    "}",
    "^",
    "_",
    "^{",
    "_{",
    "\\left(",
    "\\right)",
    "\\left|",
    "|",
    "\\|",
    "||",
    "[",
    "]",
    "(",
    ")",
    "\\{",
    "\\}",
    "{",
    "}",
    "$",
    "$$",
    "\\[",
    "\\]",
    "\\\\",
    "&",
    "&&",
    "=",
    ":=",
    "+",
    "-",
    "\\int",
    "dz",
    "\\sum_{i=1}^C",
    "\\prod",
    "\\nabla_\\phi",
    "\\partial",
    "\\log",
    "\\det",
    "\\mathbb{E}",
    "\\mathbb{E}_{",
    "E[",
    "\\over",
    "\\begin{cases}",
    "\\end{cases}",
    "\\begin{bmatrix}",
    "\\end{bmatrix}",
    "\\begin{align}",
    "\\end{align}",
    "\\text{if",
    "}",
    "\\text{",
    "\\operatorname{",
    "\\underbrace{",
    "\\quad",
    ",",
    ".",
    ";",
    "'",
    "\\pm",
    "\\otimes",
    "\\dots",
    "\\newcommand{\\x}{\\x\\x}",
    "\\x",
    "\\def\\y#1{#1#1#1}",
    "\\y{\\y{q}}",
    "10^{9}",
    "999999999999",
    "1e999",
    "0.0.0",
    "\\Rightarrow",
    "∇",
    "φ",
    "∫",
    "𝔼",
    "²",
    "\u202e",
    "\x00",
    "%",
    "```",
]


def damaged(source: random.Random, texts: list[str]) -> str:
    """One damaged document."""
    text = source.choice(texts)
    if source.random() < 0.15:
        other = source.choice(texts)
        text = text[: source.randrange(len(text))] + other[source.randrange(len(other)) :]
    for _ in range(source.choice([1, 1, 2, 3, 5, 10, 30])):
        place = source.randrange(len(text) + 1)
        size = source.choice([1, 1, 2, 5, 20, 100])
        kind = source.randrange(5)
        if kind == 0:
            text = text[:place] + text[place + size :]
        elif kind == 1:
            text = (
                text[:place]
                + source.choice(PIECES) * source.choice([1, 1, 1, 2, 50])
                + text[place:]
            )
        elif kind == 2:
            text = (
                text[:place] + text[place : place + size] * source.choice([2, 3, 40]) + text[place:]
            )
        elif kind == 3:
            other = source.randrange(len(text) + 1)
            text = text[:place] + text[other : other + size] + text[place + size :]
        else:
            text = (
                text[:place]
                + chr(source.choice([0, 9, 10, 92, 123, 125, 36, 124, 0x3C6]))
                + text[place:]
            )
    return text[:50_000]


def main() -> int:
    """Try `count` documents; 1 if one fails."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    texts = [d.text for d in (*right().values(), *incorrect().values())]
    texts += [d.text for d in collected("unreadable").values()]
    PARTS.examine([["warm.md", texts[0]]])
    slowest, before = 0.0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        text = damaged(random.Random(f"{seed}|{number}"), texts)
        started = time.process_time()
        try:
            PARTS.examine([["fuzz.md", text]])
        except BaseException:
            print(f"document {number} of seed {seed}:\n{text}")
            raise
        spent = time.process_time() - started
        slowest = max(slowest, spent)
        if spent > SECONDS:
            print(f"document {number} of seed {seed} took {spent:.1f} s:\n{text}")
            return 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{count} documents, the slowest {slowest:.2f} s of processor time, {grown:.0f} MiB more")
    return 1 if grown > MEBIBYTES else 0


if __name__ == "__main__":
    sys.exit(main())

"""The collected written solutions, and how one of them is judged in this process."""

import tomllib
from functools import cache
from typing import NamedTuple

from places import ROOT

from assay.homework import find

PLACES = {
    "1": ("problem1", ""),
    "2": ("problem2", ""),
    "4a": ("problem4", "a"),
    "4c": ("problem4", "c"),
}
PARTS = find().module("written.parts")


class Document(NamedTuple):
    """A collected document: where it belongs, its name, its text, and where it first fails."""

    place: str
    name: str
    text: str
    at: str = ""


class Judgement(NamedTuple):
    """What a document earns at its place: one word, the outcomes, and the lines."""

    verdict: str
    outcomes: list
    lines: list

    @property
    def first_false(self):
        """The source of the first false line, without blanks; empty if there is none."""
        return next((squeezed(line[2]) for line in self.lines if line[5] == "false"), "")


def incorrect() -> dict[str, Document]:
    """All incorrect ones."""
    return collected("wrong") | collected("wrong_after") | unseen("wrong")


@cache
def collected(file: str) -> dict[str, Document]:
    """The documents of a file in tests/written/, by name."""
    entries = tomllib.loads((ROOT / "tests" / "written" / f"{file}.toml").read_text("utf-8"))
    return {made.name: made for made in map(_document, entries["document"])}


def right() -> dict[str, Document]:
    """All correct ones: from before the grammar, from after it, and by someone who never saw it."""
    return collected("right") | collected("right_after") | unseen("right")


def unseen(kind: str = "right") -> dict[str, Document]:
    """Those, "right" or "wrong", by people who never saw the grammar."""
    return collected(f"{kind}_unseen") | collected(f"{kind}_second")


def judged(text: str, place: str, name: str = "answer.md") -> Judgement:
    """The judgement on a text at one place; the verdict is "none" if it says nothing there."""
    parts, _, _ = PARTS.examine([[name, text]])
    for section, part, outcomes, lines, _ in parts:
        if (section, part) == PLACES[place]:
            kinds = {outcome[1] for outcome in outcomes}
            order = ("wrong", "unread", "missing", "passed")
            return Judgement(next(k for k in order if k in kinds), outcomes, lines)
    return Judgement("none", [], [])


def squeezed(text: str) -> str:
    """A line without blanks and alignment."""
    return "".join(text.split()).replace("&", "")


def _document(entry: dict) -> Document:
    at = entry.get("at", entry.get("token", ""))
    if "of" not in entry:
        return Document(entry["place"], entry["name"], entry["text"], at)
    whole = right()[entry["of"]]
    assert entry["old"] in whole.text, entry["name"]
    text = whole.text.replace(entry["old"], entry["new"], 1)
    return Document(whole.place, entry["name"], text, at)

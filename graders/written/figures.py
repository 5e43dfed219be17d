"""Problems 5 and 6: the figures that a document reports, as answers.toml would hold them.

Only a figure that stands right behind its name counts: "With IS, 2.6e-06", "mu : 0.43". What is
found is judged like answers.toml, whose own figures come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assay import written

_EXPONENT = r"\s?[eE]\s?[-+]?\s?\d+|\s*(?:\\times|\\cdot|×|\*)\s*10\s*\^\s*\{?\s*-?\s*\d+\s*\}?"
NUMBER = rf"[-+]?(?:\d+\.?\d*|\.\d+)(?:{_EXPONENT})?"
_FILLERS = (
    "the estimate estimates estimated estimator probability result value prob is of winning win mc "
    "monte carlo method trick gives with p"
).replace(" ", "|")
_BETWEEN = rf"(?:\W|\b(?:{_FILLERS})\b|_)*?"
_PLAIN = r"(?:without\s+(?:is\b|importance\s+sampling)|naive|plain|vanilla|crude|\bno\s+is\b)"
_IMPORTANCE = r"(?:(?<!without )(?:with\s+)?\bis\b|importance[\s_-]*sampling)"
_TRICKS = {
    "log_derivative": r"log[\s_-]*derivatives?",
    "reparameterization": r"re-?parametri[sz]ation|re-?parameteri[sz]ation",
}
_EQUALS = r"\s*(?:\^?\*|_\w+)?\s*\$?\s*(?:[:=≈]|\bis\b|\\approx)\s*\$?\s*"
_MU = rf"(?:\bmu\b|\\mu\b|μ){_EQUALS}({NUMBER})"
_SIGMA = rf"(?:\bsigma\b|\\sigma\b|σ){_EQUALS}({NUMBER})"
REACH = 300  # characters after a trick's name in which its figures stand

Table = dict[str, object]


def read(documents: Mapping[str, str], library: written.Library) -> dict[str, dict[str, Table]]:
    """The figures of problems 5 and 6, under the name of the section that judges them."""
    found: dict[str, Table] = {}
    for name, number, finder in (("problem5", "5", _estimates), ("problem6", "6", _points)):
        table: Table = {}
        for text in _texts(documents, library, number):
            table |= finder(text)
        if table:
            found[name] = table
    return {"answers": found} if found else {}


def _texts(documents: Mapping[str, str], library: written.Library, number: str) -> Iterator[str]:
    """The lines of each section of a problem, code included."""
    for place, section in enumerate(library.sections):
        if section.problem != number or section.document not in documents:
            continue
        lines = documents[section.document].splitlines()
        after = [s.line for s in library.sections[place + 1 :] if s.document == section.document]
        end = after[0] - 1 if after else len(lines)
        yield "\n".join(lines[section.line - 1 : end])


def _estimates(text: str) -> Table:
    table: Table = {}
    for name, label in (("naive", _PLAIN), ("importance_sampling", _IMPORTANCE)):
        match = re.search(rf"{label}{_BETWEEN}[:=,≈~]\s*\$?\s*({NUMBER})", text, re.IGNORECASE)
        if match:
            table[name] = _number(match[1])
    return table


def _points(text: str) -> Table:
    names = "|".join(f"(?P<{name}>{label})" for name, label in _TRICKS.items())
    places = list(re.finditer(names, text, re.IGNORECASE))
    table: Table = {}
    for place, match in enumerate(places):
        end = places[place + 1].start() if place + 1 < len(places) else len(text)
        part = text[match.end() : min(end, match.end() + REACH)]
        mu, sigma = (re.search(p, part, re.IGNORECASE) for p in (_MU, _SIGMA))
        if mu and sigma and match.lastgroup:
            table[match.lastgroup] = {"mu": _number(mu[1]), "sigma": _number(sigma[1])}
    return table | _settings(text) if table else {}


def _settings(text: str) -> Table:
    """The settings that the text names; the assignment's are used for the others."""
    plain = text.replace("$", "")
    patterns = {
        "num_steps": r"(\d+)\s+(?:iterations|steps)\b",
        "batch_size": r"(\d+)\s+(?:for\s+)?batch\s*size|batch\s*size\W*(?:of|is|=|:)?\s*(\d+)",
        "step_size": rf"(?:learning\s*rate|step\s*size)\W*(?:of|is|=|:)?\s*({NUMBER})",
    }
    table: Table = {}
    for name, pattern in patterns.items():
        match = re.search(pattern, plain, re.IGNORECASE)
        if match:
            value = _number(next(group for group in match.groups() if group))
            table[name] = value if name == "step_size" else int(value)
    return table


def _number(text: str) -> float:
    """A number as it was written: 2.6e-06, 1e - 2, 2.6 \\times 10^{-6}."""
    bare = re.sub(r"[\s{}]", "", text)
    bare = re.sub(r"(?:\\times|\\cdot|×|\*)10\^", "e", bare)
    return float(bare)

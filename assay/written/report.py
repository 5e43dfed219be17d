"""What comes back from reading a submission's documents: rulings, the lines behind them, remarks.

`examine` runs in a process with limits, and what it returns is plain lists, texts and numbers; the
grader's side makes them into outcomes (`assay.grading.written`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assay.written.chains import chains
from assay.written.documents import Library, Section, read
from assay.written.grammar import Vocabulary, parse
from assay.written.judge import Judged, Line
from assay.written.mathml import mathml
from assay.written.show import text
from assay.written.tree import Unread

MOST_LINES = 200  # shown of one part
MOST_TEXT = 2_000  # characters shown of one line
MOST_MARKUP = 20_000


@dataclass
class Ruling:
    """What a part of a problem earns.

    Attributes:
        outcomes: for each check that the part stands for, its outcome and the message: "passed",
            "wrong", "unread" or "missing".
        judged: the chains as they were judged.
        notes: remarks for the student, one sentence each.
    """

    outcomes: dict[str, tuple[str, str, str]]
    judged: Sequence[Judged] = ()
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A part of a problem that may be handed in as mathematics.

    Attributes:
        problem, part: of the headings: "4", "a".
        section: of the checks: "problem4".
        checks: the names of the checks that it stands for.
        judge: gives a ruling on the sections of a library that belong to it.
        vocabulary: how its letters are parsed.
    """

    problem: str
    part: str
    section: str
    checks: tuple[str, ...]
    judge: Callable[[Sequence[Section], Library], Ruling | None]
    vocabulary: Vocabulary

    def sections(self, library: Library) -> list[Section]:
        """The sections that belong to it: those of its part, or of a problem without parts."""
        own = [s for s in library.sections if s.problem == self.problem]
        if not self.part:
            return own
        exact = [s for s in own if s.part == self.part]
        return exact or [s for s in own if not s.part]


# What `examine` returns, as the grader's side reads it.
PackedOutcome = tuple[str, str, str, str]  # check, outcome, evidence, hint
PackedLine = tuple[str, int, str, str, str, str, str]
PackedPart = tuple[str, str, list[PackedOutcome], list[PackedLine], list[str]]

Figures = Callable[[Mapping[str, str], Library], Mapping[str, Mapping[str, object]]]


def examine(
    documents: Mapping[str, str], parts: Sequence[Part], figures: Figures | None = None
) -> list[object]:
    """The rulings on the documents of a submission, as plain data.

    Returns:
        [parts, remarks, figures]. A part is [section, part, outcomes, lines, notes]; outcomes are
        [check, outcome, evidence, hint], lines are [document, line, source, understood, MathML,
        mark, note].
    """
    library = read(documents)
    reported = figures(documents, library) if figures else {}
    made: list[object] = []
    used: set[int] = set()
    for part in parts:
        sections = part.sections(library)
        if not any(section.formulas for section in sections):
            continue
        ruling = part.judge(sections, library)
        if ruling is None:
            continue
        used |= {id(section) for section in sections}
        outcomes = [[check, *ruling.outcomes[check]] for check in part.checks]
        lines = [_packed(line) for judged in ruling.judged for line in _shown(judged)]
        made.append([part.section, part.part, outcomes, lines[:MOST_LINES], ruling.notes[:20]])
    found = [[name, json.dumps(table)] for name, table in reported.items() if table]
    return [made, [*library.notes, *_unjudged(library, used, reported)], found]


def _shown(judged: Judged) -> Sequence[Line]:
    """The lines of a display; of a formula in prose only where it is known to hold."""
    if judged.is_display or all(line.mark in ("first", "holds") for line in judged.lines):
        return judged.lines
    return []


def _packed(line: Line) -> list[object]:
    tree = line.tree
    note = line.note
    if line.fault is not None:
        note = note or str(line.fault)
    return [
        line.step.formula.document,
        line.step.line,
        line.step.source[:MOST_TEXT],
        "" if tree is None else text(tree)[:MOST_TEXT],
        "" if tree is None or len(mathml(tree)) > MOST_MARKUP else mathml(tree),
        line.mark,
        note[:MOST_TEXT],
    ]


def _unjudged(
    library: Library, used: set[int], reported: Mapping[str, Mapping[str, object]]
) -> list[str]:
    """A remark on each section that was not judged."""
    tables = {name for table in reported.values() for name in table}
    remarks = []
    for section in library.sections:
        if id(section) in used:
            continue
        has_words = sum(len(line) for line in section.prose) > 40
        if f"problem{section.problem}" in tables:
            what = "the figures that it reports were read; the rest was not judged"
        elif section.formulas:
            what = "its formulas were not judged"
        elif has_words:
            what = "prose, not judged"
        else:
            continue
        if not section.problem:
            what += "; a heading such as `Problem 1` says what they belong to"
            if not section.formulas:
                continue
        remarks.append(f"{section.document}, line {section.line}, {section.name}: {what}")
    return remarks[:30]


def understood(documents: Mapping[str, str], parts: Sequence[Part]) -> list[object]:
    """How documents are read, without judging them, as plain data.

    Returns:
        [sections, notes]; a section is [document, line, name, lines], and a line is [line, whether
        it begins a chain, source, understood or empty, what stopped the reading or empty].
    """
    library = read(documents)
    made: list[object] = []
    for section in library.sections:
        vocabulary = next(
            (p.vocabulary for p in parts if p.problem == section.problem), Vocabulary()
        )
        lines: list[list[object]] = []
        for chain in chains(section.formulas, library.macros):
            for number, step in enumerate(chain.steps):
                try:
                    if step.fault is not None:
                        raise step.fault
                    shown, why = text(parse(step.tokens, vocabulary)), ""
                except Unread as fault:
                    shown, why = "", str(fault)
                source = step.source[:MOST_TEXT]
                lines.append([step.line, number == 0, source, shown[:MOST_TEXT], why])
        made.append([section.document, section.line, section.name, lines[:MOST_LINES]])
    return [made, list(library.notes)]

"""The written part of a submission, judged in a process with limits; the better form counts.

A homework's module says which checks a written answer stands for (`Homework.written`). A check that
the student's code did not pass gets the outcome of the written answer, where that is better.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from assay.foreign import Foreign, quoted
from assay.grading import unwritten
from assay.outcome import Passage, WrittenLine
from assay.protocol import values, wire
from assay.sandbox.host import Sandbox
from assay.sandbox.student import TOO_LARGE, described
from assay.submission import Submission
from assay.submission.documents import may_count, texts
from assay.verdict import Broken, Died, Missing, Refused, TimedOut, Unread, Verdict, Wrong
from assay.written.report import PackedPart

_VERDICTS: dict[str, type[Verdict]] = {"wrong": Wrong, "unread": Unread, "missing": Missing}


@dataclass(frozen=True)
class Written:
    """What the documents of a submission earn.

    Attributes:
        verdicts: by check id, None where the written answer is correct.
        passages: the lines behind them.
        remarks: what was not judged, and why.
        figures: what the documents report, by the name of a section of reported figures.
        fault: set if the kit failed; then nothing written was judged.
    """

    verdicts: dict[str, Verdict | None] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()
    remarks: tuple[Foreign, ...] = ()
    figures: dict[str, dict[str, object]] = field(default_factory=dict)
    fault: Broken | None = None

    @property
    def is_some(self) -> bool:
        """Whether the documents hold anything that counts, or may do."""
        return bool(self.passages or self.figures or self.fault)

    def earns(self, check: str) -> bool:
        """Whether the documents alone earn a check."""
        return check in self.verdicts and self.verdicts[check] is None

    def better(self, check: str, verdict: Verdict | None) -> Verdict | None:
        """The verdict that counts: the code's, or the written answer's where that is better."""
        if verdict is None or isinstance(verdict, Broken):
            return verdict
        if self.fault is not None:
            return self.fault
        if check not in self.verdicts:
            return verdict
        own = self.verdicts[check]
        return own if own is None or verdict.kind in ("missing", "blocked") else verdict


def judged(sandbox: Sandbox, submission: Submission) -> Written:
    """What a submission's documents earn; empty if there are none or the homework reads none."""
    own = unwritten.written(submission, sandbox.homework)
    if not (sandbox.homework.written and may_count(own)):
        return Written()
    documents, remarks = texts(own)
    try:
        parts, more, figures = ask(sandbox, "examine", documents)
        verdicts, passages = _of_parts(parts)
    except Refused as fault:
        return Written(remarks=(*remarks, fault.evidence))
    except Broken as fault:
        return Written(remarks=remarks, fault=fault)
    pairs = msgspec.convert(figures, list[tuple[str, str]])
    reported = {name: json.loads(text) for name, text in pairs}
    return Written(verdicts, passages, (*remarks, *map(str, more)), reported)


def ask(sandbox: Sandbox, function: str, documents: Mapping[str, str]) -> list[list[object]]:
    """What a function of the homework's module for written mathematics says of documents.

    Raises:
        Refused: they exceed the limits.
        Broken: the kit failed.
    """
    packed = values.pack([[name, text] for name, text in documents.items()])
    limits = "the documents could not be read within the limits on time and memory; shorten them"
    try:
        answer = sandbox.trusted(sandbox.homework.written, function, packed)
    except (TimedOut, Died):
        raise Refused(limits) from None
    if answer.error is not None and answer.error.type in TOO_LARGE:
        raise Refused(limits)
    if answer.error is not None and answer.error.type == wire.KIT_FAULT:
        raise Broken(quoted("{}: {}", function, described(answer.error)))
    if answer.error is not None:
        raise Refused(quoted("the documents cannot be judged: {}", described(answer.error)))
    made: list[list[object]] = values.unpack(answer.value)
    return made


def _of_parts(parts: list[object]) -> tuple[dict[str, Verdict | None], tuple[Passage, ...]]:
    verdicts: dict[str, Verdict | None] = {}
    passages = []
    for section, part, outcomes, lines, notes in msgspec.convert(parts, list[PackedPart]):
        for check, outcome, evidence, hint in outcomes:
            made = _VERDICTS.get(outcome)
            verdicts[f"{section}.{check}"] = made(evidence, hint=hint, inputs="") if made else None
        names = WrittenLine.__struct_fields__
        rows = (dict(zip(names, line, strict=True)) for line in lines)
        shown = tuple(msgspec.convert(row, WrittenLine) for row in rows)
        passages.append(Passage(section=section, part=part, lines=shown, notes=tuple(notes)))
    return verdicts, tuple(passages)

"""When a chain proves an identity: both sides occur, something true is between, nothing is false.

Several chains may share the work. A claim alone, or a chain that stops early, is incomplete, which
is not wrong. A line that could not be read inside the only chain leaves the rest unproved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from assay import written

Outcome = tuple[str, str, str]  # outcome, evidence, hint
PASSED: Outcome = ("passed", "", "")
# What a line holds that says something about the problem, and is no mere name.
SAYS = frozenset(["log", "exp", "int", "E", "det", "sum", "prod", "total", "frac", "q", "h", "s"])

Test = Callable[[written.Line], bool]


class Claim(NamedTuple):
    """An identity: how its sides are recognised among lines that have its value, and named."""

    is_left: Test
    is_right: Test
    left: str
    right: str
    matters: Test  # of a formula in prose: whether it counts if it is false


class Verdict(NamedTuple):
    """The outcome for both sides, for the steps between them, and for all of them but one."""

    sides: Outcome
    steps: Outcome
    but_one: Outcome


def prove(judged: Sequence[written.Judged], claim: Claim) -> Verdict | None:
    """What chains prove of an identity; None if nothing in them is about it."""
    counted = [chain for chain in judged if chain.is_display or _counts(chain, claim)]
    lines = [line for chain in counted for line in chain.lines if line.read]
    left = [line for line in lines if claim.is_left(line)]
    right = [line for line in lines if claim.is_right(line)]
    faults = [line for chain in counted for line in chain.faults()]
    unread = [line for c in counted if c.is_display for line in c.lines if line.mark == "unread"]
    if not (left or right or faults or unread):
        return None
    complete = any(_is_complete(chain, claim, counted) for chain in counted)
    sides = _sides(left, right, unread, claim)
    if faults:
        return Verdict(sides, _false(faults[0], counted), _but_one(sides, faults, counted))
    if complete or (not _blocking(counted) and left and right and _between(counted, claim)):
        return Verdict(PASSED, PASSED, PASSED)
    if _blocking(counted):
        steps = _unread(_blocking(counted)[0])
    elif sides[0] != "passed":
        steps = sides
    else:
        why = "both sides are there, but no line between them"
        steps = ("missing", why, "Show the steps that lead from one to the other.")
    return Verdict(sides, steps, steps)


def _but_one(
    sides: Outcome, faults: Sequence[written.Line], counted: Sequence[written.Judged]
) -> Outcome:
    """Whether a proof would be right but for one line."""
    mistakes = [line for line in faults if not line.returns]
    if len(mistakes) > 1:
        return _false(mistakes[1], counted)
    if _blocking(counted):
        return _unread(_blocking(counted)[0])
    return sides


def _counts(chain: written.Judged, claim: Claim) -> bool:
    """Whether a formula in prose is part of the proof: it holds, or says something about it."""
    if any(line.mark == "unread" for line in chain.lines):
        return False
    if not chain.faults():
        return True
    return not chain.is_tentative and any(claim.matters(line) for line in chain.lines)


def _is_complete(chain: written.Judged, claim: Claim, counted: Sequence[written.Judged]) -> bool:
    """Whether one chain goes from side to side, with something between or beside it."""
    if _blocking([chain]):
        return False
    places = [i for i, line in enumerate(chain.lines) if line.read and claim.is_left(line)]
    ends = [i for i, line in enumerate(chain.lines) if line.read and claim.is_right(line)]
    for start in places:
        for end in ends:
            low, high = min(start, end), max(start, end)
            part = chain.lines[low : high + 1]
            joined = all(line.mark == "holds" and not line.after_gap for line in part[1:])
            steps = len({line.tree for line in part}) - 2
            if joined and low != high and (steps > 0 or _is_supported(chain, counted, claim)):
                return True
    return False


def _is_supported(chain: written.Judged, counted: Sequence[written.Judged], claim: Claim) -> bool:
    """Whether a claim without steps has them in other chains, all of which could be read."""
    return not _blocking(counted) and _beside(chain, counted, claim)


def _beside(chain: written.Judged, counted: Sequence[written.Judged], claim: Claim) -> bool:
    """Whether another chain has a true step that is not the claim itself."""
    others = [other for other in counted if other is not chain]
    return any(_has_step(other, claim) for other in others)


def _has_step(chain: written.Judged, claim: Claim) -> bool:
    for line in chain.lines:
        if line.mark == "holds" and not (claim.is_left(line) or claim.is_right(line)):
            return claim.matters(line) or any(claim.matters(each) for each in chain.lines)
    return False


def _between(counted: Sequence[written.Judged], claim: Claim) -> bool:
    return any(_has_step(chain, claim) for chain in counted)


def _blocking(counted: Sequence[written.Judged]) -> list[written.Line]:
    """The lines of displays that could not be read, but for a name at the head of a chain."""
    made = []
    for chain in counted:
        if not chain.is_display:
            continue
        for number, line in enumerate(chain.lines):
            is_name = number == 0 and (chain.defines or _is_name(line))
            if line.mark == "unread" and not is_name:
                made.append(line)
    return made


def _is_name(line: written.Line) -> bool:
    r"""Whether a line only names what follows, as `\nabla_\phi L(\phi)` does."""
    words = {token.text for token in line.step.tokens if token.kind in ("word", "name")}
    return line.step.fault is None and len(line.step.tokens) <= 16 and not words & SAYS


def _sides(
    left: Sequence[written.Line],
    right: Sequence[written.Line],
    unread: Sequence[written.Line],
    claim: Claim,
) -> Outcome:
    if left and right:
        return PASSED
    if unread:
        return _unread(unread[0])
    if not left and not right:
        return "missing", f"neither side of the identity is there: {claim.left}", ""
    lacking = claim.right if left else claim.left
    return (
        "missing",
        f"the chain does not reach the other side: {lacking}",
        ("Go on until that line stands there."),
    )


def _unread(line: written.Line) -> Outcome:
    fault = line.fault
    where = place(line)
    token = fault.token if fault else ""
    evidence = f"{where}: {token!r} cannot be read in {line.step.source}"
    return "unread", evidence, fault.advice[:1].upper() + fault.advice[1:] if fault else ""


def _false(line: written.Line, judged: Sequence[written.Judged]) -> Outcome:
    before = _before(line, judged)
    parts = [f"{place(line)} is not equal to the line before it"]
    if line.after_gap:
        parts = [f"{place(line)}: between this and the last line that could be read one is false"]
    if before is not None and before.tree is not None:
        parts.append(f"before  {written.text(before.tree)}")
    if line.tree is not None:
        parts.append(f"here    {written.text(line.tree)}")
    if line.note:
        parts.append(line.note)
    return "wrong", "\n".join(parts), ""


def _before(line: written.Line, judged: Sequence[written.Judged]) -> written.Line | None:
    for chain in judged:
        for place_, each in enumerate(chain.lines):
            if each is line:
                readable = [x for x in chain.lines[:place_] if x.read]
                return readable[-1] if readable else None
    return None


def place(line: written.Line) -> str:
    """Where a line stands, for people."""
    return f"{line.step.formula.document}, line {line.step.line}"

"""What a homework still lacks, said before it is a fault: `assay verify` lists it."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from dataclasses import dataclass

from assay.allowed import PROBLEM_SECONDS
from assay.assertions.error_rates import RUN_BUDGET, noted
from assay.checks import Check
from assay.commands.verify import Case, Chosen
from assay.grading.grader import Grader
from assay.grading.session import Budget, Session
from assay.homework import Homework
from assay.protocol import wire
from assay.sandbox.student import shadowed_names
from assay.verdict import Verdict

# What the reference may need for one check: a correct program may be four times as slow.
CHECK_SECONDS = PROBLEM_SECONDS / 4
# With 40 tries a value of probability 0.8 is drawn each time with probability 0.8^40 = 1e-4.
TRIES = 40
TRIES_SECONDS = 1.0  # of processor time: a check that takes longer is tried less often

Answered = tuple[str, wire.Value]


@dataclass(frozen=True)
class Observed:
    """One check on the reference.

    Attributes:
        called: the functions that answered.
        seconds: the processor time that it took.
        rate: the false-reject rates that it states, added up; None if it states none.
        varies: whether answers differed when only the student's random numbers did.
    """

    called: frozenset[str]
    seconds: float
    rate: float | None
    varies: bool


def missing(grader: Grader, chosen: Chosen, failed: set[str]) -> list[str]:
    """What the problems that were judged whole lack, a line each.

    Args:
        grader: of the homework.
        chosen: what was judged; the reference comes first.
        failed: the checks that some mutant failed.
    """
    homework, lines = grader.homework, []
    observed: dict[str, Observed] = {}
    for module in chosen.whole:
        names = {case.name.partition(" ")[0] for case in chosen.cases if case.module == module}
        lines += [
            f"{module} has no {kind}s" for kind in ("mutant", "alternative") if kind not in names
        ]
        lines += _functions(homework, module)
        seen = {c.id: _observed(grader, chosen.cases[0], c) for c in homework.checks_of(module)}
        called = frozenset().union(*(each.called for each in seen.values()))
        uncalled = sorted(homework.functions_of(module) - called)
        lines += [f"{module}: no check calls {name}" for name in uncalled]
        observed |= seen
    checks = [check for module in chosen.whole for check in homework.checks_of(module)]
    for check in checks:
        lines += _of_check(check, observed[check.id], check.id in failed)
    lines += _budget(observed)
    if len(chosen.whole) == len(homework.problem_modules()):
        lines += _points(homework)
    return lines


def unknown_calls(homework: Homework, chosen: Chosen) -> list[str]:
    """What checks call that no template defines, a line each; read off their source."""
    modules = {case.module for case in chosen.cases if case.module} | {*chosen.whole}
    lines = []
    for module in homework.problem_modules():
        for check in homework.checks_of(module) if module in modules else ():
            for place, name in homework.unknown_calls(check):
                if name not in shadowed_names() and not name.startswith("_"):
                    lines.append(f"{place} calls `{name}`, which the template does not have")
    return list(dict.fromkeys(lines))


def _functions(homework: Homework, module: str) -> Iterator[str]:
    """Functions that are in the template or in the reference alone."""
    asked = homework.functions_of(module)
    if not asked:
        yield f"{module} asks for no function: {homework.template}/{module}.py has none"
    path = homework.reference_folder / f"{module}.py"
    if not path.is_file():
        yield f"{module} has no model answer: {homework.reference}/{module}.py does not exist"
        return
    body = ast.parse(path.read_text("utf-8")).body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    answered = {name for name in names if not name.startswith("_")}
    for name in sorted(asked - answered):
        yield f"{module}: the reference has no function {name}"
    for name in sorted(answered - asked if asked else ()):
        yield f"{module}: {name} of the reference is not in the template; or call it _{name}"


def _of_check(check: Check, seen: Observed, is_failed: bool) -> Iterator[str]:
    if check.points and not is_failed:
        yield f"{check.id}: no mutant fails it"
    if seen.seconds > CHECK_SECONDS:
        yield (
            f"{check.id}: takes {seen.seconds:.1f} s on the reference; a slower correct program "
            f"would run out of time, so that it should take at most {CHECK_SECONDS:g} s"
        )
    if seen.varies and seen.rate is None:
        yield (
            f"{check.id}: judges random results and states no false-reject rate. Use a statistical "
            "assertion, or say rate=0 in @check if it holds for every outcome"
        )


def _budget(observed: dict[str, Observed]) -> Iterator[str]:
    rates = {name: each.rate for name, each in observed.items() if each.rate}
    total = sum(rates.values())
    if total > RUN_BUDGET * (1 + 1e-9):
        largest = max(rates, key=lambda name: rates[name])
        yield (
            f"the false-reject rates add up to {total:.3g}, more than {RUN_BUDGET:g}; the largest "
            f"is that of {largest}, {rates[largest]:.3g}"
        )


def _points(homework: Homework) -> Iterator[str]:
    total = round(sum(check.points for check in homework.checks()), 6)
    if homework.points and total != homework.points:
        stated = f"{homework.title} states {homework.points:g}"
        yield f"the checks are worth {total:g} points together, and {stated}"
    if not total:
        yield "no check is worth a point"


def _observed(grader: Grader, reference: Case, check: Check) -> Observed:
    """Run one check on the reference, and see whether other random numbers change its answers."""
    with grader.session(reference.submission, check.module, Budget(0)) as session:
        started = time.process_time()
        with noted() as terms:
            first = _answers(session, grader, check, "first")
        seconds = time.process_time() - started + session.student.cpu
        varies = _varies(session, grader, check, first)
    rates = [each.rate for each in terms]
    rates += [] if check.rate is None else [check.rate * check.examples]
    return Observed(
        called=frozenset(name for name, _ in first),
        seconds=seconds,
        rate=sum(rates) if rates else None,
        varies=varies,
    )


def _varies(session: Session, grader: Grader, check: Check, first: list[Answered]) -> bool:
    """Whether answers differ with other random numbers.

    Two draws of a few values are often equal: the first input is tried up to TRIES times.
    """
    others = _answers(session, grader, check, "second")
    started = time.process_time() + session.student.cpu
    for k in range(TRIES):
        if any(one != other for one, other in zip(first, others, strict=False)):
            return True
        if time.process_time() + session.student.cpu - started > TRIES_SECONDS:
            break
        others = _answers(session, grader, check, f"try {k}", inputs=1)
    return False


def _answers(
    session: Session, grader: Grader, check: Check, salt: str, inputs: int | None = None
) -> list[Answered]:
    """What the reference answers in one check; the random numbers depend on `salt`.

    `inputs` is how many of the check's inputs are tried; None for all.
    """
    student = session.student
    student.answered, student.spent = [], 0.0
    for index, example in enumerate(grader.inputs(check)[:inputs]):
        student.begin(f"{salt}|{check.id}|{index}")
        try:
            check.bare(student, **example)
        except Verdict:
            break  # with other random numbers even a statistical check may fail
    return student.answered

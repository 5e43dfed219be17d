"""Derivations: correct ones in many styles pass; incorrect ones fail at the correct line."""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable
from typing import Any

import pytest
import sympy
from places import ROOT
from sympy import (
    Abs,
    Add,
    Derivative,
    Eq,
    Expr,
    Function,
    Integral,
    Mul,
    Pow,
    Rational,
    Symbol,
    diff,
    exp,
    expand_log,
    log,
    nan,
    oo,
    sign,
    sqrt,
    zoo,
)

from assay.homework import find
from assay.protocol import values
from assay.sandbox import host
from assay.verdict import Refused, Verdict
from graders.evidence.symbolic import judge_chain

SECONDS = 2.0  # CPU time for one derivation
TEMPLATE = "problem1_log_derivative.py"

z, phi = Symbol("z", real=True), Symbol("phi", real=True)
y = Symbol("y", real=True)
q = Function("q", positive=True)(z, phi)
h = Function("h", positive=True)(z)
dq, score = Derivative(q, phi), Derivative(log(q), phi)
ratio = log(h / q)


def over_z(f: Any) -> Integral:
    return Integral(f, (z, -oo, oo))


LEFT = Derivative(over_z(ratio * q), phi)
INSIDE = over_z(Derivative(ratio * q, phi))
SHORT = over_z(ratio * dq)
RIGHT = over_z(score * ratio * q)
MASS = over_z(dq)


def judge(chain: list[Any]) -> list[Any]:
    """The first fault of a chain, packed like a student's; [] if there is none. Checks the time."""
    lines = [values.unpack(values.pack(line)) for line in chain]
    started = time.process_time()
    faults = judge_chain(lines)
    assert time.process_time() - started < SECONDS
    return faults[0] if faults else []


def reference() -> list[Expr]:
    return runpy.run_path(str(ROOT / "reference" / TEMPLATE))["derivation"](q, h, z, phi)


def shifted(line: Expr) -> Expr:
    """The line with y as the variable of integration."""
    return line.replace(
        lambda e: isinstance(e, Integral), lambda e: Integral(e.function.subs(z, y), (y, -oo, oo))
    )


def indefinite(line: Expr) -> Expr:
    return line.replace(lambda e: isinstance(e, Integral), lambda e: Integral(e.function, z))


CORRECT_CHAINS: dict[str, list[Any]] = {
    "the reference": reference(),
    "three lines": [LEFT, INSIDE, RIGHT],
    "a split into two integrals": [
        LEFT,
        over_z(Derivative(ratio, phi) * q) + over_z(ratio * dq),
        -MASS + SHORT,
        SHORT,
        RIGHT,
    ],
    "joined again": [LEFT, -MASS + SHORT, over_z(ratio * dq - dq), SHORT, RIGHT],
    "split before the derivative is taken inside": [
        LEFT,
        Derivative(over_z(log(h) * q) - over_z(log(q) * q), phi),
        Derivative(over_z(log(h) * q), phi) - Derivative(over_z(log(q) * q), phi),
        over_z(log(h) * dq) - over_z(Derivative(log(q) * q, phi)),
        RIGHT,
    ],
    "derivatives evaluated by sympy": [
        LEFT,
        over_z(diff(ratio * q, phi)),
        over_z(ratio * diff(q, phi)),
        over_z(diff(log(q), phi) * ratio * q),
    ],
    "integrals without limits": [indefinite(line) for line in reference()],
    "another variable of integration": [shifted(line) for line in reference()],
    "another variable in each line": [LEFT, shifted(INSIDE), SHORT, shifted(RIGHT)],
    "a dummy": [LEFT, INSIDE.subs(z, z).replace(z, sympy.Dummy("z", real=True)), RIGHT],
    "log h - log q": [
        Derivative(over_z((log(h) - log(q)) * q), phi),
        over_z((log(h) - log(q)) * dq),
        over_z(score * (log(h) - log(q)) * q),
    ],
    "factors pulled out": [
        LEFT,
        Mul(2, over_z(Derivative(ratio * q, phi) / 2), evaluate=False),
        Mul(-1, over_z(log(q / h) * dq), evaluate=False),
        Mul(phi, over_z(ratio * dq / phi), evaluate=False),
        RIGHT,
    ],
    "a multiple of the mass's derivative added and dropped": [
        LEFT,
        SHORT - MASS,
        SHORT + (phi**2 + 3) * MASS,
        SHORT + sympy.sin(phi) * Derivative(over_z(q), phi),
        RIGHT,
    ],
    "the total mass written as 1": [LEFT, SHORT - Derivative(over_z(q), phi), SHORT, RIGHT],
    "a constant's derivative": [LEFT, SHORT + 1 - over_z(q), SHORT, RIGHT],
    "the score in an intermediate step": [LEFT, over_z((ratio - 1) * score * q), RIGHT],
    "q as exp log q": [LEFT, over_z(Derivative(exp(log(q)) * ratio, phi)), RIGHT],
    "products left uncancelled": [
        LEFT,
        over_z(Add(Mul(-dq / q, q, evaluate=False), ratio * dq, evaluate=False)),
        over_z(Mul(ratio, dq / q, q, evaluate=False)),
        RIGHT,
    ],
    "from the right side backwards, then reversed": [
        LEFT,
        over_z(dq * (ratio - 1)),
        over_z(dq / q * ratio * q),
        RIGHT,
    ],
    "symbols without assumptions": [
        line.xreplace({z: Symbol("z"), phi: Symbol("phi")}).replace(q.func, Function("q"))
        for line in (LEFT, INSIDE, RIGHT)
    ],
    "equations": [Eq(LEFT, INSIDE), Eq(INSIDE, SHORT), Eq(SHORT, RIGHT)],
    "one equation": [LEFT, Eq(INSIDE, SHORT), RIGHT],
    "a function of phi": [LEFT, SHORT + Function("b")(phi) * MASS, SHORT, RIGHT],
    "floats for whole numbers": [LEFT, INSIDE * 1.0, SHORT + 0.5 * MASS, RIGHT],
}

# name: (chain, kind of the first fault, its line)
INCORRECT_CHAINS: dict[str, tuple[list[Any], str, int]] = {
    "the derivative of the ratio with an incorrect sign": (
        [LEFT, over_z(ratio * dq + 2 * q * Derivative(ratio, phi)), over_z(ratio * dq + q), RIGHT],
        "step",
        2,
    ),
    "the product rule without its second term": (
        [LEFT, INSIDE, over_z(Derivative(ratio, phi) * q), RIGHT],
        "step",
        2,
    ),
    "the ratio upside down": ([LEFT, INSIDE, over_z(log(q / h) * dq), RIGHT], "step", 2),
    "a sign lost": ([LEFT, INSIDE, -SHORT, RIGHT], "step", 2),
    "the factor q lost": ([LEFT, INSIDE, SHORT, over_z(ratio * score), RIGHT], "step", 3),
    "the log of a quotient as a quotient of logs": (
        [LEFT, INSIDE, over_z(log(h) / log(q) * dq), RIGHT],
        "step",
        2,
    ),
    "the log of a quotient as a sum": (
        [LEFT, over_z((log(h) + log(q)) * dq), SHORT, RIGHT],
        "step",
        1,
    ),
    "the score as dq": ([LEFT, INSIDE, SHORT, over_z(dq * ratio * q), RIGHT], "step", 3),
    "the score upside down": ([LEFT, INSIDE, over_z(ratio * q * q / dq), RIGHT], "step", 2),
    "a term dropped whose integral is not 0": (
        [LEFT, INSIDE, over_z(log(h) * dq), RIGHT],
        "step",
        2,
    ),
    "c depends on z": ([LEFT, SHORT + over_z(z * dq), SHORT, RIGHT], "step", 1),
    "c depends on h": ([LEFT, SHORT + over_z(log(h) * dq), SHORT, RIGHT], "step", 1),
    "c depends on q": ([LEFT, SHORT + over_z(q * dq), SHORT, RIGHT], "step", 1),
    "the mass itself dropped, which is 1": ([LEFT, SHORT + over_z(q), SHORT, RIGHT], "step", 1),
    "a constant added": ([LEFT, SHORT, SHORT + 1, RIGHT], "step", 2),
    "c(phi) added": ([LEFT, SHORT, SHORT + phi, RIGHT], "step", 2),
    "a factor 2": ([LEFT, INSIDE, 2 * SHORT, RIGHT], "step", 2),
    "a factor that depends on phi": ([LEFT, INSIDE, phi * SHORT, RIGHT], "step", 2),
    "almost 1 as a factor": ([LEFT, INSIDE, Rational(10**9 + 1, 10**9) * SHORT, RIGHT], "step", 2),
    "h differentiated too": (
        [LEFT, over_z(ratio * dq + q * Derivative(h, z) / h), SHORT, RIGHT],
        "step",
        1,
    ),
    "an absolute value": ([LEFT, INSIDE, over_z(ratio * Abs(dq)), RIGHT], "step", 2),
    "a root that loses a sign": ([LEFT, INSIDE, over_z(ratio * sqrt(dq**2)), RIGHT], "step", 2),
    "a sign of z": ([LEFT, INSIDE, over_z(ratio * dq * sign(z)), RIGHT], "step", 2),
    "two mistakes, of which the first counts": (
        [LEFT, 2 * INSIDE, 3 * SHORT, RIGHT],
        "step",
        1,
    ),
    "two mistakes that cancel": ([LEFT, INSIDE, 2 * SHORT, SHORT, RIGHT], "step", 2),
    "the right side first": ([RIGHT, SHORT, INSIDE, LEFT], "start", 1),
    "the start without its derivative": ([over_z(ratio * q), INSIDE, RIGHT], "start", 1),
    "the start with the derivative taken inside": ([INSIDE, SHORT, RIGHT], "start", 1),
    "another start": ([Derivative(over_z(log(q / h) * q), phi), INSIDE, RIGHT], "start", 1),
    "the start plus a term that integrates to 0": ([LEFT + MASS, INSIDE, RIGHT], "start", 1),
    "the end with the mass's derivative still there": ([LEFT, INSIDE, RIGHT - MASS], "end", 3),
    "the end with its derivative outside": ([LEFT, INSIDE, LEFT], "end", 3),
    "nothing between the ends": ([LEFT, LEFT, RIGHT], "short", 1),
    "the end twice": ([LEFT, RIGHT, RIGHT], "short", 1),
    "z outside the integral": ([LEFT, INSIDE, z * SHORT, RIGHT], "line", 3),
    "no integral at all": ([LEFT, Derivative(ratio * q, phi), RIGHT], "line", 2),
    "a product of integrals": ([LEFT, SHORT * SHORT, RIGHT], "line", 2),
    "half of the real line": (
        [LEFT, Integral(Derivative(ratio * q, phi), (z, 0, oo)), RIGHT],
        "line",
        2,
    ),
    "an integral over phi": ([LEFT, Integral(ratio * dq, (phi, -oo, oo)), RIGHT], "line", 2),
    "a derivative in z": ([LEFT, Derivative(over_z(ratio * q), z), RIGHT], "line", 2),
    "half of the variables renamed": (
        [LEFT, INSIDE, Integral(ratio * Derivative(q.subs(z, y), phi), (y, -oo, oo)), RIGHT],
        "line",
        3,
    ),
    "another unknown function": (
        [LEFT, over_z(ratio * dq + Function("g")(z)), RIGHT],
        "line",
        2,
    ),
    "an equation of two incorrect sides": ([LEFT, Eq(2 * INSIDE, 2 * SHORT), RIGHT], "step", 1),
    "an equation that does not hold": ([LEFT, Eq(INSIDE, 2 * SHORT), RIGHT], "step", 2),
    "sympy's false": ([LEFT, sympy.false, RIGHT], "line", 2),
    "a tuple": ([LEFT, sympy.Tuple(1, phi), RIGHT], "line", 2),
    "a string": ([LEFT, "swap", RIGHT], "line", 2),
    "nothing": ([LEFT, None, RIGHT], "line", 2),
    "True": ([LEFT, True, RIGHT], "line", 2),
}


@pytest.mark.parametrize("name", CORRECT_CHAINS)
def test_a_correct_derivation_is_accepted(name):
    assert judge(CORRECT_CHAINS[name]) == []


@pytest.mark.parametrize("name", INCORRECT_CHAINS)
def test_an_incorrect_derivation_fails_at_its_first_incorrect_line(name):
    chain, kind, line = INCORRECT_CHAINS[name]
    assert judge(chain)[:2] == [kind, line]


NOT_FINITE = {
    "nan": ([LEFT, nan, RIGHT], 2),
    "nan at the end": ([LEFT, INSIDE, nan], 3),
    "nan at the start": ([nan, INSIDE, RIGHT], 1),
    "nan as a term": ([LEFT, INSIDE, SHORT + nan, RIGHT], 3),
    "nan under the integral": ([LEFT, INSIDE, over_z(nan * q), RIGHT], 3),
    "a float": ([LEFT, float("nan"), RIGHT], 2),
    "infinity": ([LEFT, oo, RIGHT], 2),
    "minus infinity under the integral": ([LEFT, over_z(-oo * q), RIGHT], 2),
    "complex infinity": ([LEFT, INSIDE, zoo, RIGHT], 3),
}


@pytest.mark.parametrize("name", NOT_FINITE)
def test_a_line_that_is_not_finite_is_a_fault(name):
    chain, line = NOT_FINITE[name]
    fault = judge(chain)
    assert fault != []
    assert line in fault[1:3]


@pytest.mark.parametrize("at", range(7))
def test_a_mistake_in_any_step_of_the_reference_is_reported_there(at):
    chain = reference()
    # From here on everything is doubled: only this step is incorrect, and then the end.
    incorrect = chain[: at + 1] + [2 * line for line in chain[at + 1 :]]
    fault = judge(incorrect)
    assert fault[:3] == ["step", at + 1, at + 2]
    assert fault[3] != ""


@pytest.mark.parametrize("without", range(1, 8))
def test_any_line_of_the_reference_may_be_omitted(without):
    chain = reference()
    assert judge(chain[:without] + chain[without + 1 :]) == []


def test_the_difference_is_shown_in_the_students_notation():
    fault = judge([LEFT, INSIDE, SHORT + over_z(z * dq), RIGHT])
    assert fault[3] == "Derivative(q, phi)*(z + 1)"


def test_expanded_logarithms_are_the_same_line():
    chain = [expand_log(line, force=True) for line in reference()]
    assert judge(chain) == []


DERIVATION = """
import sympy as sp
from sympy import *

def derivation(q, h, z, phi):
    over_z = lambda f: Integral(f, (z, -oo, oo))
    ratio, dq = log(h / q), Derivative(q, phi)
    left, right = Derivative(over_z(ratio * q), phi), over_z(Derivative(log(q), phi) * ratio * q)
    inside = over_z(Derivative(ratio * q, phi))
    return [left, inside, {line}, right]
"""
BOMBS = {
    "a power tower, evaluated": "10**10**7",
    "a power tower of sympy integers": "Integer(10)**Integer(10)**7 * inside",
    "an unevaluated power tower": "Pow(10, Pow(10, 6, evaluate=False), evaluate=False) * inside",
    "a higher unevaluated tower": "Pow(10, Pow(10, 10, evaluate=False), evaluate=False) * inside",
    "a number of 5,000 digits": "Integer(10)**5000 * inside",
    "a sum to expand": "over_z((q + h + ratio)**100_000)",
    "a product to expand": "over_z((q + h + ratio + z)**40 * (q + z + phi)**40)",
    "towers of exp": "over_z(exp(exp(exp(exp(exp(exp(ratio)))))))",
    "twelve derivatives": "Derivative(over_z(exp(exp(ratio * q))), (phi, 12))",
    "a limit": "over_z(Limit(sin(q)**h / q, phi, oo))",
    "depth": "__import__('functools').reduce(lambda a, b: sin(a), range(300), q)",
    "width": "over_z(Add(*(q**k for k in range(30_000))))",
    "complex infinity": "zoo",
}


@pytest.fixture
def verdict_on(student_of: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Verdict | None]:
    """The verdict of problem 1's first two checks for a derivation with this line in it."""
    # Shorter limits of the same kind, so that the tests are fast.
    monkeypatch.setattr(find().module("problem1_log_derivative"), "DERIVATION_SECONDS", 1.5)
    monkeypatch.setattr(host, "TRUSTED_SECONDS", 1.5)
    checks = find().checks_of("problem1_log_derivative")[:2]

    def verdict(line: str) -> Verdict | None:
        student = student_of(DERIVATION.replace("{line}", line))
        try:
            for check in checks:
                check.function(student)
        except Verdict as found:
            return found
        return None

    return verdict


def test_a_correct_line_passes_through_the_sandbox(verdict_on):
    assert verdict_on("over_z(ratio * dq)") is None


@pytest.mark.parametrize("name", BOMBS)
def test_a_line_that_is_too_large_is_a_fault_of_the_submission_and_not_of_the_grader(
    verdict_on, name
):
    found = verdict_on(BOMBS[name])
    assert found is not None
    assert found.kind in ("wrong", "refused", "raised", "timed_out", "died"), found.evidence


def test_a_line_that_is_too_large_to_compare_is_refused_with_a_message(verdict_on):
    found = verdict_on(BOMBS["a product to expand"])
    assert isinstance(found, Refused)
    assert found.evidence == "the answer is too large to be judged within the limits"


def test_a_power_may_be_unevaluated():
    assert judge([LEFT, Mul(Pow(2, 2, evaluate=False), INSIDE / 4, evaluate=False), RIGHT]) == []


@pytest.mark.parametrize(
    "wrong",
    [h * sympy.sin(300_000 * sympy.pi * z), h * Mul(*(z - Rational(k, 7) for k in range(15)))],
)
def test_a_term_that_vanishes_at_many_points_is_a_mistake(wrong):
    assert judge([LEFT, over_z(ratio * dq + wrong), RIGHT])[:3] == ["step", 1, 2]

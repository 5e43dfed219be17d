"""Hypothesis, paid for once: examples are drawn once a run and replayed for every submission.

Only where a replayed example fails does Hypothesis proper run, from the same seed, so that it
meets the same examples up to the failing one and then shrinks it.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import engine, providers
from hypothesis.internal.constants_ast import Constants

from assay.checks import Check
from assay.errors import InvalidHomework
from assay.protocol import values
from assay.verdict import Raised, Verdict, Wrong

Inputs = dict[str, Any]
Judge = Callable[[Inputs], None]

UNSENDABLE = (FunctionType, BuiltinFunctionType, MethodType, GeneratorType)

SHRINK_SECONDS = 1.5  # a student waits for it; the smallest input so far is shown

_NO_CONSTANTS = Constants()
_CACHE = type(providers.CONSTANTS_CACHE)(1024)

# Nothing is stored, and no folder appears beside a student's files.
set_hypothesis_home_dir(tempfile.gettempdir() + "/assay-hypothesis")


def record(check: Check, seed: int) -> list[Inputs]:
    """The inputs that a run with this seed tries a check on.

    Raises:
        InvalidHomework: a strategy draws functions or sets, which no student can be given.
    """
    if not check.draws:
        return [{}]
    inputs: list[Inputs] = []
    _explore(check, _seed(check, seed), inputs.append, (Phase.explicit, Phase.generate))
    for drawn in inputs:
        for name, value in drawn.items():
            _refuse_strange(check, name, value)
    return inputs


def fresh(check: Check, name: str, count: int) -> list[Inputs]:
    """Inputs for a check that depend on a name, for example a submission's digest.

    Hypothesis's first example is the simplest, the same for all: these are the next ones.
    """
    if not check.draws:
        return [{}]
    inputs: list[Inputs] = []
    more = replace(check, examples=count + 1)
    _explore(more, _number(f"{check.id}|{name}"), inputs.append, (Phase.generate,))
    return inputs[1:] or inputs


def shrink(
    check: Check, seed: int, judge: Judge, seconds: float = SHRINK_SECONDS
) -> tuple[Verdict, Inputs] | None:
    """The smallest failing input that is found in that time, and its verdict.

    None where nothing fails any more: then the failure does not repeat.
    """
    best: list[tuple[Verdict, Inputs]] = []
    end = time.monotonic() + seconds

    def attempt(inputs: Inputs) -> None:
        if best and time.monotonic() > end:
            return
        try:
            judge(inputs)
        except (Wrong, Raised) as verdict:
            best.append((verdict, inputs))
            raise

    # Out of time, the example that Hypothesis replays last passes, and it calls that flaky.
    with contextlib.suppress(Verdict, hypothesis.errors.Flaky):
        _explore(check, _seed(check, seed), attempt, (Phase.explicit, Phase.generate, Phase.shrink))
    return best[-1] if best else None


@contextlib.contextmanager
def independent_draws() -> Iterator[None]:
    """Change two internals of Hypothesis (6.150 to 6.x; pyproject.toml allows no other).

    - It mixes the constants of *local* modules into its draws. Which modules are local depends on
      how the kit is installed and on what else is imported, and everyone in a class must meet the
      same inputs.
    - It also varies the examples that it drew before. That helps where something fails and costs
      half of the examples where nothing does: the recorded ones are to be independent.
    """
    patches: tuple[tuple[Any, str, object], ...] = (
        (providers, "_get_local_constants", lambda: _NO_CONSTANTS),
        (providers, "CONSTANTS_CACHE", _CACHE),  # what it may draw, by type and bounds
        (engine.ConjectureRunner, "generate_mutations_from", lambda _runner, _data: None),
    )
    before = [getattr(owner, name) for owner, name, _ in patches]
    for owner, name, value in patches:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name, _), value in zip(patches, before, strict=True):
            setattr(owner, name, value)


def _refuse_strange(check: Check, name: str, value: object) -> None:
    """Refuse what cannot be sent to a student's process; a record may hold it for the check."""
    if type(value) in (list, tuple):
        for item in value:  # type: ignore[attr-defined]
            _refuse_strange(check, name, item)
    elif isinstance(value, (*UNSENDABLE, set, frozenset)):
        raise InvalidHomework(
            f"{check.id}: the input {name} is {values.cannot_be_sent(values.stranger(value))}"
        )


def _explore(check: Check, start: int, judge: Judge, phases: tuple[Phase, ...]) -> None:
    inner: Any = check.function.hypothesis  # type: ignore[attr-defined]

    @hypothesis.seed(start)
    @settings(
        max_examples=check.examples,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(**inner._given_kwargs)
    def replayed(**inputs: Any) -> None:
        judge(inputs)

    for each in getattr(check.function, "hypothesis_explicit_examples", ()):  # of @example
        replayed = hypothesis.example(*each.args, **each.kwargs)(replayed)
    with independent_draws():
        replayed()


def _seed(check: Check, seed: int) -> int:
    return _number(f"{check.id}|{seed}")


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

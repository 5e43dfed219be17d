"""Hypothesis, paid for once: examples are drawn once a run and replayed for every submission.

Only where a replayed example fails does Hypothesis proper run, from the same seed, so that it
meets the same examples up to the failing one and then shrinks it.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from types import BuiltinFunctionType, FunctionType, GeneratorType, MethodType
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
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


def fresh(checks: Iterable[Check], name: str, count: int) -> dict[str, list[Inputs]]:
    """Inputs for each check, by its id, that depend on a name, for example a submission's digest.

    Hypothesis's first example is the simplest, the same for all: these are the next ones.
    """
    inputs: dict[str, list[Inputs]] = {check.id: [{}] for check in checks if not check.draws}
    drawing = [check for check in checks if check.draws]
    # One run of Hypothesis for all of them: its start takes longer than what it draws.
    strategies = {check.id: st.fixed_dictionaries(_strategies(check)) for check in drawing}
    drawn: list[dict[str, Inputs]] = []

    def keep(one: dict[str, Inputs]) -> None:
        drawn.append(one["drawn"])

    together = {"drawn": st.fixed_dictionaries(strategies)}
    _run(together, (), _number(name), keep, count + 1, (Phase.generate,))
    return inputs | {check.id: [each[check.id] for each in drawn[1:] or drawn] for check in drawing}


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
        why = values.cannot_be_sent(values.stranger(value))
        raise InvalidHomework(f"{check.place}: {check.id}: the input {name} is {why}")


def _explore(check: Check, start: int, judge: Judge, phases: tuple[Phase, ...]) -> None:
    """Try a check's examples, and those that its author gave, until one fails."""
    examples = getattr(check.function, "hypothesis_explicit_examples", ())  # of @example
    _run(_strategies(check), examples, start, judge, check.examples, phases)


def _strategies(check: Check) -> dict[str, Any]:
    inner: Any = check.function.hypothesis  # type: ignore[attr-defined]
    return dict(inner._given_kwargs)


def _run(
    strategies: dict[str, Any],
    explicit: Iterable[Any],
    start: int,
    judge: Judge,
    examples: int,
    phases: tuple[Phase, ...],
) -> None:
    @hypothesis.seed(start)
    @settings(
        max_examples=examples,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(**strategies)
    def replayed(**inputs: Any) -> None:
        judge(inputs)

    for each in explicit:
        replayed = hypothesis.example(*each.args, **each.kwargs)(replayed)
    with independent_draws(), warnings.catch_warnings():
        # Of large inputs it warns that their text is long; that text is shown nowhere.
        warnings.simplefilter("ignore", hypothesis.errors.HypothesisWarning)
        replayed()


def _seed(check: Check, seed: int) -> int:
    return _number(f"{check.id}|{seed}")


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

"""The student as an ordinary test sees one: functions called in the test's own process.

The checks take it in place of `assay.sandbox.student.Student`. Nothing is walled off, sent or
limited in time. What a call costs besides the student's own function: fresh copies of its tensors,
since the checks count on that, and a seed, since they count on that too.
"""

from __future__ import annotations

import contextlib
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from assay.homework import find
from assay.protocol import values, wire
from assay.sandbox.child import _changed, _copies, seed_everything
from assay.sandbox.student import Reply
from assay.verdict import Missing, Raised, Verdict

torch.set_num_threads(1)  # two tests at a time on two cores: threads would only get in the way


class Student:
    """One file of a submission, or a notebook, as the checks ask it.

    Args:
        functions: finds one of its functions by name; None where there is none.
        answers: the reported figures.
    """

    materials = find().material_paths()
    lacking = "there is no answers.toml; it counts only where the course says so"

    def __init__(
        self, functions: Callable[[str], Any], answers: dict[str, Any] | None = None
    ) -> None:
        self.functions, self.answers = functions, answers
        self.base = self.calls = 0
        self.spent = 0.0  # seconds in the student's functions
        self.fixed_seed: int | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **keywords: self.call(name, arguments, keywords)

    def begin(self, salt: str) -> None:
        """The calls that follow draw their seeds from this salt."""
        self.base, self.calls = zlib.crc32(salt.encode()) << 20, 0

    def call(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """What a function returns, as plain data."""
        arguments, keywords = fresh(arguments, keywords)
        return plain(self._run(self._function(name), arguments, keywords))

    def reply(self, name: str, *arguments: Any, **keywords: Any) -> Reply:
        """What a call gave back, which arguments it changed, and how long it took."""
        function = self._function(name)
        arguments, keywords = fresh(arguments, keywords)
        before = _copies(list(arguments), keywords)
        started, cpu = time.perf_counter(), time.process_time()
        value = self._run(function, arguments, keywords)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        return Reply(plain(value), _changed(list(arguments), keywords, before), seconds, cpu)

    def again(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        """What a second call on the same objects gives."""
        function, seed = self._function(name), self._seed()
        arguments, keywords = fresh(arguments, keywords)
        for _ in range(2):
            value = self._run(function, arguments, keywords, seed)
        return plain(value)

    def rerun(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        """The same where the second call goes on with the random numbers after the first's."""
        function, seed = self._function(name), self._seed()
        arguments, keywords = fresh(arguments, keywords)
        self._run(function, arguments, keywords, seed)
        return plain(function(*arguments, **keywords))

    def keep(self, name: str, arguments: tuple[Any, ...], then: tuple[Any, ...]) -> Any:
        """What a call returned, as it is after another call."""
        function, seed = self._function(name), self._seed()
        first = self._run(function, *fresh(arguments, {}), seed)
        self._run(function, *fresh(then, {}), seed)
        return plain(first)

    def each(self, name: str, rows: Iterable[tuple[Any, ...] | dict[str, Any]]) -> list[Any]:
        """What independent calls return."""
        return [
            self.call(name, (), row) if isinstance(row, dict) else self.call(name, row, {})
            for row in rows
        ]

    def examine(self, module: str, function: str, value: Any) -> Any:
        """Judge an answer by a function of the kit."""
        return getattr(find().module(module), function)(plain(value))

    def exhibit(self, name: str, values: Any) -> None:
        """Nothing: there is no report."""

    def aside(self, act: Callable[[], object]) -> None:
        """Its calls count for no check."""
        with contextlib.suppress(Verdict):
            act()

    @contextlib.contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Nothing: there is no limit of time."""
        yield

    @contextlib.contextmanager
    def same_seed(self) -> Iterator[None]:
        """Calls inside draw the same random numbers."""
        before, self.fixed_seed = self.fixed_seed, self._seed()
        try:
            yield
        finally:
            self.fixed_seed = before

    def _seed(self) -> int:
        self.calls += 1
        return self.base + self.calls if self.fixed_seed is None else self.fixed_seed

    def _function(self, name: str) -> Callable[..., Any]:
        found = self.functions(name)
        if found is None:
            raise Missing(f"there is no function {name}")
        return found

    def _run(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        seed: int | None = None,
    ) -> Any:
        seed_everything(self._seed() if seed is None else seed)
        started = time.perf_counter()
        try:
            return function(*arguments, **keywords)
        except Exception as fault:
            raise Raised(f"{type(fault).__name__}: {fault}") from fault
        finally:
            self.spent += time.perf_counter() - started


def fresh(
    arguments: Iterable[Any], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of one call: copies of tensors, and the objects that the checks name, built."""
    return tuple(map(_fresh, arguments)), {name: _fresh(item) for name, item in keywords.items()}


def plain(value: Any) -> Any:
    """What the checks are given for it: tensors without a graph, lists, numbers, expressions."""
    if type(value) is torch.Tensor and value.layout == torch.strided:
        return value.detach()
    return values.unpack(values.pack(value))


def _fresh(item: Any) -> Any:
    if isinstance(item, torch.Tensor):
        return item.clone()
    if isinstance(item, (list, tuple)):
        return [_fresh(one) for one in item]
    return (
        find().kinds().build(item, find().material_paths())
        if isinstance(item, wire.Given)
        else item
    )

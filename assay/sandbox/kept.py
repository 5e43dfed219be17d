"""Keeps the student's own functions where something else takes their names later.

After Run All, `minimize` can be scipy's, imported for a comparison, and `project` a picture. Such a
binding is not what the student wants graded. One that wraps or replaces a function by another of
the student's own, with as many parameters, is.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from types import BuiltinFunctionType, ModuleType

from assay.foreign import Foreign, quoted
from assay.protocol import wire
from assay.protocol.parameters import fit
from assay.sandbox import stand_ins
from assay.sandbox.execute import Namespace, SubmissionFinder

OTHER, UNFIT, FIT = 0, 1, 2  # of a value: no function of the student's own, one, one that fits


@dataclass(frozen=True)
class Binding:
    """What a name was bound to, where, and how well that can be the function."""

    value: object
    place: str
    worth: int


class Keeper:
    """Watches the names of the functions asked for while a source runs.

    Attributes:
        asked: the functions.
        module: the module that the source becomes.
    """

    def __init__(self, asked: Iterable[wire.Asked], module: ModuleType) -> None:
        self.asked, self.module = tuple(asked), module
        self._last: dict[str, Binding] = {}
        self._best: dict[str, Binding] = {}

    def look(self, cell: str, line: int, namespace: Namespace) -> None:
        """Note what a statement of the source has bound."""
        if namespace is not vars(self.module):
            return
        for each in self.asked:
            last = self._last.get(each.name)
            counts = last is not None or not each.cell or _is_at(each, cell, line)
            if not counts or each.name not in namespace:
                continue
            value = namespace[each.name]
            if last is None or value is not last.value:
                self._add(each, Binding(value, f"{cell}, line {line}", self._worth(each, value)))

    def restore(self, namespace: Namespace) -> list[Foreign]:
        """Bind the best of each name again, if it is better than the last; a note for each."""
        notes = []
        for name, last in self._last.items():
            best = self._best[name]
            if namespace.get(name) is last.value and last.worth < best.worth:
                namespace[name] = best.value
                why = "its parameters are the template's" if last.worth == UNFIT else "your own"
                text = "`{}` is defined more than once: {} is graded ({}), not {}"
                notes.append(quoted(text, name, best.place, why, last.place))
        return notes

    def _add(self, asked: wire.Asked, binding: Binding) -> None:
        self._last[asked.name] = binding
        best = self._best.get(asked.name)
        if best is None or binding.worth >= best.worth:
            self._best[asked.name] = binding

    def _worth(self, asked: wire.Asked, value: object) -> int:
        # Student code may answer anything when it is asked for an attribute.
        with contextlib.suppress(Exception):
            if not callable(value) or stand_ins.within(value) or self._is_librarys(value):
                return OTHER
            return FIT if _fits(asked, value) else UNFIT
        return FIT

    def _is_librarys(self, value: object) -> bool:
        """Whether a function or class is what a module of a library has under its name."""
        if isinstance(value, BuiltinFunctionType):
            return True
        home = sys.modules.get(str(getattr(value, "__module__", "")))
        loader = getattr(getattr(home, "__spec__", None), "loader", None)
        if home is None or home is self.module or isinstance(loader, SubmissionFinder):
            return False
        found: object = home
        for part in str(getattr(value, "__qualname__", "")).split("."):
            found = getattr(found, part, None)
        return found is value


def _is_at(asked: wire.Asked, cell: str, line: int) -> bool:
    return cell == asked.cell and asked.lines[0] <= line <= asked.lines[1]


def _fits(asked: wire.Asked, function: object) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return True  # nobody knows
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    is_open = any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in parameters)
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    required = [p for p in parameters if p.default is p.empty and p.kind not in several]
    given = [each.name for each in parameters if each.kind in positional]
    return fit(given, len(required), asked.parameters, asked.needed, is_open=is_open) > 0

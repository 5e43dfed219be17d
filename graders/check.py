"""What a check is: a plain function that states a law, marked with its points; where they are."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import graders

Law = Callable[..., None]

_PROBLEM = re.compile(r"problem(?P<number>\d+)_\w+")
_MARK = "_assay_check"


@dataclass(frozen=True)
class Check:
    """One law, what it is worth, and what must hold before it is asked.

    Attributes:
        law: the function; its docstring's first line is the title that a student reads.
        section: "problem2" or "answers".
        module: the problem's file name without suffix, the same in every folder.
        points: what it is worth; 0 for what is only told.
        needs: names of checks of the same problem that must have passed.
        examples: how many inputs are drawn for it.
    """

    law: Law
    section: str
    module: str
    points: float
    part: str
    needs: tuple[str, ...]
    examples: int

    @property
    def name(self) -> str:
        """The law's own name."""
        return self.law.__name__

    @property
    def id(self) -> str:
        """Section and name, unique in the kit."""
        return f"{self.section}.{self.name}"

    @property
    def title(self) -> str:
        """The first line of the law's docstring."""
        return (self.law.__doc__ or self.name).strip().splitlines()[0].rstrip(".")

    @property
    def problem(self) -> int | None:
        """The problem's number; None for the reported answers."""
        match = _PROBLEM.fullmatch(self.module)
        return int(match["number"]) if match else None


def check(
    *, points: float, part: str = "", needs: Iterable[str] = (), examples: int = 20
) -> Callable[[Law], Law]:
    """Mark a function of `student` and of drawn inputs as a check.

    Args:
        points: at least 0; 0 marks what is told and not counted.
        part: the part of the problem, for example "b".
        needs: names of earlier checks of the same file.
        examples: inputs drawn from the law's strategies, at least 1; 1 is used where it draws none.
    Raises:
        ValueError: negative points, no example, or a law without a docstring.
    """
    if points < 0 or examples < 1:
        raise ValueError(f"points must be >= 0 and examples >= 1, got {points} and {examples}")
    wanted = tuple(needs)

    def mark(law: Law) -> Law:
        if not law.__doc__:
            raise ValueError(f"{law.__name__} needs a docstring: it is what the student reads")
        setattr(law, _MARK, {"points": points, "part": part, "needs": wanted, "examples": examples})
        return law

    return mark


@cache
def discover() -> tuple[Check, ...]:
    """Every check of the kit, by file name and then in the order of the file."""
    names = sorted(module.name for module in pkgutil.iter_modules(graders.__path__))
    homes = [name for name in names if _PROBLEM.fullmatch(name)] + ["answers"]
    return tuple(found for home in homes for found in checks_of(home))


@cache
def checks_of(home: str) -> tuple[Check, ...]:
    """The checks that the module `graders.<home>` states, in its own order.

    Raises:
        ValueError: a check needs one that does not stand above it.
    """
    module = importlib.import_module(f"graders.{home}")
    return tuple(_ordered(_marked(module, home), home))


def select(checks: Iterable[Check], only: str) -> tuple[Check, ...]:
    """The checks that `only` names, with those that they need: an id, a name or a section.

    Raises:
        ValueError: nothing has that name; the nearest names are told.
    """
    checks, only = tuple(checks), only.removesuffix(".py")
    chosen = {c.id for c in checks if only in (c.id, c.name, c.section, c.module)}
    if not chosen:
        raise ValueError(_unknown(only, checks))
    for c in reversed(checks):
        if c.id in chosen:
            chosen |= {f"{c.section}.{need}" for need in c.needs}
    return tuple(c for c in checks if c.id in chosen)


def _marked(module: ModuleType, home: str) -> Iterable[Check]:
    section = home.partition("_")[0]
    for law in vars(module).values():
        mark: dict[str, Any] | None = getattr(law, _MARK, None)
        if mark is not None and law.__module__ == module.__name__:
            examples = mark["examples"] if hasattr(law, "hypothesis") else 1
            yield Check(law, section, home, mark["points"], mark["part"], mark["needs"], examples)


def _ordered(checks: Iterable[Check], home: str) -> Iterable[Check]:
    above: set[str] = set()
    for found in checks:
        unknown = set(found.needs) - above
        if unknown:
            raise ValueError(f"{home}: {found.name} needs {sorted(unknown)}, not found above it")
        above.add(found.name)
        yield found


def _unknown(only: str, checks: tuple[Check, ...]) -> str:
    import difflib

    names = sorted({c.name for c in checks} | {c.section for c in checks})
    near = difflib.get_close_matches(only, names, n=3, cutoff=0.4) or names[:3]
    return f"no check is called {only!r}; near it: {', '.join(near)}"

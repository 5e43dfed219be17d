"""Stand-ins for plotting and progress libraries that a hand-in imports and no answer needs.

A solution is not wrong because the grader's machine cannot draw: where such a library is not
installed, its import succeeds and every use of it does nothing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

NAMES = frozenset(
    {
        "matplotlib",
        "mpl_toolkits",
        "seaborn",
        "plotly",
        "PIL",
        "tqdm",
        "IPython",
        "ipywidgets",
        "google",
    }
)
# A real library asks how old another is that was imported: matplotlib's pyplot asks IPython's.
NEWEST = (99, 0, 0)


class Nothing:
    """An object whose every attribute, item, call and context is nothing again."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Nothing again."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Any:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        # fig, ax = plt.subplots() unpacks two.
        return iter((self, self))

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        return None


class Progress(Nothing):
    """A progress bar that is its own iterable."""

    def __init__(self, iterable: Iterable[Any] = (), *_: Any, **__: Any) -> None:
        self._iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)


class StandIn(ModuleType):
    """A module in which every name stands for nothing."""

    __path__: list[str] = []  # noqa: RUF012 - ModuleType declares it so

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "version_info":
            return NEWEST
        if name == "trange":
            return lambda *limits, **_: Progress(range(*limits))
        return Progress if name == "tqdm" else Nothing()


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for the named libraries; asked last, so that a real one wins."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec where the top name is one of the known libraries."""
        if fullname.partition(".")[0] not in NAMES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """An empty stand-in."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""

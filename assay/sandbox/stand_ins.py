"""Stand-ins for plotting and progress libraries that a submission imports and no answer needs.

A solution is not incorrect because the grader's machine cannot plot: if such a library is not
installed, its import succeeds and every use of it does nothing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType

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
# Real libraries look at the version of others: matplotlib.pyplot at that of IPython.
NEWEST = (99, 0, 0)


class Nothing:
    """An object whose every attribute, item, call and context is the object itself."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __call__(self, *_: object, **__: object) -> Nothing:
        """The object itself."""
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Nothing:
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[object]:
        # Two items, for `fig, ax = plt.subplots()`.
        return iter((self, self))

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Progress(Nothing):
    """A progress bar: iterating over it yields the items that it was given."""

    def __init__(self, iterable: Iterable[object] = (), *_: object, **__: object) -> None:
        self._iterable = iterable

    def __iter__(self) -> Iterator[object]:
        return iter(self._iterable)


class StandIn(ModuleType):
    """A module in which every name is `Nothing`."""

    __path__: list[str] = []  # noqa: RUF012 - ModuleType declares it so

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "version_info":
            return NEWEST
        if name == "trange":
            return lambda *limits, **_: Progress(range(*limits))
        return Progress if name == "tqdm" else Nothing()


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for the libraries in `NAMES`; a real library comes first."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec if the top name is one of `NAMES`."""
        if fullname.partition(".")[0] not in NAMES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """An empty stand-in."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""

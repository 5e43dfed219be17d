"""Which sources are modules of packages, and the full names under which Python imports them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile, islice, takewhile

from assay.protocol.libraries import LIBRARIES
from assay.submission.naming import importable, stem
from assay.submission.source import Source


def placed(sources: Sequence[Source], name: str) -> tuple[Source, ...]:
    """The sources, those in packages with their full names.

    Args:
        name: what was handed in: the name of the folder around everything, if nothing else tells.
    """
    top = _top(sources, name)
    paths = [f"{top}/{source.origin or source.name}" for source in sources]
    modules = [(s, path) for s, path in zip(sources, paths, strict=True) if not s.tolerant]
    packages = frozenset(folder for each in modules for folder in _packages(*each))
    names = {path: tuple(_names(path, packages)) for _, path in modules if packages}
    return tuple(
        replace(source, packages=names.get(path, ()))
        for source, path in zip(sources, paths, strict=True)
    )


def _packages(source: Source, path: str) -> Iterator[str]:
    """The folders that one source shows to be packages.

    That is the folder of an `__init__.py`, and as many as a relative import has dots.
    """
    levels = [len(name) - len(name.lstrip(".")) for name in source.imports]
    is_init = posixpath.basename(path) == "__init__.py"
    yield from islice(_folders(path), max([int(is_init), *levels]))


def _names(path: str, packages: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The full names of a module, each with the folder that it starts in, the longest first."""
    around = dropwhile(lambda folder: folder not in packages, _folders(path))
    for package in reversed(list(takewhile(packages.__contains__, around))):
        start = posixpath.dirname(package)
        parts = path.removeprefix(f"{start}/").removesuffix(".py").split("/")
        first, *others = parts[:-1] if parts[-1] == "__init__" else parts
        first = f"{importable(first)}_" if first in LIBRARIES else importable(first)
        yield start, ".".join([first, *map(importable, others)])


def _folders(path: str) -> Iterator[str]:
    """The folders around a file, the innermost first."""
    while path := path.rpartition("/")[0]:
        yield path


def _top(sources: Sequence[Source], name: str) -> str:
    """The name of the folder around everything, as its own files call it or as it was handed in."""
    origins = (source.origin or source.name for source in sources)
    inside = {origin.partition("/")[0].removesuffix(".py") for origin in origins}
    for source in sources:
        for imported in sorted(source.imports):
            first, _, rest = imported.partition(".")
            is_own = first and first not in LIBRARIES | inside
            if is_own and rest.partition(".")[0] in inside:
                return first
    return importable(stem(name))

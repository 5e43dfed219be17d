"""Where a submission begins: its files by path from the folder that contains the problem files."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from assay.checks import problem_number
from assay.submission.folder import Collected
from assay.submission.naming import SOURCES, shown, undisguised


def from_root(collected: Collected) -> dict[str, str]:
    """The path in what was handed in of each file, by the file's path from the root.

    Where two files would have the same path, the newer one is used.
    """
    root, common = _root(collected.files), _common(collected.files)
    places: dict[str, str] = {}
    for path in sorted(collected.files, key=lambda p: not _is_below(p, root)):
        target = path.removeprefix(f"{root if _is_below(path, root) else common}/")
        both = [places[target], path] if target in places else [path]
        places[target] = max(both, key=collected.handed_in)
        for other in both:
            if other != places[target]:
                used = shown(places[target])
                collected.note(f"{shown(other)} was ignored: {used} is used in its place")
    for path in _named_like_folders(places):
        collected.note(f"{shown(path)} was ignored: there is a folder of the same name")
        del places[path]
    for path in [path for path in places if undisguised(path) != path]:
        if undisguised(path) not in places:
            collected.note(f"{shown(path)} was read as {shown(undisguised(path))}")
            places[undisguised(path)] = places.pop(path)
    return places


def depth(path: str) -> tuple[int, str]:
    """Sorts paths: the shallowest first, then by name."""
    return path.count("/"), path


def is_source(path: str) -> bool:
    """Whether a file is Python or a notebook, by its suffix."""
    return undisguised(path).lower().endswith(SOURCES)


def _named_like_folders(paths: Iterable[str]) -> list[str]:
    # In this order, whatever is in a folder directly follows the folder's name.
    ordered = sorted(f"{path}/" for path in paths)
    return [a.removesuffix("/") for a, b in pairwise(ordered) if b.startswith(a)]


def _root(paths: Iterable[str]) -> str:
    """The folder with the most problem files, or if there are none, of the shallowest source.

    If that is a package, it is the folder around it, from where Python imports it.
    """
    sources = sorted(filter(is_source, paths), key=depth)
    folders = Counter(posixpath.dirname(path) for path in sources if problem_number(path))
    best = [folder for folder, _ in folders.most_common(1)]
    root = (best or [posixpath.dirname(path) for path in sources[:1]] or [""])[0]
    while root and f"{root}/__init__.py" in sources:
        root = posixpath.dirname(root)
    return root


def _common(paths: Iterable[str]) -> str:
    folders = [posixpath.dirname(path) for path in paths]
    return posixpath.commonpath(folders) if folders else ""


def _is_below(path: str, root: str) -> bool:
    return not root or path.startswith(f"{root}/")

"""Which packages a course allows, by its `requirements.txt`, and which the kit itself needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from assay.errors import InvalidInput
from assay.protocol.libraries import PRESENT

KIT = "mfdnn-assay"

_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_ENDS = re.compile(r"\s*(\[[^]]*\])?\s*([<>=!~;@(#].*|\Z)")


def read_packages(path: Path) -> tuple[str, ...]:
    """The names by which the packages in a `requirements.txt` are imported, sorted.

    Versions and markers are not looked at: what is installed is what is imported.

    Raises:
        InvalidInput: a line is no requirement; the message has its number.
        OSError: the file cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not text in UTF-8") from None
    names = []
    for number, row in enumerate(text.replace("\\\n", "  ").splitlines(), 1):
        if not row.strip() or row.lstrip().startswith(("#", "--")):
            continue
        match = _NAME.match(row)
        if match is None or not _ENDS.match(row, match.end()):
            raise InvalidInput(
                f"{path}, line {number}: {row.strip()!r} is no package; write one name a line, as "
                "in `pandas>=2`, and no -r or -e"
            )
        names.append(match[1])
    return tuple(sorted(imports_of(names)))


@cache
def kit_packages() -> frozenset[str]:
    """The names of what the kit needs, and of what that needs: it is there for every submission."""
    seen: set[str] = set()
    waiting = [KIT]
    while waiting:
        name = _normal(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        waiting += [_NAME.match(each)[1] for each in needed if "extra ==" not in each]  # type: ignore[index]
    return frozenset({*PRESENT, *imports_of(seen)})


def imports_of(packages: Iterable[str]) -> set[str]:
    """The names by which packages are imported; of one that is not installed, its own."""
    by_package: dict[str, set[str]] = {}
    for name, owners in _owners().items():
        for owner in owners:
            by_package.setdefault(_normal(owner), set()).add(name)
    found: set[str] = set()
    for package in packages:
        found |= by_package.get(_normal(package), {package.replace("-", "_")})
    return {name for name in found if name.isidentifier() and not name.startswith("_")}


@cache
def _owners() -> dict[str, list[str]]:
    return {name: list(owners) for name, owners in metadata.packages_distributions().items()}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

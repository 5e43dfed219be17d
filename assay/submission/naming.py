"""Names of files and submissions: safe as paths, safe to show, safe to save under."""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path

TARS = (".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tbz", ".tar")
ARCHIVES = (*TARS, ".zip")
SOURCES = (".py", ".ipynb")
DOCUMENTS = (".tex", ".md", ".txt")  # that may hold a written solution

NAME_LIMIT = 255  # bytes in one part of a path: what file systems allow
PATH_LIMIT = 1_000  # bytes in a whole path
SHOWN_LIMIT = 120  # characters of a name shown in a message
ID_LIMIT = 120  # characters of an id
ID_BYTES = 200  # bytes of an id: a file name may have 255, suffixes included

# What browsers and mail programs make of a source's name.
_DISGUISED = re.compile(r"(?P<name>.+\.(?:py|ipynb))\.(?:txt|json)", re.IGNORECASE)
# File names that Windows reserves, whatever their suffix.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def importable(part: str) -> str:
    """A part of a path as the name of a module that Python can import."""
    word = re.sub(r"\W", "_", part)
    word = word if word.isidentifier() else f"_{word}"
    return f"{word}_" if keyword.iskeyword(word) else word


def identifier(path: Path) -> str:
    """The id of a submission: its name without the suffix, safe as a file name on every system."""
    name = path.name if path.name not in ("", "..") else path.resolve().name
    return safe_id(name if path.is_dir() else stem(undisguised(name)))


def stem(name: str) -> str:
    """A file's name without its suffix, which may have two parts: ".tar.gz"."""
    suffix = next((s for s in ARCHIVES if name.lower().endswith(s)), Path(name).suffix)
    return name[: len(name) - len(suffix)]


def undisguised(name: str) -> str:
    """The name of a source without a suffix that a browser or a mail program added.

    >>> undisguised("hw10.ipynb.json"), undisguised("a/x.py.txt"), undisguised("notes.txt")
    ('hw10.ipynb', 'a/x.py', 'notes.txt')
    """
    match = _DISGUISED.fullmatch(name)
    return match["name"] if match else name


def safe_id(name: str) -> str:
    """A name as an id: safe as a file name on every system."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    text = "".join(c if _may_stay(c) else "_" for c in text).strip(". ") or "submission"
    return _shortened(f"_{text}" if _DEVICES.match(text) else text)


def identified(paths: list[Path]) -> list[tuple[str, Path]]:
    """Each path with an id of its own (`told_apart`)."""
    bases = [(identifier(path), path.suffix.lstrip(".") or "folder") for path in paths]
    names = told_apart([base, f"{base}-{kind}"] for base, kind in bases)
    return list(zip(names, paths, strict=True))


def told_apart(choices: Iterable[list[str]], used: Iterable[str] = ()) -> list[str]:
    """A free id for each list of choices: the first free one, or the list's first with a number.

    Ids that differ only in case are the same, as in many file systems.

    Args:
        choices: for each submission its possible ids, the preferred one first.
        used: ids that are not free.
    """
    taken = {name.casefold() for name in used}
    names = []
    for ids in choices:
        options = chain(ids, (f"{ids[0]}-{number}" for number in count(2)))
        names.append(next(name for name in options if name.casefold() not in taken))
        taken.add(names[-1].casefold())
    return names


def unsafe(raw: str) -> str:
    """Why a name cannot be a path inside the submission; empty if it can.

    A backslash separates folders, as in what Windows packs.
    """
    raw = raw.replace("\\", "/")
    # This comes first: the other tests, normal forms above all, are slow for a long name.
    if len(raw) > PATH_LIMIT or max(map(len, raw.split("/"))) > NAME_LIMIT:
        return "its name is too long"
    if raw.startswith("/") or re.match(r"[A-Za-z]:", raw):
        return "its name is an absolute path"
    if ".." in raw.split("/"):
        return "its path leads outside the submission"
    if not raw.isascii() and any(unicodedata.category(c) in ("Cc", "Cs") for c in raw):
        return "its name is not valid text"
    if raw.isascii() and not raw.isprintable():
        return "its name is not valid text"
    if max(map(_bytes, raw.split("/"))) > NAME_LIMIT or _bytes(raw) > PATH_LIMIT:
        return "its name is too long"
    return ""


def shown(name: str) -> str:
    """A name in the form that messages show: printable and short."""
    half = SHOWN_LIMIT // 2
    name = name if len(name) <= SHOWN_LIMIT else f"{name[:half]}…{name[-half:]}"
    return "".join(c if c.isprintable() else "�" for c in name) or "an empty name"


def _bytes(name: str) -> int:
    return len(unicodedata.normalize("NFC", name).encode())


def _may_stay(character: str) -> bool:
    return character in "-_. " or unicodedata.category(character)[0] in "LMN"


def _shortened(text: str) -> str:
    if len(text) <= ID_LIMIT and len(text.encode()) <= ID_BYTES:
        return text
    # The digest keeps long names apart that start alike.
    tail = "-" + hashlib.sha256(text.encode()).hexdigest()[:8]
    head = text[: ID_LIMIT - len(tail)].encode()[: ID_BYTES - len(tail)]
    return head.decode(errors="ignore") + tail

"""Which of two files with similar names is the newer version, as far as their paths tell."""

from __future__ import annotations

import posixpath
import re
import unicodedata

from assay.submission.naming import stem

NEWER = frozenset(
    [
        "corrected",
        "correction",
        "final",
        "fix",
        "fixed",
        "latest",
        "mended",
        "new",
        "newer",
        "newest",
        "redo",
        "redone",
        "resubmission",
        "resubmit",
        "resubmitted",
        "revised",
        "revision",
        "update",
        "updated",
        "최종",
        "수정",
        "수정본",
        "재제출",
    ]
)
OLDER = frozenset(
    [
        "archive",
        "attempt",
        "backup",
        "bak",
        "before",
        "copy",
        "deprecated",
        "draft",
        "drafts",
        "earlier",
        "example",
        "examples",
        "old",
        "older",
        "orig",
        "original",
        "outdated",
        "previous",
        "prev",
        "scratch",
        "skeleton",
        "starter",
        "template",
        "templates",
        "test",
        "tests",
        "tmp",
        "trash",
        "unused",
        "wip",
        "wrong",
        "복사본",
        "사본",
        "이전",
        "초안",
    ]
)

_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_older(path: str) -> bool:
    """Whether a folder or the file's name says that there is a newer version."""
    return not OLDER.isdisjoint(_words(path))


def newness(path: str) -> int:
    """How many words say that this is a newer version: 2 for "final/hw10_fixed.ipynb"."""
    return sum(word in NEWER for word in _words(path))


def numbers(path: str) -> tuple[int, ...]:
    """The numbers of the file's name, then those of its folders: (10, 1) for "hw10 (1).ipynb"."""
    folders, name = posixpath.split(path)
    return tuple(int(digits[:18]) for part in (stem(name), folders) for digits in _digits(part))


def family(path: str) -> str:
    """What versions of one file have in common: its name without numbers and words of age.

    >>> family("hw10redo.ipynb"), family("hw10 (1).ipynb"), family("2/hw10_v2.py")
    ('hw', 'hw', 'hw')
    """
    words = _words(stem(posixpath.basename(path)))
    return " ".join(w for w in words if w not in NEWER | OLDER | {"v", "ver", "version"})


def _words(path: str) -> list[str]:
    text = _CAPITAL.sub("_", unicodedata.normalize("NFC", path))
    return [word.casefold() for word in _WORD.findall(text)]


def _digits(text: str) -> list[str]:
    return re.findall(r"[0-9]+", text)

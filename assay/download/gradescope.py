"""Whose each folder of a Gradescope export is, by the `submission_metadata.yml` beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from assay.download.listing import Entry, Listing, content
from assay.errors import Unreadable
from assay.submission.naming import safe_id

METADATA = "submission_metadata.yml"
METADATA_LIMIT = 32 * 2**20  # bytes: it holds all output of an autograder, too

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?")
_NOBODY = {"", "~", "null"}

Key = frozenset[tuple[str, str]] | str  # the students of a submission; its folder where none


def entries(found: Listing) -> Iterator[Entry]:
    """A hand-in for each submission; of several by the same students, the newest.

    Raises:
        Unreadable: the metadata cannot be read.
    """
    told = _metadata(found)
    newest: dict[Key, tuple[str, list[dict[str, str]]]] = {}
    counts: dict[Key, int] = {}
    for top in sorted((t for t in found.tops if is_submission(t, found)), key=_age(told)):
        people = _submitters(told.get(top))
        key: Key = frozenset(_key(p) for p in people) or top
        newest[key] = (top, people)
        counts[key] = counts.get(key, 0) + 1
    for key, (top, people) in newest.items():
        again = f"handed in {counts[key]} times: the last one counts, {top}"
        yield _entry(top, people, found, (again,) if counts[key] > 1 else ())


def _entry(top: str, people: list[dict[str, str]], found: Listing, notes: tuple[str, ...]) -> Entry:
    names = [p.get("name") or p.get("email") or p.get("sid", "") for p in people]
    ids = [p["sid"] for p in people if "sid" in p]
    return Entry(
        name=safe_id("_".join([*names, *ids]) or top),
        title=", ".join(names) or top,
        path=str(found.path),
        parts=(found.part(top),),
        students=tuple(people),
        notes=notes,
    )


def is_submission(top: str, found: Listing) -> bool:
    """Whether a name at the top is the folder of a submission."""
    return found.tops[top] and top.startswith("submission_")


def _metadata(found: Listing) -> dict[str, Any]:
    body = content(found.path, found.root + METADATA, METADATA_LIMIT + 1)
    if len(body) > METADATA_LIMIT:
        raise Unreadable(f"{METADATA} is larger than {METADATA_LIMIT // 2**20} MiB")
    import yaml  # here, for what a student runs reads none

    # Of all loaders the one that makes texts, lists and mappings only: 007 stays a student's id,
    # and no tag, Ruby's included, makes anything.
    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        told = yaml.load(body, Loader=loader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise Unreadable(
            f"{METADATA} is damaged ({type(fault).__name__}): export the submissions again"
        ) from None
    return _plain(told)


def _plain(told: object) -> dict[str, Any]:
    """A mapping without the colons of Ruby's symbols; empty where it is none."""
    return {str(k).lstrip(":"): v for k, v in told.items()} if isinstance(told, dict) else {}


def _submitters(told: object) -> list[dict[str, str]]:
    listed = _plain(told).get("submitters")
    people = [_plain(person) for person in listed] if isinstance(listed, list) else []
    kept = [
        {k: p[k].strip() for k in ("name", "sid", "email") if _is_told(p.get(k))} for p in people
    ]
    return [person for person in kept if person]


def _is_told(value: object) -> bool:
    return isinstance(value, str) and value.strip() not in _NOBODY


def _key(person: dict[str, str]) -> tuple[str, str]:
    kind = next(k for k in ("sid", "email", "name") if k in person)
    return kind, person[kind].casefold()


def _age(told: dict[str, Any]) -> Any:
    """Orders submissions by when they were made, then by their number."""

    def age(top: str) -> tuple[datetime, int, str]:
        digits = top.removeprefix("submission_")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0
        return _time(_plain(told.get(top)).get("created_at")), number, top

    return age


def _time(text: object) -> datetime:
    match = _TIME.match(text) if isinstance(text, str) else None
    try:
        zone = (match[3] or "Z") if match else "Z"
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}" if match else "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)

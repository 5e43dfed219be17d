"""Which students each folder of a Gradescope export belongs to, by `submission_metadata.yml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from assay.download.listing import Entry, Listing, content
from assay.errors import Unreadable
from assay.submission.naming import safe_id

METADATA = "submission_metadata.yml"
METADATA_LIMIT = 32 * 2**20  # bytes: it also contains all output of autograders
NARROW = "keep only `submitters` and `created_at` of each submission"

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?")
_EMPTY = {"", "~", "null"}

# The students of a submission, or if they are unknown, its folder.
Key = frozenset[tuple[str, str]] | str


def entries(listing: Listing) -> Iterator[Entry]:
    """The newest submission of each student or group of students.

    Raises:
        Unreadable: the metadata cannot be read.
    """
    metadata = _metadata(listing)
    newest: dict[Key, tuple[str, list[dict[str, str]]]] = {}
    counts: dict[Key, int] = {}
    tops = [top for top in listing.tops if is_submission(top, listing)]
    for top in sorted(tops, key=_oldest_first(metadata)):
        people = _submitters(metadata.get(top))
        key: Key = frozenset(_key(p) for p in people) or top
        newest[key] = (top, people)
        counts[key] = counts.get(key, 0) + 1
    for key, (top, people) in newest.items():
        again = f"handed in {counts[key]} times: the last one, {top}, counts"
        yield _entry(top, people, listing, (again,) if counts[key] > 1 else ())


def _entry(
    top: str, people: list[dict[str, str]], listing: Listing, notes: tuple[str, ...]
) -> Entry:
    names = [p.get("name") or p.get("email") or p.get("sid", "") for p in people]
    ids = [p["sid"] for p in people if "sid" in p]
    return Entry(
        name=safe_id("_".join([*names, *ids]) or top),
        title=", ".join(names) or top,
        path=str(listing.path),
        parts=(listing.part(top),),
        students=tuple(people),
        notes=notes,
    )


def is_submission(top: str, listing: Listing) -> bool:
    """Whether a name at the top is the folder of a submission."""
    return listing.tops[top] and top.startswith("submission_")


def _metadata(listing: Listing) -> dict[str, object]:
    body = content(listing.path, listing.root + METADATA, METADATA_LIMIT + 1)
    if len(body) > METADATA_LIMIT:
        limit = f"{METADATA_LIMIT // 2**20} MiB"
        raise Unreadable(f"{METADATA} is larger than {limit}: {NARROW}")
    import yaml  # here, because most commands do not need it

    # This loader creates only texts, lists and mappings: the id 007 stays a text, and no tag, not
    # even Ruby's, creates an object.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        document = yaml.load(body, Loader=loader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise Unreadable(
            f"{METADATA} is damaged ({type(fault).__name__}): export the submissions again"
        ) from None
    return _plain(document)


def _plain(value: object) -> dict[str, object]:
    """A mapping without the colons of Ruby's symbols; empty if the value is no mapping."""
    if not isinstance(value, dict):
        return {}
    return {str(key).lstrip(":"): inner for key, inner in value.items()}


def _submitters(submission: object) -> list[dict[str, str]]:
    listed = _plain(submission).get("submitters")
    people = map(_person, listed) if isinstance(listed, list) else ()
    return [person for person in people if person]


def _person(value: object) -> dict[str, str]:
    texts = {key: text.strip() for key, text in _plain(value).items() if isinstance(text, str)}
    return {key: texts[key] for key in ("name", "sid", "email") if texts.get(key, "") not in _EMPTY}


def _key(person: dict[str, str]) -> tuple[str, str]:
    kind = next(k for k in ("sid", "email", "name") if k in person)
    return kind, person[kind].casefold()


def _oldest_first(metadata: Mapping[str, object]) -> Callable[[str], tuple[datetime, int, str]]:
    """Sorts submissions by their time, then by their number."""

    def age(top: str) -> tuple[datetime, int, str]:
        digits = top.removeprefix("submission_")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0
        return _time(_plain(metadata.get(top)).get("created_at")), number, top

    return age


def _time(text: object) -> datetime:
    match = _TIME.match(text) if isinstance(text, str) else None
    try:
        zone = (match[3] or "Z") if match else "Z"
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}" if match else "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)

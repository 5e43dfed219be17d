"""Downloads whose names say who handed in what and when; of several attempts the newest counts.

Brightspace: `<user>-<folder> - <Name> - <Aug 29, 2025 208 PM>/…`, or flat and ` - <file>`.
Blackboard: `<Assignment>_<login>_attempt_<2025-08-29-14-08-00>_<file>`, and a `.txt` that has the
name.
Autolab: `<email>_<version>_<file>`, for example `ada@example.org_3_handin.tar`.
Submitty: `<login>/<version>/…` beside `<login>/user_assignment_settings.json`.
"""

from __future__ import annotations

import calendar
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from assay.download.listing import Entry, Listing, Part, content
from assay.errors import Unreadable
from assay.submission.naming import safe_id, shown

Attempts = Literal["brightspace", "blackboard", "autolab", "submitty"]
SETTINGS = "user_assignment_settings.json"
SUBMISSIONS = "submissions"  # the folder of a Submitty download that contains those of the students
HEAD_LIMIT = 2**12  # bytes read of the files that systems write themselves

_DATE = (
    r"\w{3,12}\.? \d{1,2}, \d{4} \d{3,4} ?[AP]M"  # Aug 29, 2025 208 PM
    r"|\d{1,2} \w{3,12}\.?,? \d{4} \d{3,4}(?: ?[AP]M)?"  # 29 August, 2025 1408
)
_BRIGHTSPACE = re.compile(
    rf"(?P<user>\d+)-\d+ ?- (?P<name>.+?) ?- (?P<when>{_DATE})(?: ?- (?P<file>.+))?", re.IGNORECASE
)
_BLACKBOARD = re.compile(
    r".+_(?P<login>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)"
)
_AUTOLAB = re.compile(r"(?P<email>[^\s/@]+@[A-Za-z0-9.-]+)_(?P<version>\d{1,9})_(?P<file>.+)")
_NAME_LINE = re.compile(r"Name:\s*(?P<name>.+?)\s*\((?P<login>[^()]+)\)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Attempt:
    """What one name at the top of a download says.

    Attributes:
        part: the file or folder; None for what only the system itself wrote.
        who: the student, as the system knows them.
        key: what identifies the student.
        order: larger for a later attempt.
    """

    part: Part | None
    who: dict[str, str]
    key: str
    order: tuple[int, ...]


def is_attempt(system: Attempts, top: str, listing: Listing) -> bool:
    """Whether a name at the top is of the form that the system gives."""
    return bool(_READERS[system](top, listing))


def entries(system: Attempts, listing: Listing) -> Iterator[Entry]:
    """The newest attempt of each student."""
    students: dict[str, list[Attempt]] = {}
    for top in listing.tops:
        for attempt in _READERS[system](top, listing):
            students.setdefault(attempt.key, []).append(attempt)
    for attempts in students.values():
        yield _entry(attempts, listing)


def _entry(attempts: list[Attempt], listing: Listing) -> Entry:
    orders = sorted({attempt.order for attempt in attempts})
    who = {kind: value for attempt in attempts for kind, value in attempt.who.items()}
    title = who.get("name") or attempts[0].key
    parts = (a.part for a in attempts if a.order == orders[-1] and a.part is not None)
    again = f"handed in {len(orders)} times: the last attempt counts"
    key = attempts[0].key
    return Entry(
        name=safe_id(f"{title}_{key}" if title != key else key),
        title=title,
        path=str(listing.path),
        parts=tuple(parts),
        students=(who,),
        notes=(again,) if len(orders) > 1 else (),
    )


def _brightspace(top: str, listing: Listing) -> list[Attempt]:
    match = _BRIGHTSPACE.fullmatch(_composed(top))
    if match is None or bool(match["file"]) == listing.tops[top]:
        return []
    who = {"name": match["name"].strip(), "user": match["user"]}
    part = listing.part(top, match["file"] or "")
    return [Attempt(part, who, match["user"], _moment(match["when"]))]


def _blackboard(top: str, listing: Listing) -> list[Attempt]:
    match = None if listing.tops[top] else _BLACKBOARD.fullmatch(_composed(top))
    if match is None:
        return []
    who, part = {"login": match["login"]}, None
    if match["file"]:
        part = listing.part(top, match["file"])
    else:
        written = _NAME_LINE.search(_head(listing, top))
        who |= {"name": written["name"]} if written else {}
    return [Attempt(part, who, match["login"], tuple(map(int, match["when"].split("-"))))]


def _autolab(top: str, listing: Listing) -> list[Attempt]:
    match = None if listing.tops[top] else _AUTOLAB.fullmatch(_composed(top))
    if match is None:
        return []
    email = match["email"]
    part = listing.part(top, match["file"])
    return [Attempt(part, {"email": email}, email, (int(match["version"]),))]


def _submitty(top: str, listing: Listing) -> list[Attempt]:
    inside = listing.inside(top)
    versions = [name for name, is_folder in inside.items() if is_folder and name.isdecimal()]
    others = [name for name in inside if name not in versions and name != SETTINGS]
    if SETTINGS not in inside and (not versions or others):
        return []
    active = _active_version(listing, f"{top}/{SETTINGS}") if SETTINGS in inside else ""
    home = f"{listing.root}{top}/"
    return [
        Attempt(Part(f"{home}{name}/"), {"login": top}, top, (name == active, int(name[:18])))
        for name in versions
    ] or [Attempt(None, {"login": top}, top, (0,))]


def _active_version(listing: Listing, place: str) -> str:
    try:
        settings = json.loads(_head(listing, place))
    except (ValueError, RecursionError):
        return ""
    return str(settings.get("active_version", "")) if isinstance(settings, dict) else ""


def _head(listing: Listing, place: str) -> str:
    """The beginning of a small text file of the download; empty if it cannot be read."""
    try:
        return content(listing.path, listing.root + place, HEAD_LIMIT).decode(
            "utf-8-sig", "replace"
        )
    except Unreadable:
        return ""


def _moment(when: str) -> tuple[int, ...]:
    """Year, month, day, hour and minute; zeros for what is not understood."""
    words = re.findall(r"[^\W\d_]+", when)
    first, second, third = map(int, re.findall(r"\d+", when))
    day, year, clock = first, second, third
    months = [name.lower() for name in calendar.month_abbr]
    month = months.index(words[0][:3].lower()) if words[0][:3].lower() in months else 0
    hour, minute = divmod(clock, 100)
    if words[-1].upper() in ("AM", "PM"):
        hour = hour % 12 + 12 * (words[-1].upper() == "PM")
    return year, month, day, hour, minute


def _composed(top: str) -> str:
    return unicodedata.normalize("NFC", top)


_READERS: dict[Attempts, Callable[[str, Listing], list[Attempt]]] = {
    "brightspace": _brightspace,
    "blackboard": _blackboard,
    "autolab": _autolab,
    "submitty": _submitty,
}


# Names as only a system makes them: an email address, a date, or a number between other parts.
_SYSTEMS_OWN = re.compile(
    r".*[^\s/@]@[A-Za-z0-9-]+\.\w.*|.*\d{4}-\d\d-\d\d.*|.+[_-]\d{4,}[_-].+|.*\d{12,}.*"
)


def unknown_pattern(names: Iterable[str]) -> str:
    """A warning if most names look like those of a system that is not known here; else empty."""
    names = list(names)
    odd = [name for name in names if _SYSTEMS_OWN.fullmatch(name)]
    if len(odd) < 2 or 2 * len(odd) < len(names):
        return ""
    return (
        f"names like {shown(odd[0])} look like those of a system that is not known here: each is "
        "graded as another student's; several files of one student belong into one folder"
    )

"""The students of a class, and who of them handed in nothing."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assay.download.listing import Entry
from assay.errors import Unreadable
from assay.submission.folder import read_at_most
from assay.submission.naming import shown, stem

ROSTER_LIMIT = 8 * 2**20  # bytes
NARROW = "keep only the columns id, name, email and login"
COLUMNS = {
    "id": ("id", "student id", "sid", "user id", "identifier"),
    "name": ("name", "full name", "student"),
    "email": ("email", "email address", "e-mail"),
    "login": ("login", "github_username", "username", "sis login id"),
}


@dataclass(frozen=True)
class Person:
    """A row of a roster; empty where it has no value."""

    id: str = ""
    name: str = ""
    email: str = ""
    login: str = ""

    @property
    def title(self) -> str:
        """The name to be shown, or the next best."""
        return self.name or self.login or self.email or self.id

    @property
    def keys(self) -> set[str]:
        """What identifies this person alone."""
        return {key.casefold() for key in (self.id, self.email, self.login) if key}


def read_roster(path: Path) -> list[Person]:
    """Read the students from a CSV file whose first row names its columns, in any order.

    Raises:
        Unreadable: it cannot be read, or has none of the columns id, name, email, login.
    """
    try:
        with path.open("rb") as stream:
            body = read_at_most(stream, ROSTER_LIMIT + 1)
        if len(body) > ROSTER_LIMIT:
            raise Unreadable(
                f"{shown(path.name)} is larger than {ROSTER_LIMIT // 2**20} MiB: {NARROW}"
            )
        return _people(body.decode("utf-8-sig"), path.name)
    except OSError as fault:
        raise Unreadable(f"{shown(str(path))} cannot be read: {fault.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise Unreadable(f"{shown(path.name)} is not a CSV file in UTF-8: save it as one") from None


def absent(
    people: Iterable[Person], entries: Iterable[Entry], unread: Iterable[str] = ()
) -> list[Person]:
    """The people on a roster who have no submission, and no file that could not be read as one.

    A submission is matched to a person by id, email or login, and if it matches nobody, by name,
    with its words in any order. If two people have the same name, it counts for both of them.
    """
    people, submitters = list(people), [who for entry in entries for who in _submitters(entry)]
    submitters += map(_named, unread)
    all_keys = {key for person in people for key in person.keys}
    present = {key for keys, _ in submitters for key in keys}
    names = {name for keys, names in submitters if not keys & all_keys for name in names}
    return [p for p in people if not p.keys & present and not _spellings(p.name) & names]


def strangers(people: Iterable[Person], entries: Iterable[Entry]) -> list[str]:
    """The submissions of students of whom none is on the roster, matched as in `absent`."""
    people = list(people)
    known = {key for person in people for key in person.keys}
    known_names = {name for person in people for name in _spellings(person.name)}
    return [
        entry.title
        for entry in entries
        if not any(k & known or n & known_names for k, n in _submitters(entry))
    ]


def _spellings(name: str) -> set[str]:
    """A name without spaces and punctuation, also with its last word first."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold())
    joined = {"".join(words), "".join(words[-1:] + words[:-1])}
    return joined - {""}


def _submitters(entry: Entry) -> list[tuple[set[str], set[str]]]:
    """The keys of each student of a submission, and the spellings of their name."""
    if not entry.students:
        return [_named(entry.title)]
    submitters = []
    for who in entry.students:
        keys = {value.casefold() for kind, value in who.items() if kind != "name"}
        submitters.append((keys, _spellings(who.get("name", ""))))
    return submitters


def _named(title: str) -> tuple[set[str], set[str]]:
    """The keys and spellings in a file's name, which may be an id, a login or a name."""
    words = re.split(r"[\s_.,()-]+", title.casefold())
    return {title.casefold(), *words} - {""}, _spellings(title) | _spellings(stem(title))


def _people(text: str, name: str) -> list[Person]:
    head = text.partition("\n")[0]
    # Strict: a quote that is not closed would swallow the students after it.
    rows = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count), strict=True)
    header = [cell.strip().casefold() for cell in next(rows, [])]
    titles = {column: [t for t in names if t in header] for column, names in COLUMNS.items()}
    places = {column: header.index(found[0]) for column, found in titles.items() if found}
    if not places:
        raise Unreadable(
            f"{shown(name)} has no column id, name, email or login: name its columns in the first "
            "row"
        )
    people = [
        Person(**{column: row[k].strip() for column, k in places.items() if k < len(row)})
        for row in rows
    ]
    # Canvas's gradebook has a row that is not a person.
    return [p for p in people if p != Person() and p.name != "Points Possible"]

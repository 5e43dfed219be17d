"""Who of a class handed in nothing."""

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
from assay.submission.folder import first
from assay.submission.naming import shown

ROSTER_LIMIT = 8 * 2**20  # bytes
COLUMNS = {
    "id": ("id", "student id", "sid", "user id", "identifier"),
    "name": ("name", "full name", "student"),
    "email": ("email", "email address", "e-mail"),
    "login": ("login", "github_username", "username", "sis login id"),
}


@dataclass(frozen=True)
class Person:
    """A row of a roster; what it does not tell is empty."""

    id: str = ""
    name: str = ""
    email: str = ""
    login: str = ""

    @property
    def title(self) -> str:
        """Who it is, as a person reads it."""
        return self.name or self.login or self.email or self.id

    @property
    def keys(self) -> set[str]:
        """What only this person is called."""
        return {key.casefold() for key in (self.id, self.email, self.login) if key}


def read_roster(path: Path) -> list[Person]:
    """Read the people off a CSV file whose first row names its columns, in any order.

    Raises:
        Unreadable: it cannot be read, or has none of the columns id, name, email, login.
    """
    try:
        with path.open("rb") as stream:
            body = first(stream, ROSTER_LIMIT + 1)
        if len(body) > ROSTER_LIMIT:
            raise Unreadable(f"{shown(path.name)} is larger than {ROSTER_LIMIT // 2**20} MiB")
        return _people(body.decode("utf-8-sig"), path.name)
    except OSError as fault:
        raise Unreadable(f"{shown(str(path))} cannot be read: {fault.strerror}") from None
    except (UnicodeDecodeError, csv.Error):
        raise Unreadable(f"{shown(path.name)} is no CSV in UTF-8: save it as such") from None


def absent(people: Iterable[Person], entries: Iterable[Entry]) -> list[Person]:
    """Those of a roster of whom there is no hand-in.

    A hand-in is a person's by id, email or login; one that is nobody's so, by name, in any order
    and spacing. Two people of one name are both there as soon as one hand-in has it.
    """
    people, handed_in = list(people), [who for entry in entries for who in _told(entry)]
    every = {key for person in people for key in person.keys}
    known = {key for keys, _ in handed_in for key in keys}
    free = {name for keys, names in handed_in if not keys & every for name in names}
    return [p for p in people if not p.keys & known and not spellings(p.name) & free]


def spellings(name: str) -> set[str]:
    """A name without spaces and signs, and also with its last word first."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold())
    joined = {"".join(words), "".join(words[-1:] + words[:-1])}
    return joined - {""}


def _told(entry: Entry) -> list[tuple[set[str], set[str]]]:
    """What each student of a hand-in is called: keys, and spellings of the name."""
    found = []
    for who in entry.students:
        keys = {value.casefold() for kind, value in who.items() if kind != "name"}
        found.append((keys, spellings(who.get("name", ""))))
    if not entry.students:
        # A name that an instructor gave may be an id or a login, or hold one.
        words = re.split(r"[\s_.,()-]+", entry.title.casefold())
        found.append(({entry.title.casefold(), *words} - {""}, spellings(entry.title)))
    return found


def _people(text: str, name: str) -> list[Person]:
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
    header = [cell.strip().casefold() for cell in next(rows, [])]
    places = {
        column: next((header.index(title) for title in titles if title in header), None)
        for column, titles in COLUMNS.items()
    }
    if all(place is None for place in places.values()):
        raise Unreadable(f"{shown(name)} has no column id, name, email or login in its first row")
    told = [
        Person(
            **{
                column: row[place].strip() if place is not None and place < len(row) else ""
                for column, place in places.items()
            }
        )
        for row in rows
    ]
    # Canvas's own list has a row that is no person.
    return [p for p in told if p != Person() and p.name != "Points Possible"]

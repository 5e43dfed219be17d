"""Whose each file of a Canvas download is, and which of a student's attachments count.

Canvas writes `<name>[_LATE]_<user>_<attachment>_<file>`, flat; a resubmitted file's name ends in
-1, -2 before its suffix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.download.listing import Entry, Listing
from assay.homework import Homework
from assay.submission.naming import safe_id, shown

_NAME = re.compile(
    r"(?:(?P<name>(?!LATE_anon_|anon_)\w+?)_)?(?:(?P<late>LATE)_)?"
    r"(?:(?P<user>\d+)|anon_(?P<anon>[0-9A-Za-z]+))_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<kind>text|link)\.html)"
)
_AGAIN = re.compile(r"(?P<stem>.+)-(?P<times>\d{1,3})(?P<suffix>(?:\.tar)?\.\w+)")


@dataclass(frozen=True)
class Piece:
    """A file of a Canvas download."""

    top: str
    student: str
    name: str
    late: bool
    attachment: int
    file: str
    kind: str

    @property
    def plain(self) -> str:
        """The file's name before Canvas numbered it."""
        match = _AGAIN.fullmatch(self.file)
        return match["stem"] + match["suffix"] if match else self.file

    @property
    def times(self) -> int:
        """How often it was handed in again."""
        match = _AGAIN.fullmatch(self.file)
        return int(match["times"]) if match else 0


def piece(top: str) -> Piece | None:
    """What the name of a file says; None where Canvas gives no such name."""
    match = _NAME.fullmatch(unicodedata.normalize("NFC", top))
    if match is None:
        return None
    student = match["user"] or f"anon_{match['anon']}"
    return Piece(
        top,
        student,
        match["name"] or "",
        bool(match["late"]),
        int(match["attachment"] or 0),
        match["file"] or "",
        match["kind"] or "",
    )


def entries(found: Listing) -> Iterator[Entry]:
    """A hand-in for each student, with all that counts of their attachments."""
    students: dict[str, list[Piece]] = {}
    for top, is_folder in found.tops.items():
        of = None if is_folder else piece(top)
        if of is not None:
            students.setdefault(of.student, []).append(of)
    for student, pieces in students.items():
        yield _entry(student, pieces, found)


def _entry(student: str, pieces: list[Piece], found: Listing) -> Entry:
    newest = max(pieces, key=lambda p: p.attachment)
    files, notes = counted([p for p in pieces if not p.kind], found.homework)
    notes += [f"a {p.kind} entry was handed in too; it is not graded" for p in pieces if p.kind]
    late = any(p.late for p in files) or all(p.late for p in pieces)
    who = {"name": newest.name} if newest.name else {}
    who |= {"anonymous" if student.startswith("anon_") else "user": student.removeprefix("anon_")}
    return Entry(
        name=safe_id(f"{newest.name}_{student}" if newest.name else student),
        title=newest.name or student,
        path=str(found.path),
        parts=tuple(found.part(p.top, name) for p, name in files.items()),
        students=(who,),
        late=late,
        notes=tuple(notes),
    )


def counted(pieces: Iterable[Piece], homework: Homework) -> tuple[dict[Piece, str], list[str]]:
    """The files of one student that count, each with its name in the hand-in, and notes.

    Files that differ in Canvas's number only are one file handed in again where the file without a
    number is among them, or where its name is given; the attachment made last counts. Else the
    numbers may be the student's own, and all of them count.
    """
    alike: dict[str, list[Piece]] = {}
    for one in sorted(pieces, key=lambda p: (p.attachment, p.times)):
        alike.setdefault(one.plain.casefold(), []).append(one)
    chosen: dict[Piece, str] = {}
    notes: list[str] = []
    for group in alike.values():
        last = group[-1]
        if not _is_one_file(group, homework):
            # A name that is there twice is one file, whoever gave it.
            chosen |= {p: p.file for p in {p.file.casefold(): p for p in group}.values()}
            continue
        chosen[last] = last.plain
        others = len(group) - 1
        if others:
            notes.append(
                f"{shown(last.plain)} was handed in {len(group)} times: the last one counts, "
                f"{shown(last.file)}"
            )
        elif last.times:
            notes.append(f"{shown(last.file)} is read as {shown(last.plain)}, handed in again")
    return chosen, notes


def _is_one_file(group: list[Piece], homework: Homework) -> bool:
    if len(group) == 1 or all(p.file == group[0].file for p in group):
        return True
    # Where the homework gives the name, a number at its end can only be Canvas's.
    return any(not p.times for p in group) or homework.asks_for(group[0].plain)

"""Which student each file of a Canvas download belongs to, and which of their files count.

Canvas writes all files into one folder as `<name>[_LATE]_<user>_<attachment>_<file>`; it numbers a
resubmitted file: -1, -2 before its suffix.
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
_NUMBERED = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,3})(?P<suffix>(?:\.tar)?\.\w+)")


@dataclass(frozen=True)
class CanvasFile:
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
        match = _NUMBERED.fullmatch(self.file)
        return match["stem"] + match["suffix"] if match else self.file

    @property
    def number(self) -> int:
        """The number at the end of its name; 0 if there is none."""
        match = _NUMBERED.fullmatch(self.file)
        return int(match["number"]) if match else 0


def parse(top: str) -> CanvasFile | None:
    """What the name of a file says; None if Canvas gives no such names."""
    match = _NAME.fullmatch(unicodedata.normalize("NFC", top))
    if match is None:
        return None
    student = match["user"] or f"anon_{match['anon']}"
    return CanvasFile(
        top,
        student,
        match["name"] or "",
        bool(match["late"]),
        int(match["attachment"] or 0),
        match["file"] or "",
        match["kind"] or "",
    )


def entries(listing: Listing) -> Iterator[Entry]:
    """A submission for each student, with those of their files that count."""
    students: dict[str, list[CanvasFile]] = {}
    for top, is_folder in listing.tops.items():
        file = None if is_folder else parse(top)
        if file is not None:
            students.setdefault(file.student, []).append(file)
    for student, files in students.items():
        yield _entry(student, files, listing)


def _entry(student: str, handed_in: list[CanvasFile], listing: Listing) -> Entry:
    newest = max(handed_in, key=lambda file: file.attachment)
    files, notes = counted([file for file in handed_in if not file.kind], listing.homework)
    notes += [f"a {f.kind} entry was also handed in; it is not graded" for f in handed_in if f.kind]
    late = any(file.late for file in files) or all(file.late for file in handed_in)
    who = {"name": newest.name} if newest.name else {}
    who |= {"anonymous" if student.startswith("anon_") else "user": student.removeprefix("anon_")}
    return Entry(
        name=safe_id(f"{newest.name}_{student}" if newest.name else student),
        title=newest.name or student,
        path=str(listing.path),
        parts=tuple(listing.part(f.top, name, f.attachment) for f, name in files.items()),
        students=(who,),
        late=late,
        notes=tuple(notes),
    )


def counted(
    files: Iterable[CanvasFile], homework: Homework
) -> tuple[dict[CanvasFile, str], list[str]]:
    """The files of one student that count, each with its name in the submission, and notes.

    Files whose names differ only in a number are versions of one file if the one without a number
    is among them, or if the homework asks for a file of that name; then the last attachment counts.
    Otherwise the numbers may be the student's own, and all of the files count.
    """
    by_plain_name: dict[str, list[CanvasFile]] = {}
    for file in sorted(files, key=lambda file: (file.attachment, file.number)):
        by_plain_name.setdefault(file.plain.casefold(), []).append(file)
    chosen: dict[CanvasFile, str] = {}
    notes: list[str] = []
    for group in by_plain_name.values():
        if not _is_one_file(group, homework):
            # Files of the same name are versions of one file all the same.
            last_by_name = {file.file.casefold(): file for file in group}
            chosen |= {file: file.file for file in last_by_name.values()}
            continue
        chosen[group[-1]] = group[-1].plain
        notes.append(_note(group))
    return chosen, list(filter(None, notes))


def _note(versions: list[CanvasFile]) -> str:
    """Which version of a file counts and how it is read; empty if there is nothing to say."""
    last = versions[-1]
    if len(versions) > 1:
        times = f"{shown(last.plain)} was handed in {len(versions)} times"
        return f"{times}: the last version, {shown(last.file)}, counts"
    if last.number:
        read_as = f"{shown(last.file)} is read as {shown(last.plain)}"
        return f"{read_as}: Canvas numbers files that are handed in again"
    return ""


def _is_one_file(group: list[CanvasFile], homework: Homework) -> bool:
    if len(group) == 1 or all(file.file == group[0].file for file in group):
        return True
    # If the homework asks for a file of this name, only Canvas can have added the number.
    return any(not file.number for file in group) or homework.asks_for(group[0].plain)

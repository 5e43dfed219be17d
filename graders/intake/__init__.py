"""What a hand-in holds, read as pure data: nothing of it is run, nothing is written to disk."""

from graders.intake.download import Entry, Part, read_parts
from graders.intake.folder import Unreadable, entries
from graders.intake.lms import SYSTEMS, TITLES, Download, System, look
from graders.intake.naming import identified, identifier, told_apart
from graders.intake.roster import Person, absent, read_roster
from graders.intake.source import Source
from graders.intake.submission import Submission, read

__all__ = [
    "SYSTEMS", "TITLES", "Download", "Entry", "Part", "Person", "Source", "Submission", "System",
    "Unreadable", "absent", "entries", "identified", "identifier", "look", "read", "read_parts",
    "read_roster", "told_apart",
]  # fmt: skip

"""What a hand-in holds, read as pure data: nothing of it is run, nothing is written to disk."""

from graders.intake.folder import Unreadable, entries
from graders.intake.naming import identifier
from graders.intake.source import Source
from graders.intake.submission import Submission, read

__all__ = ["Source", "Submission", "Unreadable", "entries", "identifier", "read"]

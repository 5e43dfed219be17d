"""What one student handed in, read as pure data: nothing is run or written to disk."""

from assay.submission.folder import entries
from assay.submission.naming import identified, identifier, told_apart
from assay.submission.reader import Submission, read
from assay.submission.source import Source

__all__ = ["Source", "Submission", "entries", "identified", "identifier", "read", "told_apart"]

"""A class's download from a learning system as a list of submissions; and the class's roster."""

from assay.download.listing import Entry, Part, read_parts
from assay.download.roster import Person, absent, read_roster, strangers
from assay.download.systems import SYSTEMS, TITLES, Download, System, look

__all__ = [
    "SYSTEMS",
    "TITLES",
    "Download",
    "Entry",
    "Part",
    "Person",
    "System",
    "absent",
    "look",
    "read_parts",
    "read_roster",
    "strangers",
]

"""Written mathematics: documents are divided, their displays parsed into trees, trees judged.

It knows no problem: what a tree means, a `Meaning` of the homework says. Everything here works on a
student's text, so it runs in a process with limits, and it is total: a text becomes trees or one
`Unread`.
"""

from assay.written import tree
from assay.written.chains import LINKS, Chain, Step, chains
from assay.written.documents import Library, Section, read, texts
from assay.written.grammar import Vocabulary, parse, parse_condition, readings
from assay.written.judge import Judged, Line, Meaning, Reading, judge, name_of
from assay.written.mathml import mathml
from assay.written.report import Part, Ruling, examine, understood
from assay.written.show import text
from assay.written.tree import Tree, Unread

__all__ = [
    "LINKS",
    "Chain",
    "Judged",
    "Library",
    "Line",
    "Meaning",
    "Part",
    "Reading",
    "Ruling",
    "Section",
    "Step",
    "Tree",
    "Unread",
    "Vocabulary",
    "chains",
    "examine",
    "judge",
    "mathml",
    "name_of",
    "parse",
    "parse_condition",
    "read",
    "readings",
    "text",
    "texts",
    "tree",
    "understood",
]

"""The message of a failed check: its parts, written as one text and read back.

The check's title is the heading and is kept beside the message. In the text each part starts on a
line of its own, after a keyword:

    got 1.0, expected 0.0 at index (0,)
    with x = [0.0]
    printed  step 1
             step 2
    try  Undo the steps in the opposite order.
    again  assay check --only inverse_undoes_forward

The evidence comes first and has no keyword. A part can quote a student's own text, so a line inside
a part that starts with a keyword, after blanks or none, gets the mark "| ", which `parse` removes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from assay.foreign import Foreign, raw

KEYWORDS = {"inputs": "with ", "printed": "printed  ", "hint": "try  ", "again": "again  "}

_ANY = "|".join(KEYWORDS.values())
_LOOKS_LIKE_A_PART = re.compile(rf"^(?=(?:\| )*[^\S\n]*(?:{_ANY}))", re.MULTILINE)
_ESCAPED = re.compile(rf"^\| (?=(?:\| )*[^\S\n]*(?:{_ANY}))", re.MULTILINE)
_PART = re.compile(rf"^({_ANY})", re.MULTILINE)
_BELOW = "\n" + " " * len(KEYWORDS["printed"])


class Message(NamedTuple):
    """What a student reads below the title of a failed check; a missing part is empty.

    Attributes:
        evidence: what was observed, for example "got 1, expected 0 at index (0,)".
        inputs: the inputs of the failing call, "x = [0.0], a = 0.5".
        hint: a next step that teaches and gives nothing away.
        again: the command that runs this check again.
        printed: the end of what the student's code printed.
    """

    evidence: Foreign
    inputs: Foreign = ""
    hint: str = ""
    again: str = ""
    printed: Foreign = ""

    def __str__(self) -> str:
        """The message as one text, the form in which result files hold it."""
        lines = [_escape(self.evidence)]
        for name, keyword in KEYWORDS.items():
            part: Foreign = getattr(self, name)
            if part:
                text = _escape(part)
                lines.append(keyword + (text.replace("\n", _BELOW) if name == "printed" else text))
        return "\n".join(lines)

    @property
    def first_line(self) -> Foreign:
        """The first line of the evidence."""
        return raw(self.evidence).partition("\n")[0]


def command(check: str) -> str:
    """What to type to run a check again."""
    return f"assay check --only {check}"


def parse(text: Foreign) -> Message:
    """The message in a text; every text is a message.

    >>> parse("got 1, expected 0\\nwith x = 2\\nagain  assay check")
    Message(evidence='got 1, expected 0', inputs='x = 2', hint='', again='assay check', printed='')
    >>> parse(str(Message("they wrote:\\ntry  this", hint="that"))).hint
    'that'
    """
    evidence, *rest = _PART.split(raw(text))
    names = {keyword: name for name, keyword in KEYWORDS.items()}
    parts = {"evidence": _whole(evidence, bool(rest))}
    for position in range(0, len(rest), 2):
        keyword, body = rest[position], rest[position + 1]
        body = body.replace(_BELOW, "\n") if names[keyword] == "printed" else body
        parts.setdefault(names[keyword], _whole(body, position + 2 < len(rest)))
    return Message(**parts)


def _whole(part: str, followed: bool) -> str:
    """A part without its escapes, and without the line end before the next part."""
    return _ESCAPED.sub("", part.removesuffix("\n") if followed else part)


def _escape(text: Foreign) -> str:
    return _LOOKS_LIKE_A_PART.sub("| ", raw(text))

"""The verdicts that end a check before it passed, one class for each outcome."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from assay.errors import AssayError
from assay.foreign import Foreign

Kind = Literal[
    "passed",  # the property held on every input
    "wrong",  # the property failed
    "raised",  # the student's code raised an exception
    "timed_out",  # no answer within the limit
    "died",  # the student's process ended by itself
    "refused",  # an answer that the kit cannot accept
    "missing",  # no such file or function
    "blocked",  # a prerequisite did not pass
    "unread",  # written mathematics that could not be read
    "broken",  # a fault of the kit; never a silent zero
]


class Verdict(Exception):
    """Ends a check before it passed.

    Args:
        evidence: what the kit saw, for example "got 1, expected 0 at index (0,)".
        hint: a next step that teaches and gives nothing away.
        inputs: the inputs to show, where the drawn ones would not help; None shows the drawn ones.

    Attributes:
        printed: the end of what the student's code printed in the calls that led to it.
    """

    kind: ClassVar[Kind] = "broken"

    def __init__(self, evidence: Foreign, *, hint: str = "", inputs: Foreign | None = None) -> None:
        super().__init__(evidence)
        self.evidence = evidence
        self.hint = hint
        self.inputs = inputs
        self.printed: Foreign = ""


class Wrong(Verdict):
    """The property does not hold."""

    kind = "wrong"


class Raised(Verdict):
    """The student's code raised an exception."""

    kind = "raised"


class TimedOut(Verdict):
    """The student's code did not answer in time.

    Attributes:
        called: the arguments of the calls by name, to show where no inputs were drawn.
    """

    kind = "timed_out"
    called: Mapping[str, object] = MappingProxyType({})


class Died(Verdict):
    """The student's process ended in the middle of a call."""

    kind = "died"


class Refused(Verdict):
    """The student's process sent something that no check accepts."""

    kind = "refused"


class Missing(Verdict):
    """The file or the function does not exist."""

    kind = "missing"


class Blocked(Verdict):
    """A check that this one builds on did not pass."""

    kind = "blocked"


class Unread(Verdict):
    """Written mathematics that could not be read; it is never wrong."""

    kind = "unread"


class Broken(Verdict, AssayError):
    """The kit itself failed, in a check or before one."""

    kind = "broken"

"""Which result is meant, where a person types a student's name."""

from __future__ import annotations

import difflib

from assay.errors import InvalidInput
from assay.foreign import raw
from assay.record import Record
from assay.report.matching import IDENTITIES


def submission_of(record: Record, who: str) -> str:
    """The submission with this name, or that of the only student with this name, login or e-mail.

    Raises:
        InvalidInput: there is none, or there are several; it names the nearest or all of them.
    """
    names = record.submissions()
    if not names:
        raise InvalidInput(f"{record.out} holds no results: run `assay batch` first")
    if who in names:
        return who
    wanted, found, known = who.casefold(), set[str](), dict.fromkeys(names, "")
    for result in record.results():
        keys = {raw(s[key]).casefold() for s in result.students for key in IDENTITIES if key in s}
        known |= dict.fromkeys(keys, result.submission)
        if wanted in {*keys, result.submission.casefold()}:
            found.add(result.submission)
    if len(found) == 1:
        return found.pop()
    if found:
        raise InvalidInput(f"{who!r} may be {' or '.join(sorted(found))}: give one of these names")
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.0)[0]
    raise InvalidInput(f"no submission or student is called {who!r}; the nearest is {near!r}")
